"""Values by path: drawn ones as they were drawn, fixed ones the same in every world."""

from __future__ import annotations

import numpy as np
import pytest

from backstop.assessment.worlds import Futures
from backstop.campaign.draws import Questions
from backstop.futures import Drawn, sample, uncertain_quantities
from backstop.watch.plan.draws import Draws as PlanDraws
from campaign_cases import case, ukraine


def test_drawn_and_fixed_values_by_path() -> None:
    places = {p.path: p for p in uncertain_quantities(ukraine().battle, prefix="battle")}
    worlds = sample(
        {path: (p.quantity, p.bounds) for path, p in places.items()}, worlds=range(7), seed=2
    )
    draws = Questions.of(case(), seed=2).draw(np.arange(7, dtype=np.uint64))
    assert len(draws) == len(Drawn(worlds, places)) == 7
    spread, fixed = "battle.attrition.spread", "battle.attrition.daily_cap"
    assert (Drawn(worlds, places)[spread] == worlds[spread]).all()
    assert np.ptp(draws[spread]) > 0
    assert (draws[fixed] == 0.3).all()
    assert draws[fixed].shape == (7,)
    with pytest.raises(KeyError):
        draws["battle.nothing"]
    assert draws.get("battle.nothing") is None


def test_every_stage_looks_its_values_up_in_the_same_way() -> None:
    assert {Futures.__getitem__, PlanDraws.__getitem__} == {Drawn.__getitem__}

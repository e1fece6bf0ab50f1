"""What is lost is gone: from the strength of every side, and in the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backstop.campaign import parameters as at
from backstop.campaign.inputs import Waves
from backstop.campaign.reference import Path, run_one
from backstop.campaign.stage import simulate
from campaign_cases import DAYS, KEY, case, plain, wild

#: Brigades of the guarantor, three quarters of them exposed, each with a mass and a fire of 1.
BRIGADES, EXPOSED = 4.0, 0.75


def fought(rows: dict, *, day: int = 0, at_rear: bool = True, days: int = 30) -> Path:
    """An attack on three sectors with one wave of the guarantor's."""
    base = {
        at.ATTACKER_LINE: 30.0,
        at.PROTECTED_LINE: 10.0,
        at.DEFENDER_RATE: np.log2(0.03),
        at.ATTACKER_RATE: np.log2(0.01),
        at.ENEMY_POWER: 0.5,
        at.OWN_POWER: -0.5,
        at.GUARANTOR_WEAR: 1.0,
    }
    share = np.full((1, 4), 1 / 3, np.float32)
    share[0, :-1], share[0, -1] = (0, 1) if at_rear else (1 / 3, 0)
    value = np.zeros((1, at.WAVE_ROWS, 1), np.float32)
    value[0, [at.WAVE_MASS, at.WAVE_FIRE]] = BRIGADES * (1 - EXPOSED)
    value[0, [at.WAVE_EXPOSED_MASS, at.WAVE_EXPOSED_FIRE, at.WAVE_EXPOSED]] = BRIGADES * EXPOSED
    inputs = plain({**base, **rows}, sectors=3, days=days)
    waves = Waves(day=np.full((1, 1), day, np.int32), value=value, share=share)
    return run_one(replace(inputs, waves=waves), key=KEY, checkpoints=DAYS)[1]


@pytest.mark.parametrize("at_rear", [True, False])
@pytest.mark.parametrize("wear", [1.0, 0.4, 0.0])
def test_the_guarantors_strength_is_what_came_less_what_it_lost(at_rear: bool, wear: float) -> None:
    """Less the part of it that the rotation pool makes good. What fights is the morning's."""
    path = fought({at.GUARANTOR_WEAR: wear}, at_rear=at_rear)
    lost = np.concatenate([[0.0], path.lost[:-1, 2]])
    assert path.lost[-1, 2] > 0.1 * BRIGADES
    assert path.guarantor == pytest.approx(BRIGADES - wear * lost, rel=1e-5)


def test_both_armies_are_what_they_had_and_got_less_what_they_lost() -> None:
    inputs = wild(11, sectors=5, cells=3, worlds=1, days=60)
    _, path = run_one(inputs, key=KEY, checkpoints=DAYS)
    day = np.arange(1, 61)
    sides = (
        (path.attacker, 0, at.ATTACKER_LINE, at.ATTACKER_RESERVE, at.ATTACKER_INFLOW),
        (path.protected, 1, at.PROTECTED_LINE, at.PROTECTED_RESERVE, at.PROTECTED_INFLOW),
    )
    for strength, side, line, reserve, inflow in sides:
        w = inputs.world[:, 0].astype(float)
        had = w[line : line + 3].sum() + w[reserve : reserve + 3].sum()
        got = day * w[inflow : inflow + 3].sum()
        assert strength.sum(axis=1) == pytest.approx(had + got - path.lost[:, side], rel=1e-4)
        assert path.lost[-1, side] > 0.5


def test_who_comes_late_is_worn_as_who_was_there() -> None:
    """The price of arriving earlier never losing ground (docs/models/campaign.md, Monotone)."""
    early, late = (fought({}, day=day) for day in (0, 12))
    assert not late.guarantor[:12].any()
    assert (late.guarantor[12:] <= early.guarantor[12:] + 1e-5).all()
    assert late.guarantor[12] == pytest.approx(early.guarantor[12], rel=0.1)
    assert late.lost[-1, 2] < early.lost[-1, 2]


def test_a_force_that_is_worn_down_holds_less() -> None:
    kept, worn = (fought({at.GUARANTOR_WEAR: wear, at.SPEED: -3.0, at.SPEED_DEFENDER: 1.0})
                  for wear in (0.0, 1.0))  # fmt: skip
    assert worn.guarantor[-1] < 0.8 * kept.guarantor[-1]
    assert worn.front_km[-1].sum() > kept.front_km[-1].sum()


def test_relief_counts_among_what_the_guarantor_brought() -> None:
    outcomes = simulate(case("tripwire"), worlds=range(256), seed=1)
    lost, brought = outcomes.guarantor_losses, outcomes.guarantor_committed
    came = simulate(case("tripwire"), worlds=range(256), seed=1, attacker_scale=0)
    assert (brought >= lost).all()
    assert (brought > came.guarantor_committed * 0.999).all()
    assert (brought > came.guarantor_committed * 1.01).mean() > 0.5


def test_nothing_is_lost_where_nobody_fires() -> None:
    path = fought({at.DEFENDER_RATE: -100.0})
    assert path.lost[-1, 2] < 1e-6 * BRIGADES
    assert path.guarantor == pytest.approx(BRIGADES)

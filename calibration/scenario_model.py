"""The shipped scenario beside what is published of whole campaigns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import backstop
from backstop.campaign import DAYS, simulate
from calibration.published import ADVANCES_M_PER_DAY, CAMPAIGN_LOSSES
from calibration.tables import Table, figure

SCENARIO, DESIGN = "ukraine-2025", "monitors"
WORLDS = 4_096


def scenario_table() -> Table:
    """Losses and deepest advance a day over the longest span that outcomes are noted for.

    The design has no troops, so that this is the war between the two armies alone.
    """
    outcomes = simulate(backstop.load(SCENARIO).design(DESIGN), worlds=range(WORLDS), seed=1)
    days = DAYS[-1]
    russia, _, ukraine = (loss.percent_per_day for loss in CAMPAIGN_LOSSES)
    slow, fast = min(ADVANCES_M_PER_DAY), max(ADVANCES_M_PER_DAY)
    middle = float(np.exp(np.mean(np.log(ADVANCES_M_PER_DAY))))
    attacker = outcomes.attacker_losses / outcomes.attacker_committed
    protected = outcomes.protected_losses / outcomes.protected_committed
    return Table(
        "model-scenario",
        (f"over {days} days", "published", "model 5 %", "median", "95 %"),
        (
            ("attacker's losses, % a day", figure(russia), *_spread(100 * attacker / days, 2)),
            ("protected state's", figure(ukraine), *_spread(100 * protected / days, 2)),
            (
                "deepest advance, m a day",
                f"{slow} to {fast}, geometric mean {figure(middle, 0)}",
                *_spread(1000 * outcomes.deepest_km / days, 0),
            ),
        ),
    )


def _spread(values: NDArray[np.floating], digits: int) -> list[str]:
    return [figure(float(v), digits) for v in np.quantile(values, [0.05, 0.5, 0.95])]

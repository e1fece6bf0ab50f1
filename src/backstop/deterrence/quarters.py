"""The horizon in quarters, and what changes between them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np
import numpy.typing as npt

from backstop.deterrence.stakes import Stakes
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25
QUARTER_DAYS = DAYS_PER_YEAR / 4
#: The longest horizon: a century of quarters.
MOST_YEARS = 100.0


@dataclass(frozen=True, slots=True)
class Calendar:
    """The horizon cut into quarters, the last of which may be short."""

    years: float
    """Length of the horizon."""

    def __post_init__(self) -> None:
        if not (isfinite(self.years) and 0 < self.years <= MOST_YEARS):
            message = f"a horizon of {self.years:g} years: more than 0, at most {MOST_YEARS:g}"
            raise InputError([Problem("", 0, 0, "horizon_years", message)])

    def __len__(self) -> int:
        """The number of quarters, the short one included."""
        return max(1, ceil(self.years * 4 - 1e-9))

    @property
    def lengths(self) -> FloatArray:
        """Length of each, in quarters, shape (quarters,)."""
        found = np.ones(len(self))
        found[-1] = self.years * 4 - (len(self) - 1)
        return found

    @property
    def ends(self) -> FloatArray:
        """Year in which each ends, shape (quarters,)."""
        return np.asarray(np.cumsum(self.lengths) / 4)

    @property
    def middles(self) -> FloatArray:
        """Year at the middle of each, shape (quarters,)."""
        return self.ends - self.lengths / 8


def attacker_scale(stakes: Stakes, calendar: Calendar) -> FloatArray:
    """The challenger's force as a share of the recovered one, shape (worlds, quarters).

    It rises in a straight line from ``starting_share`` to 1 over ``reconstitution_months``.
    """
    start = stakes["passing.starting_share"][:, None]
    years = np.maximum(stakes["passing.reconstitution_months"] / 12, 1e-9)[:, None]
    return start + (1 - start) * np.minimum(1.0, calendar.middles / years)


def protected_scale(
    stakes: Stakes,
    calendar: Calendar,
    *,
    usd_bn_per_year: FloatArray,
    backstop_share: FloatArray,
    backstop: npt.NDArray[np.bool_],
) -> FloatArray:
    """The protected state's force as a multiple of today's, shape (worlds, quarters).

    It grows with the arms that arrive, without the backstop's share where the backstop does not
    act, until it is full.
    """
    arriving = usd_bn_per_year * np.where(backstop, 1.0, 1.0 - backstop_share)
    yearly = (stakes["passing.growth_per_usd_bn"] * arriving)[:, None]
    full = stakes["passing.largest_growth"][:, None]
    return np.asarray(1.0 + np.minimum(yearly * calendar.middles, full))


def fatigue(stakes: Stakes, calendar: Calendar) -> FloatArray:
    """Factor on the cost of honouring, shape (worlds, quarters): it compounds with the years."""
    rate = stakes["passing.support_decay_per_year"][:, None]
    return np.asarray((1.0 + rate) ** calendar.middles)


def review_chance(stakes: Stakes, calendar: Calendar) -> FloatArray:
    """Chance that the challenger weighs its choice in a quarter, shape (worlds, quarters).

    Once every ``review_months`` on average and at most once a quarter.
    """
    months = np.maximum(stakes["passing.review_months"], 3.0)[:, None]
    return np.asarray(3.0 * calendar.lengths / months)


def accident_hazard(
    stakes: Stakes, calendar: Calendar, *, attribution: FloatArray, buffer: bool
) -> FloatArray:
    """Chance of an accidental escalation in each quarter, shape (worlds, quarters).

    Incidents come as a Poisson process; each gets out of hand with a small chance, which a watch
    that can say what happened and a buffer between the armies lower.
    """
    rate = stakes["passing.incidents_per_year"] * stakes["passing.escalation_chance"]
    rate = rate * (1 - stakes["passing.monitoring_effect"] * attribution)
    rate = rate * (1 - stakes["passing.buffer_effect"] * float(buffer))
    return np.asarray(-np.expm1(-rate[:, None] * calendar.lengths / 4))

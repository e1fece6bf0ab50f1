"""Each member's own chance to honour: what moves it, and what it expects of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.members import BoolArray, Members
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]

#: Members who expect each other are followed for at most this many rounds.
ROUNDS = 400
#: Largest change of a chance in one more round at which expectations are consistent.
CONSISTENT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Temper:
    """What moves members beside what is at stake, in every world: arrays of shape (worlds,)."""

    rho: FloatArray
    """Correlation of latent willingness, 0 to 0.8."""
    position_share: FloatArray
    """Share of a position's log-odds that counts."""
    absent: FloatArray
    """Fall in the log-odds of a member without troops in the country, beside one with them."""
    caveat: FloatArray
    """Fall in the log-odds of a member whose whole force has a caveat."""
    lead_pull: FloatArray
    """Rise in the others' log-odds once a lead nation acts."""
    backstop_pull: FloatArray
    """Rise in everyone's log-odds where the backstop acts."""
    backstop: BoolArray
    """Whether it acts."""
    follow: FloatArray
    """Rise in log-odds if all the others are expected to act; 0 or more."""
    automatic: FloatArray
    """Chance that an attack draws those in the country in before anyone decides."""

    def __post_init__(self) -> None:
        for name in ("rho", "automatic"):
            array = getattr(self, name)
            if not bool(np.all((array >= 0) & (array <= 1))):
                raise InputError([Problem("", 0, 0, name, "lies between 0 and 1")])
        assert bool(np.all(self.follow >= 0)), "substitutes have no lowest and highest fixed point"


def chances(
    members: Members, x: FloatArray, *, temper: Temper, pull: bool, highest: bool
) -> FloatArray:
    """Each member's own probability to honour, shape (worlds, points, members).

    ``p = logistic(x + offset + follow · expected share of the others)``. With strategic complements
    (follow > 0) there may be several consistent sets of expectations. The iteration that starts
    with nobody climbs to the lowest, the one that starts with everybody falls to the highest
    (Tarski 1955; Milgrom and Roberts 1990).
    """
    from scipy.special import expit

    base = x[None, :, None] + offsets(members, temper, pull=pull)[:, None, :]
    if len(members) < 2 or not bool(np.any(temper.follow > 0)):
        return np.asarray(expit(base))
    from backstop.deterrence.expecting import expecting

    expecting(base, temper.follow, 1.0 if highest else 0.0, ROUNDS, CONSISTENT)
    return base


def offsets(members: Members, temper: Temper, *, pull: bool) -> FloatArray:
    """What is added to x for each member, in log-odds, shape (worlds, members).

    The reference member has an even position, troops in the country and no caveat; no lead nation
    and no backstop acts.
    """
    found = temper.position_share[:, None] * members.log_odds
    found = found - temper.absent[:, None] * ~members.in_place
    found = found - temper.caveat[:, None] * members.caveat
    found = found + (temper.backstop_pull * temper.backstop)[:, None]
    return found + (temper.lead_pull[:, None] * ~members.lead if pull else 0.0)

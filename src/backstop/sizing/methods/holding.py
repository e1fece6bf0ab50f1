"""Holding: the smallest force with which the line holds often enough, by inverting a campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate
from backstop.sizing.regime import Regime

Holds = Callable[[float], npt.NDArray[np.bool_]]
"""For a force of so many combat troops: whether the line holds, shape (worlds,)."""

#: A force beyond which the search gives up: more than any coalition could field.
MOST_TROOPS = 2_000_000.0
#: The force is found to this many troops.
TOLERANCE = 100.0
#: Or, where a campaign is fought at every step, to this share of it.
FINENESS = 0.03
#: Two-sided confidence of the interval, so that its ends are the 5th and 95th percentile.
CONFIDENCE = 0.9


def wilson(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval for a probability from counts (Wilson 1927)."""
    assert 0 <= successes <= trials
    assert trials > 0
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else max(0.0, (centre - spread) / scale)
    high = 1.0 if successes == trials else min(1.0, (centre + spread) / scale)
    return low, high


@dataclass(frozen=True, slots=True)
class Inversion:
    """The smallest force that holds, with what the number of worlds leaves open."""

    troops: float
    """Smallest force for which the share of worlds that hold reaches the certainty."""
    lower: float
    """Smallest force for which the certainty is not refuted."""
    upper: float
    """Smallest force for which the certainty is established."""
    share: float
    """Share of worlds that hold with ``troops``."""
    interval: tuple[float, float]
    """Interval for that share."""
    bounded: bool
    """Whether ``upper`` was found; otherwise it is the largest force tried."""
    monotone: bool
    """Whether, of the forces tried, none held in fewer worlds than a smaller one."""
    calls: int
    """How many forces were tried."""


@dataclass(slots=True)
class _Search:
    """Counts of worlds that hold, each force tried once."""

    holds: Holds
    fineness: float
    counts: dict[float, tuple[int, int]] = field(default_factory=dict)

    def count(self, troops: float) -> tuple[int, int]:
        if troops not in self.counts:
            held = self.holds(troops)
            self.counts[troops] = (int(np.count_nonzero(held)), int(held.size))
        return self.counts[troops]

    def smallest(self, enough: Callable[[int, int], bool], *, most: float) -> float | None:
        """The smallest force that is enough, by doubling and then bisection; None beyond most."""
        if enough(*self.count(0.0)):
            return 0.0
        if not enough(*self.count(most)):
            return None
        low, high = 0.0, min(1_000.0, most)
        while not enough(*self.count(high)):
            low, high = high, min(2.0 * high, most)
        while high - low > max(TOLERANCE, self.fineness * high):
            middle = (low + high) / 2.0
            if enough(*self.count(middle)):
                high = middle
            else:
                low = middle
        return high

    @property
    def monotone(self) -> bool:
        ordered = [self.counts[troops][0] for troops in sorted(self.counts)]
        return ordered == sorted(ordered)


def invert(
    holds: Holds, *, certainty: float, most: float = MOST_TROOPS, fineness: float = 0.0
) -> Inversion | None:
    """The smallest force for which P(hold) ≥ certainty, on common random numbers.

    Parameters
    ----------
    holds : callable
        Troops to an array of bool, one a world; the same worlds at every call.
    certainty : float
        The probability wanted, in (0, 1).
    most : float
        The largest force to try.
    fineness : float
        The force is found to this share of it, or to ``TOLERANCE`` if that is more.

    Returns
    -------
    Inversion or None
        None when not even ``most`` reaches the certainty. The interval inverts Wilson's: its
        lower end is the smallest force whose upper limit reaches the certainty, its upper end the
        smallest whose lower limit does.
    """
    assert 0 < certainty < 1
    search = _Search(holds, fineness)
    troops = search.smallest(lambda held, worlds: held >= certainty * worlds - 1e-9, most=most)
    if troops is None:
        return None
    lower = search.smallest(lambda held, worlds: wilson(held, worlds)[1] >= certainty, most=most)
    upper = search.smallest(lambda held, worlds: wilson(held, worlds)[0] >= certainty, most=most)
    held, worlds = search.count(troops)
    assert lower is not None
    return Inversion(
        troops=troops,
        lower=min(lower, troops),
        upper=max(troops, most if upper is None else upper),
        share=held / worlds,
        interval=wilson(held, worlds),
        bounded=upper is not None,
        monotone=search.monotone,
        calls=len(search.counts),
    )


def holding(
    concept: Concept, *, regime: Regime, holds: Holds | None, certainty: float
) -> tuple[Estimate, Inversion | None]:
    """The inversion as an estimate: its percentiles over worlds are the interval's ends."""
    if holds is None:
        return Estimate("holding", False, _unasked(concept, regime), None, "combat"), None
    tried = cache(holds)
    inversion = invert(tried, certainty=certainty, fineness=FINENESS)
    if inversion is None:
        alone, most = (float(np.mean(tried(troops))) for troops in (0.0, MOST_TROOPS))
        because = (
            f"Not even {MOST_TROOPS:,.0f} troops hold the line in {certainty:.0%} of worlds: it "
            f"holds in {most:.0%} with them and in {alone:.0%} without any. Numbers count for "
            "little in this model, as in the battles it rests on. Those were chosen by their "
            "attackers, and few defences in them were much the stronger. So numbers alone are not "
            "shown to be enough; that no force would hold is not shown either."
        )
        return Estimate("holding", False, because, None, "combat"), None
    points = (inversion.lower, inversion.troops, inversion.upper)
    troops: Floats = np.interp(concept.reading_draw, (0.05, 0.5, 0.95), points)
    because = (
        f"The line holds in {inversion.share:.0%} of worlds with {inversion.troops:,.0f} combat "
        f"troops (wanted: {certainty:.0%}); {_interval(inversion)}."
    )
    applies = regime.name == "holding"
    if not applies:
        because += f" The regime is {regime.name!r}, which is not asked to hold it."
    return Estimate("holding", applies, because, troops, "combat"), inversion


def _unasked(concept: Concept, regime: Regime) -> str:
    """Why no campaign was fought."""
    if concept.task == "none":
        return "No force stands on the ground."
    if regime.name != "holding":
        return f"The regime is {regime.name!r}, which is not asked to hold the line when attacked."
    return "The scenario says nothing of an attack: it has no table [campaign]."


def _interval(found: Inversion) -> str:
    """What the number of worlds leaves open."""
    if not found.bounded:
        return f"with so few worlds at least {found.lower:,.0f} and no upper end"
    return f"with so few worlds anything from {found.lower:,.0f} to {found.upper:,.0f} is possible"

"""Monitoring, bottom-up: from a chance of detection to posts, patrols, cameras and aircraft.

Search at random over a line (Koopman 1946): with effort h per km and day the chance of seeing a
violation is 1 - exp(-h), and the efforts of several means add up, since the chances of missing
multiply: 1 - (1 - p₁)(1 - p₂)… = 1 - exp(-(h₁ + h₂ + …)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backstop.scenario.regime import Means
from backstop.sizing.concept import Concept, Floats, MonitoringNeed
from backstop.sizing.estimate import Estimate, Reading
from backstop.sizing.factors import Factors
from backstop.sizing.regime import Regime, manned_km

#: Bisection steps; the effort is then known to one part in 2^50.
STEPS = 50
#: The most effort a km and day that is tried: it misses one violation in 10^13.
MOST_EFFORT = 30.0


def detection(effort: Floats, *, day: Floats, dark: Floats, night_share: Floats) -> Floats:
    """Chance of seeing a violation on a km on a day, shape (worlds,).

    Parameters
    ----------
    effort : array, shape (worlds,)
        Effort per km and day, before what spoils it.
    day, dark : array, shape (worlds,)
        What a unit of effort is worth in daylight and at night.
    night_share : array, shape (worlds,)
        Share of violations that happen at night.
    """
    seen: Floats = (1.0 - night_share) * -np.expm1(-effort * day)
    return seen + night_share * -np.expm1(-effort * dark)


def effort_for(wanted: Floats, *, day: Floats, dark: Floats, night_share: Floats) -> Floats:
    """The least effort per km and day that reaches the wanted chance; infinite where none does."""
    low = np.zeros_like(wanted)
    high = np.full_like(wanted, MOST_EFFORT)
    reached = detection(high, day=day, dark=dark, night_share=night_share) >= wanted
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        enough = detection(middle, day=day, dark=dark, night_share=night_share) >= wanted
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return np.where(wanted <= 0.0, 0.0, np.where(reached, high, np.inf))


def monitoring(concept: Concept, *, factors: Factors, regime: Regime) -> Estimate:
    """Observers on the task: Σ over means of units × people on duty × shift factor.

    The stated chance of detection has to be reached on every covered kilometre. Where the
    observers may go the means keep their mix; elsewhere only those that work from outside are
    left, and aircraft lose flights to jamming everywhere. The basis is ``combat``: support comes
    on top.
    """
    if concept.monitoring is None:
        because = "The design states no chance of detection."
        return Estimate("monitoring", False, because, None, "combat")
    if not concept.has_line:
        return Estimate("monitoring", False, "The design names no line.", None, "combat")
    table = factors.table.monitoring
    units = _units(concept, factors, covered_km=manned_km(concept, regime=regime))
    short = float(np.mean(~np.isfinite(sum(units.values(), np.zeros(concept.worlds)))))
    if short > 0:
        because = (
            f"In {short:.0%} of worlds no number of observers reaches the stated chance of "
            "detection on every kilometre."
        )
        return Estimate("monitoring", False, because, None, "combat")
    readings = tuple(_people(factors, units[means.id], means=means) for means in table.means)
    people = sum((reading.troops for reading in readings), np.zeros(concept.worlds))
    applies = regime.name == "monitoring"
    because = (
        "Observers are counted from what they must be able to see."
        if applies
        else f"What observing alone takes; the regime is {regime.name!r}."
    )
    quantities = [quantity for means in table.means for quantity in (means.reach_km, means.people)]
    quantities.append(table.jamming_share)
    sources = dict.fromkeys(source for quantity in quantities for source in quantity.source)
    return Estimate("monitoring", applies, because, people, "combat", tuple(sources), readings)


def _units(concept: Concept, factors: Factors, *, covered_km: Floats) -> dict[str, Floats]:
    """How many of each means there have to be, shape (worlds,) each; infinite if none suffice."""
    need = concept.monitoring
    assert need is not None
    means = factors.table.monitoring.means
    closed_km: Floats = covered_km * (1.0 - need.access_share)
    units = _spread(covered_km * need.access_share, factors, means=means, need=need)
    if bool(np.any(closed_km > 0)):
        outside = [one for one in means if not one.needs_access]
        if not outside:
            return {one.id: np.full(concept.worlds, np.inf) for one in means}
        for name, more in _spread(closed_km, factors, means=outside, need=need).items():
            units[name] = units[name] + more
    return units


def _spread(
    km: Floats, factors: Factors, *, means: Sequence[Means], need: MonitoringNeed
) -> dict[str, Floats]:
    """Units of each of these means that reach the chance on so many kilometres."""
    mix = {one.id: factors[_path(one.id, "mix")] for one in means}
    total = sum(mix.values(), np.zeros_like(km))
    assert bool(np.all(total > 0)), "some means must be in the mix"
    flown = 1.0 - factors["monitoring.jamming_share"]
    day, dark = np.zeros_like(km), np.zeros_like(km)
    for name, part in mix.items():
        worth = part / total * (flown if name == "uav" else 1.0)
        day = day + worth
        dark = dark + worth * factors[_path(name, "night_effect")]
    effort = effort_for(need.detection_per_km_day, day=day, dark=dark, night_share=need.night_share)
    needed = np.where(km > 0, effort, 0.0)
    return {
        name: km * needed * part / total / factors[_path(name, "reach_km")]
        for name, part in mix.items()
    }


def _people(factors: Factors, units: Floats, *, means: Means) -> Reading:
    people = units * factors[_path(means.id, "people")] * factors[_path(means.id, "shift_factor")]
    return Reading(means.id, f"{_NAMES[means.id]}: {float(np.median(units)):,.0f}", people)


_NAMES = {
    "post": "posts",
    "patrol": "patrols a day",
    "camera": "camera masts",
    "uav": "aircraft always in the air",
}


def _path(means: str, field: str) -> str:
    return f"monitoring.means[{means}].{field}"

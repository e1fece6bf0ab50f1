"""What the record teaches the deterrence stage: how often incidents with losses come about."""

from __future__ import annotations

from datetime import date
from typing import Any

from backstop.futures.range import Range
from backstop.monitoring.known import Known
from backstop.monitoring.series import NOWHERE
from backstop.watch.record import Incident, Observation
from backstop.watch.statistics import daily, incident_rate
from backstop.watch.statistics.breakdown import DAYS_A_YEAR
from backstop.watch.statistics.learning import DAYS_A_QUARTER

#: The number of the scenario that the record speaks about.
FIELD = "deterrence.passing.incidents_per_year"


#: An assessment that gives a party at least this much pins a probe on it.
PINNED = 0.5
#: Fields of the scenario that the challenger's record goes into.
WATCHED, PROBED = (f"deterrence.passing.{name}_quarters" for name in ("watched", "probed"))


def losses(known: Known) -> list[date]:
    """First days of the incidents in which somebody died; of observations where none were fused.

    The crisis begins with an incident with losses, not with a violation, of which thousands are
    counted; so only these are taken.
    """
    return [one.occurred.first_day for one in deadly(known)]


def deadly(known: Known) -> list[Incident] | list[Observation]:
    """Incidents in which somebody died; the observations of one source where none were fused."""
    fused = [one for _, one in known.incidents if _deadly(one)]
    if fused or known.incidents:
        return fused
    seen = [one for _, one in known.observations if _deadly(one)]
    return seen if len({one.source for one in seen}) < 2 else []


def _deadly(record: Incident | Observation) -> bool:
    casualties = record.act.casualties
    return bool(casualties and casualties.killed and casualties.killed.best > 0)


def for_deterrence(
    known: Known, *, first: date | None = None, challenger: str = ""
) -> dict[str, Any]:
    """The posterior of incidents with losses a year, and how to put it into `backstop deter`.

    With the name of the party that is the ``challenger`` also the quarters on record and in how
    many of them it probed, from which `backstop deter` learns its type.

    Every incident is taken as detected and the days between the first and the last as watched:
    where fewer were seen than happened, the true rate is higher.
    """
    days = sorted(one for one in losses(known) if first is None or one >= first)
    if len(days) < 2:
        why = "fewer than two incidents with losses, or several sources of them that were not fused"
        return {"field": FIELD, "range": None, "why": why}
    series = daily(days, first=first or days[0], last=days[-1])
    found = incident_rate(series).per_day
    year = _a_year(found)
    value = f"{{ median = {year.p50:.4g}, p95 = {year.p95:.4g} }}"
    return {
        "field": FIELD,
        "range": year.to_dict(),
        "incidents": len(days),
        "first": str(first or days[0]),
        "last": str(days[-1]),
        "set": f"{FIELD}={value}",
        "why": "taken as all detected and as independent of each other; a floor, and too narrow",
        "by_sector": _by_sector(known, first or days[0], days[-1]),
        "challenger": _probes(known, challenger, first or days[0], days[-1]),
    }


def _a_year(found: Range) -> Range:
    return Range(*(DAYS_A_YEAR * v for v in (found.p05, found.p50, found.p95, found.mean)))


def _by_sector(known: Known, first: date, last: date) -> dict[str, Any]:
    """The posterior of incidents with losses a year in every region, most first."""
    days: dict[str, list[date]] = {}
    for one in deadly(known):
        if one.occurred.first_day >= first:
            days.setdefault(one.place.region or NOWHERE, []).append(one.occurred.first_day)
    rates = {
        region: _a_year(incident_rate(daily(sorted(found), first=first, last=last)).per_day)
        for region, found in days.items()
    }
    return {r: rates[r].to_dict() for r in sorted(rates, key=lambda r: (-rates[r].p50, r))}


def _probes(known: Known, challenger: str, first: date, last: date) -> dict[str, Any]:
    """Quarters on record, and in how many of them a deadly incident is pinned on a party."""
    if not challenger:
        return {"party": None, "why": "no party is named as the challenger", "set": []}
    assessed = [one for one in deadly(known) if one.actors.assessed is not None]
    named = {party for one in assessed for party, _ in _shares(one)}
    if challenger not in named:
        known_names = ", ".join(sorted(named)) or "nobody"
        why = f"no incident with losses is assessed as that of {challenger} ({known_names} named); "
        why += "`backstop watch assess` enters whose an incident was"
        return {"party": challenger, "why": why, "set": []}
    quarters = ((last - first).days + 1) / DAYS_A_QUARTER
    pinned = {
        int((one.occurred.first_day - first).days / DAYS_A_QUARTER)
        for one in assessed
        if one.occurred.first_day >= first and dict(_shares(one)).get(challenger, 0.0) >= PINNED
    }
    probed = min(float(len(pinned)), quarters)
    return {
        "party": challenger,
        "quarters": quarters,
        "probed": probed,
        "why": "a quarter counts as probed where an incident with losses is assessed as "
        f"{challenger}'s with {100 * PINNED:.0f} % or more; those that nobody assessed count as "
        "quiet",
        "set": [f"{WATCHED}={quarters:.6g}", f"{PROBED}={probed:.6g}"],
    }


def _shares(one: Incident | Observation) -> tuple[tuple[str, float], ...]:
    return one.actors.assessed.parties if one.actors.assessed else ()

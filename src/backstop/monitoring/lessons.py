"""What the record teaches the deterrence stage: how often incidents with losses come about."""

from __future__ import annotations

from datetime import date
from typing import Any

from backstop.futures.range import Range
from backstop.monitoring.known import Known
from backstop.watch.record import Incident, Observation
from backstop.watch.statistics import daily, incident_rate
from backstop.watch.statistics.breakdown import DAYS_A_YEAR

#: The number of the scenario that the record speaks about.
FIELD = "deterrence.passing.incidents_per_year"


def losses(known: Known) -> list[date]:
    """First days of the incidents in which somebody died; of observations where none were fused.

    The crisis begins with an incident with losses, not with a violation, of which thousands are
    counted; so only these are taken.
    """
    fused = [one for _, one in known.incidents if _deadly(one)]
    if fused or known.incidents:
        return [one.occurred.first_day for one in fused]
    sources = {one.source for _, one in known.observations if _deadly(one)}
    if len(sources) > 1:
        return []
    return [one.occurred.first_day for _, one in known.observations if _deadly(one)]


def _deadly(record: Incident | Observation) -> bool:
    casualties = record.act.casualties
    return bool(casualties and casualties.killed and casualties.killed.best > 0)


def for_deterrence(known: Known, *, first: date | None = None) -> dict[str, Any]:
    """The posterior of incidents with losses a year, and how to put it into `backstop deter`.

    Every incident is taken as detected and the days between the first and the last as watched:
    where fewer were seen than happened, the true rate is higher.
    """
    days = sorted(one for one in losses(known) if first is None or one >= first)
    if len(days) < 2:
        why = "fewer than two incidents with losses, or several sources of them that were not fused"
        return {"field": FIELD, "range": None, "why": why}
    series = daily(days, first=first or days[0], last=days[-1])
    found = incident_rate(series).per_day
    year = Range(*(DAYS_A_YEAR * v for v in (found.p05, found.p50, found.p95, found.mean)))
    value = f"{{ median = {year.p50:.4g}, p95 = {year.p95:.4g} }}"
    return {
        "field": FIELD,
        "range": year.to_dict(),
        "incidents": len(days),
        "first": str(first or days[0]),
        "last": str(days[-1]),
        "set": f"{FIELD}={value}",
        "why": "taken as all detected and as independent of each other; a floor, and too narrow",
    }

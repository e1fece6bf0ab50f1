"""Counts over time from a record: one series for each region, all under one counting rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from backstop.monitoring.known import Known
from backstop.watch.moment import Moment, zone_of
from backstop.watch.record import Effort, Incident, Tally
from backstop.watch.statistics import CountSeries, periods
from backstop.watch.statistics.series import DAY, Minutes
from backstop.watch.vocabulary import ONE_INCIDENT

#: Hours of looking, by region and day.
Hours = defaultdict[str, defaultdict[date, float]]

#: The name of the whole line among the sectors.
ALL = "all"
#: Where a record names no region.
NOWHERE = "region not stated"
#: Regions with fewer counted in all are taken together.
FEW, ELSEWHERE = 8, "elsewhere"
#: A source that published nothing on Sundays: what its report of Monday gives for "the previous
#: reporting period" ended on Sunday and covers two days.
_NO_SUNDAYS = frozenset({"osce-smm"})


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """What is counted, by whom, under which rule: figures of two units are never added."""

    level: str
    """``tally``, ``incident`` or ``observation``."""
    source: str
    rule: str

    def to_dict(self) -> dict[str, str]:
        """Its three names."""
        return {"level": self.level, "source": self.source, "rule": self.rule}

    @property
    def name(self) -> str:
        """How ``--series`` names it."""
        return f"{self.level}:{self.source}:{self.rule}"


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that was counted: when it ended and began, where, and how many."""

    start: datetime
    end: datetime
    region: str
    count: int


@dataclass(frozen=True, slots=True)
class RegionSeries:
    """A series for each region, and what was left out or assumed to make them."""

    unit: Unit
    regions: Mapping[str, CountSeries]
    """By region, ``all`` of them together first."""
    notes: tuple[str, ...]
    left_out: int
    """Records that are known too vaguely for a day."""


def units(known: Known) -> dict[Unit, int]:
    """What can be counted, and over how many reporting days or periods there is any."""
    days: dict[Unit, set[object]] = defaultdict(set)
    for tally in filter(_dated, _totals(known)):
        unit = Unit("tally", tally.source, tally.count.rule)
        days[unit].add(tally.occurred.latest)
    for _, incident in known.incidents:
        days[Unit("incident", incident.source, ONE_INCIDENT)].add(incident.occurred.best_day)
    for _, seen in known.observations:
        if seen.act.count is not None:
            unit = Unit("observation", seen.source, seen.act.count.rule)
            days[unit].add(seen.occurred.best_day)
    order = {"tally": 0, "incident": 1, "observation": 2}
    ranked = sorted(days, key=lambda unit: (-len(days[unit]), order[unit.level], unit))
    return {unit: len(days[unit]) for unit in ranked}


def region_series(known: Known, unit: Unit, *, zone: str) -> RegionSeries:
    """The series of one unit.

    Totals that a source published keep its own reporting periods, and the figure that each report
    gives for the period before is taken where that period has no report of its own. Incidents and
    observations are counted by calendar day of the mission's zone, from the first to the last day
    that the source reported anything on; what is known to no single day is left out. Exposure is
    the effort recorded, in full observer-days, where it covers every day with a count; else each
    day is taken as watched, and a note says so.
    """
    if unit.level == "tally":
        return _of_tallies(known, unit)
    return _of_days(known, unit, zone=zone)


def _totals(known: Known) -> Iterator[Tally]:
    """Tallies of everything: of explosions alone there is a part already in the whole."""
    return (one for one in known.tallies if not one.part_of and one.kind == "ceasefire_violation")


def _dated(tally: Tally) -> bool:
    """Whether its reporting period is known; a total of a day in some year is no yearly total."""
    return tally.period is not None or tally.occurred.precision not in {"month", "year"}


def _of_tallies(known: Known, unit: Unit) -> RegionSeries:
    found: dict[str, dict[datetime, Counted]] = defaultdict(dict)
    chosen = [t for t in _totals(known) if (t.source, t.count.rule) == (unit.source, unit.rule)]
    tallies = [tally for tally in chosen if _dated(tally)]
    for tally in tallies:
        region = tally.place.region or NOWHERE
        moment = tally.occurred
        found[region][moment.latest] = Counted(
            moment.earliest, moment.latest, region, tally.count.n
        )
    borrowed = 0
    for tally in tallies:
        region, end = tally.place.region or NOWHERE, tally.occurred.earliest
        if tally.previous is not None and end not in found[region]:
            local = end.astimezone(zone_of(tally.occurred.zone))
            two = unit.source in _NO_SUNDAYS and local.weekday() == 6
            start = end - timedelta(days=2 if two else 1)
            found[region][end] = Counted(start, end, region, tally.previous.n)
            borrowed += 1
    notes = ["Periods are the source's own; days without a report count as unobserved."]
    if borrowed:
        notes.append(
            f"{borrowed} figures are those that a report gives for the period before its own, "
            "taken to be one day long (two where it ended on a Sunday and the source published "
            "nothing on Sundays)."
        )
    left_out = len(chosen) - len(tallies)
    if left_out:
        notes.append(f"{left_out} totals are of no known day and are left out.")
    kept = {region: _without_overlap(rows.values()) for region, rows in found.items()}
    zone = tallies[0].occurred.zone
    series = {region: _series(rows, zone) for region, rows in sorted(kept.items())}
    return RegionSeries(unit, {**_together(kept, zone), **series}, tuple(notes), left_out)


def _without_overlap(rows: Iterable[Counted]) -> list[Counted]:
    kept: list[Counted] = []
    for row in sorted(rows, key=lambda one: one.end):
        if not kept or row.start >= kept[-1].end:
            kept.append(row)
    return kept


def _together(kept: Mapping[str, Sequence[Counted]], zone: str) -> dict[str, CountSeries]:
    """All regions added up, over the periods that every one of them has."""
    by_period = {region: {(r.start, r.end): r.count for r in rows} for region, rows in kept.items()}
    common = set.intersection(*(set(rows) for rows in by_period.values()))
    if len(by_period) < 2 or not common:
        return {}
    rows = [
        Counted(start, end, ALL, sum(rows[start, end] for rows in by_period.values()))
        for start, end in sorted(common)
    ]
    return {ALL: _series(rows, zone)}


def _series(rows: Sequence[Counted], zone: str) -> CountSeries:
    place = zone_of(zone)

    def local(moments: Iterable[datetime]) -> Minutes:
        bare = [moment.astimezone(place).replace(tzinfo=None) for moment in moments]
        return np.array(bare, "datetime64[m]")

    return periods(
        [one.count for one in rows],
        starts=local(one.start for one in rows),
        ends=local(one.end for one in rows),
    )


def _of_days(known: Known, unit: Unit, *, zone: str) -> RegionSeries:
    by_region: dict[str, Counter[date]] = defaultdict(Counter)
    left_out = 0
    for moment, region, count in _counted(known, unit):
        if moment.first_day != moment.last_day and moment.precision != "instant":
            left_out += 1
            continue
        by_region[region][_day(moment, zone)] += count
    if not by_region:
        return RegionSeries(unit, {}, (), left_out)
    few = _pool_few(by_region)
    days = sorted({day for counts in by_region.values() for day in counts})
    first, last = days[0], days[-1]
    effort, notes = _exposure(known, by_region, source=unit.source, zone=zone)
    if few:
        notes.append(f"Regions with fewer than {FEW} counted in all are taken together: {few}.")
    if left_out:
        notes.append(f"{left_out} records are known to no single day and are left out.")
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts: Minutes = np.array(span, "datetime64[D]").astype("datetime64[m]")
    total: Counter[date] = sum(by_region.values(), Counter())
    regions = {ALL: total, **dict(sorted(by_region.items()))} if len(by_region) > 1 else by_region
    series = {
        region: periods(
            [counts[day] for day in span],
            starts=starts,
            ends=starts + DAY,
            exposure=None if effort is None else [effort[region][day] for day in span],
        )
        for region, counts in regions.items()
    }
    return RegionSeries(unit, series, tuple(notes), left_out)


def _pool_few(by_region: dict[str, Counter[date]]) -> str:
    """Put regions with next to nothing together, in place; their names, for a note."""
    few = sorted(region for region, counts in by_region.items() if counts.total() < FEW)
    if len(few) < 2:
        return ""
    by_region[ELSEWHERE] = sum((by_region.pop(region) for region in few), Counter())
    return ", ".join(few)


def _counted(known: Known, unit: Unit) -> Iterator[tuple[Moment, str, int]]:
    if unit.level == "incident":
        found: Iterable[Incident] = (one for _, one in known.incidents if one.source == unit.source)
        for incident in found:
            yield incident.occurred, incident.place.region or NOWHERE, 1
        return
    for _, seen in known.observations:
        count = seen.act.count
        if count is not None and (seen.source, count.rule) == (unit.source, unit.rule):
            yield seen.occurred, seen.place.region or NOWHERE, count.n


def _day(moment: Moment, zone: str) -> date:
    return moment.best.astimezone(zone_of(zone)).date()


def _exposure(
    known: Known, by_region: Mapping[str, Counter[date]], *, source: str, zone: str
) -> tuple[Mapping[str, Mapping[date, float]] | None, list[str]]:
    """Observer-days by region and day, or None where the effort recorded does not cover counts."""
    held = effort_hours(known.efforts, zone=zone, source=source)
    if not held:
        said = (
            "No effort is recorded for this source: every day is taken as watched, so that a day "
            "on which nobody looked cannot be told from a quiet one."
        )
        return None, [said]
    bare = sum(1 for region, counts in by_region.items() for day in counts if not held[region][day])
    if bare:
        said = (
            f"{bare} region-days have counts and no effort recorded: the effort is incomplete and "
            "is not used; every day is taken as watched."
        )
        return None, [said]
    share: Hours = defaultdict(lambda: defaultdict(float))
    for region in by_region:
        for day, hours in held[region].items():
            share[region][day] += hours / 24
            share[ALL][day] += hours / 24
    return share, ["Exposure is the effort recorded, in days of one observer looking."]


def effort_hours(efforts: Iterable[Effort], *, zone: str, source: str = "") -> Hours:
    """Hours of looking by region and day; an effort over several days is spread over them."""
    found: Hours = defaultdict(lambda: defaultdict(float))
    place = zone_of(zone)
    for effort in efforts:
        if effort.hours is None or (source and effort.source != source):
            continue
        first = effort.occurred.earliest.astimezone(place).date()
        last = (effort.occurred.latest - timedelta(microseconds=1)).astimezone(place).date()
        count = max(1, (last - first).days + 1)
        for n in range(count):
            found[effort.place.region or NOWHERE][first + timedelta(days=n)] += effort.hours / count
    return found


def described(series: RegionSeries) -> dict[str, Any]:
    """What a result says of the series it was computed from."""
    return {
        **series.unit.to_dict(),
        "name": series.unit.name,
        "notes": list(series.notes),
        "left_out": series.left_out,
        "periods": {region: len(one) for region, one in series.regions.items()},
    }

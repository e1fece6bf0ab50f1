"""The day of a mission: everything that its daily report says, as one JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backstop.monitoring.chart import chart_of
from backstop.monitoring.figures import Figure, by_rule, region_figures
from backstop.monitoring.known import Held, Known
from backstop.monitoring.series import NOWHERE, effort_hours
from backstop.monitoring.status import stamp
from backstop.monitoring.verdicts import VerdictTally
from backstop.watch.actors import Actors
from backstop.watch.folder import MissionFolder
from backstop.watch.identity import identify
from backstop.watch.line import LineSeries
from backstop.watch.moment import Moment, zone_of
from backstop.watch.record import Denial, Effort, Entry, Incident, Jamming, Observation, Tally

#: What may be listed one by one; what is restricted is counted and not listed.
_LISTED = frozenset({"public", "commission", "mission"})
#: What an agreement speaks of; a published total is not classified, nor is effort.
_CLASSIFIED = (Observation, Incident, Denial, Jamming)
#: Longest text of a record in a table.
_CLIP = 300


def reporting_day(record: Entry, zone: str) -> date | None:
    """The day a record belongs to: that on which its reporting period ends, else its own day.

    None where the record is known to no single day.
    """
    if record.period is not None:
        return record.period.last_day
    place = zone_of(zone)
    first = record.occurred.earliest.astimezone(place).date()
    last = record.occurred.latest
    if last > record.occurred.earliest:
        last -= timedelta(microseconds=1)
    return first if first == last.astimezone(place).date() else None


def report_day(
    mission: MissionFolder, known: Known, *, day: date, lines: LineSeries | None = None
) -> dict[str, Any]:
    """What a mission knew of a day.

    Everything follows from the record as it was known and the day: the same two give the same
    report, byte for byte, whenever it is made.

    Parameters
    ----------
    day : date
        In the mission's zone; a reporting period is named after the day on which it ends.
    lines : LineSeries, optional
        The line of contact, for the map.
    """
    zone = mission.mission.zone
    by_day: dict[date | None, list[Held]] = {}
    for held in known.held:
        by_day.setdefault(reporting_day(held.record, zone), []).append(held)
    today, before = by_day.get(day, []), by_day.get(day - timedelta(days=1), [])
    later = _running(by_day, day)
    today = [*today, *later]
    figures = region_figures(known, today=_records(today), before=_records(before))
    effort, verdicts = _effort(known, day, zone), _verdicts(today, known)
    body: dict[str, Any] = {
        "day": str(day),
        "zone": zone,
        "clock": _clock(day, zone),
        "record": stamp(known),
        "summary": list(_summary(day, figures, today, effort, verdicts)),
        "regions": [one.to_dict() for one in figures],
        "same_records_by_rule": by_rule(_records(today)),
        "incidents": [_incident(one, known) for one in today if isinstance(one.record, Incident)],
        "observations": [
            _observation(one, known)
            for one in today
            if isinstance(one.record, Observation) and one.record.handling in _LISTED
        ],
        "not_listed": _not_listed(today),
        "verdicts": verdicts,
        "restrictions": [_denial(r) for r in _records(today) if isinstance(r, Denial)],
        "jamming": [_jamming(r) for r in _records(today) if isinstance(r, Jamming)],
        "effort": effort,
        "map": chart_of(_records(today), day=day, lines=lines),
    }
    body["method"] = list(_method(body, known, by_day.get(None, []), day))
    return body


def _clock(day: date, zone: str) -> dict[str, str]:
    """From when to when the day lasts, by the mission's clock and in UTC."""
    place = zone_of(zone)
    ends = (day, day + timedelta(days=1))
    first, last = (datetime(one.year, one.month, one.day, tzinfo=place) for one in ends)
    return {
        "zone": zone,
        "from": first.isoformat(timespec="minutes"),
        "until": last.isoformat(timespec="minutes"),
        "from_utc": first.astimezone(UTC).isoformat(timespec="minutes"),
        "until_utc": last.astimezone(UTC).isoformat(timespec="minutes"),
    }


def _running(by_day: Mapping[date | None, Sequence[Held]], day: date) -> list[Held]:
    """Published totals whose period of several days runs over the day and ends after it.

    A mission that publishes nothing on one day covers it with its next report.
    """
    return [
        one
        for last, held in by_day.items()
        if last is not None and last > day
        for one in held
        if isinstance(one.record, Tally) and one.record.occurred.first_day < day
    ]


def _records(held: Iterable[Held]) -> list[Entry]:
    return [one.record for one in held]


def _when(moment: Moment) -> str:
    return moment.edtf or moment.best.isoformat()


def _who(actors: Actors) -> dict[str, Any]:
    assessed = actors.assessed
    return {
        "involved": list(actors.involved),
        "alleged": [{"party": one.party, "by": one.by} for one in actors.alleged],
        "assessed": dict(assessed.parties) if assessed else None,
        "basis": list(assessed.basis) if assessed else [],
    }


def _place(record: Entry) -> dict[str, Any]:
    place = record.place
    return {
        "name": place.name,
        "region": place.region or NOWHERE,
        "longitude": place.longitude,
        "latitude": place.latitude,
        "radius_m": place.radius_m,
        "method": place.method,
    }


def _verdict(record: Entry, known: Known) -> dict[str, Any] | None:
    found = known.verdicts.get(identify(record).id)
    if found is None:
        return None
    return {name: found.get(name) for name in ("outcome", "clauses", "exemption", "why")}


def _count(record: Observation | Incident) -> dict[str, Any] | None:
    count = record.act.count
    if count is None:
        return None
    return {
        "n": count.n, "rule": count.rule, "low": count.low, "high": count.high,
        "at_least": count.at_least, "uncertain": count.uncertain,
    }  # fmt: skip


def _observation(held: Held, known: Known) -> dict[str, Any]:
    record = held.record
    assert isinstance(record, Observation)
    text = record.text if len(record.text) <= _CLIP else f"{record.text[: _CLIP - 1]}…"
    return {
        "entry": held.index,
        "id": identify(record).id,
        "source": record.source,
        "when": _when(record.occurred),
        "place": _place(record),
        "kind": record.act.kind,
        "detail": record.act.detail,
        "count": _count(record),
        "weapon_class": record.act.weapon_class,
        "means": record.means,
        "actors": _who(record.actors),
        "reliability": f"{record.reliability}{record.credibility}",
        "verification": record.verification,
        "verdict": _verdict(record, known),
        "text": "" if record.protected else text,
    }


def _incident(held: Held, known: Known) -> dict[str, Any]:
    record = held.record
    assert isinstance(record, Incident)
    return {
        "entry": held.index,
        "id": identify(record).id,
        "when": _when(record.occurred),
        "place": _place(record),
        "kind": record.act.kind,
        "count": _count(record),
        "members": len(record.members),
        "confidence": record.confidence,
        "actors": _who(record.actors),
        "verdict": _verdict(record, known),
    }


def _not_listed(today: Sequence[Held]) -> int:
    return sum(
        isinstance(one.record, Observation) and one.record.handling not in _LISTED for one in today
    )


def _denial(record: Denial) -> dict[str, Any]:
    return {
        "source": record.source,
        "when": _when(record.occurred),
        "place": _place(record),
        "kind": record.kind,
        "minutes": record.minutes,
        "reason": record.reason,
        "actors": _who(record.actors),
        "text": "" if record.protected else record.text[:_CLIP],
    }


def _jamming(record: Jamming) -> dict[str, Any]:
    return {
        "source": record.source,
        "when": _when(record.occurred),
        "place": _place(record),
        "target": record.target,
        "minutes": record.minutes,
        "text": "" if record.protected else record.text[:_CLIP],
    }


def _effort(known: Known, day: date, zone: str) -> dict[str, Any]:
    """Hours of looking by region, today and the day before, and where nobody looked."""
    hours = effort_hours(known.efforts, zone=zone)
    before = day - timedelta(days=1)
    rows = [
        {"region": region, "hours": days.get(day, 0.0), "hours_before": days.get(before, 0.0)}
        for region, days in sorted(hours.items())
    ]
    own = [effort for effort in known.efforts if _on(effort, day, zone)]
    return {
        "recorded": bool(hours),
        "regions": rows,
        "unobserved": [row["region"] for row in rows if not row["hours"]],
        "by_kind": dict(sorted(Counter(one.kind for one in own).items())),
        "planned_hours": sum(one.planned_hours or 0.0 for one in own),
        "night_hours": sum(one.hours or 0.0 for one in own if one.night),
    }


def _on(effort: Effort, day: date, zone: str) -> bool:
    place = zone_of(zone)
    first = effort.occurred.earliest.astimezone(place).date()
    last = (effort.occurred.latest - timedelta(microseconds=1)).astimezone(place).date()
    return first <= day <= max(first, last)


def _verdicts(today: Sequence[Held], known: Known) -> dict[str, Any]:
    """Outcomes of the day's incidents and of what is no part of one, and the clauses broken."""
    tally = VerdictTally(known)
    for one in today:
        if isinstance(one.record, _CLASSIFIED):
            name = identify(one.record).id
            found = known.verdicts.get(name) or {"outcome": "not classified", "clauses": ()}
            clauses = map(str, found["clauses"])
            tally.add(one.record.record_type, name, str(found["outcome"]), clauses)
    return {
        "outcomes": dict(sorted(tally.outcomes.items())),
        "violations_by_clause": dict(sorted(tally.clauses.items())),
        "by_level": tally.levels(),
    }


def _summary(
    day: date,
    figures: Sequence[Figure],
    today: Sequence[Held],
    effort: Mapping[str, Any],
    verdicts: Mapping[str, Any],
) -> Iterator[str]:
    """Sentences, each figure with its rule."""
    if not today:
        yield f"Nothing was recorded for {day}. That is not to say that nothing happened."
    for figure in figures:
        if figure.whole:
            yield figure.sentence()
    kinds = Counter(one.record.record_type for one in today)
    if kinds:
        words = ", ".join(f"{name} {n}" for name, n in sorted(kinds.items()))
        yield f"Records of the day by type: {words}."
    if verdicts["outcomes"]:
        words = ", ".join(
            f"{name.replace('_', ' ')} {n}" for name, n in verdicts["outcomes"].items()
        )
        yield f"Under the agreement, of incidents and of records that are in none: {words}."
    barred = sum(isinstance(one.record, Denial) for one in today)
    if barred:
        yield f"The way was barred, delayed or made conditional {barred} times."
    if not effort["recorded"]:
        yield "No effort is recorded: where nothing is reported, nobody may have looked."
    elif effort["unobserved"]:
        yield f"Nobody looked in: {', '.join(effort['unobserved'])}."


def _method(
    body: Mapping[str, Any], known: Known, vague: Sequence[Held], day: date
) -> Iterator[str]:
    """How the report was made, so that it can be made again and doubted."""
    clock = body["clock"]
    yield (
        f"A day is that of the clock in {body['zone']}: {body['day']} lasted from {clock['from']} "
        f"to {clock['until']}, which is {clock['from_utc'][:16]} to {clock['until_utc'][:16]} in "
        "UTC. A source's own reporting period belongs to the day on which it ends. The day before "
        "is compared with, or the period before that the source itself states."
    )
    yield (
        "Every figure names its counting rule. Published totals, observations and fused incidents "
        "are three levels and are never added: a total counts some of the observations again, and "
        "an incident is made of them."
    )
    around = sum(r.occurred.first_day <= day <= r.occurred.last_day for r in _records(vague))
    if around:
        yield f"{around} records that are known to no single day may belong to this one; left out."
    if known.fusions:
        last = known.fusions[-1]
        yield (
            f"Incidents were fused with a window of {last['parameters']['window_km']} km and "
            f"{last['parameters']['window_days']} days."
        )
    elif any(isinstance(h.record, Observation) for h in known.held):
        yield "Observations were not fused: two observers of one act count twice."
    if not known.verdicts:
        yield "Nothing was classified against the agreement."
    yield (
        f"{len(known.quarantined)} rows that could not be read were in quarantine; they are "
        "counted nowhere."
    )
    record = body["record"]
    if not record["entries"]:
        yield "Nothing had been entered by then."
        return
    yield (
        f"Made from the first {record['entries']} entries of the ledger, the last of "
        f"{record['last_entry']}, with the tree hash {record['root']}. The same entries give the "
        "same report."
    )

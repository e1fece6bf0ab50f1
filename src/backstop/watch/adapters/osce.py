"""The daily report of the OSCE Special Monitoring Mission to Ukraine, 2014 to 2022, as text.

Read from plain text, paragraph by paragraph, or from JSON with ``report``, ``text`` and, where
known, ``as_of`` or ``issued``. Totals of a region become tallies, what monitors heard or saw
observations with the observer's sector, barred ways denials, and lost signals jamming. A paragraph
that counts something and fits no pattern goes to quarantine; one that counts nothing is passed
over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backstop.watch.act import Act, Count
from backstop.watch.actors import NOBODY, Actors
from backstop.watch.adapters.adapter import Adapter
from backstop.watch.adapters.cells import MONTHS, tidy
from backstop.watch.adapters.osce_place import observer_place
from backstop.watch.adapters.osce_sentence import (
    Item,
    Observed,
    Totals,
    parse_observed,
    parse_standpoint,
    parse_totals,
)
from backstop.watch.adapters.osce_weapons import Sighting, parse_sightings
from backstop.watch.adapters.osce_words import NUMBER as _NUMBER
from backstop.watch.adapters.osce_words import ZONE, Number, evening, number, time_said
from backstop.watch.moment import Moment, between, days
from backstop.watch.place import Place
from backstop.watch.record import Denial, Entry, Jamming, Observation, Tally
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import EACH_ROUND_OR_BURST, ONE_INCIDENT

SOURCE = "osce-smm"
_REPORT = re.compile(r"(?:Daily\s+Report\s+)?(?P<number>\d{1,3})/(?P<year>20\d\d)\b", re.IGNORECASE)
_ISSUED = re.compile(r"issued\s+on\s+(?P<day>\d{1,2})\s+(?P<month>[A-Z]\w+)\s+(?P<year>20\d\d)")
_AS_OF = re.compile(
    r"as\s+of\s+(?:19[:.]?30)?\s*(?:\(?[A-Z][\w ]*time\)?,?)?\s*(?:on\s+)?"
    r"(?P<day>\d{1,2})\s+(?P<month>[A-Z]\w+)\s+(?P<year>20\d\d)"
)
#: Words without which a paragraph reports no act, no barred way and no lost signal.
_COUNTS = re.compile(
    r"ceasefire violations?|explosions?|bursts?|\bshots?\b|projectiles?|muzzle flash|flares?",
    re.IGNORECASE,
)
_BARRED = re.compile(
    r"\b(?P<what>denied|refused|did not allow|prevented|delayed|only after|allowed .* only)\b"
    r"[^.]*\b(?:SMM|Mission)\b|\b(?:SMM|Mission)(?:'s)?\b[^.]*\b(?P<also>denied|delayed)\b",
    re.IGNORECASE,
)
_MINUTES = re.compile(rf"{_NUMBER}\s+(?P<unit>minutes?|hours?)", re.IGNORECASE)
#: Without it the pattern above matches nothing, and it is found much sooner.
_UNIT = re.compile("minute|hour", re.IGNORECASE)
_JAMMED = re.compile(r"signal interference|\bjamming\b|GPS interference|loss of GPS", re.IGNORECASE)
_REGION = re.compile(r"\b(Donetsk|Luhansk|[A-Z]\w+) region\b")


@dataclass(frozen=True, slots=True)
class _Report:
    """The report a passage stands in."""

    name: str
    year: int
    period: Moment | None
    issued: date | None


def _read_with(setting: Setting) -> Any:
    def read(passage: Mapping[str, Any]) -> Sequence[Entry]:
        text = tidy(str(passage.get("text") or ""))
        if not text:
            raise ValueError("the passage has no text")
        report = _report(passage)
        found = _records(text, report, setting)
        if not found and _COUNTS.search(text):
            raise ValueError("it speaks of violations but fits no pattern of the daily reports")
        for record in found:
            setting.check_time(record.occurred)
        return found

    return read


def _report(passage: Mapping[str, Any]) -> _Report:
    name = str(passage.get("report") or "").strip()
    as_of = _time(passage.get("as_of"))
    issued = _day(passage.get("issued"))
    if re.fullmatch(r"20\d\d-\d\d-\d\d", name):
        # Early reports are called by their day.
        issued = issued or date.fromisoformat(name)
    numbered = _REPORT.fullmatch(name)
    if as_of is None and issued is not None:
        as_of = evening(issued - timedelta(days=1))
    if as_of is None and numbered is None:
        raise ValueError("the report has neither a number with its year nor a day (report, as_of)")
    start = _day(passage.get("period_start"))
    period = None
    if as_of is not None:
        begins = evening(start) if start else as_of - timedelta(days=1)
        period = between(begins, as_of)
    year = as_of.year if as_of is not None else int(numbered["year"]) if numbered else 0
    return _Report(name or str(issued), year, period, issued)


def _time(value: Any) -> datetime | None:
    if not value:
        return None
    when = datetime.fromisoformat(str(value))
    return evening(when.date()) if when.tzinfo is None else when


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _records(text: str, report: _Report, setting: Setting) -> list[Entry]:
    totals = parse_totals(text)
    if totals is not None:
        return list(_tallies(totals, text, report))
    sightings = parse_sightings(text)
    if sightings:
        return list(_weapons(sightings, text, report, setting))
    if _JAMMED.search(text):
        return [_jamming(text, report, setting)]
    if _BARRED.search(text):
        return [_denial(text, report, setting)]
    observed = parse_observed(text)
    if observed is None:
        return []
    return list(_observations(observed, text, report, setting))


def _occurred(text: str, report: _Report) -> tuple[Moment, tuple[str, ...]]:
    """When, and a note where only the year of the report tells."""
    said = time_said(text, year=report.year)
    if said is not None and report.period and said.earliest > report.period.latest:
        # "31 December" in a report of January.
        said = time_said(text, year=report.year - 1)
    if said is not None:
        return said, ()
    if report.period is not None:
        return report.period, ()
    year = days(date(report.year, 1, 1), date(report.year, 12, 31), ZONE, "year")
    return year, ("the report states no day; only its year is known",)


def _tallies(totals: Totals, text: str, report: _Report) -> Iterator[Tally]:
    occurred, notes = _occurred(text, report)
    # A total whose day nobody knows covers no year, and revises no total whose day is known.
    period, suffix = (None, ":undated") if notes else (occurred, "")
    whole = f"{report.name}:{totals.region}:ceasefire_violation{suffix}"
    head = {
        "source": SOURCE, "occurred": occurred, "period": period, "text": text,
        "language": "en", "notes": notes, "place": Place(region=totals.region, method="region"),
        "codes": (("report", report.name),),
    }  # fmt: skip
    yield Tally(
        source_record_id=whole,
        kind="ceasefire_violation",
        count=_count(totals.violations),
        previous=_count(totals.previous) if totals.previous else None,
        **head,  # type: ignore[arg-type]
    )
    for part in totals.parts:
        name = f"{report.name}:{totals.region}:{part.kind}{suffix}"
        yield Tally(
            source_record_id=name,
            kind=part.kind, count=_count(part.number), part_of=whole,
            **head,  # type: ignore[arg-type]
        )  # fmt: skip
    if totals.exercise is not None:
        place = "outside the security zone" if totals.outside_zone else ""
        head["codes"] = (("report", report.name), *([("where", place)] if place else []))
        yield Tally(
            source_record_id=f"{report.name}:{totals.region}:live_fire_exercise{suffix}",
            kind="live_fire_exercise", count=_count(totals.exercise), part_of=whole,
            **head,  # type: ignore[arg-type]
        )  # fmt: skip


def _count(said: Number) -> Count:
    return Count(
        said.n,
        EACH_ROUND_OR_BURST,
        at_least=said.at_least,
        uncertain=said.about,
        low=said.n if said.at_least else None,
    )


def _observations(
    observed: Observed, text: str, report: _Report, setting: Setting
) -> Iterator[Observation]:
    occurred, notes = _occurred(text, report)
    name = _name(report, text)
    for number_of, item in enumerate(observed.items, start=1):
        if item.number.n == 0:
            continue
        place, doubts = observer_place(observed.standpoint, item, setting, region=_region(text))
        yield Observation(
            source=SOURCE,
            source_record_id=f"{name}:{number_of}",
            stream=observed.standpoint.place if observed.standpoint else "",
            occurred=occurred,
            period=report.period,
            place=place,
            text=text,
            language="en",
            codes=(("report", report.name),),
            notes=notes + doubts,
            act=_act(item),
            means=observed.means,
        )


def _weapons(
    sightings: Sequence[Sighting], text: str, report: _Report, setting: Setting
) -> Iterator[Observation]:
    """Weapons where they must not be; each is one weapon, not a round."""
    occurred, notes = _occurred(text, report)
    name = _name(report, text)
    means = "uav" if re.search(r"\bUAV\b", text) else "seen"
    for number_of, one in enumerate(sightings, start=1):
        place, doubts = observer_place(one.standpoint, None, setting, region=_region(text))
        if one.party:
            doubts += ("whose weapon it is was taken from who holds the ground",)
        yield Observation(
            source=SOURCE,
            source_record_id=f"{name}:weapons:{number_of}",
            occurred=occurred,
            period=report.period,
            place=place,
            text=text,
            language="en",
            codes=(("report", report.name), ("weapons", str(one.number.n))),
            notes=notes + doubts,
            act=Act(one.kind, "", Count(1, ONE_INCIDENT), one.weapon_class, one.weapon_text,
                    one.calibre_mm),
            means=means,
            actors=Actors((one.party,)) if one.party else NOBODY,
        )  # fmt: skip


def _act(item: Item) -> Act:
    return Act(
        item.kind,
        item.detail,
        _count(item.number),
        item.weapon_class,
        item.weapon_text,
        item.calibre_mm,
    )


def _name(report: _Report, text: str) -> str:
    """Passages have no numbers; a digest of the text names one within its report."""
    return f"{report.name}:{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _region(text: str) -> str:
    found = _REGION.search(text)
    return found[1] if found else ""


def _denial(text: str, report: _Report, setting: Setting) -> Denial:
    occurred, notes = _occurred(text, report)
    match = _BARRED.search(text)
    assert match is not None
    word = (match["what"] or match["also"] or "").lower()
    kind = "delay" if word == "delayed" else "conditional" if "only" in word else "denial"
    place, doubts = observer_place(parse_standpoint(text), None, setting, region=_region(text))
    lasted = _MINUTES.search(text) if _UNIT.search(text) else None
    minutes = None
    if lasted:
        minutes = number(lasted).n * (60.0 if lasted["unit"].startswith("h") else 1.0)
    return Denial(
        source=SOURCE, source_record_id=f"{_name(report, text)}:denial", occurred=occurred,
        period=report.period, place=place, text=text, language="en", notes=notes + doubts,
        codes=(("report", report.name),), kind=kind, minutes=minutes,
    )  # fmt: skip


def _jamming(text: str, report: _Report, setting: Setting) -> Jamming:
    occurred, notes = _occurred(text, report)
    place, doubts = observer_place(parse_standpoint(text), None, setting, region=_region(text))
    lower = text.lower()
    return Jamming(
        source=SOURCE, source_record_id=f"{_name(report, text)}:jamming", occurred=occurred,
        period=report.period, place=place, text=text, language="en", notes=notes + doubts,
        codes=(("report", report.name),),
        target="gnss" if "gps" in lower else "uav_control" if "uav" in lower else "unknown",
        platform="uav" if "uav" in lower else "",
    )  # fmt: skip


def passages(lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Paragraphs of a report, with the report's number and day as they come up."""
    context: dict[str, str] = {}
    held: list[str] = []
    start = 0
    for number_of, line in enumerate(lines, start=1):
        if line.strip():
            start = start or number_of
            held.append(line.strip())
            continue
        if held:
            yield start, _passage(" ".join(held), context)
        held, start = [], 0
    if held:
        yield start, _passage(" ".join(held), context)


def _passage(text: str, context: dict[str, str]) -> Mapping[str, Any]:
    if match := _REPORT.search(text):
        context["report"] = f"{int(match['number'])}/{match['year']}"
    for name, pattern in (("issued", _ISSUED), ("as_of", _AS_OF)):
        match = pattern.search(text)
        month = MONTHS.get(match["month"][:3].lower()) if match else None
        if match and month:
            context[name] = date(int(match["year"]), month, int(match["day"])).isoformat()
    return {**context, "text": text}


OSCE = Adapter(
    name="osce",
    title="OSCE SMM daily report (text, or JSON with report and text)",
    version=1,
    needs=frozenset({"report", "text"}),
    objects=_read_with,
    passages=passages,
)

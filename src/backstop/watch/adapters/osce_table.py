"""Tables of the OSCE mission: the annex to each daily report, and daily totals by region.

The annex has one line for each observation: position of the observer, location of the event by
distance and wind, means, number, observation, description, weapon, date and time. Its dates have
no year; a column ``report`` or ``year``, or the year given at intake, says it. Daily totals are
columns ``<region>_cfv``, ``<region>_explosions`` and ``<region>_prev_cfv`` for each region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from operator import itemgetter

from backstop.watch.act import Act, Count
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import MONTHS, tidy, whole
from backstop.watch.adapters.osce_place import observer_place
from backstop.watch.adapters.osce_sentence import Item, parse_location, parse_position
from backstop.watch.adapters.osce_words import (
    ACTS,
    ZONE,
    Number,
    calibre_of,
    detail_of,
    evening,
    weapon_of,
)
from backstop.watch.moment import Moment, between, days, instant, zone_of
from backstop.watch.place import Place
from backstop.watch.record import Observation, Tally
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import EACH_ROUND_OR_BURST

SOURCE = "osce-smm"
_MEANS = {
    "heard": "heard", "saw": "seen", "seen": "seen", "observed": "seen", "recorded": "camera",
    "saw and heard": "heard_and_seen", "heard and saw": "heard_and_seen", "camera": "camera",
}  # fmt: skip
#: Columns of the annex, and those that are not always there.
_ANNEX = ("smm position", "event location", "means", "no", "observation")
_MORE = ("description", "weapon", "region", "report", "year")
_WHEN = re.compile(
    r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3,9})(?:[- ](?P<year>\d{4}))?"
    r"(?:,?\s*(?P<from>\d{1,2}:\d{2})(?:\s*[-–]\s*(?P<to>\d{1,2}:\d{2}))?)?"
)


def _annex_cells(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns([_folded(name) for name in columns])
    whole_row = itemgetter(*(at[name] for name in _ANNEX))
    more = [at.first(name) for name in _MORE]
    dated = next((n for n, name in enumerate(columns) if _folded(name).startswith("date")), -1)
    # A camera sees the same things in the same directions, day after day.
    where = lru_cache(maxsize=4_096)(partial(_place, setting))
    when = lru_cache(maxsize=4_096)(partial(_when, setting))

    def read(cells: list[str]) -> Sequence[Observation]:
        position, located, means, number, noun = map(tidy, whole_row(cells))
        said, weapon, region, report, year = [tidy(cells[n]) if n >= 0 else "" for n in more]
        act = _act(noun, number, said, weapon)
        place, notes = where(position, located, region)
        occurred = when(tidy(cells[dated]) if dated >= 0 else "", report, year)
        name = ":".join(
            [
                report or str(occurred.best_day),
                occurred.edtf,
                position,
                located,
                _singular(noun),
                said,
                weapon,
            ]
        )
        return (
            Observation(
                source=setting.source or SOURCE,
                source_record_id=name,
                stream=position,
                occurred=occurred,
                place=place,
                text=said,
                language="en",
                codes=tuple(
                    [(n, t) for n, t in (("report", report), ("event location", located)) if t]
                ),
                notes=notes,
                act=act,
                means=_MEANS.get(means.lower(), "unknown"),
            ),
        )

    return read


def _folded(name: str) -> str:
    return name.strip().lower().rstrip(".")


def _singular(noun: str) -> str:
    return noun.lower().rstrip("s")


@lru_cache(maxsize=4_096)
def _act(observation: str, count: str, said: str, weapon: str) -> Act:
    noun = _singular(observation)
    if noun not in ACTS:
        raise ValueError(f"observation {observation[:40]!r} is no act of the annex")
    kind, detail = ACTS[noun]
    return Act(
        kind,
        detail_of(said) or detail,
        Count(whole(count or "1", "number"), EACH_ROUND_OR_BURST),
        weapon_of(weapon),
        "" if weapon.upper() in {"N/K", "N/A"} else weapon,
        calibre_of(weapon),
    )


def _place(
    setting: Setting, position: str, located: str, region: str
) -> tuple[Place, tuple[str, ...]]:
    span = parse_location(located)
    range_km, winds = span or (None, ())
    item = Item(Number(1), "", range_km=range_km, winds=winds)
    return observer_place(parse_position(position), item, setting, region=region)


def _when(setting: Setting, text: str, report: str, year_said: str) -> Moment:
    moment = _time(setting, text, report or year_said)
    setting.check_time(moment)
    return moment


def _time(setting: Setting, text: str, dated_by: str) -> Moment:
    match = _WHEN.match(text)
    month = MONTHS.get(match["month"][:3].lower()) if match else None
    if match is None or month is None:
        raise ValueError(f"date {text[:40]!r} is not written like 18-Feb, 08:17")
    report = re.search(r"20\d\d", dated_by)
    year = int(match["year"] or (report[0] if report else 0) or setting.year or 0)
    if not year:
        raise ValueError("the date has no year; add a column `report` or `year`")
    day = date(year, month, int(match["day"]))
    if not match["from"]:
        return days(day, day, ZONE)
    start = _clock(day, match["from"])
    return between(start, _clock(day, match["to"])) if match["to"] else instant(
        start, precision="minute"
    )  # fmt: skip


def _clock(day: date, text: str) -> datetime:
    hour, minute = map(int, text.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone_of(ZONE))


def _totals_reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    report, as_of, start = at["report"], at["as_of"], at.first("period_start")
    note, source_url = at.first("note"), at.first("source_url")
    regions = [name.removesuffix("_cfv") for name in columns if _is_total(name)]

    def read(cells: list[str]) -> Sequence[Tally]:
        end = datetime.fromisoformat(cells[as_of])
        if end.tzinfo is None:
            end = end.replace(tzinfo=zone_of(ZONE))
        begins = evening(date.fromisoformat(cells[start])) if start >= 0 and cells[start] else None
        period = between(begins, end) if begins else days(end.date(), end.date(), ZONE)
        setting.check_time(period)
        words = cells[note] if note >= 0 else ""
        codes = [("report", cells[report])]
        if source_url >= 0 and cells[source_url]:
            codes.append(("source_url", cells[source_url]))
        found = [
            tally
            for region in regions
            for tally in _region_tallies(region, cells, at, period, words, tuple(codes))
        ]
        if not found:
            raise ValueError("the row gives no total for any region")
        return found

    return read


def _is_total(name: str) -> bool:
    return name.endswith("_cfv") and not name.endswith("_prev_cfv")


def _region_tallies(
    region: str,
    cells: list[str],
    at: Columns,
    period: Moment,
    note: str,
    codes: tuple[tuple[str, str], ...],
) -> Iterator[Tally]:
    total = cells[at[f"{region}_cfv"]].strip()
    if not total:
        return
    earlier = at.first(f"{region}_prev_cfv")
    previous = cells[earlier].strip() if earlier >= 0 else ""
    name = f"{codes[0][1]}:{region.capitalize()}"
    whole_name = f"{name}:ceasefire_violation"
    place = Place(region=region.capitalize(), method="region")
    yield Tally(
        source=SOURCE, source_record_id=whole_name, occurred=period, period=period, place=place,
        text=note, codes=codes, kind="ceasefire_violation", count=_count(total, note),
        previous=_count(previous, note) if previous else None,
    )  # fmt: skip
    inner = at.first(f"{region}_explosions")
    if inner >= 0 and cells[inner].strip():
        yield Tally(
            source=SOURCE, source_record_id=f"{name}:explosion", occurred=period, period=period,
            place=place, text=note, codes=codes, kind="explosion",
            count=_count(cells[inner].strip(), ""), part_of=whole_name,
        )  # fmt: skip


def _count(text: str, note: str) -> Count:
    """A total; the note of a row says "at least 98" of the figure 98."""
    n = whole(text, "total")
    least = any(int(m[1]) == n for m in re.finditer(r"at least'?\s+(\d+)", note))
    return Count(n, EACH_ROUND_OR_BURST, at_least=least, low=n if least else None)


OSCE_TABLE = Adapter(
    name="osce-table",
    title="OSCE SMM table of ceasefire violations (CSV)",
    version=1,
    needs=frozenset({"SMM position", "Event location", "Means", "Observation"}),
    cells=_annex_cells,
)
OSCE_TOTALS = Adapter(
    name="osce-totals",
    title="OSCE SMM daily totals by region (CSV)",
    version=1,
    needs=frozenset({"report", "as_of", "donetsk_cfv", "luhansk_cfv"}),
    cells=_totals_reader,
)

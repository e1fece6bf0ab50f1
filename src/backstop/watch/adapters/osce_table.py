"""Tables of the OSCE mission: the annex to each daily report, and daily totals by region.

The annex has one line for each observation: position of the observer, location of the event by
distance and wind, means, number, observation, description, weapon, date and time. Its dates have
no year; a column ``report`` or ``year``, or the year given at intake, says it. Daily totals are
columns ``<region>_cfv``, ``<region>_explosions`` and ``<region>_prev_cfv`` for each region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from backstop.watch.act import Act, Count
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells, named
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
_WHEN = re.compile(
    r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3,9})(?:[- ](?P<year>\d{4}))?"
    r"(?:,?\s*(?P<from>\d{1,2}:\d{2})(?:\s*[-–]\s*(?P<to>\d{1,2}:\d{2}))?)?"
)


def _annex_with(setting: Setting) -> Any:
    def read(row: Mapping[str, Any]) -> Sequence[Observation]:
        held = {name.strip().lower().rstrip("."): tidy(text) for name, text in row.items()}
        position, located = held["smm position"], held["event location"]
        noun = held["observation"].lower().rstrip("s")
        if noun not in ACTS:
            raise ValueError(f"observation {held['observation'][:40]!r} is no act of the annex")
        kind, detail = ACTS[noun]
        said = held.get("description", "")
        weapon = held.get("weapon", "")
        span = parse_location(located)
        item = Item(
            Number(whole(held["no"] or "1", "number")),
            kind,
            detail_of(said) or detail,
            range_km=span[0] if span else None,
            winds=span[1] if span else (),
        )
        place, notes = observer_place(
            parse_position(position), item, setting, region=held.get("region", "")
        )
        occurred = _when(held, setting)
        setting.check_time(occurred)
        name = ":".join(
            [
                held.get("report") or str(occurred.best_day),
                occurred.edtf,
                position,
                located,
                noun,
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
                codes=tuple((n, held[n]) for n in ("report", "event location") if held.get(n)),
                notes=notes,
                act=Act(
                    kind, item.detail, Count(item.number.n, EACH_ROUND_OR_BURST),
                    weapon_of(weapon), "" if weapon.upper() in {"N/K", "N/A"} else weapon,
                    calibre_of(weapon),
                ),
                means=_MEANS.get(held["means"].lower(), "unknown"),
            ),
        )  # fmt: skip

    return read


def _when(held: Mapping[str, str], setting: Setting) -> Moment:
    text = next((t for n, t in held.items() if n.startswith("date")), "")
    match = _WHEN.match(text)
    month = MONTHS.get(match["month"][:3].lower()) if match else None
    if match is None or month is None:
        raise ValueError(f"date {text[:40]!r} is not written like 18-Feb, 08:17")
    report = re.search(r"20\d\d", held.get("report", "") or held.get("year", ""))
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


def _annex_cells(columns: Sequence[str], setting: Setting) -> ReadCells:
    folded = {name.strip().lower().rstrip(".") for name in columns}
    missing = {"smm position", "event location", "means", "no", "observation"} - folded
    if missing:
        raise ValueError(f"the column {min(missing)!r} is missing")
    return named(_annex_with)(columns, setting)


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

"""The daily report for the terminal, from nothing but its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backstop.report import watch_words as words
from backstop.report.layout import inset, note, section
from backstop.report.watch_grid import grid, legend, strip

Json = Mapping[str, Any]
#: Records that the terminal lists; the page and the JSON have them all.
MOST = 40


def day_page(body: Json) -> Group:
    """The whole report."""
    return Group(*_parts(body))


def _parts(body: Json) -> Iterator[RenderableType]:
    yield Text(f"Daily report of {body['mission']}, {body['day']}", style="bold")
    yield Text(words.clock_line(body), style="dim")
    yield section(1, "Summary", "")
    for line in body["summary"]:
        yield note(line)
    yield section(2, "By region, against the period before", "")
    yield _table(words.FIGURE_HEADS, words.figure_rows(body), "No figures for this day.")
    rules = list(words.rule_rows(body))
    if rules:
        yield note("The same records under each counting rule:")
        yield _table(("rule", "figure", "level", "what it counts", "left out"), rules, "")
    yield section(3, "Under the agreement", "")
    yield _table(words.VERDICT_HEADS, words.verdict_rows(body), "No records to classify.")
    yield section(4, "Incidents and observations", "")
    if body["incidents"]:
        yield _table(words.INCIDENT_HEADS, words.incident_rows(body), "")
    # The text of a record is in the page and the JSON; here it would push the rest aside.
    rows = (row[:-1] for row in words.record_rows(body))
    yield _table(words.RECORD_HEADS[:-1], rows, "No observations of this day.")
    if body["not_listed"]:
        yield note(f"{body['not_listed']} restricted records are counted and not listed.")
    yield section(5, "Map", "")
    yield from _map(body["map"])
    yield section(6, "Restrictions of movement and jamming", "")
    yield _table(words.BARRED_HEADS, words.barred_rows(body), "None was recorded.")
    yield section(7, "Effort", "")
    yield _table(words.EFFORT_HEADS, words.effort_rows(body), "None was recorded.")
    yield section(8, "How this was made", "")
    for line in body["method"]:
        yield note(line)


def _map(found: Json) -> Iterator[RenderableType]:
    if found["none"]:
        yield note(f"No map: {found['none']}.")
        return
    yield inset(Text("\n".join(grid(found)), no_wrap=True, overflow="crop"))
    yield note(legend(found))
    parts = list(strip(found))
    if parts:
        yield _table(("part of the line", "acts", ""), parts, "")
    yield note(
        f"{len(found['shapes'])} places; the page (--html FILE) draws them as uncertain as they "
        f"are. {found['without_place']} records have no coordinates."
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> RenderableType:
    held = list(rows)
    if not held:
        return note(empty)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in held[:MOST]:
        table.add_row(*(Text(cell) for cell in row))
    if len(held) <= MOST:
        return inset(table)
    return Group(inset(table), note(f"… and {len(held) - MOST:,} more, in --html and --json"))

"""The page of ``backstop watch plan``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import percent, shares, spread
from backstop.report.layout import columns, inset, note, section

Json = Mapping[str, Any]

ACT_HEADS = (
    "act", "seen by day", "by night", "pinned by day", "by night", "too little in (day, night)"
)  # fmt: skip
#: Gaps that the terminal tells; the page and the JSON have them all.
MOST = 6


def plan_page(body: Json) -> Group:
    """The whole page, from nothing but the JSON."""
    return Group(*_parts(body))


def _parts(body: Json) -> Iterator[RenderableType]:
    title = Text("Monitoring plan", style="bold")
    title.append(f"   {body['scenario']}/{body['design']}, line {body['line']}", style="dim")
    yield title
    yield Text(f"{body['worlds']:,} futures, seed {body['seed']}.", style="dim")
    yield section(1, "What is seen?", f"{shares(body['detection'])} of violations")
    for line in seen_words(body):
        yield note(line)
    yield section(2, "With what, by whom?", f"{spread(body['people'])} observers")
    table = columns("means", "units", "people")
    for row in means_rows(body):
        table.add_row(*row)
    yield inset(table)
    yield note(f"With support {spread(body['people_with_support'])} people.")
    yield section(3, "Where and when?", "a day and kilometre")
    for stretch in body["stretches"]:
        yield note(f"{stretch['title']}, {spread(stretch['km'])} km, {stretch['ground']} ground")
        table = columns(*ACT_HEADS)
        for row in act_rows(body, stretch):
            table.add_row(*row)
        yield inset(table)
    yield section(4, "What escapes it?", f"{len(body['gaps'])} gaps")
    for gap in body["gaps"][:MOST]:
        yield note(gap["sentence"])
    if len(body["gaps"]) > MOST:
        yield note(f"… and {len(body['gaps']) - MOST} more, in --html and --json.")
    yield note(f"{body['judgements']} numbers of the table of means rest on judgement.")


def seen_words(body: Json) -> Iterator[str]:
    """What the plan comes to against what the design states."""
    yield f"The design states {shares(body['wanted'])}, a day and kilometre."
    if body["attribution"] is not None:
        yield f"A probe is pinned on its author with {shares(body['attribution'])}."


def means_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Units and people of each means."""
    for one in body["means"]:
        yield one["means"], spread(one["units"]), spread(one["people"])


def act_rows(body: Json, stretch: Json) -> Iterator[tuple[str, ...]]:
    """Each act on a stretch, by day and by night."""
    by_act: dict[str, dict[str, Json]] = {}
    for cell in stretch["cells"]:
        by_act.setdefault(cell["act"], {})[cell["hour"]] = cell
    for act, hours in by_act.items():
        day, night = hours["day"], hours["night"]
        yield (
            body["acts"][act],
            shares(day["detected"]),
            shares(night["detected"]),
            shares(day["attributed"]),
            shares(night["attributed"]),
            f"{percent(day['shortfall'])}, {percent(night['shortfall'])}",
        )

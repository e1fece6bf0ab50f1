"""The page of ``backstop watch plan``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import percent, shares, spread
from backstop.report.layout import columns, inset, note, section

Json = Mapping[str, Any]


def plan_page(body: Json) -> Group:
    """The whole page, from nothing but the JSON."""
    return Group(*_parts(body))


def _parts(body: Json) -> Iterator[RenderableType]:
    title = Text("Monitoring plan", style="bold")
    title.append(f"   {body['scenario']}/{body['design']}, line {body['line']}", style="dim")
    yield title
    yield Text(f"{body['worlds']:,} futures, seed {body['seed']}.", style="dim")
    yield section(1, "What is seen?", f"{shares(body['detection'])} of violations")
    yield note(f"The design states {shares(body['wanted'])}, a day and kilometre.")
    if body["attribution"] is not None:
        yield note(f"A probe is pinned on its author with {shares(body['attribution'])}.")
    yield section(2, "With what, by whom?", f"{spread(body['people'])} observers")
    table = columns("means", "units", "people")
    for one in body["means"]:
        table.add_row(one["means"], spread(one["units"]), spread(one["people"]))
    yield inset(table)
    yield note(f"With support {spread(body['people_with_support'])} people.")
    yield section(3, "Where and when?", "")
    table = columns("stretch", "km", "act", "by", "seen", "pinned on its author", "too little in")
    for stretch in body["stretches"]:
        for cell in stretch["cells"]:
            table.add_row(
                stretch["title"],
                spread(stretch["km"]),
                cell["act"],
                cell["hour"],
                shares(cell["detected"]),
                shares(cell["attributed"]),
                percent(cell["shortfall"]),
            )
    yield inset(table)
    yield section(4, "What escapes it?", f"{len(body['gaps'])} gaps")
    for gap in body["gaps"]:
        yield note(gap["sentence"])
    yield note(f"{body['judgements']} numbers of the table of means rest on judgement.")

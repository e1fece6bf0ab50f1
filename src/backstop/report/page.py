"""The page of one design: the JSON of an assessment, laid out for a person.

It reads nothing but the JSON object, so that the page and the JSON cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backstop.futures.figures import number, percent, shares, spread
from backstop.report.bars import bar, strip

Json = Mapping[str, Any]

_MARK = {"info": ("·", "dim"), "warning": ("!", "yellow"), "critical": ("‼", "bold red")}


def page(body: Json) -> Group:
    """The whole page."""
    return Group(*_head(body), *_sizing(body), *_sourcing(body), *_authority(body), *_tail(body))


def _head(body: Json) -> Iterator[RenderableType]:
    title = Text(body["title"], style="bold")
    title.append(f"   {body['scenario']}/{body['design']}", style="dim")
    yield title
    yield Text(body["summary"])
    yield Text(
        f"{body['worlds']:,} futures, seed {body['seed']}; ranges are the middle 90 %.",
        style="dim",
    )
    yield Text()
    yield Text(body["verdict"], style="bold")
    if body["given"]:
        yield Text("Given that " + "; ".join(body["given"]) + ".", style="dim")


def _section(number_: int, question: str, answer: str) -> Text:
    text = Text(f"\n{number_}  {question}  ", style="bold cyan")
    text.append(answer, style="bold")
    return text


def _sizing(body: Json) -> Iterator[RenderableType]:
    sizing = body["sizing"]
    if sizing is None:
        return
    yield _section(
        1,
        "How much force?",
        f"{spread(sizing['deployed'])} deployed, pool of {spread(sizing['pool'])}",
    )
    ratios = (
        f"{number(sizing['pool_to_deployed'])} in the pool for each deployed "
        f"(dwell to tour {number(sizing['dwell_to_tour'])}:1)"
    )
    yield _note(f"Regime: {sizing['regime']}. {sizing['regime_because']} {ratios}.")
    table = _table("method", "troops", "", "because")
    for method in sizing["methods"]:
        if method["troops"] is None:
            continue
        lead = "leads" if method["method"] in sizing["leads"] else ""
        table.add_row(method["method"], spread(method["troops"]), lead, method["because"])
    yield _inset(table)
    if sizing["debate"]:
        yield _note("Beside the figures in the debate:")
        table = _table("figure", "who", "why it differs")
        for entry in sizing["debate"]:
            table.add_row(number(entry["figure"]), entry["who"], entry["why_different"])
        yield _inset(table)


def _sourcing(body: Json) -> Iterator[RenderableType]:
    sourcing = body["sourcing"]
    if sourcing is None:
        return
    if not sourcing["lines"]:
        yield _section(2, "Who can supply it?", "nothing to supply: no units are asked for")
        return
    yield _section(2, "Who can supply it?", f"{shares(sourcing['coverage'])} of what is asked for")
    rotations = sourcing["rotations"]
    cover = [r["filled"] / r["required"] if r["required"] else 1.0 for r in rotations]
    yield _note(
        f"Planning case, rotation by rotation: {strip(cover)}  "
        f"{percent(min(cover))} to {percent(max(cover))} over {len(rotations)} rotations of "
        f"{sourcing['rotation_months']} months"
    )
    table = _table(
        "requirement", "capability", "place", "tier", "asked", "filled", "", "over worlds"
    )
    for line in sourcing["lines"]:
        share = line["filled"] / line["required"] if line["required"] else 1.0
        table.add_row(
            line["id"],
            line["capability"],
            line["location"],
            str(line["tier"]),
            number(line["required"]),
            number(line["filled"]),
            bar(share),
            shares(line["coverage"]),
        )
    yield _inset(table)
    yield from _supply_notes(sourcing)


def _supply_notes(sourcing: Json) -> Iterator[RenderableType]:
    sustainable = sourcing["sustainable"]
    parts = [
        f"{label} {number(sustainable[key])}"
        for key, label in (
            ("steady_state", "for ever"),
            ("two_years", "for two years"),
            ("surge", "at once"),
        )
        if sustainable.get(key) is not None
    ]
    if parts:
        yield _note(
            f"Sustainable manoeuvre units of {number(sustainable['asked'])} asked: "
            + ", ".join(parts)
            + "."
        )
    if sourcing["contributors"]:
        who = ", ".join(f"{c['nation']} {number(c['troops'])}" for c in sourcing["contributors"])
        yield _note(f"Most troops in theatre at a time: {who}.")
    if sourcing["not_counted_on"]:
        yield _note(f"Not counted on: {', '.join(sourcing['not_counted_on'])}.")
    if sourcing["reason"]:
        yield _note(f"Why not more: {sourcing['reason']}")
    if sourcing["critical"]:
        worst = ", ".join(
            f"{c['nation']} (+{number(c['shortfall_increase'])})" for c in sourcing["critical"][:6]
        )
        yield _note(f"Missed most if they leave, in unit-rotations of shortfall: {worst}.")
    yield _note(f"Cost: {spread(sourcing['cost_usd_m_per_year'])} million US dollars a year.")


def _authority(body: Json) -> Iterator[RenderableType]:
    authority = body["authority"]
    if authority is None:
        return
    best = next((r for r in authority["routes"] if r["route"] == authority["recommended"]), None)
    answer = "no route is likelier than 5 %"
    if best is not None:
        answer = f"{best['title']}: {shares(best['probability'])}"
    yield _section(3, "Who has to agree?", answer)
    table = _table("route", "opens", "days", "blocked by", "opens if")
    for route in authority["routes"]:
        blockers = ", ".join(
            f"{b['actor']} ({percent(b['probability'])})" for b in route["blockers"][:4]
        )
        openings = " or ".join(" + ".join(actors) for actors in route["opens_if"][:3])
        more = len(route["opens_if"]) - 3
        table.add_row(
            route["title"],
            shares(route["probability"]),
            spread(route["lead_days"]),
            blockers or "nobody",
            openings + (f" or {more} more sets" if more > 0 else "") or "as now expected",
        )
    yield _inset(table)


def _tail(body: Json) -> Iterator[RenderableType]:
    for number_, key, question in (
        (4, "campaign", "What if it is attacked?"),
        (5, "deterrence", "Would it deter?"),
    ):
        if body[key] is None:
            yield _section(number_, question, "not assessed: this release has no such stage")
    if body["drivers"]:
        yield _section(6, "What moves the answer?", "")
        for driver in body["drivers"]:
            yield _inset(Text(f"{driver['sentence']}."))
    if body["findings"]:
        yield _section(7, "What to look at", "")
        for finding in body["findings"]:
            mark, style = _MARK[finding["severity"]]
            text = Text(f"{mark} ", style=style)
            text.append(f"{finding['stage']}: {finding['text']}", style="")
            yield _inset(text)
    known = sum(1 for a in body["assumptions"] if a["source"])
    yield Text(
        f"\n{len(body['assumptions'])} numbers: {known} rest on a source, "
        f"{len(body['assumptions']) - known} are judgement. "
        "See them with --json, or `backstop evidence list`.",
        style="dim",
    )


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for column in columns:
        numeric = column in {"troops", "figure", "asked", "filled", "tier"}
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric)
    return table


def _inset(item: RenderableType) -> Padding:
    return Padding(item, (0, 0, 0, 3))


def _note(text: str) -> Padding:
    return _inset(Text(text))

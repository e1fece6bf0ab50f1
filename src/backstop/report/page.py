"""The page of one design: the JSON of an assessment, laid out for a person.

It reads nothing but the JSON object, so that the page and the JSON cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import chance, few, futures, number, percent, shares, spread
from backstop.report import war
from backstop.report.bars import bar, strip
from backstop.report.layout import columns, inset, note, section

Json = Mapping[str, Any]

#: Rotations that a line of the table has room for.
WIDEST_STRIP = 24
#: Bottlenecks named, and nations of one.
MOST_BOTTLENECKS, MOST_NAMES = 4, 4
_RULES = {
    "dwell": "units at rest",
    "cap": "national ceilings",
    "caveat": "caveats",
    "framework": "framework nations",
    "coupling": "enablers that others need beside them",
    "incompatible": "nations that will not serve together",
}

_MARK = {"info": ("·", "dim"), "warning": ("!", "yellow"), "critical": ("‼", "bold red")}


def page(body: Json, *, explain: bool = False) -> Group:
    """The whole page; with ``explain`` every number it rests on as well."""
    parts = [*_head(body), *sizing(body["sizing"]), *sourcing(body["sourcing"])]
    parts += [*authority(body["authority"]), *_tail(body)]
    if explain:
        parts += [*war.explained(body["deterrence"] or {}), *numbers(body)]
    return Group(*parts)


def numbers(body: Json) -> Iterator[RenderableType]:
    """Every number with what it rests on, or why."""
    table = columns("number", "value", "basis", "source or reason")
    # A path is there to be copied into --set.
    table.columns[0].overflow = "fold"
    for number_ in body["assumptions"]:
        reason = number_["source"] or number_["note"] or "no reason given"
        table.add_row(number_["path"], number_["value"], number_["basis"], reason)
    yield Text()
    yield table


def _head(body: Json) -> Iterator[RenderableType]:
    title = Text(body["title"], style="bold")
    title.append(f"   {body['scenario']}/{body['design']}", style="dim")
    yield title
    yield Text(body["summary"])
    yield Text(
        f"{futures(body['worlds'])}, seed {body['seed']}; ranges are the middle 90 %.",
        style="dim",
    )
    yield Text()
    yield Text(body["verdict"], style="bold")
    if body["given"]:
        yield Text("Given that " + "; ".join(body["given"]) + ".", style="dim")


def sizing(part: Json, *, every_figure: bool = False) -> Iterator[RenderableType]:
    """How much force the concept takes."""
    yield section(
        1,
        "How much force?",
        f"{spread(part['deployed'])} deployed, pool of {spread(part['pool'])}",
    )
    ratios = (
        f"{number(part['pool_to_deployed'])} in the pool for each deployed "
        f"(dwell to tour {number(part['dwell_to_tour'])}:1)"
    )
    yield note(f"Regime: {part['regime']}. {part['regime_because']} {ratios}.")
    table = columns("method", "troops", "", "because")
    for method in part["methods"]:
        asked = method["method"] == "holding" and (every_figure or part["regime"] == "holding")
        if method["troops"] is None and not asked:
            continue
        lead = "leads" if method["method"] in part["leads"] else ""
        table.add_row(method["method"], spread(method["troops"]), lead, method["because"])
    yield inset(table)
    cited = [entry for entry in part["debate"] if every_figure or entry["headline"]]
    if cited:
        yield note("Beside the figures in the debate:")
        for entry in sorted(cited, key=lambda entry: (entry["figure"], entry["who"])):
            yield inset(Text(f"- {entry['why_different']}"))


def sourcing(part: Json) -> Iterator[RenderableType]:
    """Who can supply it."""
    if not part["lines"]:
        yield section(2, "Who can supply it?", "nothing to supply: no units are asked for")
        return
    yield section(2, "Who can supply it?", f"{shares(part['coverage'])} of what is asked for")
    rotations = part["rotations"]
    cover = [r["filled"] / r["required"] if r["required"] else 1.0 for r in rotations]
    yield note(
        f"Planning case, rotation by rotation: {strip(cover)}  "
        f"{percent(min(cover))} to {percent(max(cover))} over {len(rotations)} rotations of "
        f"{part['rotation_months']} months"
    )
    table = columns(
        "requirement", "capability", "place", "tier", "asked", "filled", "", "pools alone"
    )
    for line in part["lines"]:
        share = line["filled"] / line["required"] if line["required"] else 1.0
        table.add_row(
            line["id"],
            line["capability"],
            line["location"],
            str(line["tier"]),
            number(line["units"]),
            number(share * line["units"]),
            _through_time(line, share),
            shares(line["coverage"]),
        )
    yield inset(table)
    yield from _supply_notes(part)


def _bottlenecks(found: Sequence[Json]) -> Iterator[str]:
    """What is tight, by rule and capability: ``units at rest (air-defence of FRA and TUR)``."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in found:
        groups.setdefault((one["rule"], one["capability"]), []).append(one["who"])
    for (rule, capability), whom in [*groups.items()][:MOST_BOTTLENECKS]:
        names = [who for who in whom if who]
        inside = " of ".join(part for part in (capability, few(names, MOST_NAMES)) if part)
        yield f"{_RULES.get(rule, rule)}{f' ({inside})' if inside else ''}"


def _through_time(line: Json, share: float) -> str:
    """What is filled rotation by rotation, blank where nothing is asked; in all when too many."""
    asked, filled = line["required_by_rotation"], line["filled_by_rotation"]
    if len(asked) > WIDEST_STRIP:
        return bar(share)
    pairs = zip(asked, filled, strict=True)
    return "".join(strip([there / wanted]) if wanted else " " for wanted, there in pairs)


def _supply_notes(part: Json) -> Iterator[RenderableType]:
    sustainable = part["sustainable"]
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
        yield note(
            f"Troops in manoeuvre units: {number(sustainable['asked'])} asked; can be kept up "
            f"{', '.join(parts)}."
        )
    if part["contributors"]:
        who = ", ".join(f"{c['nation']} {number(c['troops'])}" for c in part["contributors"])
        yield note(f"Most troops in theatre at a time: {who}.")
    if part["not_counted_on"]:
        yield note(f"Not counted on: {', '.join(part['not_counted_on'])}.")
    if part["reason"]:
        yield note(f"Why not more: {part['reason']}")
    if part["bottlenecks"]:
        tight = "; ".join(_bottlenecks(part["bottlenecks"]))
        yield note(f"Tightest for ever, the most telling first: {tight}.")
    for name, who in (("critical", "nation"), ("critical_enablers", "capability")):
        missed = [c for c in part.get(name, ()) if c["shortfall_increase"] > 0]
        if missed:
            worst = ", ".join(f"{c[who]} +{number(c['shortfall_increase'])}" for c in missed[:6])
            yield note(
                f"Without one {who}, unit-rotations short in one period of the first tier: {worst}."
            )
        elif part.get(name):
            yield note(f"Without any one {who} the first tier is no shorter.")
    arms = part["arms_cost_usd_m_per_year"]
    also = f", and {spread(arms)} for arms and training" if arms["p95"] else ""
    force = spread(part["force_cost_usd_m_per_year"])
    yield note(f"Cost a year in million US dollars: {force} for what is filled{also}.")


def authority(part: Json) -> Iterator[RenderableType]:
    """Who has to agree."""
    best = next((r for r in part["routes"] if r["route"] == part["recommended"]), None)
    answer = "no route is likelier than 5 %"
    if best is not None:
        answer = f"{best['title']}: {chance(best['probability'])}"
    yield section(3, "Who has to agree?", answer)
    table = columns("route", "opens", "days", "blocked by", "opens if")
    for route in part["routes"]:
        blockers = ", ".join(map(_blocker, route["blockers"][:4]))
        openings = " or ".join(" + ".join(actors) for actors in route["opens_if"][:3])
        more = len(route["opens_if"]) - 3
        table.add_row(
            route["title"],
            chance(route["probability"]),
            spread(route["lead_days"]),
            blockers or "nobody",
            openings + (f" or {more} more sets" if more > 0 else "") or "as now expected",
        )
    yield inset(table)


def _blocker(one: Json) -> str:
    poor = one["without_position"] is not None
    return f"{one['actor']} ({percent(one['probability'])}{', low confidence' if poor else ''})"


def _tail(body: Json) -> Iterator[RenderableType]:
    for place, key, question, show in (
        (4, "campaign", "What if it is attacked?", war.campaign),
        (5, "deterrence", "Would it deter?", war.deterrence),
    ):
        if body[key] is None:
            yield section(place, question, f"not assessed: the scenario has no table [{key}]")
        else:
            yield from show(body[key])
    if body["drivers"]:
        yield section(6, "What moves the answer?", "")
        for driver in body["drivers"]:
            yield inset(Text(f"{driver['sentence']}."))
    yield from findings(body)
    basis = Counter(assumption["basis"] for assumption in body["assumptions"])
    yield Text(
        f"\n{len(body['assumptions'])} numbers: {basis['source']} have a source of their own, "
        f"{basis['partly']} one and some judgement, {basis['context']} the source of the row or "
        f"record around them, {basis['judgement']} are bare judgement. "
        "`backstop evidence list` shows which.",
        style="dim",
    )


def findings(body: Json) -> Iterator[RenderableType]:
    """What to look at, gravest first."""
    if not body["findings"]:
        return
    yield section(7, "What to look at", "")
    for finding in body["findings"]:
        mark, style = _MARK[finding["severity"]]
        text = Text(f"{mark} ", style=style)
        text.append(f"{finding['stage']}: {finding['text']}", style="")
        yield inset(text)

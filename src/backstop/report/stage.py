"""The pages of one stage alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import chance, futures, number, percent, spread
from backstop.report import page, war
from backstop.report.layout import columns, inset, note

Json = Mapping[str, Any]


def size_page(body: Json) -> Group:
    """Sizing alone, with what was added to each number and what was not."""
    return Group(
        *_head(body), *page.sizing(body, every_figure=True), *_gross_up(body), *page.findings(body)
    )


def source_page(body: Json, *, gantt: bool) -> Group:
    """Sourcing alone, with the plan as a chart where that is asked for."""
    return Group(*_head(body), *page.sourcing(body), *_extras(body, gantt), *page.findings(body))


def authority_page(body: Json, *, power: bool) -> Group:
    """Authority alone, with the members' power where that is asked for."""
    parts = [*_head(body), *page.authority(body), *_routes(body, power)]
    return Group(*parts, *page.findings(body))


def campaign_page(body: Json) -> Group:
    """The campaign alone."""
    parts = [*_head(body), *war.campaign(body), *war.trajectory(body), *_drivers(body)]
    return Group(*parts, *page.findings(body))


def deter_page(body: Json, *, explain: bool) -> Group:
    """Deterrence alone, every number of one crisis with it where that is asked for."""
    parts = [*_head(body), *war.deterrence(body), *_drivers(body), *page.findings(body)]
    parts += [*_rests(body)]
    return Group(*parts, *([*war.explained(body), *page.numbers(body)] if explain else ()))


def _rests(body: Json) -> Iterator[RenderableType]:
    """How many of the crisis's own numbers are judgement."""
    own = [one for one in body["assumptions"] if one["path"].startswith("deterrence.")]
    basis = Counter(one["basis"] for one in own)
    yield Text(
        f"\nOf {len(own)} numbers of the crisis itself {basis['judgement'] + basis['context']} are "
        f"judgement; from a source: {basis['source']}, from one and some judgement: "
        f"{basis['partly']}. With --explain each is listed with its source or reason.",
        style="dim",
    )


def _drivers(body: Json) -> Iterator[RenderableType]:
    if body["drivers"]:
        yield note("What moves it most:")
        yield from (inset(Text(f"- {driver['sentence']}.")) for driver in body["drivers"])
        return
    yield note(
        f"What moves it most cannot be told from {futures(body['worlds'])}: chance alone would "
        "give as much."
    )


def _head(body: Json) -> Iterator[RenderableType]:
    yield Text(body["title"], style="bold")
    yield Text(f"{futures(body['worlds'])}, seed {body['seed']}", style="dim")


def _gross_up(body: Json) -> Iterator[RenderableType]:
    if not body["gross_up"]:
        return
    yield note("From the lead methods' numbers to the whole force:")
    table = columns("method", "factor", "added", "used", "because")
    for entry in body["gross_up"]:
        value = percent(entry["value"]["p50"])
        used = "yes" if entry["applied"] else "no"
        table.add_row(entry["method"], entry["factor"], value, used, entry["because"])
    yield inset(table)


def _extras(body: Json, gantt: bool) -> Iterator[RenderableType]:
    for proof in body.get("proof", {}).get("stages", ()):
        state = "proven best" if proof["optimal"] else f"within {percent(proof['gap'])} of the best"
        yield note(
            f"{proof['stage']}: {number(proof['objective'])}, bound {number(proof['bound'])}; "
            f"{state}."
        )
    for line in body.get("notes", ()):
        yield note(line)
    if gantt and body.get("gantt"):
        yield inset(Text("\n".join(body["gantt"]), no_wrap=True))
        yield from _use(body["use"])


def _use(nations: list[Json]) -> Iterator[RenderableType]:
    """What each nation deploys against what it has."""
    yield note("What each nation uses of its pools:")
    table = columns("nation", "has", "free", "most at a time", "troops", "turns used")
    for nation in nations:
        if nation["unit_rotations"]:
            table.add_row(
                nation["nation"],
                number(nation["units"]),
                number(nation["stock"]),
                number(nation["peak_units"]),
                number(nation["peak_troops"]),
                f"{nation['unit_rotations']} ({percent(nation['pool_share'])})",
            )
    yield inset(table)


def _routes(body: Json, power: bool) -> Iterator[RenderableType]:
    for route in body["routes"]:
        yield Text(f"\n{route['title']}", style="bold")
        yield note(route["rule"])
        table = columns("step", "question", "passes", "days")
        for step in route["steps"]:
            table.add_row(
                step["body"],
                step["question"],
                chance(step["probability"]),
                spread(step["lead_days"]),
            )
        yield inset(table)
        if route["unknown"]:
            yield note(f"No position known: {', '.join(route['unknown'])}.")
        if power and route["power"]:
            table = columns("member", "Shapley-Shubik", "Banzhaf", "swings")
            for member in route["power"]:
                table.add_row(
                    member["actor"],
                    f"{member['shapley_shubik']:.4f} = {member['shapley_shubik_exact']}",
                    f"{member['banzhaf']:.4f} = {member['banzhaf_exact']}",
                    f"{member['swings']:,}",
                )
            yield inset(table)

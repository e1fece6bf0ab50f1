"""The page of ``backstop watch status``: is it holding?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import number, percent, several, spread
from backstop.report.layout import columns, inset, note, section

Json = Mapping[str, Any]

_LEVEL = {
    "tally": "published totals",
    "incident": "fused incidents",
    "observation": "observations",
}


def status_page(body: Json) -> Group:
    """The whole page, from nothing but the JSON."""
    parts = [*_head(body), *_alarm(body["breakdown"]), *_changes(body), *_echo(body)]
    return Group(*parts, *_rules(body), *_lesson(body))


def _head(body: Json) -> Iterator[RenderableType]:
    title = Text(f"Is it holding? {body['mission']}", style="bold")
    title.append(f"   {body['agreement']}", style="dim")
    yield title
    record, series = body["record"], body["series"]
    yield Text(
        f"{record['entries']:,} entries, the last of {record['last_entry']}, "
        f"root {record['root'][:16]}…",
        style="dim",
    )
    yield Text(
        f"Counted: {_LEVEL[series['level']]} of {series['source']}, rule {series['rule']}.",
    )
    for line in series["notes"]:
        yield Text(line, style="dim")
    for other in body["other_series"]:
        yield Text(f"Also there: --series {other['name']} ({other['days']:,} days)", style="dim")


def _alarm(part: Json) -> Iterator[RenderableType]:
    if not part["tested"]:
        yield section(1, "Has it broken down?", "not tested")
        yield note(f"Too little is known: {part['why']}.")
        return
    yield section(1, "Has it broken down?", _verdict(part["sectors"]))
    stated = part["false_alarms_per_year"]
    yield note(
        f"At most {several(stated, 'false alarm')} a year over all sectors, while the reference "
        "level holds; after an alarm the test begins anew, and stands at 'next' on its way to "
        "another."
    )
    table = columns(
        "sector", "first alarm", "began about", "times quiet", "alarms", "last alarm", "next",
        "quiet rate a day",
    )  # fmt: skip
    for sector in part["sectors"]:
        alarms = sector["alarms"]
        first = alarms[0] if alarms else None
        table.add_row(
            sector["sector"],
            first["raised"] if first else "none",
            first["onset"] if first else "",
            number(first["multiple"]) if first else "",
            str(len(alarms)),
            alarms[-1]["raised"] if alarms else "",
            percent(sector["evidence"]),
            spread(sector["reference"]["rate"]),
        )
    yield inset(table)
    yield note(f"The quiet rate is learnt on {_stretches(part['sectors'])}.")
    yield note(f"The quiet stretch is {part['quiet_because']}.")
    for one in part["untested"]:
        yield note(f"Not tested: {one['sector']}: {one['why']}")


def _verdict(sectors: Sequence[Json]) -> str:
    """When the alarm was first raised, and whether that is long ago."""
    raised = sorted(alarm["raised"] for sector in sectors for alarm in sector["alarms"])
    if not raised:
        return "no alarm"
    if len(raised) == 1:
        return f"ALARM since {raised[0]}"
    return f"ALARM since {raised[0]}; {len(raised)} in all sectors, the last on {raised[-1]}"


def _stretches(sectors: Sequence[Json]) -> str:
    """The quiet stretches, each with its sectors where they differ."""
    named: dict[str, list[str]] = {}
    for sector in sectors:
        span = f"{sector['quiet']['first']} to {sector['quiet']['last']}"
        named.setdefault(span, []).append(sector["sector"])
    if len(named) == 1:
        return next(iter(named))
    return "; ".join(f"{span} ({', '.join(names)})" for span, names in named.items())


def _changes(body: Json) -> Iterator[RenderableType]:
    found = body["changes"]
    dates = ", ".join(body["changepoints"]) or "none"
    yield section(2, "When did the rate change?", dates)
    if found is None:
        yield note(f"Not looked for: {body['changes_why']}.")
        return
    if not found["changes"]:
        yield note(f"One rate fits the whole record; {_model(found)}.")
        return
    table = columns("from", "surely between", "rate before → after")
    for change in found["changes"]:
        ratio = "from nothing" if change["ratio"] is None else f"× {number(change['ratio'])}"
        table.add_row(change["date"], f"{change['earliest']} and {change['latest']}", ratio)
    yield inset(table)
    yield note(f"{_model(found)}; a change is shown by chance in 5 % of records without any.")


def _model(found: Json) -> str:
    return f"{found['model']} counts, {found['confidence']:.0%} sets of dates"


def _echo(body: Json) -> Iterator[RenderableType]:
    upper = body["branching_ratio_upper"]
    if upper is None:
        yield section(3, "Does one incident beget others?", "not estimated")
        yield note(f"{body['branching_why']}")
        return
    yield section(3, "Does one incident beget others?", f"at most {number(upper['p95'])} each")
    yield note(f"Branching ratio {spread(upper)}: {body['branching_why']}.")


def _rules(body: Json) -> Iterator[RenderableType]:
    found = body["engagement"]
    if "why" in found:
        yield section(4, "What do the rules of engagement say?", "no rules")
        yield note(found["why"])
        return
    yield section(4, "What do the rules of engagement say?", found["title"])
    basis = "agreed by the parties" if found["basis"] == "agreement" else "a proposal (judgement)"
    yield note(f"{found['rules']}, {basis}. They recommend; nothing here acts.")
    waiting = found["proposals"]
    if waiting:
        yield note(
            f"To be confirmed or dismissed by a person: {several(len(waiting), 'violation')} "
            "(backstop watch engage MISSION)."
        )
    for case in found["cases"]:
        since = f" since {case['since']}" if case["since"] else ""
        yield note(f"{case['title']}: {case['state_title']}{since}.")
        for one in case["next"]:
            who = ", ".join(one["by"]) or "everybody"
            due = f", by {one['due']}" if one["due"] else ""
            clause = f" (clause {one['clause']})" if one["clause"] else ""
            yield note(f"  {one['kind']}: {who}{due}: {one['text']}{clause}")
        for one in case["breaches"]:
            sure = "" if one["certain"] else " (the time is too vague to be sure)"
            yield note(f"  breach: {one['sentence']}{sure}")


def _lesson(body: Json) -> Iterator[RenderableType]:
    found = body["for_deterrence"]
    if found["range"] is None:
        return
    yield section(5, "What does it teach `backstop deter`?", f"{spread(found['range'])} a year")
    yield note(
        f"{found['incidents']:,} incidents with losses from {found['first']} to {found['last']}, "
        f"{found['why']}. To use it: --set '{found['set']}'"
    )

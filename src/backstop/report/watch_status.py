"""The page of ``backstop watch status``: is it holding?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backstop.futures.figures import number, spread
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
    answer = f"ALARM since {part['since']}" if part["alarm"] else "no alarm"
    yield section(1, "Has it broken down?", answer)
    stated = part["false_alarms_per_year"]
    alarms = "false alarm" if stated == 1 else "false alarms"
    yield note(
        f"At most {number(stated)} {alarms} a year over all sectors, while the reference level "
        "holds."
    )
    table = columns(
        "sector", "alarm", "began about", "times quiet", "evidence", "quiet rate a day", "learnt on"
    )
    for sector in part["sectors"]:
        first = sector["alarms"][0] if sector["alarms"] else None
        table.add_row(
            sector["sector"],
            first["raised"] if first else "no",
            first["onset"] if first else "",
            number(first["multiple"]) if first else "",
            f"{number(100 * sector['evidence'])} % of the threshold",
            spread(sector["reference"]["rate"]),
            f"{sector['quiet']['first']} to {sector['quiet']['last']}",
        )
    yield inset(table)
    yield note(f"The quiet stretch is {part['quiet_because']}.")
    for one in part["untested"]:
        yield note(f"Not tested: {one['sector']}: {one['why']}")


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
            f"{len(waiting)} violations wait for a person to confirm or dismiss them: "
            "backstop watch engage MISSION."
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

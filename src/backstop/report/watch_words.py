"""The rows of a daily report in words, the same for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

FIGURE_HEADS = ("region", "what", "this period", "before", "rule", "level and source", "period")
RECORD_HEADS = ("when", "where", "act", "count", "means", "who", "grade", "agreement", "text")
VERDICT_HEADS = ("outcome", "incidents, and records in none")
INCIDENT_HEADS = ("when", "where", "act", "reports", "one act", "who", "agreement")
BARRED_HEADS = ("when", "where", "what", "by whom", "lasted", "reason")
EFFORT_HEADS = ("region", "hours", "hours the day before", "")


def clock_line(body: Json) -> str:
    """The agreement, and by whose clock the day is counted."""
    clock = body["clock"]
    return (
        f"Agreement: {body['agreement']}. The day by the clock of {clock['zone']}: "
        f"{clock['from']} to {clock['until']}."
    )


def amount(number: Json | None) -> str:
    """A figure with its bounds."""
    if number is None:
        return "not known"
    if not number["records"]:
        return "none reported"
    if number["high"] is None:
        return f"at least {number['low']:,}"
    span = f" ({number['low']:,}–{number['high']:,})" if number["low"] != number["high"] else ""
    return f"{number['n']:,}{span}"


def figure_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """By region, against the period before."""
    for one in body["regions"]:
        before = amount(one["before"])
        if one["stated_before"] is not None:
            before += f" (this report says {one['stated_before']:,})"
        what = one["what"].replace("_", " ")
        yield (
            one["region"],
            what if one["whole"] else f"  of these {what}",
            amount(one["now"]),
            before,
            one["rule"],
            f"{one['level']}, {one['source']}",
            _period(one["period"]) or body["day"],
        )


def _period(edtf: str) -> str:
    """A span as one reads it: ``2022-02-18 19:30 to 2022-02-20 19:30 +02:00``."""
    first, slash, last = edtf.replace("T", " ").partition("/")
    if not slash:
        return first
    clock = last[-6:]
    shared = clock[:1] in "+-" and clock[3:4] == ":" and first.endswith(clock)
    return f"{first[:-6]} to {last[:-6]} {clock}" if shared else f"{first} to {last}"


def rule_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """The same records under each rule."""
    for one in body["same_records_by_rule"]:
        left = "; ".join(f"{n} × {why.replace('_', ' ')}" for why, n in one["left_out"].items())
        figure = amount(one) if one["records"] else "0"
        yield (one["rule"], figure, one["level"], one["title"], left)


def record_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Observations one by one."""
    for one in body["observations"]:
        act = f"{one['kind']} {one['detail']}".strip().replace("_", " ")
        weapon = "" if one["weapon_class"] == "unknown" else f" ({one['weapon_class']})"
        yield (
            one["when"],
            _where(one["place"]),
            act + weapon,
            _counted(one["count"]),
            one["means"].replace("_", " "),
            who(one["actors"]),
            one["reliability"],
            verdict(one["verdict"]),
            one["text"],
        )


def incident_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Incidents one by one."""
    for one in body["incidents"]:
        yield (
            one["when"],
            _where(one["place"]),
            one["kind"].replace("_", " "),
            f"{one['members']}",
            f"{100 * one['confidence']:.0f} %",
            who(one["actors"]),
            verdict(one["verdict"]),
        )


def barred_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Barred ways and jamming."""
    for one in body["restrictions"]:
        reason = one["reason"] or one["text"]
        yield (
            one["when"], _where(one["place"]), one["kind"], who(one["actors"]),
            _lasted(one["minutes"]), reason,
        )  # fmt: skip
    for one in body["jamming"]:
        yield (
            one["when"], _where(one["place"]), f"jamming of {one['target']}", "not stated",
            _lasted(one["minutes"]), one["text"],
        )  # fmt: skip


def effort_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Hours of looking."""
    for one in body["effort"]["regions"]:
        mark = "" if one["hours"] else "unobserved, which is not quiet"
        yield (one["region"], f"{one['hours']:.1f}", f"{one['hours_before']:.1f}", mark)


def verdict_rows(body: Json) -> Iterator[tuple[str, ...]]:
    """Outcomes, then clauses."""
    found = body["verdicts"]
    for name, n in found["outcomes"].items():
        yield (name.replace("_", " "), f"{n:,}")
    for name, n in found["violations_by_clause"].items():
        yield (f"clause {name}", f"{n:,}")


def who(actors: Json) -> str:
    """Assessed, else alleged, else involved."""
    if actors["assessed"]:
        shares = sorted(actors["assessed"].items(), key=lambda item: (-item[1], item[0]))
        basis = ", ".join(actors["basis"])
        return ", ".join(f"{name} {100 * p:.0f} %" for name, p in shares) + f" ({basis})"
    if actors["alleged"]:
        said = [f"{a['party']} alleged by {a['by'] or 'the source'}" for a in actors["alleged"]]
        return "; ".join(said)
    if actors["involved"]:
        return f"between {' and '.join(actors['involved'])}"
    return "not stated"


def verdict(found: Json | None) -> str:
    """The outcome and its clauses."""
    if found is None:
        return "not classified"
    clauses = ", ".join(found["clauses"] or ())
    return f"{found['outcome'].replace('_', ' ')}{f': {clauses}' if clauses else ''}"


def _counted(count: Json | None) -> str:
    if count is None:
        return "not counted"
    least = "at least " if count["at_least"] else "about " if count["uncertain"] else ""
    return f"{least}{count['n']:,} {count['rule']}"


def _where(place: Json) -> str:
    name = place["name"] or place["region"]
    region = f", {place['region']}" if place["name"] and place["region"] not in name else ""
    radius = place["radius_m"]
    return f"{name}{region}" + (f" ±{radius / 1000:.1f} km" if radius else "")


def _lasted(minutes: float | None) -> str:
    return "not stated" if minutes is None else f"{minutes:.0f} min"

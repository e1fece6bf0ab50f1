"""The campaign and the crisis on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from backstop.futures.figures import chance, futures, number, percent, several, spread, years
from backstop.report.bars import bar, strip
from backstop.report.layout import columns, inset, note, section

Json = Mapping[str, Any]

#: Years for which other ceasefires are shown.
_BASE_YEARS = ("1", "2", "5", "10")


def campaign(part: Json) -> Iterator[RenderableType]:
    """What happens if the line is attacked."""
    day = part["telling_day"]
    held = chance(part["held"][str(day)])
    yield section(
        4, "What if it is attacked?", f"the line holds for {several(day, 'day')} with {held}"
    )
    table = columns("chance that the line holds", "with the guarantor", "", "alone", "")
    for day in part["held"]:
        mine, alone = part["held"][day], part["alone"]["held"][day]
        table.add_row(
            f"to day {day}", chance(mine), bar(mine["mean"]), chance(alone), bar(alone["mean"])
        )
    yield inset(table)
    yield note(
        f"After {several(part['horizon_days'], 'day')} of fighting, over "
        f"{futures(part['worlds'])} (median and the middle nine tenths):"
    )
    table = columns("", "with the guarantor", "alone")
    alone = part["alone"]
    for label, key in (
        ("deepest advance, km", "deepest_km"),
        ("ground lost, square km", "area_lost_km2"),
    ):
        table.add_row(label, spread(part[key]), spread(alone[key]))
    for side, label in (
        ("attacker", "the attacker's losses, people"),
        ("protected", "the protected state's"),
        ("guarantor", "the guarantor's"),
    ):
        table.add_row(label, spread(part["losses"][side]), spread(alone["losses"][side]))
    for label, key in (
        ("attacker gives up", "attacker_breaks_off"),
        ("defence loses its order", "defence_collapses"),
    ):
        table.add_row(label, percent(part[key]), percent(alone[key]))
    yield inset(table)


def deterrence(part: Json) -> Iterator[RenderableType]:
    """How likely a test is, whether it is answered, and how long the ceasefire lasts."""
    yield section(5, "Would it deter?", _stands(part))
    horizon = part["horizon_years"]
    quarter = "In a quarter" if horizon >= 0.25 else f"Within {years(horizon)}"
    yield note(
        f"Over {futures(part['worlds'])}; the challenger weighs its choice every "
        f"{spread(part['decision_days'])} days. {quarter}, given that the ceasefire stands: "
        f"it complies with {chance(part['per_quarter']['comply'])}, probes with "
        f"{chance(part['per_quarter']['probe'])}, attacks with "
        f"{chance(part['per_quarter']['attack'])}."
    )
    if part.get("record"):
        learnt = part["record"]
        yield note(
            f"The record has {learnt['incidents']} incidents with losses from {learnt['first']} to "
            f"{learnt['last']}: {spread(learnt['range'])} a year, {learnt['why']}."
        )
        yield from from_record(part, learnt)
    yield from _survival(part)
    yield from _gain(part)
    standing = [quarter["in_force"]["mean"] for quarter in part["quarters"]]
    yield note(f"Quarter by quarter: {strip(standing)}")
    causes = part["causes"]
    if any(causes.values()):
        yield note(
            f"Where it ends, it ends by an attack in {percent(causes['attack'])} of cases, by a "
            f"probe that escalates in {percent(causes['probe'])}, by accident in "
            f"{percent(causes['accident'])}."
        )
    yield from _lesson(part)
    yield from _honour(part)
    yield from _solved(part)
    yield from _base_rates(part)


def _stands(part: Json) -> str:
    """The answer in short: after five years, or as far as the horizon goes."""
    told = part["survival"].get("5")
    if told:
        return f"it stands after five years with {chance(told)}"
    return f"it stands after {years(part['horizon_years'])} with " + chance(
        part["survival_at_horizon"]
    )


def _survival(part: Json) -> Iterator[RenderableType]:
    """After so many years; nothing where the horizon is shorter than the first of them."""
    if not part["survival"]:
        return
    table = columns("the ceasefire stands", "", "", "no guarantee", "random choices")
    for year, span in part["survival"].items():
        bare = part["without_guarantee"]["survival"][year]
        floor = part["noise_floor"]["survival"][year]
        after = f"after {years(float(year))}"
        table.add_row(after, chance(span), bar(span["mean"]), chance(bare), chance(floor))
    yield inset(table)


def _solved(part: Json) -> Iterator[RenderableType]:
    """How many crises were solved, and what the others can change."""
    yield note(f"How sure the arithmetic is: {part['convergence']['sentence']}")
    first = part.get("first_crisis")
    if first:
        yield note(f"In the first quarter, in all futures: {first['sentence']}")


def from_record(part: Json, learnt: Json) -> Iterator[RenderableType]:
    """Where incidents come about, and what the record says of the challenger's type."""
    sectors = learnt["by_sector"]
    if len(sectors) > 1:
        most = ", ".join(f"{name} {spread(span)}" for name, span in [*sectors.items()][:5])
        yield note(f"By sector, incidents with losses a year: {most}.")
    told = learnt["challenger"]
    if not told["set"]:
        yield note(f"Nothing is learnt of the challenger's type: {told['why']}.")
        return
    types = "; ".join(
        f"type {one['type']} from {percent(one['prior'])} to {chance(one['posterior'])}"
        for one in part["challenger_types"]
    )
    yield note(
        f"{told['party']} probed in {number(told['probed'])} of {number(told['quarters'])} "
        f"quarters on record ({told['why']}). That moves the chance of each type of challenger, "
        f"from the least to the most resolved: {types}."
    )


def _lesson(part: Json) -> Iterator[RenderableType]:
    """What the answer to a probe teaches, where it can teach anything."""
    found = part.get("lesson")
    if not found or len(part["challenger_types"]) < 2:
        return

    acts = {
        act: [f"{100 * found[seen][act]['mean']:.1f} %" for seen in ("answered", "ignored")]
        for act in ("probe", "attack")
    }
    yield note(
        "The answer to a probe is remembered: when the challenger next weighs its choice it probes "
        f"with {acts['probe'][0]} (mean) if a first one was answered, {acts['probe'][1]} if it was "
        f"ignored, and attacks with {acts['attack'][0]} or {acts['attack'][1]}."
    )


def _gain(part: Json) -> Iterator[RenderableType]:
    """What the design adds, on the same futures: said before any level is believed."""
    bare = part["without_guarantee"]
    for key, span in bare.items():
        if key.startswith("gain_"):
            after = float(key.removeprefix("gain_").removesuffix("y"))
            yield note(
                f"On the same futures the design adds {points(span)} to the chance that the "
                f"ceasefire stands after {years(after)}. Believe this difference before the levels."
            )


def points(span: Mapping[str, float]) -> str:
    """``+8 points (0 to +22)``: a difference of two chances, by its mean."""
    low, mean, high = (f"{100 * span[key]:+.0f}" for key in ("p05", "mean", "p95"))
    low, mean, high = (
        x.replace("-0", "0").replace("+0", "0") if x[1:] == "0" else x for x in (low, mean, high)
    )
    noun = "point" if mean in ("+1", "-1") else "points"
    return f"{mean} {noun}" + ("" if low == mean == high else f" ({low} to {high})")


def _honour(part: Json) -> Iterator[RenderableType]:
    """Whether an attack is answered, by how many, and what that costs at first."""
    if not part["members"]:
        yield note(
            "Nobody is asked to fight if it is attacked: the guarantee has no members, and there "
            "is nothing to honour."
        )
        return
    yield note(
        f"If it is attacked the guarantee is honoured with {chance(part['honoured_given_attack'])}."
    )
    if part["honoured_given_attack"]["mean"] > 0:
        yield note(_come(part["members_given_honoured"]))
    if part["first_week_loss"]:
        yield note(
            "If all fight, the guarantor loses "
            f"{spread(part['first_week_loss'])} people in the first week (mean of the wars each "
            "future could have)."
        )
    yield note(
        f"Direct combat between guarantor and challenger within {years(part['horizon_years'])}: "
        f"{chance(part['direct_combat'])}."
    )


def _come(numbers: list[float]) -> str:
    """How many members fight where the guarantee is honoured."""
    if len(numbers) == 2:
        return f"Then its one member fights with {percent(numbers[1])}."
    mean = sum(place * share for place, share in enumerate(numbers))
    return f"Then {number(mean)} of {len(numbers) - 1} members fight on average: {_tally(numbers)}."


def _tally(numbers: list[float]) -> str:
    """How many come, in groups of about a third of the members."""
    most = len(numbers) - 1
    cuts = sorted({0, most // 3, 2 * most // 3, most})
    parts = []
    for low, high in pairwise(cuts):
        first = low + 1
        label = str(high) if first == high else f"{first} to {high}"
        parts.append(f"{label} with {percent(sum(numbers[first : high + 1]))}")
    return ", ".join(parts)


def _base_rates(part: Json) -> Iterator[RenderableType]:
    rates = part["base_rates"]
    yield note("Beside the model, not instead of it: how long other ceasefires stood.")
    table = columns("ceasefires", "number", *(years(float(year)) for year in _BASE_YEARS))
    for group in rates["groups"]:
        shares = (percent(group["survival"][year]) for year in _BASE_YEARS)
        table.add_row(group["title"], str(group["spells"]), *shares)
    yield inset(table)
    yield note(rates["why_not"])


def trajectory(body: Json) -> Iterator[RenderableType]:
    """One future day by day, where that was asked for."""
    days = body.get("trajectory")
    if not days:
        return
    yield Text(f"\nFuture {body['replayed']} day by day", style="bold")
    table = columns("day", "deepest km", "lost km2", "attacker", "protected", "guarantor", "")
    deepest = max(day["deepest_km"] for day in days) or 1.0
    for day in days:
        if day["day"] in (1, 2, 3, 5) or day["day"] % 7 == 0 or day["day"] == len(days):
            table.add_row(
                str(day["day"]),
                number(day["deepest_km"]),
                number(day["area_lost_km2"]),
                number(day["attacker_brigades"]),
                number(day["protected_brigades"]),
                number(day["guarantor_brigades"]),
                bar(day["deepest_km"] / deepest),
            )
    yield inset(table)


def explained(part: Json) -> Iterator[RenderableType]:
    """One crisis with every number, so that it can be redone by hand."""
    crisis = part.get("explanation")
    if not crisis:
        return
    yield Text(
        f"\nThe crisis of quarter {crisis['quarter'] + 1} in future {crisis['world']}, redone",
        style="bold",
    )
    prior = crisis["prior"]
    yield note(
        f"rationality λ = {crisis['rationality']:.10g}; a probe is attributed with "
        f"{crisis['attributed']:.10g}. Type 0 is the least resolved; r is its factor on costs. "
        f"Before anything is done the challenger is of type 0, 1, … with "
        f"{_row(prior['challenger'])}, the guarantor with {_row(prior['guarantor'])}. Redone from "
        "what is printed here, every number comes out to seven decimals or more."
    )
    table = columns("player", "type", "outcome", "utility", "made of")
    for line in crisis["utilities"]:
        terms = ", ".join(f"{name} = {value:.10g}" for name, value in line["terms"].items())
        made = f"{line['formula']}" + (f"   with {terms}" if terms else "")
        table.add_row(
            line["player"], str(line["type"]), line["outcome"], f"{line['utility']:.9f}", made
        )
    yield inset(table)
    yield from _choices(crisis)
    yield note(
        "What comes of it, over both sides' types: the chances along each way, multiplied, and "
        "added up over the ways that end alike."
    )
    table = columns("outcome", "probability")
    for name, share in crisis["outcomes"].items():
        table.add_row(name, f"{share:.10g}")
    yield inset(table)


def _choices(crisis: Json) -> Iterator[RenderableType]:
    """Every information set: what is believed there, what each action is worth, what is done."""
    yield note(
        "Choices. Beliefs are about the other side's types, by Bayes' rule from the chances before "
        "and the choices on the way. By softmax, p is proportional to exp(λ·EU); by the curve, the "
        "members together honour with its value at x = λ·(EU honour - EU renege). Beyond its ends "
        "the curve is flat; between its points it is the cubic whose slope at a point is the "
        "harmonic mean of the two rises beside it, none where either is none (Fritsch and Butland "
        "1984):"
    )
    curve = crisis["curve"]
    points_ = zip(curve["x"], curve["honour"], strict=True)
    yield inset(Text("  ".join(f"{x:g}: {p:.10g}" for x, p in points_)))
    table = columns("player", "type", "choice", "belief", "expected utility", "probability", "by")
    for choice in crisis["choices"]:
        table.add_row(
            choice["player"],
            str(choice["type"]),
            choice["place"],
            "\n".join(f"{p:.10g}" for p in choice["belief"]),
            "\n".join(f"{name} {value:.9f}" for name, value in choice["expected"].items()),
            "\n".join(f"{p:.10g}" for p in choice["probabilities"].values()),
            choice["by"],
        )
    yield inset(table)


def _row(chances: list[float]) -> str:
    return ", ".join(f"{p:.10g}" for p in chances)

"""What a reader of an assessment must not miss, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.coverage import Coverage
from backstop.assessment.decisions import Decisions
from backstop.assessment.finding import Finding
from backstop.assessment.supply import Supply
from backstop.assessment.worlds import Futures
from backstop.authority.authorise import HOPELESS, RoutePassage
from backstop.futures.figures import chance, few, number, percent, shares, spread
from backstop.futures.range import Range
from backstop.scenario.scenario import Case
from backstop.sizing.requirement import Requirement

Floats = NDArray[np.float64]

#: Coverage below which a tier-1 line is a critical weakness, and below which any line is one.
CRITICAL, WEAK = 0.5, 0.9
#: A condition that moves coverage by less than two points is not worth a line.
TELLING = 0.02


def sizing_findings(requirement: Requirement) -> Iterator[Finding]:
    """What sizing remarks on."""
    for remark in requirement.remarks:
        yield Finding("sizing", remark.severity, remark.text, remark.sources)


def coverage_findings(case: Case, coverage: Coverage) -> Iterator[Finding]:
    """Lines that stay short in most worlds, worst first."""
    lines = {requirement.id: requirement for requirement in case.design.requirements}
    ranges = {line: Range.of(coverage.of_line(line)) for line in coverage.asked}
    for line, span in sorted(ranges.items(), key=lambda item: (item[1].p50, item[0])):
        tier = lines[line].tier
        if span.p50 >= WEAK or tier > 2:
            continue
        grave = tier == 1 and span.p50 < CRITICAL
        text = (
            f"{line} ({lines[line].capability}, tier {tier}) is filled to "
            f"{shares(span.to_dict())} of what is asked."
        )
        yield Finding("sourcing", "critical" if grave else "warning", text)


def condition_findings(coverage: Coverage, decisions: Decisions, case: Case) -> Iterator[Finding]:
    """How much hangs on each condition: coverage where it holds against where it does not."""
    overall = coverage.overall()
    titles = {c.id: c for c in case.scenario.file.conditions}
    for name, everywhere in sorted(decisions.conditions.items()):
        holds = everywhere[coverage.given]
        if holds.all() or not holds.any():
            continue
        with_it, without = float(overall[holds].mean()), float(overall[~holds].mean())
        if abs(with_it - without) < TELLING:
            continue
        condition = titles[name]
        text = (
            f"Coverage averages {percent(with_it)} where {condition.title}, {percent(without)} "
            f"where not; it holds in {percent(float(holds.mean()))} of {_which(coverage)}."
        )
        yield Finding("sourcing", "warning", text, condition.source)


def authority_findings(decisions: Decisions) -> Iterator[Finding]:
    """Routes that cannot open, actors nobody has heard, conditions that wait for each other."""
    routes = decisions.authorisation.routes
    if decisions.authorisation.recommended is None:
        text = f"No route is likelier than {percent(HOPELESS)} to open."
        yield Finding("authority", "critical", text)
    for route in routes:
        wide = route.probability.p95 - route.probability.p05
        if route.route == decisions.authorisation.recommended and wide > 0.5:
            text = (
                f"The chance of {route.title!r} is hardly known: it lies anywhere in "
                f"{percent(route.probability.p05)} to {percent(route.probability.p95)}."
            )
            yield Finding("authority", "info", text)
        yield from _doubts(route)
        if route.unknown:
            text = (
                f"{route.title}: no position is known of {few(route.unknown)}; each counts as "
                "open, and likely to stay silent where silence is enough."
            )
            yield Finding("authority", "info", text)
    if decisions.unknown:
        text = f"No position is known of possible contributors: {few(decisions.unknown)}."
        yield Finding("sourcing", "info", text)
    if decisions.ambiguous:
        text = (
            f"In {percent(decisions.ambiguous)} of futures conditions wait for each other; the "
            "page shows the state in which they do not come about."
        )
        yield Finding("authority", "warning", text)


def _doubts(route: RoutePassage) -> Iterator[Finding]:
    """Blockers on the word of a position that is poorly attested."""
    for blocker in route.blockers:
        if blocker.position is None or blocker.doubt is None:
            continue
        instead = blocker.doubt.position
        counts = "no position of it would be known"
        if instead is not None:
            counts = f"its stance of {instead.date} would count ({instead.stance})"
        text = (
            f"{route.title}: that {blocker.actor} blocks rests on its last statement, of "
            f"{blocker.position.date} ({blocker.position.stance}), attested with low confidence. "
            f"Without it {counts}, and the route would open with "
            f"{chance(blocker.doubt.probability.to_dict())}."
        )
        yield Finding("authority", "warning", text, blocker.position.source)


def sequence_finding(case: Case, decisions: Decisions) -> Iterator[Finding]:
    """What has to come first, and whether it is stated as given or may fail."""
    block = case.design.sequence
    if block is None or not block.after:
        return
    titles = {c.id: c.title for c in case.scenario.file.conditions}
    holds = np.logical_and.reduce([decisions.conditions[name] for name in block.after])
    first = f"Nothing deploys before {' and '.join(titles[name] for name in block.after)}"
    if holds.all():
        yield Finding("authority", "info", f"{first}; all is stated given that.", block.source)
        return
    share = float(holds.mean())
    text = f"{first}, as is so in {percent(share)} of futures."
    yield Finding("authority", "critical" if share < HOPELESS else "warning", text, block.source)


def backstop_finding(case: Case, decisions: Decisions) -> Iterator[Finding]:
    """Who stands behind the guarantee, and how likely."""
    block = case.design.backstop
    if block is None:
        return
    title = next(c.title for c in case.scenario.file.conditions if c.id == block.condition)
    names = {nation.iso3: nation.name for nation in case.scenario.nations}
    share = float(decisions.conditions[block.condition].mean())
    text = f"Behind it stands {names.get(block.provider, block.provider)}: {title} in "
    text += f"{percent(share)} of futures."
    yield Finding("authority", "info" if share >= WEAK else "warning", text, block.source)


def vote_findings(case: Case, futures: Futures, decisions: Decisions) -> Iterator[Finding]:
    """Contributors counted on whose parliaments vote on staying once the force is there."""
    coming = {nation for nation, _ in decisions.planning()}
    for form in case.scenario.parliaments:
        nations = [n.iso3 for n in case.scenario.nations if n.parliament == form.id]
        there = tuple(sorted(coming.intersection(nations)))
        if form.vote_after_days is None or not there:
            continue
        days = Range.of(futures[f"parliaments[{form.id}].vote_after_days"])
        text = f"A vote of parliament on staying falls due after {spread(days.to_dict())} days in "
        text += f"{few(there)}; that it may end a contribution is not counted."
        yield Finding("authority", "info", text, form.source)


def engagement_finding(case: Case, futures: Futures, contributors: int) -> Iterator[Finding]:
    """Rules of engagement need every contributor's agreement."""
    block = case.design.engagement
    if block is None or not contributors:
        return
    each = futures[f"designs[{case.design.id}].engagement.agreement"]
    alone = Range.of(each**contributors)
    text = (
        f"All {contributors} contributors of the planning case accept the rules of engagement "
        f"without a gutting caveat with {shares(alone.to_dict())} if each decides alone, "
        f"{shares(Range.of(each).to_dict())} if they move as one."
    )
    yield Finding("authority", "warning" if alone.p50 < 0.5 else "info", text, block.source)


def air_finding(case: Case, futures: Futures, supplies: tuple[Supply, ...]) -> Iterator[Finding]:
    """Sorties a day that the aircraft asked for can fly."""
    if case.design.air is None:
        return
    base = f"designs[{case.design.id}]"
    aircraft = np.zeros(len(futures))
    rules = {c.id: c for c in case.scenario.file.capabilities if c.domain == "air" and c.pool}
    for requirement in case.design.requirements:
        if requirement.capability in rules:
            units = futures[f"{base}.requirements[{requirement.id}].units"]
            per_item = futures[f"capabilities[{requirement.capability}].pool.units_per_item"]
            aircraft += units / np.maximum(per_item, 1e-9)
    if not aircraft.any():
        return
    ready = futures[f"{base}.air.availability_share"]
    sorties = aircraft * ready * futures[f"{base}.air.sorties_per_aircraft_day"]
    text = (
        f"{spread(Range.of(aircraft).to_dict())} combat aircraft make "
        f"{spread(Range.of(sorties).to_dict())} sorties a day. Over Bosnia, Deny Flight flew 102 "
        "a day (100,420 in 982 days) against far weaker air defences."
    )
    yield Finding("sizing", "info", text, case.design.air.source)


def arms_finding(case: Case, futures: Futures) -> Iterator[Finding]:
    """What of the arms pipeline hangs on the backstop."""
    block = case.design.arms
    if block is None:
        return
    base = f"designs[{case.design.id}].arms"
    value = futures[f"{base}.usd_bn_per_year"]
    lost = value * futures[f"{base}.backstop_share"]
    text = (
        f"Arms and training are worth {spread(Range.of(value).to_dict())} billion dollars a year; "
        f"{spread(Range.of(lost).to_dict())} billion of it comes from the backstop's provider and "
        "would have to be replaced."
    )
    yield Finding("sourcing", "warning", text, block.source)


def burden_finding(
    futures: Futures,
    supplies: tuple[Supply, ...],
    coverage: Coverage,
    cost_usd_m: Floats,
    troops: Floats,
) -> Iterator[Finding]:
    """Cost and pool against what the possible contributors spend and have."""
    nations = sorted({supply.nation.iso3 for supply in supplies})
    if not nations:
        return
    spent = sum(
        (futures[f"nations[{n}].defence_expenditure_usd_bn"] for n in nations),
        np.zeros(len(futures)),
    )
    active = sum((futures[f"nations[{n}].active_personnel"] for n in nations), np.zeros(len(spent)))
    share = Range.of(cost_usd_m / (1000 * np.maximum(spent[coverage.given], 1e-9)))
    pool = Range.of(troops / np.maximum(active, 1.0))
    text = (
        f"Kept filled it costs {_permille(share)} of what the {len(nations)} possible contributors "
        f"spend on defence, and its rotation pool is {_permille(pool)} of their active forces."
    )
    yield Finding("sourcing", "info", text)


def _which(coverage: Coverage) -> str:
    return "the futures with a mandate" if coverage.on_mandate else "futures"


def _permille(span: Range) -> str:
    return f"{number(100 * span.p50)} % ({number(100 * span.p05)}–{number(100 * span.p95)})"

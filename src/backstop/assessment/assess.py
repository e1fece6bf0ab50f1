"""``assess``: all stages of one design, as one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstop import __version__
from backstop.assessment import findings as found
from backstop.assessment.assumptions import assumptions
from backstop.assessment.coverage import Coverage
from backstop.assessment.drivers import Driver, Outcome, as_inputs, drivers
from backstop.assessment.finding import Finding, ordered
from backstop.assessment.plan import PlanAnswer, planning
from backstop.assessment.sources import sources
from backstop.assessment.stages import Run
from backstop.assessment.verdict import verdict
from backstop.assessment.view import View
from backstop.assessment.war import War, war
from backstop.assessment.what_if import Effort
from backstop.futures.figures import number, percent
from backstop.scenario.scenario import Case
from backstop.sizing.requirement import Requirement

#: Drivers listed for one outcome.
MOST_DRIVERS = 3


class Assessment(View):
    """The answer for one design; its parts are attributes: ``page.sizing.deployed.p50``."""

    __slots__ = ()


def assess(
    case: Case, *, worlds: int = 10_000, seed: int = 1, effort: Effort | None = None
) -> Assessment:
    """Answer the five questions for one design, as far as this release has stages for them.

    Parameters
    ----------
    case
        ``scenario.design("tripwire")``.
    worlds
        How many futures to draw.
    seed
        Seed of every random stream; the same seed gives the same page.
    effort
        How hard sourcing looks for cheaper plans, and whether it re-solves without each nation.
    """
    run = Run.of(case, worlds=range(worlds), seed=seed)
    with planning(run, effort=effort or Effort()) as measure:
        coverage = run.cover() if case.design.requirements else None
        finish = measure(coverage)
        requirement = run.size()
        fought = war(run, coverage)
        moving = (*_drivers(run, requirement, coverage), *(fought.drivers() if fought else ()))
        resting = assumptions(case, fought.known(run) if fought else run.futures.places)
        planned = finish()
    body = head(run)
    body |= {
        "title": case.design.title,
        "summary": case.design.summary,
        "verdict": _verdict(run, requirement, planned, fought),
        "given": _given(run, coverage),
        "sizing": requirement.to_dict(),
        "sourcing": planned.to_dict(),
        "authority": run.decisions.authorisation.to_dict(),
        "campaign": fought.campaign() if fought else None,
        "deterrence": fought.deterrence() if fought else None,
        "drivers": [driver.to_dict() for driver in moving],
        "findings": [f.to_dict() for f in _findings(run, requirement, coverage, planned, fought)],
        "assumptions": [assumption.to_dict() for assumption in resting],
    }
    body["sources"] = sources(run, _named(body))
    return Assessment(body)


def _named(body: Mapping[str, Any]) -> Iterator[str]:
    """Every id of evidence that a result names."""
    for assumption in body["assumptions"]:
        yield from (assumption["source"] or "").split("; ")
    for place in (*body["findings"], *body["sizing"]["methods"]):
        yield from place["sources"]


def _given(run: Run, coverage: Coverage | None) -> list[str]:
    """What the answers take for granted, as clauses."""
    given = [c.title for c in run.case.scenario.file.conditions if c.assumed]
    if coverage is not None and coverage.on_mandate:
        given.append("for supply, that the mandate stands")
    return given


def head(run: Run) -> dict[str, Any]:
    """What every result says of where it comes from."""
    return {
        "scenario": run.case.scenario.name,
        "scenario_digest": run.case.scenario.digest,
        "design": run.case.design.id,
        "seed": run.futures.seed,
        "worlds": len(run.futures),
        "backstop": __version__,
    }


def _drivers(run: Run, requirement: Requirement, coverage: Coverage | None) -> tuple[Driver, ...]:
    """What moves pool, mandate and coverage.

    A nation's answer moves what gets filled. Size and the chance of a route do not depend on it:
    there it would only seem to matter, through the factor that all answers share.
    """
    holding = {f"{name} holds": holds for name, holds in run.decisions.conditions.items()}
    coming = {f"{n} says yes to {q}": comes for (n, q), comes in run.decisions.comes.items()}
    inputs = [*run.futures.uncertain(), *as_inputs(holding)]
    routes = {r.route: r for r in run.decisions.authorisation.routes}
    best = run.decisions.authorisation.recommended or next(iter(routes))
    outcomes = [
        Outcome("pool", "the rotation pool", requirement.pool, number),
        Outcome(
            "route_probability",
            f"the chance of {routes[best].title!r}",
            routes[best].probability_by_world,
            percent,
        ),
    ]
    found = drivers(inputs, outcomes=outcomes, most=MOST_DRIVERS)
    if coverage is None:
        return found
    every = [*inputs, *as_inputs(coming)]
    seen = [(path, values[coverage.given]) for path, values in every]
    filled = Outcome("coverage", "coverage", coverage.overall(), percent)
    return (*found, *drivers(seen, outcomes=[filled], most=MOST_DRIVERS))


def _verdict(run: Run, requirement: Requirement, planned: PlanAnswer, fought: War | None) -> str:
    built = verdict(run, requirement, planned.first_tier)
    return f"{built} {fought.verdict()}" if fought else built


def _findings(
    run: Run,
    requirement: Requirement,
    coverage: Coverage | None,
    planned: PlanAnswer,
    fought: War | None,
) -> tuple[Finding, ...]:
    case, futures = run.case, run.futures
    listed = [*found.sizing_findings(requirement)]
    listed += found.air_finding(case, futures, run.supplies)
    if coverage is not None:
        listed += found.coverage_findings(case, coverage)
        listed += found.condition_findings(coverage, run.decisions, case)
        cost = planned.ratio * run.force_cost_usd_m_per_year(coverage)
        listed += found.burden_finding(futures, run.supplies, coverage, cost, requirement.pool)
    listed += planned.findings
    listed += found.arms_finding(case, futures)
    listed += found.authority_findings(run.decisions)
    listed += found.sequence_finding(case, run.decisions)
    listed += found.backstop_finding(case, run.decisions)
    listed += found.vote_findings(case, futures, run.decisions)
    listed += found.engagement_finding(case, futures, planned.contributing_nations)
    listed += fought.findings(run) if fought else ()
    return ordered(listed)

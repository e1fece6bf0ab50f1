"""The planning case solved: who serves where and when, what is short, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from backstop.assessment.coverage import Coverage
from backstop.assessment.exactness import Exactness, exactness, worlds_at
from backstop.assessment.finding import Finding
from backstop.assessment.stages import Run
from backstop.assessment.statement import POINTS, Statement
from backstop.assessment.what_if import Effort, deployments, what_if
from backstop.errors import NotFound
from backstop.futures.figures import percent, spread
from backstop.futures.range import Range
from backstop.run.threads import beside
from backstop.sourcing import proof
from backstop.sourcing.cyclic import Sizes, Steady, size, sustain
from backstop.sourcing.reason import Reason, explain
from backstop.sourcing.source import SOLVER, Sourcing, describe, solve
from backstop.sourcing.stages import Staged

#: Nodes for each question asked in search of a reason, on a page that should come soon.
REASON_NODES = 200


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """The ``sourcing`` object, and what to say of it."""

    body: Mapping[str, Any]
    findings: tuple[Finding, ...]
    contributing_nations: int
    first_tier: Range | None
    """Share of the first tier filled, every rule in force; None when nothing is asked for."""
    ratio: float
    """What a plan fills of what the flow does: the scale of every cost of the force."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return dict(self.body)


@dataclass(frozen=True, slots=True)
class _Solved:
    """The planning case solved: its plan, and what the steady state says."""

    staged: Staged
    steady: Steady
    sizes: Sizes
    reason: Reason | None


#: Waits for the planning case and puts the answer together.
Finish = Callable[[], PlanAnswer]


@contextmanager
def planning(run: Run, *, effort: Effort) -> Iterator[Callable[[Coverage | None], Finish]]:
    """Solve the planning case while the block goes on; yields the call that takes the coverage.

    That call (with None when the design asks for no units) has the few worlds solved that stand
    for the rest, beside the block as well, and returns the call that finishes the answer.

    Raises
    ------
    NotFound
        From the last call: when the nation whose withdrawal is asked for takes no part, or the
        second solver is not installed.
    """
    if not run.case.design.requirements:
        yield lambda _: lambda: _nothing(run, effort)
        return
    statement = run.statement()
    with ExitStack() as stack:
        solved = stack.enter_context(beside(lambda: _solved(statement, effort)))

        def measure(coverage: Coverage | None) -> Finish:
            assert coverage is not None, "a design that asks for units has a coverage"
            exact = stack.enter_context(
                beside(lambda: exactness(run, coverage, worlds=worlds_at(coverage)))
            )
            return lambda: _answer(run, coverage, statement, solved(), exact(), effort)

        yield measure


def _answer(
    run: Run,
    coverage: Coverage,
    statement: Statement,
    solved: _Solved,
    exact: Exactness,
    effort: Effort,
) -> PlanAnswer:
    answer = describe(solved.staged, steady=solved.steady, sizes=solved.sizes)
    body = _body(run, coverage, statement, answer, exact)
    body |= {"reason": solved.reason.sentence if solved.reason else None}
    body |= what_if(statement, solved.staged, answer, solved.steady, effort)
    if not effort.cost_rounds:
        # No stage has asked for a cheap plan: it may buy lift that it does not use.
        body["plan_cost_usd_m_per_year"] = None
    nations = {deployment.nation for deployment in answer.plan.deployments}
    findings = (*_arrival(run, statement, answer), *_findings(answer, exact))
    return PlanAnswer(body, findings, len(nations), exact.first_tier, exact.ratio)


def _solved(statement: Statement, effort: Effort) -> _Solved:
    looking = proof.Effort(cost_rounds=effort.cost_rounds)
    return _Solved(
        solve(statement.problem, effort=looking),
        sustain(statement.problem, effort=looking),
        size(statement.problem),
        explain(statement.problem, nodes=REASON_NODES),
    )


def _nothing(run: Run, effort: Effort) -> PlanAnswer:
    """The object of a design that asks for no units; the arms pipeline may cost all the same."""
    if effort.without is not None:
        raise NotFound(f"{effort.without} takes no part: this design asks for no units")
    body = {
        "coverage": None,
        "coverage_first_tier": None,
        "coverage_before_rules": None,
        "rotation_months": run.calendar.tour_months,
        **{key: [] for key in ("rotations", "lines", "plan", "gantt", "use", "contributors")},
        **{key: [] for key in ("not_counted_on", "critical", "notes", "bottlenecks")},
        "sustainable": {},
        **_costs(run, None, 1.0),
        "plan_cost_usd_m_per_year": None,
        "reason": None,
        "proof": {"objective": [], "bound": [], "optimal": [], "stages": []},
        "solver": SOLVER,
    }
    return PlanAnswer(body, (), 0, None, 1.0)


def _body(
    run: Run, coverage: Coverage, statement: Statement, answer: Sourcing, exact: Exactness
) -> dict[str, Any]:
    asked = max(
        (
            sum(line.required[t] * _people(run, line.id) for line in lines) / POINTS
            for t in range(statement.calendar.rotations)
            if (lines := [x for x in statement.problem.lines if x.manoeuvre])
        ),
        default=0.0,
    )
    counted = statement.willing
    offering = {supply.nation.iso3 for supply in run.supplies}
    return {
        "coverage": exact.coverage.to_dict(),
        "coverage_first_tier": exact.first_tier.to_dict(),
        "coverage_before_rules": Range.of(coverage.overall()).to_dict(),
        "rotation_months": statement.calendar.tour_months,
        "rotations": _rotations(coverage, statement, answer),
        "lines": _lines(run, coverage, answer),
        "plan": deployments(answer.plan),
        "gantt": list(answer.plan.gantt()),
        "use": [asdict(use) for use in answer.use],
        "contributors": _contributors(answer),
        "bottlenecks": [asdict(one) for one in answer.bottlenecks],
        "not_counted_on": sorted(offering - {nation for nation, _ in counted}),
        "critical": [],
        "sustainable": {
            "asked": asked,
            "steady_state": answer.sizes.steady_state.troops,
            "two_years": answer.sizes.two_years.troops,
            "surge": answer.sizes.surge.troops,
        },
        **_costs(run, coverage, exact.ratio),
        "plan_cost_usd_m_per_year": answer.cost_usd_m_per_year,
        "proof": _proof(answer),
        "solver": answer.solver,
    }


def _costs(run: Run, coverage: Coverage | None, ratio: float) -> dict[str, Any]:
    """Cost a year in all, and its two parts; the flow's units are scaled to what a plan fills."""
    force = ratio * run.force_cost_usd_m_per_year(coverage)
    arms = run.arms_cost_usd_m_per_year()
    arms = arms[coverage.given] if coverage else arms
    parts = {"cost_usd_m_per_year": force + arms, "force_cost_usd_m_per_year": force}
    parts |= {"arms_cost_usd_m_per_year": arms}
    return {name: Range.of(values).to_dict() for name, values in parts.items()}


def _people(run: Run, line: str) -> float:
    requirement = next(r for r in run.case.design.requirements if r.id == line)
    return run.futures.central(f"capabilities[{requirement.capability}].troops_per_unit")


def _rotations(coverage: Coverage, statement: Statement, answer: Sourcing) -> list[dict[str, Any]]:
    return [
        {
            "rotation": row.rotation,
            "from": row.rotation * statement.calendar.tour_months,
            "required": row.required / POINTS,
            "filled": row.filled / POINTS,
            "coverage": Range.of(coverage.of_rotation(row.rotation)).to_dict(),
        }
        for row in answer.rotations
    ]


def _lines(run: Run, coverage: Coverage, answer: Sourcing) -> list[dict[str, Any]]:
    """Lines of the statement of requirements, most important first; unit-rotations."""
    return [
        {
            "id": line.line,
            "capability": line.capability,
            "location": line.location,
            "tier": line.tier,
            "required": line.required / POINTS,
            "filled": line.filled / POINTS,
            "shortfall": line.shortfall / POINTS,
            "required_by_rotation": [asked / POINTS for asked in line.asked],
            "filled_by_rotation": [served / POINTS for served in line.served],
            "units": _at_a_time(run, line.line),
            "coverage": Range.of(coverage.of_line(line.line)).to_dict(),
        }
        for line in sorted(answer.lines, key=lambda line: (line.tier, line.line))
    ]


def _at_a_time(run: Run, line: str) -> float:
    """Units asked for at a time in the planning case."""
    return run.futures.central(f"designs[{run.case.design.id}].requirements[{line}].units")


def _contributors(answer: Sourcing, most: int = 8) -> list[dict[str, Any]]:
    ranked = sorted(answer.use, key=lambda use: (-use.peak_troops, use.nation))
    return [{"nation": u.nation, "troops": u.peak_troops} for u in ranked[:most] if u.peak_troops]


def _proof(answer: Sourcing) -> dict[str, Any]:
    return {
        "objective": [p.objective for p in answer.proofs],
        "bound": [p.bound for p in answer.proofs],
        "optimal": [p.optimal for p in answer.proofs],
        "stages": [
            {
                "stage": p.stage,
                "objective": p.objective,
                "bound": p.bound,
                "optimal": p.optimal,
                "gap": p.gap,
            }
            for p in answer.proofs
        ],
    }


def _arrival(run: Run, statement: Statement, answer: Sourcing) -> list[Finding]:
    """Rotations that pass before anyone is there."""
    empty = next((r.rotation for r in answer.rotations if r.filled), len(answer.rotations))
    asked = next((r.rotation for r in answer.rotations if r.required), 0)
    if empty <= asked:
        return []
    months = statement.calendar.tour_months
    days = spread(Range.of(run.decisions.lead_days()).to_dict())
    text = (
        f"Nobody serves for the better part of the first {(empty - asked) * months} months asked "
        f"for: the mandate takes {days} days, and notice to move comes on top."
    )
    return [Finding("sourcing", "warning", text)]


def _findings(answer: Sourcing, exact: Exactness) -> list[Finding]:
    found = []
    lost = 1 - exact.ratio
    if lost > 0.02:
        text = (
            "National ceilings, lift, couplings, incompatible nations and whole units take "
            f"{percent(lost)} off what the pools alone could fill in the middle of the futures."
        )
        found.append(Finding("sourcing", "info", text))
    if answer.without_framework:
        sectors = sorted({sector for sector, _ in answer.without_framework})
        text = (
            f"No nation brings the framework share in {', '.join(sectors)} "
            f"({len(answer.without_framework)} sector-years)."
        )
        found.append(Finding("sourcing", "warning", text))
    if not all(p.optimal for p in answer.proofs if p.stage.startswith("tier")):
        text = "The shortfall is not proven the smallest possible within the node limit."
        found.append(Finding("sourcing", "warning", text))
    return found

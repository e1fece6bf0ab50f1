"""Questions beside the plan: without a nation, with one more pledge, by a second solver."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from backstop.assessment.statement import POINTS, Statement
from backstop.errors import NotFound
from backstop.futures.figures import number, several
from backstop.scenario.ident import did_you_mean
from backstop.sourcing.criticality import criticality
from backstop.sourcing.cyclic import Steady
from backstop.sourcing.plan import Plan
from backstop.sourcing.pledge import next_pledges
from backstop.sourcing.source import Sourcing
from backstop.sourcing.stages import Staged
from backstop.sourcing.withdrawal import withdraw


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard sourcing looks, and what else it answers."""

    cost_rounds: int = 0
    """Rounds of looking for a cheaper plan; 0 leaves the first plan that is as full as can be."""
    critical: bool = False
    """Whether to solve again without each nation and each enabler."""
    verify: bool = False
    """Whether a second solver checks the shortfall stages."""
    without: str | None = None
    """A nation whose withdrawal is planned for."""
    next_pledge: bool = False
    """Whether to look for the pledges that would help most."""


def what_if(
    statement: Statement, staged: Staged, answer: Sourcing, steady: Steady, effort: Effort
) -> dict[str, Any]:
    """What was asked for beside the plan; ``notes`` says the same in sentences."""
    extras: dict[str, Any] = {}
    notes: list[str] = []
    if effort.critical:
        extras |= _critical(steady.staged)
    if effort.next_pledge:
        found = next_pledges(statement.problem, steady=steady.staged)
        extras["next_pledges"] = [
            {
                "nation": p.nation,
                "capability": p.capability,
                "units": p.units,
                "relief": p.relief / POINTS,
            }
            for p in found
        ]
        notes += [
            f"{p.units} more {p.capability} from {p.nation} would take "
            f"{several(p.relief / POINTS, 'unit-rotation')} off the shortfall of one period."
            for p in found
        ]
    if effort.without is not None:
        extras["withdrawal"], said = _withdrawal(statement, answer, effort.without)
        notes.append(said)
    if effort.verify:
        extras["verification"], said_all = _verification(staged)
        notes += said_all
    return {**extras, "notes": notes}


def _critical(steady: Staged) -> dict[str, Any]:
    """What the steady state loses without each nation, and without each enabler from anyone."""
    found = criticality(steady)
    return {
        name: [
            {
                key: c.who,
                "shortfall_increase": c.shortfall_increase / POINTS,
                "share": c.share,
                "proven": c.proven,
            }
            for c in found
            if c.kind == kind
        ]
        for name, kind, key in (
            ("critical", "nation", "nation"),
            ("critical_enablers", "capability", "capability"),
        )
    }


def deployments(plan: Plan) -> list[dict[str, Any]]:
    """The rows of a plan."""
    return [asdict(deployment) for deployment in plan.deployments]


def _withdrawal(statement: Statement, answer: Sourcing, nation: str) -> tuple[dict[str, Any], str]:
    taking_part = {n.id for n in statement.problem.nations}
    if nation not in taking_part:
        raise NotFound(f"{nation} takes no part in this plan{did_you_mean(nation, taking_part)}")
    left = withdraw(statement.problem, plan=answer.plan, nation=nation)
    before, after = answer.proofs[0].objective, left.proofs[0].objective
    change = left.proofs[-1]
    least = "" if change.optimal else f" ({change.bound} at least)"
    said = (
        f"Without {nation} the plan loses {several(left.lost, 'unit-rotation')} and changes "
        f"{left.changed} of the others{least}; the first tier is short by "
        f"{number((after - before) / POINTS)} more."
    )
    body = {
        "nation": nation,
        "lost": left.lost,
        "changed": left.changed,
        "changed_bound": change.bound,
        "shortfall_before": before / POINTS,
        "shortfall_after": after / POINTS,
        "plan": deployments(left.plan),
    }
    return body, said


def _verification(staged: Staged) -> tuple[list[dict[str, Any]], list[str]]:
    from backstop.sourcing.verify import verify_staged

    tiers = [p.stage for p in staged.proofs if p.stage.startswith("tier")]
    found = verify_staged(staged, stages=tiers)
    rows = [
        {"stage": v.stage, "verdict": v.verdict, "objective": v.objective, "bound": v.bound}
        for v in found
    ]
    return rows, [f"Second solver, {v.stage}: {v.verdict}. {v.because}" for v in found]

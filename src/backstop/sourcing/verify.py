"""The second solver: SCIP solves what HiGHS solved, and the two are held against each other.

A plan needs no second solver, for it is checked row by row in integers. What rests on a
solver's word is the bound: that no plan does better, or that a line cannot be met. SCIP is an
extra (``pip install 'backstop[verify]'``). Runs repeat: one thread, a fixed seed, and limits in
nodes, never in seconds.

Source: Bolusani et al. (2024), "The SCIP Optimization Suite 9.0", Optimization Online.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from backstop.errors import NotFound
from backstop.sourcing.exact import violations
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.proof import Proof
from backstop.sourcing.stages import Staged

Verdict = Literal["agree", "disagree", "undecided"]

#: Where SCIP's search ends unless told otherwise.
NODES = 5_000

_SEED = 20250417
_SLACK = 1e-6
_ENOUGH = 0.1


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be verified of one stage: its objective, and the value and bound claimed."""

    objective: Mapping[int, int]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second solver says of a claim.

    Parameters
    ----------
    verdict
        ``agree``: the plan holds, and SCIP proves the claimed bound too. ``disagree``: the
        plan fails its exact check, or a plan or proof of SCIP's contradicts the claim.
        ``undecided``: SCIP's search ended at its limit before it could tell.
    objective, bound
        Value of the best plan SCIP found, checked exactly, and the bound it proved; None
        where it has none.
    because
        The verdict in words.
    """

    stage: str
    verdict: Verdict
    objective: int | None
    bound: int | None
    nodes: int
    because: str


def verify(
    model: IntegerModel,
    *,
    claim: Claim,
    solution: Sequence[int] | None = None,
    nodes: int = NODES,
) -> Verification:
    """Solve the same model with SCIP and compare.

    Parameters
    ----------
    solution
        The plan whose value is claimed; None to verify the bound alone.
    nodes
        Where SCIP's search ends.

    Raises
    ------
    NotFound
        When SCIP is not installed.
    """
    stage = claim.proof.stage
    fault = _fault(model, claim, solution)
    if fault:
        return Verification(stage, "disagree", None, None, 0, fault)
    # With the plan checked the bound alone is in question: SCIP may stop once it has it too.
    enough = claim.proof.bound if solution is not None else None
    second = _solve(model, claim.objective, nodes, enough)
    verdict, because = _compare(claim.proof, second, checked=solution is not None)
    return Verification(stage, verdict, second.objective, second.bound, second.nodes, because)


def verify_staged(
    staged: Staged, *, stages: Collection[str] | None = None, nodes: int = NODES
) -> tuple[Verification, ...]:
    """Verify the stages of a result, each keeping what those before it reached.

    Parameters
    ----------
    stages
        Names of the stages to verify; None for all of them.

    Raises
    ------
    NotFound
        When SCIP is not installed.
    """
    found = []
    for proof in staged.proofs:
        if stages is None or proof.stage in stages:
            model, claim = _as_solved(staged, proof)
            answer = verify(model, claim=claim, solution=staged.values, nodes=nodes)
            found.append(answer)
    return tuple(found)


def _as_solved(staged: Staged, proof: Proof) -> tuple[IntegerModel, Claim]:
    """Return a stage's model as it stood when it was solved, and what is claimed of it.

    The row that keeps a stage's result holds its objective; the rows after it belong to later
    stages. A stage may count from another zero than its objective does (``change`` leaves out
    a constant); the claim is moved to the objective's.
    """
    model = staged.model.copy()
    names = [row.name for row in model.rows]
    keeper = f"keep[{proof.stage}]"
    if keeper not in names:
        return model, Claim({}, proof)
    row = model.rows[names.index(keeper)]
    assert row.upper is not None
    shift = row.upper - proof.objective
    model.rows = model.rows[: names.index(keeper)]
    moved = replace(proof, objective=row.upper, bound=proof.bound + shift)
    return model, Claim(dict(row.terms), moved)


@dataclass(frozen=True, slots=True)
class _Second:
    """SCIP's own answer; ``infeasible`` means that it excludes every plan."""

    infeasible: bool
    objective: int | None
    bound: int | None
    nodes: int


def _fault(model: IntegerModel, claim: Claim, solution: Sequence[int] | None) -> str:
    """Return what is wrong with the claim without any solver; empty when nothing is."""
    value, bound = claim.proof.objective, claim.proof.bound
    if bound > value:
        return f"the claimed bound {bound} is above the claimed value {value}"
    if solution is None:
        return ""
    broken = violations(model, values=solution)
    if broken:
        return f"the plan breaks {len(broken)} rows, {broken[0].name} by {broken[0].by} among them"
    worth = value_of(claim.objective, solution)
    return "" if worth == value else f"the plan is worth {worth}, not the claimed {value}"


def _compare(claim: Proof, second: _Second, *, checked: bool) -> tuple[Verdict, str]:
    if second.infeasible:
        return "disagree", "SCIP finds that there is no plan at all"
    if second.objective is not None and second.objective < claim.bound:
        return "disagree", f"SCIP has a plan worth {second.objective}, below {claim.bound}"
    if second.bound is not None and second.bound > claim.objective:
        return "disagree", f"SCIP proves a bound of {second.bound}, above {claim.objective}"
    reached = checked or (second.objective is not None and second.objective <= claim.objective)
    if reached and second.bound is not None and second.bound >= claim.bound:
        return "agree", f"SCIP proves a bound of {second.bound} as well"
    return "undecided", f"SCIP stopped after {second.nodes} nodes with a bound of {second.bound}"


def _solve(
    model: IntegerModel, objective: Mapping[int, int], nodes: int, enough: int | None
) -> _Second:
    solver, variables = _loaded(model, objective)
    solver.setParam("limits/totalnodes", nodes)
    if enough is not None:
        # Objectives are whole numbers: a bound above the number before proves this one.
        solver.setParam("limits/dual", enough - 1 + _ENOUGH)
    solver.optimize()
    explored = int(solver.getNTotalNodes())
    if solver.getStatus() in ("infeasible", "inforunbd"):
        return _Second(True, None, None, explored)
    worth = None
    if solver.getNSols():
        best = solver.getBestSol()
        values = [round(solver.getSolVal(best, variable)) for variable in variables]
        # A plan that does not survive the exact check is no evidence against anyone.
        worth = None if violations(model, values=values) else value_of(objective, values)
    bound = float(solver.getDualbound())
    known = math.isfinite(bound) and abs(bound) < solver.infinity()
    whole = math.ceil(bound - _SLACK * max(1.0, abs(bound) * 1e-3)) if known else None
    return _Second(False, worth, whole, explored)


def _loaded(model: IntegerModel, objective: Mapping[int, int]) -> tuple[Any, list[Any]]:
    try:
        import pyscipopt
    except ImportError as error:
        raise NotFound(
            "the second solver is not installed: pip install 'backstop[verify]'"
        ) from error
    solver = pyscipopt.Model()
    solver.hideOutput()
    solver.setParam("randomization/randomseedshift", _SEED)
    solver.setParam("randomization/permutevars", False)
    solver.setParam("lp/threads", 1)
    bounds = zip(model.names, model.lower, model.upper, strict=True)
    variables = [solver.addVar(name, vtype="I", lb=low, ub=high) for name, low, high in bounds]
    for row in model.rows:
        total = pyscipopt.quicksum(c * variables[v] for v, c in row.terms)
        if not row.terms:
            total = pyscipopt.Expr() + 0.0
        if row.lower is not None and row.upper is not None:
            solver.addCons((row.lower <= total) <= row.upper)
        elif row.lower is not None:
            solver.addCons(total >= row.lower)
        elif row.upper is not None:
            solver.addCons(total <= row.upper)
    cost = pyscipopt.quicksum(price * variables[number] for number, price in objective.items())
    solver.setObjective(cost, "minimize")
    return solver, variables

"""Who and what the steady state cannot do without: solve again without each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.integer import value_of
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import Staged


@dataclass(frozen=True, slots=True)
class Critical:
    """What is lost without a nation, or without a capability from any nation.

    ``shortfall_increase`` is in first-tier points over one period of the steady state,
    ``share`` the same against the points that tier asks for. For a capability
    ``elsewhere`` is the part that falls on lines of other capabilities: how far the force
    depends on this enabler. ``proven`` says whether both solves were.
    """

    kind: Literal["nation", "capability"]
    who: str
    shortfall_increase: int
    share: float
    elsewhere: int
    proven: bool


def criticality(steady: Staged, *, effort: Effort | None = None) -> tuple[Critical, ...]:
    """Solve the first stage again without each nation and each enabling capability.

    Who deploys nothing in the plan at hand is not solved for again: without it the same plan
    stands, and it was the best.

    Returns
    -------
    Worst first; ties in order of name.
    """
    effort = effort or Effort()
    programme = steady.programme
    found = []
    for kind, who, lost in _losses(programme):
        found.append(_without(steady, kind, who, lost, effort))
    return tuple(sorted(found, key=lambda c: (-c.shortfall_increase, c.kind, c.who)))


def _losses(
    programme: Programme,
) -> Iterator[tuple[Literal["nation", "capability"], str, frozenset[str]]]:
    problem = programme.problem
    for nation in problem.nations:
        own = frozenset(p.id for p in problem.pools if p.nation == nation.id)
        if own:
            yield "nation", nation.id, own
    enablers = {line.capability for line in problem.lines if not line.manoeuvre}
    for capability in sorted(enablers):
        own = frozenset(p.id for p in problem.pools if p.capability == capability)
        if own:
            yield "capability", capability, own


def _without(
    steady: Staged,
    kind: Literal["nation", "capability"],
    who: str,
    lost: frozenset[str],
    effort: Effort,
) -> Critical:
    programme, first = steady.programme, steady.proofs[0]
    objective = programme.tier_objective(1)
    held = {number: 0 for key, number in programme.of_kind("x") if key.who in lost}
    values: tuple[int, ...] = steady.values[: len(programme.keys)]
    proven = first.optimal
    if any(values[number] for number in held):
        stripped = [0 if number in held else value for number, value in enumerate(values)]
        start = completed(programme, values=stripped)
        if violations(programme.model, values=start):
            start = programme.empty_plan()
        limits = Limits(effort.proof_nodes)
        answer = minimise(
            programme.model, objective=objective, start=start, fixed=held, limits=limits
        )
        values, proven = answer.values, proven and answer.status == "optimal"
    increase = value_of(objective, values) - first.objective
    elsewhere = increase
    if kind == "capability":
        elsewhere -= _short_of(programme, who, values) - _short_of(programme, who, steady.values)
    problem = programme.problem
    asked = sum(sum(line.required) for line in problem.lines if line.tier == 1)
    return Critical(kind, who, increase, increase / max(1, asked), elsewhere, proven)


def _short_of(programme: Programme, capability: str, values: tuple[int, ...]) -> int:
    """Return the first-tier points short on lines of one capability."""
    lines = {n.id for n in programme.problem.lines if n.capability == capability and n.tier == 1}
    short = programme.of_kind("short")
    return sum(programme.quantum[key] * values[n] for key, n in short if key.who in lines)

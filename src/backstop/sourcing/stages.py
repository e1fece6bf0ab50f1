"""The staged objective: each stage is solved, proven, and then kept by all that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstop.sourcing.blocks import keep, lessened, mend, roll
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof


@dataclass(frozen=True, slots=True)
class Staged:
    """A plan after some stages, the proof of each, and the model with their results kept.

    ``apart`` says that every plan as full as this one is short of just as much in each turn.
    """

    programme: Programme
    model: IntegerModel
    values: tuple[int, ...]
    proofs: tuple[Proof, ...]
    apart: bool = False

    @property
    def shortfall(self) -> int:
        """Points short in the first stage, missing framework nations included."""
        return self.proofs[0].objective


def fill(programme: Programme, *, effort: Effort, start: Sequence[int] | None = None) -> Staged:
    """Solve the shortfall stages: the first tier with its framework nations, then the others.

    A long horizon is planned and bounded turn by turn; a ring or a short horizon is one solve
    a stage.
    """
    values = list(start) if start is not None else programme.empty_plan()
    bounds: dict[int, int | None] = {}
    by_turns = not programme.wraps and programme.problem.rotations > programme.problem.turn
    if by_turns:
        blocks = roll(programme, nodes=effort.proof_nodes, start=start)
        values, bounds = list(blocks.values), dict(blocks.bounds)
    model = programme.model.copy()
    proofs = []
    for number, tier in enumerate(programme.problem.tiers, start=1):
        before = values
        objective = programme.tier_objective(tier)
        bound = max(0, bounds.get(tier) or 0)
        known = value_of(objective, values)
        # Most are proven at the root of the tree; a search near the plan takes half as long.
        for limits in (Limits(1, near=True), Limits(1), Limits(effort.proof_nodes)):
            if value_of(objective, values) == bound:
                break
            answer = minimise(model, objective=objective, start=values, limits=limits)
            values, bound = list(answer.values), max(bound, answer.bound or 0)
            if limits.near and number > 1 and not by_turns:
                values = lessened(programme, model, objective=objective, values=values, goal=bound)
        worth = value_of(objective, values)
        if worth != known:
            # A better first tier voids what the blocks said of the tiers after it.
            bounds = {}
        proofs.append(Proof(f"tier-{tier}", worth, bound))
        keep(model, objective, worth, name=f"tier-{tier}")
        if by_turns and values != before:
            # Solving the whole leaves the later tiers wherever they fell.
            values = mend(programme, model, values, programme.problem.tiers[number:])
    return Staged(programme, model, tuple(values), tuple(proofs), _apart(programme, proofs, bounds))


def _apart(programme: Programme, proofs: Sequence[Proof], bounds: Mapping[int, int | None]) -> bool:
    """Whether the least shortfalls of the turns add up to those of the whole, tier by tier."""
    if programme.wraps:
        return False
    if programme.problem.rotations <= programme.problem.turn:
        return True
    found = zip(programme.problem.tiers, proofs, strict=True)
    return all(proof.objective in (0, bounds.get(tier)) for tier, proof in found)

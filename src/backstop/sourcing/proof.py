"""How far a stage's result is proven."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """One stage of the objective: the plan's value, and the least any plan could have.

    ``objective`` and ``bound`` are whole numbers in the stage's unit: effectiveness points for
    shortfalls, thousand dollars for cost, changed unit-rotations, hundreds of
    troop-rotations for unfairness.
    """

    stage: str
    objective: int
    bound: int

    @property
    def optimal(self) -> bool:
        """Whether no plan can do better."""
        return self.objective == self.bound

    @property
    def gap(self) -> float:
        """Share of the objective that is not proven necessary."""
        return (self.objective - self.bound) / max(1, abs(self.objective))


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look, in nodes and rounds and never in seconds, so that runs repeat.

    Parameters
    ----------
    proof_nodes
        Nodes for one shortfall solve.
    cost_rounds
        Rounds of fix-and-optimise for cost; 0 ends after the shortfall stages and
        leaves a plan that is only short of as little as can be.
    fair_rounds
        Rounds for unfairness and for the tie-break; 0 skips both stages.
    """

    proof_nodes: int = 1500
    cost_rounds: int = 1
    fair_rounds: int = 1

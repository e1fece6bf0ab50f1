"""How many crisis games were solved, and what those that were not can change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: The chances whose means are told with and without the games that were not solved.
CHANCES = ("probe", "attack", "honoured")
#: A change of a mean probability below this shows nowhere on a page.
SHOWS = 1e-3


@dataclass(frozen=True, slots=True)
class Convergence:
    """How a batch of games was solved. Records of several batches add up."""

    games: int
    lost: int
    """Games whose branch was lost before λ, or whose residual is above the tolerance."""
    again: int
    """Games that were followed a second time at fine steps."""
    folded: int
    """Games whose branch turned back in λ on the way: these have several equilibria nearby, and
    the answer is the one that is reached first."""
    worst_residual: float
    """Largest residual, in probability."""
    unsettled: int
    """Games that are solved, but with a force other than the one that would come in them."""
    sums: tuple[float, ...]
    """P(probe), P(attack), P(honoured | attack) of a crisis, each summed over all games."""
    solved_sums: tuple[float, ...]
    """The same over those that were solved and settled."""

    @classmethod
    def of(
        cls,
        chances: FloatArray,
        *,
        solved: BoolArray,
        settled: BoolArray,
        again: BoolArray,
        folded: BoolArray,
        residual: FloatArray,
    ) -> Convergence:
        """From one entry a game; ``chances`` of the shape (games, 3), see ``sums``."""
        return cls(
            games=len(solved),
            lost=int(np.count_nonzero(~solved)),
            again=int(np.count_nonzero(again)),
            folded=int(np.count_nonzero(folded)),
            worst_residual=float(np.max(residual, initial=0.0)),
            unsettled=int(np.count_nonzero(solved & ~settled)),
            sums=tuple(map(float, chances.sum(axis=0))),
            solved_sums=tuple(map(float, chances[solved & settled].sum(axis=0))),
        )

    def __add__(self, other: Convergence) -> Convergence:
        return Convergence(
            games=self.games + other.games,
            lost=self.lost + other.lost,
            again=self.again + other.again,
            folded=self.folded + other.folded,
            worst_residual=max(self.worst_residual, other.worst_residual),
            unsettled=self.unsettled + other.unsettled,
            sums=_added(self.sums, other.sums),
            solved_sums=_added(self.solved_sums, other.solved_sums),
        )

    @property
    def solved(self) -> int:
        """Games that were solved, with the force that comes in them."""
        return self.games - self.lost - self.unsettled

    @property
    def at_most(self) -> float:
        """By how much the others can move the mean of any probability: their share."""
        return (self.games - self.solved) / max(self.games, 1)

    @property
    def moves(self) -> dict[str, float]:
        """By how much the mean of each chance would change if they were left out."""
        if not 0 < self.solved < self.games:
            return dict.fromkeys(CHANCES, 0.0)
        pairs = zip(CHANCES, self.sums, self.solved_sums, strict=True)
        return {name: some / self.solved - every / self.games for name, every, some in pairs}

    @property
    def matters(self) -> bool:
        """Whether the games that were not solved could show in a mean on a page."""
        return self.at_most >= SHOWS

    @property
    def sentence(self) -> str:
        """What it means for the answer, in words."""
        start = f"{self.solved:,} of {self.games:,} crisis games were solved"
        if self.solved == self.games:
            return f"{start}, the largest residual {self.worst_residual:.1g}."
        moved = max(map(abs, self.moves.values()))
        so = "that can matter" if self.matters else "that does not matter"
        return (
            f"{start}. Their branch lost, so that they stand at the last point reached: "
            f"{self.lost:,}. Played with a force that is not quite the one that would come: "
            f"{self.unsettled:,}. Together they can move the mean of a probability by at most "
            f"{self.at_most:.2g}, and without them no mean changes by more than {moved:.1g}: {so}."
        )

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "games": self.games,
            "solved": self.solved,
            "lost": self.lost,
            "unsettled": self.unsettled,
            "followed_again": self.again,
            "folded": self.folded,
            "worst_residual": self.worst_residual,
            "means": {
                name: total / max(self.games, 1)
                for name, total in zip(CHANCES, self.sums, strict=True)
            },
            "moves_at_most": self.at_most,
            "moves_if_left_out": self.moves,
            "matters": self.matters,
            "sentence": self.sentence,
        }


def _added(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))

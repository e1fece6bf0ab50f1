"""What would count of an actor if its last position, which is poorly attested, were struck.

The last dated position counts, however well it is attested. Where one that is attested with low
confidence is all that stands in the way of a route, a reader has to know it, and what the route
would be without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.authority.passage import Chance
from backstop.authority.stance import StanceDraws, chances
from backstop.authority.tally import Ballot
from backstop.futures.range import Range
from backstop.scenario.position import Position

FloatArray = npt.NDArray[np.float64]

POORLY = "low"
"""The confidence of a position that is doubted."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """What counts of one ballot once the position in force is struck."""

    position: Position | None
    """The last better attested position; None when there is none, which counts as unknown."""
    chance: Chance
    """The chances of the ballot that follow from it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A route without the poorly attested position that blocks it."""

    position: Position | None
    """What would count in its place; None when the actor would be unknown."""
    probability: Range
    """Probability of the route then."""

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "position": plain(self.position),
            "probability": self.probability.to_dict(),
        }


def plain(position: Position | None) -> dict[str, Any] | None:
    """A position as a reader needs it: what was said, when, and how well that is attested."""
    if position is None:
        return None
    return {
        "stance": position.stance,
        "date": position.date,
        "confidence": position.confidence,
        "sources": list(position.source),
    }


def attested(positions: Iterable[Position]) -> list[Position]:
    """The positions that are not attested with low confidence."""
    return [position for position in positions if position.confidence != POORLY]


def fallbacks(
    ballots: Iterable[Ballot],
    *,
    positions: Mapping[Ballot, Position],
    better: Mapping[Ballot, Position],
    draws: StanceDraws,
    conditions: Mapping[str, FloatArray],
) -> dict[Ballot, Fallback]:
    """For each ballot whose position is poorly attested, what counts once it is struck.

    Parameters
    ----------
    ballots
        The (actor, question) pairs to be cast.
    positions
        The position in force for each pair (see :func:`backstop.authority.stance.latest`).
    better
        The same from the :func:`attested` positions alone.
    draws, conditions
        As for :func:`backstop.authority.stance.chances`.
    """
    poor = sorted(b for b in ballots if b in positions and positions[b].confidence == POORLY)
    then = chances(poor, positions=better, draws=draws, conditions=conditions)
    return {ballot: Fallback(better.get(ballot), then[ballot]) for ballot in poor}

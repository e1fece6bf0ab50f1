"""Who stands in the way, and whose change of mind would open it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstop.authority.diagram import PASS, Diagram
from backstop.authority.doubt import Doubt, plain
from backstop.authority.passage import Chance, passage
from backstop.authority.tally import ABSTAIN, NO, YES, Ballot
from backstop.scenario.position import Position

#: An actor below this mean chance is taken as unwilling. It lies under one half so that an
#: actor of whom nothing is known does not count as a refusal by the luck of the draw.
WILLING = 0.45
#: Most sets listed, and most steps spent on looking for them.
MOST_SETS, MOST_STEPS = 24, 60_000


@dataclass(frozen=True, slots=True)
class Blocker:
    """An actor that can stop the decision alone and is unlikely to let it pass."""

    actor: str
    question: str
    probability: float
    """Mean probability that it does not stop the decision."""
    gain: float
    """Rise of the passage probability, at everyone's mean chances, if it agreed for certain."""
    position: Position | None = None
    """What it said last; None when no position is known."""
    doubt: Doubt | None = None
    """The route without that position, where it is attested with low confidence."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "actor": self.actor,
            "question": self.question,
            "probability": self.probability,
            "gain": self.gain,
            "position": plain(self.position),
            "without_position": None if self.doubt is None else self.doubt.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """The smallest changes that open a route, if everyone else votes as now expected."""

    sets: tuple[tuple[str, ...], ...]
    """Actors who would have to change to yes; no set contains another. Smallest first."""
    open: bool
    """Whether it passes already on the votes now expected."""
    capped: bool
    """Whether there may be more sets than are listed."""


def _mean(chances: Mapping[Ballot, Chance]) -> dict[Ballot, tuple[float, float]]:
    """Mean chance of a yes and of no objection; sorted first, so that worlds may come in any
    order."""
    return {
        ballot: (float(np.sort(chance.yes).mean()), float(np.sort(chance.accepts).mean()))
        for ballot, chance in chances.items()
    }


def blockers(
    graph: Diagram, *, chances: Mapping[Ballot, Chance], rho: float
) -> tuple[Blocker, ...]:
    """Actors whose vote alone stops the decision and who are unwilling, worst first.

    The gain is taken at the mean chances and one correlation ``rho``: a comparison of actors, not
    a second estimate of the probability.
    """
    means = _mean({ballot: chances[ballot] for ballot in graph.order})
    stopping: list[tuple[Ballot, float]] = []
    willing = dict.fromkeys(graph.order, YES)
    for ballot in graph.order:
        if graph.passes({**willing, ballot: NO}):
            continue
        lets = means[ballot][1 if graph.passes({**willing, ballot: ABSTAIN}) else 0]
        if lets < WILLING:
            stopping.append((ballot, lets))
    if not stopping:
        return ()
    variants = 1 + len(stopping)
    trial: dict[Ballot, Chance] = {}
    for ballot in graph.order:
        yes, accepts = means[ballot]
        trial[ballot] = Chance(np.full(variants, yes), np.full(variants, accepts - yes))
    for row, (ballot, _) in enumerate(stopping, start=1):
        trial[ballot].yes[row], trial[ballot].abstain[row] = 1.0, 0.0
    passing = passage(graph, chances=trial, rho=rho)
    found = [
        Blocker(ballot[0], ballot[1], lets, float(passing[row] - passing[0]))
        for row, (ballot, lets) in enumerate(stopping, start=1)
    ]
    return tuple(sorted(found, key=lambda b: (-b.gain, b.probability, b.actor, b.question)))


def expected_votes(chances: Mapping[Ballot, Chance]) -> dict[Ballot, int]:
    """How each is expected to vote: yes, or else abstain, where that is likely enough; or no."""
    votes: dict[Ballot, int] = {}
    for ballot, (yes, accepts) in _mean(chances).items():
        votes[ballot] = YES if yes >= WILLING else ABSTAIN if accepts >= WILLING else NO
    return votes


def opening(graph: Diagram, *, chances: Mapping[Ballot, Chance]) -> Opening:
    """The inclusion-minimal sets of actors whose change to yes opens the route."""
    votes = expected_votes({ballot: chances[ballot] for ballot in graph.order})
    if graph.root == PASS or graph.passes(votes):
        return Opening((), True, False)
    search = _Search(graph, votes)
    sets: list[tuple[Ballot, ...]] = []
    capped = False
    for size in range(search.fewest, len(graph.order) + 1):
        for found in search.of_size(size):
            if any(set(smaller) <= set(found) for smaller in sets):
                continue
            if len(sets) == MOST_SETS:
                capped = True
                break
            sets.append(found)
        capped = capped or search.spent
        if capped:
            break
    return Opening(tuple(_named(graph, found) for found in sets), False, capped)


def _named(graph: Diagram, found: tuple[Ballot, ...]) -> tuple[str, ...]:
    """Actors by name, with the question where an actor decides more than one."""
    actors = [actor for actor, _ in graph.order]
    return tuple(
        sorted(a if actors.count(a) == 1 else f"{a} on {question}" for a, question in found)
    )


class _Search:
    """Walks of the diagram in which some actors change to yes and all others vote as expected."""

    def __init__(self, graph: Diagram, votes: Mapping[Ballot, int]) -> None:
        self._graph, self._votes = graph, votes
        self._least = self._fewest_changes()
        self.fewest = self._least[0][graph.root]
        self._steps = 0

    @property
    def spent(self) -> bool:
        """Whether the search ran out of steps."""
        return self._steps > MOST_STEPS

    def _fewest_changes(self) -> list[dict[int, int]]:
        """For each layer and node the fewest changes from there to a pass."""
        never = len(self._graph.order) + 1
        least: list[dict[int, int]] = [{0: never, PASS: 0}]
        pairs = zip(reversed(self._graph.order), reversed(self._graph.layers), strict=True)
        for ballot, layer in pairs:
            below, vote = least[-1], self._votes[ballot]
            here = {0: never, PASS: 0}
            for index, row in enumerate(layer):
                stay, change = below[int(row[vote])], 1 + below[int(row[YES])]
                here[index + 2] = min(stay, change)
            least.append(here)
        return least[::-1]

    def of_size(self, size: int) -> Iterator[tuple[Ballot, ...]]:
        """Sets of exactly this size that pass and need their last member to do so."""
        yield from self._from(0, self._graph.root, size)

    def _from(self, level: int, node: int, left: int) -> Iterator[tuple[Ballot, ...]]:
        self._steps += 1
        if self.spent or self._least[level][node] > left:
            return
        if node == PASS:
            if left == 0:
                yield ()
            return
        ballot = self._graph.order[level]
        row = self._graph.layers[level][node - 2]
        stay, change = int(row[self._votes[ballot]]), int(row[YES])
        if change != stay and left:
            for rest in self._from(level + 1, change, left - 1):
                yield (ballot, *rest)
        yield from self._from(level + 1, stay, left)

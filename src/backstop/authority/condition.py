"""Conditions that hang on votes, and votes that hang on conditions.

"A only if B, B only if A" has more than one consistent answer. Since a condition that holds only
ever makes a yes more likely, there is a lowest and a highest (Tarski 1955); both are reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.authority.tally import Ballot

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Vote:
    """One actor's decision in every world, given what it waits for; arrays of shape (worlds,)."""

    met: FloatArray
    """Probability of a yes when every condition holds."""
    unmet: FloatArray
    """Probability of a yes when one fails; never above ``met``."""
    conditions: tuple[str, ...]
    uniform: FloatArray
    """The world's uniform number: a yes where it is at most the probability."""


@dataclass(frozen=True, slots=True)
class Premise:
    """What makes a condition hold: a fact, or an actor's vote, and conditions before it."""

    fact: BoolArray | None = None
    """Whether it holds, shape (worlds,), where no vote decides."""
    vote: Ballot | None = None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """The state of every condition and vote in every world: lowest and highest consistent one."""

    lowest: Mapping[str, BoolArray]
    highest: Mapping[str, BoolArray]
    votes_lowest: Mapping[Ballot, BoolArray]
    votes_highest: Mapping[Ballot, BoolArray]

    @property
    def ambiguous(self) -> float:
        """Share of worlds in which the two differ."""
        differing = [self.lowest[name] != self.highest[name] for name in self.lowest]
        return float(np.any(differing, axis=0).mean()) if differing else 0.0


def settle(premises: Mapping[str, Premise], *, votes: Mapping[Ballot, Vote]) -> Settlement:
    """Decide every condition and vote in every world."""
    for ballot, vote in votes.items():
        assert bool(np.all(vote.unmet <= vote.met)), f"{ballot}: a condition must not deter"
    lowest, votes_lowest = _fixed_point(premises, votes, start=False)
    highest, votes_highest = _fixed_point(premises, votes, start=True)
    return Settlement(lowest, highest, votes_lowest, votes_highest)


def _fixed_point(
    premises: Mapping[str, Premise], votes: Mapping[Ballot, Vote], *, start: bool
) -> tuple[dict[str, BoolArray], dict[Ballot, BoolArray]]:
    worlds = _worlds(premises, votes)
    state = {name: np.full(worlds, start) for name in premises}
    # Each round settles one more condition at least, and one more to see that nothing moves.
    for _ in range(len(premises) + 1):
        cast = {ballot: _cast(vote, state) for ballot, vote in votes.items()}
        following = {name: _holds(premise, state, cast) for name, premise in premises.items()}
        if all(np.array_equal(following[name], state[name]) for name in premises):
            break
        state = following
    return state, {ballot: _cast(vote, state) for ballot, vote in votes.items()}


def _worlds(premises: Mapping[str, Premise], votes: Mapping[Ballot, Vote]) -> int:
    facts = [premise.fact for premise in premises.values() if premise.fact is not None]
    return len(facts[0]) if facts else len(next(iter(votes.values())).uniform) if votes else 1


def _cast(vote: Vote, state: Mapping[str, BoolArray]) -> BoolArray:
    holds = np.ones(len(vote.uniform), dtype=np.bool_)
    for name in vote.conditions:
        holds &= state[name]
    return np.asarray(vote.uniform <= np.where(holds, vote.met, vote.unmet))


def _holds(
    premise: Premise, state: Mapping[str, BoolArray], cast: Mapping[Ballot, BoolArray]
) -> BoolArray:
    assert (premise.fact is None) != (premise.vote is None), "a fact or a vote, not both"
    own = premise.fact if premise.vote is None else cast[premise.vote]
    assert own is not None
    holds = own.copy()
    for name in premise.requires:
        holds &= state[name]
    return holds


def condition_cycles(conditions: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The circles among conditions.

    Parameters
    ----------
    conditions
        For each condition those that it waits for, directly or through the position of the actor
        that decides it.

    Returns
    -------
    For each knot of conditions that wait for each other one shortest circle, starting at its
    first name in the alphabet; empty when there is none. Names that are not keys are ignored.
    """
    graph = {
        name: sorted({other for other in waits if other in conditions})
        for name, waits in sorted(conditions.items())
    }
    circles: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for name in graph:
        circle = None if name in taken else _circle(graph, name)
        if circle is not None:
            circles.append(circle)
            taken |= _reachable(graph, name) & {
                other for other in graph if name in _reachable(graph, other)
            }
    return circles


def _circle(graph: Mapping[str, list[str]], start: str) -> tuple[str, ...] | None:
    """The shortest way from a name back to itself (breadth first)."""
    paths: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while paths:
        onward: list[tuple[str, ...]] = []
        for path in paths:
            for other in graph[path[-1]]:
                if other == start:
                    return path
                if other not in seen:
                    seen.add(other)
                    onward.append((*path, other))
        paths = onward
    return None


def _reachable(graph: Mapping[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        for other in graph[todo.pop()]:
            if other not in found:
                found.add(other)
                todo.append(other)
    return found

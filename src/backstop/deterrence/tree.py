"""A game in extensive form, as flat frozen records: the specification of what is solved.

A tree is a list of nodes in preorder; a node names the information set whose owner moves there,
and its children follow in the order of the set's actions. Nothing is nested, so that a tree of a
hundred thousand moves in a row is no deeper than any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

#: Number of chance among the players, as in Gambit; the players count from 1.
CHANCE = 0

#: In place of an index: a terminal node has no move, most interior nodes have no outcome.
NONE = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Payoffs that are earned where a play passes, usually at its end."""

    number: int
    """Its number in the file, from 1."""
    label: str
    payoffs: tuple[Fraction, ...]
    """One a player, in the order of `Tree.players`."""


@dataclass(frozen=True, slots=True)
class InformationSet:
    """Nodes that their owner cannot tell apart, and what it can do at them."""

    player: int
    """Number of the owner from 1; 0 is chance."""
    number: int
    """Its number in the file among its owner's sets, from 1."""
    label: str
    actions: tuple[str, ...]
    chances: tuple[Fraction, ...] = ()
    """Probability of each action of chance; empty for a player."""


@dataclass(frozen=True, slots=True)
class Node:
    """One position of the game."""

    move: int
    """Index of its information set in `Tree.sets`; -1 at the end of a play."""
    outcome: int = NONE
    """Index of its outcome in `Tree.outcomes`; -1 for none."""
    label: str = ""
    line: int = field(default=0, compare=False)
    """Line of the file it was read from; 0 when it was not read."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A game in extensive form."""

    title: str
    players: tuple[str, ...]
    sets: tuple[InformationSet, ...]
    """In the order in which a walk in preorder first meets them."""
    outcomes: tuple[Outcome, ...]
    """In the order in which a walk in preorder first meets them."""
    nodes: tuple[Node, ...]
    """In preorder."""
    comment: str = ""

    @property
    def player_names(self) -> tuple[str, ...]:
        """Labels of the players, each nonempty and none twice."""
        return distinct(self.players)

    @property
    def set_names(self) -> tuple[tuple[str, str], ...]:
        """Player and label of every information set; a set without a label goes by its number.

        Within one player no name occurs twice; the sets of chance belong to the player ``""``.
        """
        owners = ("", *self.player_names)
        own: dict[int, list[int]] = {}
        for index, found in enumerate(self.sets):
            own.setdefault(found.player, []).append(index)
        names: dict[int, str] = {}
        for indices in own.values():
            labels = [self.sets[i].label or str(self.sets[i].number) for i in indices]
            names |= dict(zip(indices, distinct(labels), strict=True))
        return tuple((owners[s.player], names[i]) for i, s in enumerate(self.sets))

    def action_names(self, index: int) -> tuple[str, ...]:
        """Labels of the actions of one information set, each nonempty and none twice."""
        return distinct(self.sets[index].actions)

    def parents(self) -> list[tuple[int, int]]:
        """Index of each node's parent and of the action that leads to it; the root's are -1."""
        found: list[tuple[int, int]] = []
        waiting: list[list[int]] = []
        for index, node in enumerate(self.nodes):
            if not waiting:
                found.append((NONE, NONE))
            else:
                parent, action = waiting[-1]
                found.append((parent, action))
                waiting[-1][1] += 1
                if waiting[-1][1] == len(self.sets[self.nodes[parent].move].actions):
                    waiting.pop()
            if node.move != NONE:
                waiting.append([index, 0])
        return found


def distinct(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels made nonempty and different by a suffix ``_1``, ``_2``, as Gambit (16.7) does."""
    counts = Counter(labels)
    used, visited = set(labels), Counter[str]()
    found = []
    for label in labels:
        name = label
        if counts[label] > 1 or not label:
            while name in used or not name:
                visited[label] += 1
                name = f"{label}_{visited[label]}"
            used.add(name)
        found.append(name)
    return tuple(found)

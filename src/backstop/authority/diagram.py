"""A decision rule as a layered decision diagram: one layer a ballot, one node a count that matters.

Two sets of votes that leave the same question open share a node. A consensus of 57 has one node
a layer, the Security Council at most ten, so passage probabilities, power indices and smallest
changes are all exact sums over a small graph (Bryant 1986).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isinf

import numpy as np
import numpy.typing as npt

from backstop.authority.tally import Ballot, Formula, Junction, Tally, ballots

IntArray = npt.NDArray[np.int64]

#: Node numbers of the two ends; a layer's own nodes count from 2.
FAIL, PASS = 0, 1


@dataclass(frozen=True, slots=True)
class Diagram:
    """The graph of a rule.

    ``layers[i]`` has shape (nodes, 3): for each node of layer ``i`` the node reached by a yes, an
    abstention and a no of ``order[i]``. 0 is failed, 1 is passed, ``n >= 2`` is node ``n - 2`` of
    layer ``i + 1``. The start is ``root``: 0, 1, or 2 for the single node of the first layer.
    """

    order: tuple[Ballot, ...]
    layers: tuple[IntArray, ...]
    root: int

    @property
    def nodes(self) -> int:
        """Number of inner nodes."""
        return sum(len(layer) for layer in self.layers)

    def passes(self, votes: Mapping[Ballot, int]) -> bool:
        """Whether the decision passes on given votes (0 yes, 1 abstention, 2 no)."""
        node = self.root
        for ballot, layer in zip(self.order, self.layers, strict=True):
            if node < 2:
                break
            node = int(layer[node - 2, votes[ballot]])
        return node == PASS

    def passes_in(self, votes: Mapping[Ballot, IntArray], *, worlds: int) -> npt.NDArray[np.bool_]:
        """The same in every world; votes are arrays of shape (worlds,)."""
        node = np.full(worlds, self.root)
        for ballot, layer in zip(self.order, self.layers, strict=True):
            open_ = node >= 2
            node[open_] = layer[node[open_] - 2, votes[ballot][open_]]
        return np.asarray(node == PASS)


State = tuple[float, ...]
"""Of each sum: what it still needs; ``-inf`` when it is met, ``inf`` when it is lost for good."""

MET, LOST = -inf, inf


def diagram(root: Formula) -> Diagram:
    """Build the graph of a formula.

    The ballots are ordered by weight and name, not by their place in a file, so that the same
    rule always gives the same graph.
    """
    tallies = _tallies(root)
    order = _ordered(tallies, ballots(root))
    adds = [[t.adds.get(ballot, (0, 0, 0)) for t in tallies] for ballot in order]
    settle = _Settling(root, adds, len(tallies))
    start = settle([tally.need for tally in tallies], 0)
    if isinstance(start, bool):
        return Diagram((), (), int(start))
    layers: list[IntArray] = []
    frontier: dict[State, int] = {start: 0}
    for level, gains in enumerate(adds):
        following: dict[State, int] = {}
        rows = np.empty((len(frontier), 3), dtype=np.int64)
        for state, row in frontier.items():
            for vote in range(3):
                sums = [need - gain[vote] for need, gain in zip(state, gains, strict=True)]
                reached = settle(sums, level + 1)
                if isinstance(reached, bool):
                    rows[row, vote] = int(reached)
                else:
                    rows[row, vote] = 2 + following.setdefault(reached, len(following))
        layers.append(rows)
        frontier = following
    assert not frontier, "every state is decided once all ballots are cast"
    return _merged(order, layers)


class _Settling:
    """Marks the sums that can no longer change, and gives the verdict once there is one."""

    def __init__(self, root: Formula, adds: list[list[tuple[int, int, int]]], count: int) -> None:
        self._shape = _Shape(root)
        self._lows, self._highs = _reach(adds, count)

    def __call__(self, sums: list[float], level: int) -> State | bool:
        for index, need in enumerate(sums):
            if need <= self._lows[level][index]:
                sums[index] = MET
            elif need > self._highs[level][index]:
                sums[index] = LOST
        return self._shape.verdict(tuple(sums))


def _tallies(root: Formula) -> list[Tally]:
    if isinstance(root, Tally):
        return [root]
    return [tally for part in root.parts for tally in _tallies(part)]


def _ordered(tallies: list[Tally], who: frozenset[Ballot]) -> tuple[Ballot, ...]:
    def weight(ballot: Ballot) -> int:
        return sum(
            max(adds) - min(adds)
            for adds in (tally.adds.get(ballot, (0, 0, 0)) for tally in tallies)
        )

    return tuple(sorted(who, key=lambda ballot: (ballot[1], -weight(ballot), ballot[0])))


def _reach(
    adds: list[list[tuple[int, int, int]]], count: int
) -> tuple[list[list[int]], list[list[int]]]:
    """For each layer the least and the most that the ballots still to come can add."""
    lows, highs = [[0] * count], [[0] * count]
    for gains in reversed(adds):
        lows.append([low + min(g) for low, g in zip(lows[-1], gains, strict=True)])
        highs.append([high + max(g) for high, g in zip(highs[-1], gains, strict=True)])
    return lows[::-1], highs[::-1]


class _Shape:
    """The junctions of a formula over the positions of its sums."""

    def __init__(self, root: Formula) -> None:
        self._count = 0
        self._tree = self._index(root)

    def _index(self, root: Formula) -> int | tuple[bool, list[object]]:
        if isinstance(root, Junction):
            return root.how == "all", [self._index(part) for part in root.parts]
        self._count += 1
        return self._count - 1

    def verdict(self, sums: State) -> State | bool:
        """True, False, or the state with every open sum blanked that no longer matters."""
        live: set[int] = set()
        truth = self._judge(self._tree, sums, live)
        if truth is not None:
            return truth
        return tuple(s if i in live or isinf(s) else MET for i, s in enumerate(sums))

    def _judge(self, tree: object, sums: State, live: set[int]) -> bool | None:
        if isinstance(tree, int):
            live.add(tree)
            return sums[tree] == MET if isinf(sums[tree]) else None
        assert isinstance(tree, tuple)
        every, parts = tree
        below: set[int] = set()
        truths = [self._judge(part, sums, below) for part in parts]
        if (not every) in truths:
            return not every
        if None in truths:
            live |= below
            return None
        return bool(every)


def _merged(order: tuple[Ballot, ...], layers: list[IntArray]) -> Diagram:
    """Merge nodes of a layer that lead to the same places, from the last layer up."""
    renumber = np.array([], dtype=np.int64)
    done: list[IntArray] = []
    for layer in reversed(layers):
        table = np.concatenate([np.array([FAIL, PASS], dtype=np.int64), renumber])
        rows, inverse = np.unique(table[layer], axis=0, return_inverse=True)
        same = (rows == rows[:, :1]).all(axis=1) & (rows[:, 0] < 2)
        number = np.where(same, rows[:, 0], 2 + np.cumsum(~same) - 1)
        done.append(rows[~same])
        renumber = number[inverse.reshape(-1)]
    done.reverse()
    root = int(renumber[0])
    return Diagram(order, tuple(done), root) if root >= 2 else Diagram((), (), root)

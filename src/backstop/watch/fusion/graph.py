"""Which records may be of one act, and how much speaks for it: a graph with weights.

An edge is a candidate pair of different streams that nobody has declared apart. A cluster is a set
of records each two of which are joined by an edge (a clique). That one condition says everything: a
cluster holds at most one record of a stream, its diameter is within the window in space and in
time, and nobody says "not the same" of two of its members. No chain of close pairs can join what is
far apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.reports import Floats, Integers, Reports


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Neighbours of each node in ascending order, both directions (compressed rows).

    A node is a record, or several that a person has declared the same.
    """

    nodes: int
    node: Integers
    """The node of each record, shape (records,)."""
    begin: Integers
    """Where each node's neighbours begin, shape (nodes + 1,)."""
    neighbour: Integers
    edge: Integers
    """Number of the edge to that neighbour, for its weight."""
    left: Integers
    """Lower node of each edge, shape (edges,)."""
    right: Integers
    carried: Integers
    """Edge that carries each pair, -1 for pairs that carry none, shape (pairs,)."""

    @property
    def edges(self) -> int:
        """How many."""
        return int(self.left.size)

    def weights(self, of_pairs: Floats) -> Floats:
        """Weight of each edge: the mean over its pairs, as they are one link between two acts."""
        carries = self.carried >= 0
        total = np.bincount(self.carried[carries], of_pairs[carries], self.edges)
        count = np.bincount(self.carried[carries], minlength=self.edges)
        return np.asarray(total / np.maximum(count, 1), np.float64)

    def first(self, of_pairs: Integers) -> Integers:
        """What the first pair of each edge has, of something that its pairs share."""
        out = np.zeros(self.edges, np.int64)
        carries = np.flatnonzero(self.carried >= 0)[::-1]
        out[self.carried[carries]] = of_pairs[carries]
        return out


def build_graph(
    found: Reports,
    pairs: Pairs,
    *,
    same: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> Graph:
    """The graph of the pairs of different streams, after what persons have said.

    Parameters
    ----------
    same, apart : iterables of pairs of records, by number
        Of one act, and not of one act.

    Raises
    ------
    InputError
        When records declared the same are of one stream, or are also declared apart.
    """
    apart = list(apart)
    node, groups = joined_records(len(found), same)
    _check(found, node, groups, apart)
    nodes = len(groups)
    across = found.stream[pairs.left] != found.stream[pairs.right]
    one, other = node[pairs.left], node[pairs.right]
    code = np.minimum(one, other) * nodes + np.maximum(one, other)
    # Each two members of two groups must be joined, or the groups are not.
    size = np.array([len(group) for group in groups], np.int64)
    usable = across & (one != other)
    codes, counts = np.unique(code[usable], return_counts=True)
    barred = {_code(int(node[a]), int(node[b]), nodes) for a, b in apart}
    full = counts == size[codes // max(nodes, 1)] * size[codes % max(nodes, 1)]
    codes = codes[full & ~np.isin(codes, np.fromiter(barred, np.int64, len(barred)))]
    place = np.searchsorted(codes, code)
    inside = place < codes.size
    held = usable & inside & (codes[np.where(inside, place, 0)] == code if codes.size else False)
    left, right = codes // max(nodes, 1), codes % max(nodes, 1)
    return Graph(nodes, node, *rows_of(nodes, left, right), left, right, np.where(held, place, -1))


def _code(a: int, b: int, nodes: int) -> int:
    return min(a, b) * nodes + max(a, b)


def rows_of(nodes: int, left: Integers, right: Integers) -> tuple[Integers, Integers, Integers]:
    """Where each node's neighbours begin, the neighbours, and the numbers of their edges."""
    number = np.arange(left.size)
    one = np.concatenate([left, right])
    other = np.concatenate([right, left])
    order = np.lexsort((other, one))
    begin = np.searchsorted(one[order], np.arange(nodes + 1)).astype(np.int64)
    return begin, other[order], np.concatenate([number, number])[order]


def joined_records(
    records: int, same: Iterable[tuple[int, int]]
) -> tuple[Integers, list[list[int]]]:
    """Records joined by what persons declared, and the members of each node."""
    root = list(range(records))

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for a, b in same:
        a, b = sorted((find(a), find(b)))
        root[b] = a
    groups: dict[int, list[int]] = {}
    for one in range(records):
        groups.setdefault(find(one), []).append(one)
    node = np.empty(records, np.int64)
    for number, members in enumerate(groups.values()):
        node[members] = number
    return node, list(groups.values())


def _check(
    found: Reports, node: Integers, groups: list[list[int]], apart: list[tuple[int, int]]
) -> None:
    problems = []
    for members in groups:
        streams = {int(found.stream[one]) for one in members}
        if len(streams) < len(members):
            names = ", ".join(found.key[one] for one in members[:5])
            reason = f"{names} are declared one act, but two of them are of one stream; withdraw"
            problems.append(Problem("fuse", 0, 0, "same", f"{reason} one of the records"))
    for a, b in apart:
        if node[a] == node[b]:
            reason = f"{found.key[a]} and {found.key[b]} are declared both one act and two"
            problems.append(Problem("fuse", 0, 0, "apart", reason))
    if problems:
        raise InputError(problems)


def active_nodes(graph: Graph, weight: Floats, *, least: float) -> NDArray[np.bool_]:
    """Nodes with an edge whose weight is above ``least``: the others can join nothing."""
    out = np.zeros(graph.nodes, np.bool_)
    strong = weight > least
    out[graph.left[strong]] = True
    out[graph.right[strong]] = True
    return out

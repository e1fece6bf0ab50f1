"""The best clustering, and others drawn by their probability, so that a count is an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream
from backstop.watch.fusion.graph import Graph, active_nodes, rows_of
from backstop.watch.fusion.reports import Floats, Integers
from backstop.watch.fusion.rivals import rivals_of
from backstop.watch.statistics.random import generator

#: A node none of whose edges has a weight above this joins nothing in any sample that matters:
#: odds of 1 to 3,000.
IDLE = -8.0
#: Sweeps while the first shifts are sought, while each fit's own are, and between samples.
FIRST, SEARCH, SWEEPS = 80, 32, 4
#: How far a shift moves for a missing join, as a share: joins rise by about a quarter of that.
_GAIN = 4.0
#: Weights are never shifted by more; what needs more is no longer the pairs' own evidence.
UTMOST_SHIFT = 8.0
#: Visits of edges that sampling may cost in all, which bounds its time; no fewer sweeps and
#: samples of each chain than these, as many records even out what one sweep leaves.
_BUDGET = 400_000_000
_LEAST_SEARCH, _LEAST = 10, 2


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """What is added to the weights of each stratum."""

    stratum: Integers
    """Of each edge."""
    couple: Integers
    """Number of the two streams of each edge."""
    shift: Floats
    """By stratum."""

    @property
    def of_edges(self) -> Floats:
        """By edge."""
        return np.asarray(self.shift[self.stratum])


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Clusterings by their probability."""

    labels: NDArray[np.int32]
    """Cluster of each active node in each sample, shape (samples, active); a number means the same
    cluster within a sample only."""
    active: Integers
    """Nodes that any sample may join to another."""
    clusters: Integers
    """Number of clusters of all nodes in each sample, shape (samples,)."""


def best_labels(graph: Graph, weight: Floats) -> Integers:
    """The cluster of each node in the best clustering found, shape (nodes,).

    The heaviest edges first, ties by the records' keys; then single nodes move while the score
    rises. Exact maximisation is NP-hard (correlation clustering), so this is a local optimum.
    """
    from backstop.watch.fusion.partition_kernel import agglomerate, settle

    entry = weight[graph.edge]
    positive = np.flatnonzero(weight > 0)
    order = positive[np.lexsort((graph.right[positive], graph.left[positive], -weight[positive]))]
    label = agglomerate(graph.begin, graph.neighbour, entry, graph.left, graph.right, order)
    active = np.flatnonzero(active_nodes(graph, weight, least=IDLE))
    settle(graph.begin, graph.neighbour, entry, active, label, 50)
    return label


def draw_partitions(
    graph: Graph,
    weights: Sequence[Floats],
    *,
    seed: int,
    samples: int,
    start: Integers,
    shifts: Shifts | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Samples:
    """Clusterings with probability proportional to exp(score), from a chain for each fit.

    Parameters
    ----------
    weights : sequence of arrays, shape (edges,)
        One or several fits of the model; the samples are shared among them, so that the spread of
        the fit is in the spread of the samples.
    samples : int
        At most so many; fewer where the graph is so large that time would run away.
    start : array, shape (nodes,)
        The best clustering, from which every chain starts.
    shifts : Shifts
        Where given, each chain shifts its weights by stratum as in ``match_joins``, from these on.
    progress : callable, optional
        Told how many chains of how many are done.
    """
    alive = np.zeros(graph.nodes, np.bool_)
    for weight in weights:
        alive |= active_nodes(graph, weight, least=IDLE)
    active = np.flatnonzero(alive)
    samples = samples if weights else 0
    rounds = _BUDGET // max(1, 2 * graph.edges * max(1, len(weights)))
    search = max(_LEAST_SEARCH, min(SEARCH, rounds // 2))
    each = -(-samples // max(1, len(weights)))
    each = max(min(each, (rounds - search) // SWEEPS), min(samples, _LEAST))
    rows, counts, part = [], [], _part(graph, active)
    first = np.unique(start[part.nodes], return_inverse=True)[1].astype(np.int64)
    for number, weight in enumerate(weights):
        chain = _Chain(part, generator(Stream(seed, f"watch.fusion.chain.{number}")))
        label = first.copy()
        if shifts is None:
            shifted = weight
            chain.sweep(label, weight, search)
        else:
            shifted = weight + chain.search(label, weight, shifts, search).of_edges
        for _ in range(each):
            chain.sweep(label, shifted, SWEEPS)
            rows.append(label[part.back].astype(np.int32))
            counts.append(graph.nodes - active.size + np.unique(label).size)
        if progress is not None:
            progress(number + 1, len(weights))
    labels = np.array(rows, np.int32).reshape(len(rows), active.size)
    return Samples(labels, active, np.array(counts, np.int64))


def match_joins(
    graph: Graph, weight: Floats, stratum: Integers, couple: Integers, *, seed: int
) -> Shifts:
    """What to add to the weights so that as many edges of each stratum are expected inside
    clusters as the chances of the pairs add up to.

    The pairs of one act of three reports and more stand and fall together, and their weights are
    not evidence independent of each other; the chances come from two streams at a time.
    """
    active = np.flatnonzero(active_nodes(graph, weight, least=IDLE))
    part = _part(graph, active)
    chain = _Chain(part, generator(Stream(seed, "watch.fusion.shift")))
    none = Shifts(stratum, couple, np.zeros(int(stratum.max(initial=-1)) + 1))
    sweeps = max(2 * _LEAST_SEARCH, min(FIRST, _BUDGET // max(1, 20 * graph.edges)))
    best = best_labels(graph, weight)[part.nodes]
    label = np.unique(best, return_inverse=True)[1].astype(np.int64)
    return chain.search(label, weight, none, sweeps)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The active nodes with the edges among them, numbered so that neighbours lie near in memory.

    The numbers are those of E. Cuthill and J. McKee, "Reducing the bandwidth of sparse symmetric
    matrices", Proceedings of the 24th National Conference of the ACM (1969), 157-172.
    """

    nodes: Integers
    """Which node of the graph each one is."""
    back: Integers
    """The place here of each active node, in the order of the graph."""
    begin: Integers
    neighbour: Integers
    edge: Integers
    left: Integers
    right: Integers
    kept: Integers
    """Which edge of the graph each edge is."""


def _part(graph: Graph, active: Integers) -> _Part:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    size, place = active.size, np.full(graph.nodes, -1)
    place[active] = np.arange(size)
    kept = np.flatnonzero((place[graph.left] >= 0) & (place[graph.right] >= 0))
    left, right = place[graph.left[kept]], place[graph.right[kept]]
    order = np.arange(size)
    if kept.size:
        ends = np.concatenate([left, right]), np.concatenate([right, left])
        links = coo_array((np.ones(2 * kept.size, np.int8), ends), shape=(size, size)).tocsr()
        order = reverse_cuthill_mckee(links, symmetric_mode=True).astype(np.int64)
    back = np.empty(size, np.int64)
    back[order] = np.arange(size)
    left, right = back[left], back[right]
    begin, neighbour, number = rows_of(size, left, right)
    return _Part(active[order], back, begin, neighbour, kept[number], left, right, kept)


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """A Markov chain over clusterings."""

    part: _Part
    numbers: np.random.Generator

    def sweep(self, label: Integers, weight: Floats, sweeps: int) -> None:
        """Change ``label`` in place."""
        from backstop.watch.fusion.partition_kernel import sample

        part, size = self.part, self.part.nodes.size
        if size:
            uniform = self.numbers.random((sweeps, 3, size))
            entry = weight[part.edge]
            sample(part.begin, part.neighbour, entry, np.arange(size), label, uniform)

    def search(self, label: Integers, weight: Floats, start: Shifts, sweeps: int) -> Shifts:
        """Shifts of the weights, by stochastic approximation while the chain runs.

        After each sweep the shift of a stratum moves by a multiple of ln(wanted / joined), by less
        and less; its mean over the second half counts (H. Robbins and S. Monro, "A stochastic
        approximation method", Annals of Mathematical Statistics 22 (1951), 400-407).
        """
        stratum, shift, kept_edges = start.stratum, start.shift.copy(), self.part.kept
        rivals = rivals_of(self.part.left, self.part.right, start.couple[kept_edges])
        chance, _ = rivals.chances(weight[kept_edges])
        wanted = np.bincount(stratum[kept_edges], chance, shift.size)
        kept, half = np.zeros(shift.size), sweeps // 2
        for step in range(sweeps):
            self.sweep(label, weight + shift[stratum], 1)
            inside = self.part.kept[label[self.part.left] == label[self.part.right]]
            joined = np.bincount(stratum[inside], minlength=shift.size)
            # Few pairs say little: some on each side keep them from swinging.
            gain = _GAIN / (1 + step / 8) ** 0.7
            shift += gain * np.log((wanted + 5) / (joined + 5))
            shift = np.clip(shift, -UTMOST_SHIFT, UTMOST_SHIFT)
            if step >= half:
                kept += shift
        return Shifts(stratum, start.couple, kept / (sweeps - half))

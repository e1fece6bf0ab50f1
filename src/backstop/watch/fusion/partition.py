"""The best clustering, and others drawn by their probability, so that a count is an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream
from backstop.watch.fusion.graph import Graph, active_nodes
from backstop.watch.fusion.reports import Floats, Integers
from backstop.watch.statistics.random import generator

#: A node none of whose edges has a weight above this joins nothing in any sample that matters:
#: odds of 1 to 3,000.
IDLE = -8.0
#: Sweeps of the Markov chain from the best clustering to each sample.
SWEEPS = 12
#: Difference, as a share, between expected joins and the pairs' own sum that is let stand.
CLOSE = 0.01
#: Weights are never shifted by more; what needs more is no longer the pairs' own evidence.
UTMOST_SHIFT = 8.0
#: Nodes, over all chains, that the search for the shift averages over.
_ENOUGH = 20_000
#: Random numbers that sampling may use in all, which bounds its time.
_BUDGET = 30_000_000


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
    graph: Graph, weights: Sequence[Floats], *, seed: int, samples: int, start: Integers
) -> Samples:
    """Clusterings with probability proportional to exp(score), each from a chain of its own.

    Parameters
    ----------
    weights : sequence of arrays, shape (edges,)
        One or several fits of the model; the samples take them in turn, so that the spread of the
        fit is in the spread of the samples.
    samples : int
        At most so many; fewer where the graph is so large that time would run away.
    start : array, shape (nodes,)
        The best clustering, from which every chain starts.
    """
    from backstop.watch.fusion.partition_kernel import sample

    alive = np.zeros(graph.nodes, np.bool_)
    for weight in weights:
        alive |= active_nodes(graph, weight, least=IDLE)
    active = np.flatnonzero(alive)
    count = max(min(samples, _BUDGET // max(1, 3 * SWEEPS * active.size)), min(samples, 20))
    labels = np.zeros((count, active.size), np.int32)
    clusters = np.full(count, graph.nodes - active.size, np.int64)
    for one in range(count):
        label = start.copy()
        if active.size:
            numbers = generator(Stream(seed, f"watch.fusion.partition.{one}"))
            weight = weights[one % len(weights)]
            sample(
                graph.begin, graph.neighbour, weight[graph.edge], active, label,
                numbers.random((SWEEPS, 3, active.size)),
            )  # fmt: skip
        labels[one] = label[active]
        clusters[one] += np.unique(labels[one]).size
    return Samples(labels, active, clusters)


def match_joins(graph: Graph, weight: Floats, *, seed: int, chains: int = 8) -> float:
    """The number to add to all weights so that as many edges are expected inside clusters as the
    pairs' probabilities add up to.

    Pairs compete: a record belongs to one cluster only. Taking the pairs' odds as they are would
    thin the matches out where records are dense, and the count of incidents would come out too
    high. The sum of the probabilities does not suffer from that, as EM takes each pair by itself.
    Nothing is added while the two agree within ``CLOSE``.
    """
    wanted = float((1 / (1 + np.exp(-weight))).sum())
    if wanted < 0.5:
        return 0.0
    active = np.flatnonzero(active_nodes(graph, weight, least=IDLE - UTMOST_SHIFT / 2))
    # Where there are many nodes, one chain averages over enough of them.
    runs = max(1, min(chains, _ENOUGH // max(1, active.size)))
    # The same numbers for every shift, so that the bisection sees a steady function.
    numbers = generator(Stream(seed, "watch.fusion.shift"))
    uniform = numbers.random((runs, SWEEPS, 3, active.size))

    def excess(shift: float) -> float:
        joins = _joins(graph, weight + shift, active, uniform)
        return (joins - wanted) / max(wanted, 1.0)

    if not graph.edges or abs(first := excess(0.0)) <= CLOSE:
        return 0.0
    low, high = (0.0, UTMOST_SHIFT) if first < 0 else (-UTMOST_SHIFT, 0.0)
    for _ in range(9):
        middle = (low + high) / 2
        over = excess(middle)
        if abs(over) <= CLOSE / 4:
            return middle
        low, high = (middle, high) if over < 0 else (low, middle)
    return (low + high) / 2


def _joins(graph: Graph, weight: Floats, active: Integers, uniform: Floats) -> float:
    """Mean number of edges inside clusters, over a chain a row of ``uniform``."""
    from backstop.watch.fusion.partition_kernel import joined_pairs, sample

    entry, start, total = weight[graph.edge], best_labels(graph, weight), 0
    for row in uniform:
        label = start.copy()
        if active.size:
            sample(
                graph.begin, graph.neighbour, entry, active, label,
                row,
            )  # fmt: skip
        total += joined_pairs(graph.left, graph.right, label)
    return total / len(uniform)

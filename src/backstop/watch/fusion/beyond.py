"""Reports of one act that lie further apart than the window, and so are never compared."""

from __future__ import annotations

import numpy as np

from backstop.futures.streams import Stream
from backstop.watch.fusion.evidence import RADIUS_SD
from backstop.watch.fusion.graph import Graph
from backstop.watch.fusion.partition import Samples
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window
from backstop.watch.statistics.random import generator

#: No pair stands for more lost ones than itself; beyond that the radii say nothing useful.
_UTMOST = 0.5


def joins_beyond(
    found: Reports, graph: Graph, drawn: Samples, *, window: Window, seed: int
) -> Integers:
    """Pairs of one act, of two reports each, lost beyond the window, shape (samples,).

    By the records' own 68 % radii, two reports of one act lie further apart than W with
    p = exp(-W² / 2 (σ₁² + σ₂²)). So each pair that is found stands for p / (1 - p) that are not
    (D. G. Horvitz and D. J. Thompson, "A generalization of sampling without replacement from a
    finite universe", Journal of the American Statistical Association 47 (1952), 663-685); their
    number is drawn from the Poisson distribution. Acts of three reports and more need no such
    addition: their remaining pairs are counted as if all were joined.
    """
    lost = np.zeros(len(drawn.labels), np.int64)
    place = np.full(graph.nodes, -1)
    place[drawn.active] = np.arange(drawn.active.size)
    left, right = place[graph.left], place[graph.right]
    both = (left >= 0) & (right >= 0)
    left, right, odds = left[both], right[both], _odds(found, graph, window)[both]
    numbers = generator(Stream(seed, "watch.fusion.beyond"))
    for one, row in enumerate(drawn.labels):
        size = np.bincount(row, minlength=graph.nodes)
        pair = (row[left] == row[right]) & (size[row[left]] == 2)
        lost[one] = numbers.poisson(float(odds[pair].sum()))
    return lost


def _odds(found: Reports, graph: Graph, window: Window) -> Floats:
    """p / (1 - p) of each edge; a node is as precise as its most precise record."""
    radius = np.full(graph.nodes, np.inf)
    np.minimum.at(radius, graph.node, found.radius_m)
    variance = (radius[graph.left] ** 2 + radius[graph.right] ** 2) / RADIUS_SD**2
    chance = np.minimum(np.exp(-(window.metres**2) / (2 * variance)), _UTMOST)
    return np.asarray(chance / (1 - chance))

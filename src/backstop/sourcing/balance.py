"""What pools can fill at best, in every world at once: the steady state as a flow.

A pool of ``units`` keeps ``units / (1 + dwell)`` deployed for ever, in whatever lines it may
serve. How much of the lines that gets filled is a maximum flow; with few lines of a capability the
minimum cut (Ford & Fulkerson 1956) is found by trying every set of lines::

    flow(lines) = min over subsets S of  demand(lines not in S) + supply of pools that reach S

The subsets are tried for all worlds together. Framework nations, incompatible pairs, national
caps, lift and couplings are left out, and units may be split: an upper bound on the plan.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Lines of one capability beyond which 2^lines subsets are too many to try.
MOST_LINES = 12


def fill(supply: Floats, *, reaches: Bools, demand: Floats) -> Floats:
    """Fill lines in their order, each as far as it can be without taking from those before it.

    Parameters
    ----------
    supply : array, shape (worlds, pools)
        Units that each pool keeps deployed; 0 where it does not come.
    reaches : array of bool, shape (pools, lines)
        Whether a pool may serve a line.
    demand : array, shape (worlds, lines)
        Units that each line asks for, the most important line first.

    Returns
    -------
    array, shape (worlds, lines)
        Units filled. Their sum is the maximum flow; the first lines get the most that any plan
        gives them, the next the most that is left, and so on (the flow is a polymatroid, so
        serving in order loses nothing: Edmonds 1970).
    """
    worlds, lines = demand.shape
    assert lines <= MOST_LINES, f"{lines} lines of one capability are more than {MOST_LINES}"
    assert supply.shape[0] == worlds
    assert reaches.shape == (supply.shape[1], lines)
    reached = _supply_by_subset(supply, reaches)
    filled = np.zeros_like(demand)
    before = np.zeros(worlds)
    for count in range(1, lines + 1):
        flow = _flow(reached, demand, count)
        filled[:, count - 1] = flow - before
        before = flow
    return np.maximum(filled, 0.0)


def _supply_by_subset(supply: Floats, reaches: Bools) -> Floats:
    """Supply of the pools that reach any line of a subset, shape (subsets, worlds)."""
    lines = reaches.shape[1]
    # Pools that reach the same lines are one pool: there are few kinds, however many nations.
    kinds = (
        np.packbits(reaches, axis=1, bitorder="little") if lines else np.zeros((len(reaches), 1))
    )
    _, first, kind = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    grouped = np.zeros((len(first), len(supply)))
    np.add.at(grouped, kind.reshape(-1), supply.T)
    subsets = np.arange(1 << lines)[:, None] >> np.arange(lines) & 1
    touches = (subsets @ reaches[first].T.astype(np.int64)) > 0
    return np.asarray(touches.astype(np.float64) @ grouped)


def _flow(reached: Floats, demand: Floats, count: int) -> Floats:
    """Maximum flow into the first ``count`` lines, shape (worlds,)."""
    best = np.full(len(demand), np.inf)
    total = demand[:, :count].sum(axis=1)
    for subset in range(1 << count):
        inside = [line for line in range(count) if subset >> line & 1]
        kept: Floats = total - _sum(demand, inside)
        best = np.minimum(best, kept + reached[subset])
    return best


def _sum(demand: Floats, lines: Sequence[int]) -> Floats:
    return np.asarray(demand[:, lines].sum(axis=1))

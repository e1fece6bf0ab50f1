"""Clusterings, best and sampled, compiled. Importing this loads Numba: do it in a function.

A cluster of k nodes, a clique, scores the sum of its edges' weights times (2 / k)^g. With g = 1
that is k - 1 times their mean: k records of one act would hang together by k - 1 links and tell no
more. With g = 0 every pair would be evidence by itself. g lies between. A clustering scores the
sum, and exp(score) is its probability up to a constant.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: g: with it, as many joined pairs as there are in truth make as many joins as in truth, within
#: 0.4 % in the made worlds on which the model was chosen (1.2 % too many with 1).
SHARED = 0.75
#: An edge below this joins two nodes in less than one clustering of fifty.
_UNLIKELY = -4.0


@njit(cache=True)
def _edge(begin: Integers, neighbour: Integers, a: int, b: int) -> int:
    """Place of b among a's neighbours, or -1."""
    low, high = begin[a], begin[a + 1]
    while low < high:
        middle = (low + high) // 2
        if neighbour[middle] < b:
            low = middle + 1
        else:
            high = middle
    return low if low < begin[a + 1] and neighbour[low] == b else -1


@njit(cache=True)
def score(inside: float, size: int) -> float:
    """Score of a cluster from the sum of its edges' weights."""
    return float(inside * (2 / size) ** SHARED)


@njit(cache=True)
def agglomerate(
    begin: Integers, neighbour: Integers, weight: Floats, left: Integers, right: Integers,
    order: Integers,
) -> Integers:  # fmt: skip
    """Join clusters along the edges in the given order, where the union is a clique that gains.

    ``weight`` is that of each entry of ``neighbour``.
    """
    n = begin.size - 1
    label = np.arange(n)
    following = np.full(n, -1)
    last = np.arange(n)
    size, inside = np.ones(n, np.int64), np.zeros(n)
    for k in range(order.size):
        a, b = label[left[order[k]]], label[right[order[k]]]
        if a == b:
            continue
        joint, clique = inside[a] + inside[b], True
        one = a
        while one >= 0 and clique:
            other = b
            while other >= 0:
                at = _edge(begin, neighbour, one, other)
                if at < 0:
                    clique = False
                    break
                joint += weight[at]
                other = following[other]
            one = following[one]
        if not clique:
            continue
        alone = score(inside[a], size[a]) + score(inside[b], size[b])
        if score(joint, size[a] + size[b]) <= alone:
            continue
        if b < a:
            a, b = b, a
        inside[a] = joint
        size[a] += size[b]
        following[last[a]] = b
        last[a] = last[b]
        one = b
        while one >= 0:
            label[one] = a
            one = following[one]
    return label


@njit(cache=True)
def _choices(
    v: int, begin: Integers, neighbour: Integers, weight: Floats, label: Integers,
    size: Integers, inside: Floats, total: Floats, count: Integers, touched: Integers,
    gain: Floats,
) -> int:  # fmt: skip
    """Take v out of its cluster; list the clusters it may join and what each would gain.

    ``total`` holds the sum of v's edges into each. Home is among them while it has other members.
    """
    met, home = 0, label[v]
    for at in range(begin[v], begin[v + 1]):
        c = label[neighbour[at]]
        if count[c] == 0:
            touched[met] = c
            met += 1
            total[c] = 0.0
        count[c] += 1
        total[c] += weight[at]
    size[home] -= 1
    inside[home] = inside[home] - total[home] if size[home] > 0 else 0.0
    kept = 0
    for k in range(met):
        c = touched[k]
        whole = count[c] == size[c]
        count[c] = 0
        if whole:
            touched[kept] = c
            gain[kept] = score(inside[c] + total[c], size[c] + 1) - score(inside[c], size[c])
            kept += 1
    return kept


@njit(cache=True)
def _tables(
    begin: Integers, neighbour: Integers, weight: Floats, label: Integers
) -> tuple[Integers, Floats, Integers, int]:
    """Size and inner weight of each cluster, and the numbers that no cluster has."""
    n = begin.size - 1
    size, inside = np.bincount(label, minlength=n), np.zeros(n)
    for v in range(n):
        for at in range(begin[v], begin[v + 1]):
            if label[neighbour[at]] == label[v]:
                inside[label[v]] += weight[at] / 2
    empty, spare = np.zeros(n + 1, np.int64), 0
    for c in range(n):
        if size[c] == 0:
            empty[spare] = c
            spare += 1
    return size, inside, empty, spare


@njit(cache=True)
def settle(
    begin: Integers, neighbour: Integers, weight: Floats, active: Integers, label: Integers,
    sweeps: int,
) -> None:  # fmt: skip
    """Move single nodes to where the score gains most, until nothing moves."""
    n = begin.size - 1
    size, inside, empty, spare = _tables(begin, neighbour, weight, label)
    total, count, touched = np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64)
    gain = np.zeros(n)
    for _ in range(sweeps):
        moved = False
        for k in range(active.size):
            v = active[k]
            home = label[v]
            kept = _choices(
                v, begin, neighbour, weight, label, size, inside, total, count, touched, gain
            )
            best, most, stay = -1, 0.0, 0.0
            for t in range(kept):
                if touched[t] == home:
                    stay = gain[t]
                if gain[t] > most:
                    best, most = touched[t], gain[t]
            if most <= stay + 1e-9:
                best = home
            else:
                moved = True
                if size[home] == 0:
                    empty[spare] = home
                    spare += 1
                if best < 0:
                    spare -= 1
                    best = empty[spare]
                label[v] = best
            if size[best] > 0:
                inside[best] += total[best]
            size[best] += 1
        if not moved:
            break


@njit(cache=True)
def sample(
    begin: Integers, neighbour: Integers, weight: Floats, active: Integers, label: Integers,
    uniform: Floats,
) -> None:  # fmt: skip
    """Sweeps of a Markov chain whose clusterings have probability proportional to exp(score).

    Each active node in turn joins a cluster, or none, by its probability (Gibbs); then as many
    exchanges of two nodes that exclude each other are tried (Metropolis). ``uniform`` has shape
    (sweeps, 3, active nodes). ``label`` is changed in place. A node without a likely edge comes up
    in every fourth sweep only; which one does not depend on the clustering.
    """
    n = begin.size - 1
    size, inside, empty, spare = _tables(begin, neighbour, weight, label)
    total, count, touched = np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64)
    gain = np.zeros(n)
    owner, eager = np.empty(neighbour.size, np.int64), np.zeros(n, np.bool_)
    for v in range(n):
        for at in range(begin[v], begin[v + 1]):
            owner[at] = v
            if weight[at] > _UNLIKELY:
                eager[v] = True
    turn = int(uniform[0, 0, 0] * 4) if uniform.size else 0
    for sweep in range(uniform.shape[0]):
        for k in range(active.size):
            v = active[k]
            if not eager[v] and (k + sweep + turn) % 4:
                continue
            home = label[v]
            kept = _choices(
                v, begin, neighbour, weight, label, size, inside, total, count, touched, gain
            )
            if size[home] == 0:
                empty[spare] = home
                spare += 1
            chosen = _draw(gain, touched, kept, uniform[sweep, 0, k])
            if chosen < 0:
                spare -= 1
                chosen = empty[spare]
            else:
                inside[chosen] += total[chosen]
            label[v] = chosen
            size[chosen] += 1
        for k in range(active.size):
            entry = min(int(uniform[sweep, 1, k] * neighbour.size), neighbour.size - 1)
            v = owner[entry]
            _exchange(begin, neighbour, weight, label, size, inside, v, entry, uniform[sweep, 2, k])


@njit(cache=True)
def _draw(gain: Floats, touched: Integers, kept: int, uniform: float) -> int:
    """A cluster by its weight exp(gain), or -1 for none, whose weight is 1."""
    peak = 0.0
    for t in range(kept):
        peak = max(peak, gain[t])
    mass = math.exp(-peak)
    for t in range(kept):
        mass += math.exp(gain[t] - peak)
    point = uniform * mass - math.exp(-peak)
    chosen = -1
    for t in range(kept):
        if point < 0:
            break
        chosen = touched[t]
        point -= math.exp(gain[t] - peak)
    return chosen


@njit(cache=True)
def _exchange(
    begin: Integers, neighbour: Integers, weight: Floats, label: Integers, size: Integers,
    inside: Floats, v: int, entry: int, uniform: float,
) -> None:  # fmt: skip
    """Try to put v, which ``entry`` joins to w, in the place of the one node it excludes there.

    Every (v, w) is as likely, so the exchange and its way back are proposed equally often.
    """
    w = neighbour[entry]
    home, there = label[v], label[w]
    if home == there or size[there] == 1:
        return
    out, joins = -1, weight[entry]
    for at in range(begin[w], begin[w + 1]):
        member = neighbour[at]
        if label[member] != there:
            continue
        link = _edge(begin, neighbour, v, member)
        if link >= 0:
            joins += weight[link]
        elif out >= 0:
            return
        else:
            out = member
    if out < 0:
        return
    leaves, enters, quits = 0.0, 0.0, 0.0
    for at in range(begin[out], begin[out + 1]):
        if label[neighbour[at]] == there:
            leaves += weight[at]
    for at in range(begin[v], begin[v + 1]):
        member = neighbour[at]
        if label[member] == home:
            link = _edge(begin, neighbour, out, member)
            if link < 0:
                return
            enters += weight[link]
            quits += weight[at]
    gain = score(joins - leaves, size[there]) + score(enters - quits, size[home])
    if gain >= 0 or uniform < math.exp(gain):
        label[v], label[out] = there, home
        inside[there] += joins - leaves
        inside[home] += enters - quits


@njit(cache=True)
def joined_pairs(left: Integers, right: Integers, label: Integers) -> int:
    """How many edges lie inside a cluster."""
    found = 0
    for k in range(left.size):
        found += label[left[k]] == label[right[k]]
    return found

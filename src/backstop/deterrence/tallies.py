"""Exact distributions of two sums over members' yes and no, given and over a common factor.

Compiled; imported only where the numbers are needed. Nodes of the common factor lie side by side
in lanes, so that one instruction serves several of them. A lane's arithmetic is the same whatever
stands in the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from backstop.deterrence.factor import nodes as nodes_of
from backstop.deterrence.members import Question

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: The normal distribution function is tabulated this often a unit, to this many units either side.
PER_UNIT = 64
REACH = 8.5
#: Nodes of the factor lie side by side in a multiple of this many lanes.
LANES = 16


def normal_table() -> FloatArray:
    """Φ and its slope times the step at both ends of every piece, shape (pieces, 4)."""
    from scipy.special import ndtr

    x = np.linspace(-REACH, REACH, int(2 * REACH * PER_UNIT) + 1)
    slope = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) / PER_UNIT
    ends = np.stack((ndtr(x), slope), axis=1)
    return np.concatenate((ends[:-1], ends[1:]), axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Questions as arrays, in the order in which members are asked: lead nations first."""

    leads: int
    """How many lead nations there are: they go by their scores before a lead acts."""
    apart: bool
    """Whether the others' scores change once one acts."""
    counts: IntArray
    """See `Question`, shape (questions, members)."""
    adds: IntArray
    certain: BoolArray
    needs: IntArray
    """Shape (questions,)."""
    wanted: BoolArray
    """Whose chance before and after a lead acts any answer depends on, shape (2, members)."""

    @classmethod
    def of(cls, questions: Sequence[Question], leads: int, *, apart: bool) -> Tally:
        """The questions, at least one."""
        looked = [_looks(question, leads, apart=apart) for question in questions]
        return cls(
            leads,
            apart,
            counts=np.array([question.counts for question in questions]),
            adds=np.array([question.adds for question in questions]),
            certain=np.array([question.certain for question in questions]),
            needs=np.array([question.need for question in questions]),
            wanted=np.asarray(np.any(looked, axis=0)),
        )

    @property
    def tops(self) -> IntArray:
        """The largest sum that is asked for in each question, shape (questions,)."""
        return np.asarray(np.maximum(1, self.adds.sum(axis=1)))


def tallies(
    tally: Tally, before: FloatArray, after: FloatArray, *, rho: FloatArray, nodes: IntArray
) -> tuple[FloatArray, ...]:
    """Answer each question, shape (worlds, points, largest sum + 1) each.

    Parameters
    ----------
    tally : Tally
        The questions; scores are turned into chances once for all of them.
    before, after : array, shape (worlds, points, members)
        Normal scores of a yes while no lead nation acts, and once one does.
    rho : array, shape (worlds,)
        Correlation of latent willingness.
    nodes : array, shape (worlds,)
        How many nodes of the common factor each world needs.
    """
    worlds, points, _ = before.shape
    out = np.zeros((len(tally.needs), worlds, points, int(tally.tops.max()) + 1))
    lanes = np.where(nodes > 1, -(-nodes // LANES) * LANES, 1)
    table = normal_table()
    for count in np.unique(lanes):
        factor, weight = nodes_of(int(count))
        _answer(
            np.flatnonzero(lanes == count), before, after, tally.leads, tally.apart, tally.counts,
            tally.adds, tally.needs, tally.certain, tally.wanted, rho, factor, weight, table, out,
        )  # fmt: skip
    return tuple(found[:, :, : top + 1] for found, top in zip(out, tally.tops, strict=True))


def _looks(question: Question, leads: int, *, apart: bool) -> BoolArray:
    """Whose chance before and after a lead acts the answer depends on, shape (2, members)."""
    acted, quiet = [0] * (question.need + 1), [0] * (question.need + 1)
    quiet[0] = 1
    found = np.zeros((2, len(question.adds)), dtype=np.bool_)
    for m, (u, v) in enumerate(zip(question.counts, question.adds, strict=True)):
        if m < leads:
            found[0, m] = True
            _grow(acted, u, v)
            acted[min(u, question.need)] = max(acted[min(u, question.need)], v + 1)
            continue
        if m == leads and not apart:
            acted[0] = max(acted[0], 1)
        found[0, m] = apart and _grow(quiet, u, v)
        found[1, m] = _grow(acted, u, v)
    return found & ~question.certain


def _grow(reach: list[int], u: int, v: int) -> bool:
    """What `_add` does to ``reach``, and whether it moves anything."""
    moved, need = False, len(reach) - 1
    for a in range(need, -1, -1):
        to = min(a + u, need)
        if reach[a] and (to != a or v):
            moved, reach[to] = True, max(reach[to], reach[a] + v)
    return moved


@nb.njit(cache=True, nogil=True)
def _chance(
    score: float,
    root: float,
    scale: float,
    factor: FloatArray,
    table: FloatArray,
    piece: IntArray,
    part: FloatArray,
    p: FloatArray,
) -> None:
    """P(yes | factor) of a latent normal willingness: Φ by cubic interpolation, to 1e-9.

    ``piece`` and ``part`` are room for the place of each lane in the table. Short passes over the
    lanes, most of them without a branch or a look-up, are what the compiler makes vectors of.
    """
    last = table.shape[0]
    for lane in range(len(p)):
        z = ((score + root * factor[lane]) * scale + REACH) * PER_UNIT
        inside = z if z > 0.0 else 0.0
        inside = inside if inside < last - 1.0 else last - 1.0
        piece[lane] = int(inside)
        part[lane] = z - piece[lane]
    for lane in range(len(p)):
        i, t = piece[lane], part[lane]
        s = 1.0 - t
        left = table[i, 0] * (1.0 + 2.0 * t) + table[i, 1] * t
        right = table[i, 2] * (1.0 + 2.0 * s) - table[i, 3] * s
        p[lane] = s * s * left + t * t * right
    for lane in range(len(p)):
        inside = 1.0 if part[lane] >= 1.0 else p[lane]
        p[lane] = 0.0 if part[lane] <= 0.0 and piece[lane] == 0 else inside


@nb.njit(cache=True, nogil=True)
def _add(
    state: FloatArray, sums: int, reach: IntArray, p: FloatArray, u: int, v: int, need: int
) -> None:
    """One more member: a yes adds (u, v) to the sums, the first of which stops at ``need``.

    Where the sums are (a, b) the state is in row a · sums + b. With a first sum of a the second is
    less than ``reach[a]``, which is 0 where nobody has come to a.
    """
    for a in range(need, -1, -1):
        width, to = reach[a], min(a + u, need)
        if width == 0 or (to == a and v == 0):
            continue
        for b in range(width - 1, -1, -1):
            here, there = state[a * sums + b], state[to * sums + b + v]
            for lane in range(len(p)):
                mass = here[lane] * p[lane]
                here[lane] -= mass
                there[lane] += mass
        reach[to] = max(reach[to], width + v)


@nb.njit(cache=True, nogil=True)
def _lead(
    state: FloatArray,
    sums: int,
    reach: IntArray,
    still: FloatArray,
    p: FloatArray,
    u: int,
    v: int,
    need: int,
) -> None:
    """One more lead nation: beside others, or the first to act where none has (``still``)."""
    _add(state, sums, reach, p, u, v, need)
    to = min(u, need)
    first = state[to * sums + v]
    for lane in range(len(p)):
        first[lane] += still[lane] * p[lane]
        still[lane] *= 1.0 - p[lane]
    reach[to] = max(reach[to], v + 1)


@nb.njit(cache=True, nogil=True)
def _sum(
    out: FloatArray, one: FloatArray, most: int, other: FloatArray, most_other: int, w: FloatArray
) -> None:
    """Add to ``out`` the mean over the factor of two states' sums, shape (sums, lanes)."""
    for b in range(max(most, most_other)):
        total = out[b]
        for lane in range(len(w)):
            mass = one[b, lane] if b < most else 0.0
            if b < most_other:
                mass += other[b, lane]
            total += w[lane] * mass
        out[b] = total


@nb.njit(cache=True, nogil=True)
def _answer(
    some: IntArray,
    before: FloatArray,
    after: FloatArray,
    leads: int,
    apart: bool,
    counts: IntArray,
    adds: IntArray,
    needs: IntArray,
    certain: BoolArray,
    wanted: BoolArray,
    rho: FloatArray,
    factor: FloatArray,
    weight: FloatArray,
    table: FloatArray,
    out: FloatArray,
) -> None:
    """As `tallies`, for some worlds with the same nodes in lanes; added to ``out``."""
    points, members = before.shape[1:]
    rows, sums, lanes = needs.max() + 1, out.shape[3], len(factor)
    active, quiet = np.zeros((rows * sums, lanes)), np.zeros((rows * sums, lanes))
    reach, quiet_reach = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    chance, still, sure = np.zeros((2, members, lanes)), np.zeros(lanes), np.ones(lanes)
    piece, part = np.zeros(lanes, np.int64), np.zeros(lanes)
    for w in some:
        scale, root = 1.0 / math.sqrt(1.0 - rho[w]), math.sqrt(rho[w])
        for k in range(points):
            for m in range(members):
                if wanted[0, m]:
                    score = before[w, k, m]
                    _chance(score, root, scale, factor, table, piece, part, chance[0, m])
                if wanted[1, m]:
                    score = after[w, k, m]
                    _chance(score, root, scale, factor, table, piece, part, chance[1, m])
            for j in range(len(needs)):
                need = needs[j]
                active[: (need + 1) * sums], still[:] = 0.0, 1.0
                reach[:], quiet_reach[:] = 0, 0
                for m in range(leads):
                    p = sure if certain[j, m] else chance[0, m]
                    _lead(active, sums, reach, still, p, counts[j, m], adds[j, m], need)
                if apart and still.max() > 0.0:
                    quiet[: (need + 1) * sums], quiet[0], quiet_reach[0] = 0.0, still, 1
                    for m in range(leads, members):
                        p = sure if certain[j, m] else chance[0, m]
                        _add(quiet, sums, quiet_reach, p, counts[j, m], adds[j, m], need)
                elif not apart:
                    active[0] += still
                    reach[0] = max(reach[0], 1)
                for m in range(leads, members):
                    p = sure if certain[j, m] else chance[1, m]
                    _add(active, sums, reach, p, counts[j, m], adds[j, m], need)
                at = need * sums
                _sum(out[j, w, k], active[at:], reach[need], quiet[at:], quiet_reach[need], weight)

"""Scrambled Sobol' points that can be computed for any world alone.

A point is made in two steps. ``Orders`` gives a world its place in the sequence: it maps every
aligned run of 2**k worlds, k ≥ 10, onto an aligned run of 2**k places. ``points`` turns the place
into a number: one Sobol' dimension, scrambled by a random linear matrix and a digital shift.
Why so, and what it costs: ``docs/decisions/0014-futures-streams.md``.

Sources: I. M. Sobol' (1967); direction numbers of S. Joe and F. Y. Kuo (2008), "Constructing
Sobol sequences with better two-dimensional projections", set new-joe-kuo-6; J. Matoušek (1998)
and A. B. Owen (2003) on linear scrambling; A. B. Owen (1998), "Latin supercube sampling for very
high-dimensional simulations", on giving groups of dimensions an order of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backstop.futures import blocks
from backstop.futures.blocks import Blocks, Words
from backstop.futures.streams import BITS, Stream, join, unit

#: Binary digits of a place in the sequence, so worlds are numbered below 2**32.
DIGITS = 32

#: Joe & Kuo's dimensions 2 to 16: degree and inner coefficients of the primitive polynomial, and
#: the first direction integers. Dimension 1 is van der Corput's sequence.
_JOE_KUO = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
)

#: Dimensions that can share one order.
DIMENSIONS = 1 + len(_JOE_KUO)

#: Levels of the tree over blocks of worlds.
_LEVELS = DIGITS - blocks.DIGITS


@dataclass(frozen=True, slots=True)
class Orders:
    """The binary tree over the blocks that are asked for, from which their orders are drawn.

    A node of the tree is a run of blocks that agree in their leading digits; a coin at each node
    says whether its halves swap (nested uniform permutation, Owen 1995). Coins are bits of a
    Philox stream numbered by node, so an order depends on the stream alone, never on which worlds
    are asked for. Within its block a world's place is its rank.
    """

    members: Blocks
    """The worlds by block."""
    draws: Words
    """Groups of 128 coins that are needed."""
    coin: NDArray[np.intp]
    """For each node, the 32-bit word of those groups that holds its coin."""
    bit: Words
    """And the bit in that word."""
    levels: tuple[tuple[slice, NDArray[np.intp], Words], ...]
    """From the root down: the level's nodes, each child's parent among them, and its own digit."""

    @classmethod
    def of(cls, members: Blocks) -> Self:
        """The tree over the blocks of worlds numbered below 2**32."""
        leaves = members.numbers
        assert not leaves.size or int(leaves[-1]) >> _LEVELS == 0, "worlds are below 2**32"
        nodes, levels, start = [], [], 0
        run = _leading(leaves, 0)
        for depth in range(_LEVELS):
            child = _leading(leaves, depth + 1)
            nodes.append(run | np.uint64(1 << depth))
            parent = np.searchsorted(run, child >> np.uint64(1))
            levels.append((slice(start, start + run.size), parent, child & np.uint64(1)))
            start += run.size
            run = child
        ids = np.concatenate(nodes)
        draws, draw = np.unique(ids >> np.uint64(7), return_inverse=True)
        word = ((ids >> np.uint64(5)) & np.uint64(3)).astype(np.intp)
        return cls(members, draws, word * draws.size + draw, ids & np.uint64(31), tuple(levels))

    def order(self, *, swap: Stream, rank: Stream) -> Words:
        """Each world's place in the sequence, shape (worlds,): a permutation of 0 to 2**32 - 1."""
        words = np.stack(swap.words(worlds=range(1), blocks=self.draws))[:, 0, :].ravel()
        coins = (words[self.coin] >> self.bit) & np.uint64(1)
        place = np.zeros(min(1, self.members.numbers.size), np.uint64)
        for nodes, parent, digit in self.levels:
            place = ((place << np.uint64(1)) | coins[nodes])[parent] ^ digit
        ranks, _ = self.members.ranks(rank)
        return (place[self.members.block] << np.uint64(blocks.DIGITS)) | ranks


def points(places: Words, *, dimension: int, stream: Stream) -> NDArray[np.float64]:
    """The scrambled Sobol' coordinate of each place, shape (places,), in the open interval (0, 1).

    Any aligned run of 2**k places has one point in each of the 2**k equal intervals.
    """
    columns, shift = _scramble(stream)
    if dimension:
        columns = _combine(_directions(dimension), columns)
    tables = _byte_tables(columns)
    bits = np.full(places.shape, shift)
    for byte, table in enumerate(tables):
        bits ^= table[((places >> np.uint64(8 * byte)) & np.uint64(255)).astype(np.intp)]
    return unit(bits)


def _leading(leaves: Words, digits: int) -> Words:
    """The distinct values of the leading digits of sorted block numbers."""
    lead = leaves >> np.uint64(_LEVELS - digits)
    return lead[np.concatenate(([True], lead[1:] != lead[:-1]))] if lead.size else lead


def _scramble(stream: Stream) -> tuple[Words, np.uint64]:
    """Columns of a random lower unit-triangular matrix, 52 × 32 binary digits, and a shift."""
    words = stream.words(worlds=range(1), blocks=np.arange((DIGITS + 2) // 2))
    w0, w1, w2, w3 = (word[0] for word in words)
    random = np.stack((join(w0, w1), join(w2, w3)), axis=-1).ravel() >> np.uint64(64 - BITS)
    diagonal = np.uint64(1) << np.arange(BITS - 1, BITS - 1 - DIGITS, -1, dtype=np.uint64)
    return diagonal | (random[:DIGITS] & (diagonal - np.uint64(1))), random[DIGITS]


def _directions(dimension: int) -> Words:
    """Direction numbers of a dimension, 32 words of 32 binary digits (Joe & Kuo 2008, eq. 3)."""
    degree, coefficients, first = _JOE_KUO[dimension - 1]
    m = list(first)
    for k in range(degree, DIGITS):
        value = m[k - degree] ^ (m[k - degree] << degree)
        for back in range(1, degree):
            if (coefficients >> (degree - 1 - back)) & 1:
                value ^= m[k - back] << back
        m.append(value)
    return np.array([value << (DIGITS - 1 - k) for k, value in enumerate(m)], np.uint64)


def _combine(directions: Words, columns: Words) -> Words:
    """The product of scrambling and direction matrix over the field of two elements."""
    places = np.arange(DIGITS - 1, -1, -1, dtype=np.uint64)
    digits = (directions[:, None] >> places[None, :]) & np.uint64(1)
    product: Words = np.bitwise_xor.reduce(digits * columns[None, :], axis=1)
    return product


def _byte_tables(columns: Words) -> Words:
    """For each byte of a place, the XOR of the columns its bits select; shape (4, 256)."""
    tables = np.zeros((DIGITS // 8, 256), np.uint64)
    for bit in range(8):
        tables[:, 1 << bit : 2 << bit] = tables[:, : 1 << bit] ^ columns[bit::8, None]
    return tables

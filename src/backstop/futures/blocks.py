"""A random order of the worlds within each block of 1,024, drawn for that block alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream, join

Words = NDArray[np.uint64]

#: Binary digits of a world's place in its block.
DIGITS = 10
#: Worlds in a block.
SIZE = 1 << DIGITS

#: Blocks ordered at a time, so that memory stays in bounds when few worlds of each are wanted.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks that hold the worlds asked for."""

    numbers: Words
    """Block numbers, increasing, shape (blocks,)."""
    block: NDArray[np.intp]
    """For each world its block among them."""
    within: NDArray[np.intp]
    """And its place in the block, 0 to 1,023."""

    @classmethod
    def of(cls, worlds: Words) -> Self:
        """The blocks of these world numbers."""
        numbers, block = np.unique(worlds >> np.uint64(DIGITS), return_inverse=True)
        return cls(numbers, block, (worlds & np.uint64(SIZE - 1)).astype(np.intp))

    def ranks(self, stream: Stream) -> tuple[Words, Words]:
        """Each world's rank among its block's, 0 to 1,023, and 64 more random bits of its own.

        Every world of a block draws 54 bits from the stream and the block is sorted by them, so
        that all its orders are equally likely. Shape (worlds,) each.
        """
        parts = [
            _order(self.numbers[start : start + _AT_ONCE], stream)
            for start in range(0, self.numbers.size, _AT_ONCE)
        ]
        if not parts:
            return np.empty(0, np.uint64), np.empty(0, np.uint64)
        rank, spare = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return rank[self.block, self.within], spare[self.block, self.within]


def _order(numbers: Words, stream: Stream) -> tuple[Words, Words]:
    within = np.arange(SIZE, dtype=np.uint64)
    members = (numbers[:, None] << np.uint64(DIGITS)) | within
    words = stream.words(worlds=members.ravel(), blocks=np.zeros(1, np.uint64))
    w0, w1, w2, w3 = (word.reshape(members.shape) for word in words)
    # A world's place stands in the low digits of what is sorted: plain numbers are sorted several
    # times as fast as an order of them is found.
    low = np.uint64(SIZE - 1)
    ordered = np.sort((join(w0, w1) & ~low) | within, axis=1) & low
    rank = np.empty_like(members)
    np.put_along_axis(rank, ordered.astype(np.intp), within[None], axis=1)
    return rank, join(w2, w3)

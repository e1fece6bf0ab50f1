"""Random streams by name: a world's draws depend on seed, name, world and draw, on nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.futures.philox import Lane, ten_rounds

#: Random bits in a uniform number; see ``unit``.
BITS = 52

_MASK = np.uint64(0xFFFFFFFF)


def world_numbers(worlds: range | NDArray[np.integer]) -> NDArray[np.uint64]:
    """World numbers as an array of uint64, shape (worlds,); they are integers, none negative."""
    if isinstance(worlds, range):
        array: NDArray[np.integer] = np.arange(
            worlds.start, worlds.stop, worlds.step, dtype=np.int64
        )
    else:
        array = np.asarray(worlds)
    assert array.ndim == 1, f"world numbers are a list, not of shape {array.shape}"
    assert array.dtype.kind in "ui", f"world numbers are integers, not {array.dtype}"
    assert not array.size or int(array.min()) >= 0, "world numbers are not negative"
    return array.astype(np.uint64)


def unit(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Numbers strictly between 0 and 1 from 52 random bits each: (bits + ½) / 2**52.

    52 bits and not 53, because (bits + ½) is then exact: neither 0 nor 1 can come out, and
    1 - u is as exact as u.
    """
    return (bits.astype(np.float64) + 0.5) * 2.0**-BITS


@dataclass(frozen=True, slots=True)
class Stream:
    """An endless table of random numbers, one row a world and one column a draw.

    The key of Philox4x32-10 is a BLAKE2s digest of seed and name; the counter is (world's low
    word, world's high word, block of draws, 0). One stream serves one decision: give each its
    own name, such as ``"authority.opt-in"``, and adding one never moves another.
    """

    seed: int
    """The run's seed: any integer."""
    name: str
    """What is decided by it."""

    @property
    def key(self) -> tuple[int, int]:
        """The two 32-bit words of the key."""
        digest = hashlib.blake2s(
            f"{self.seed}\x1f{self.name}".encode(), digest_size=8, person=b"backstop"
        ).digest()
        return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")

    def words(
        self, *, worlds: range | NDArray[np.integer], blocks: NDArray[np.integer]
    ) -> tuple[Lane, Lane, Lane, Lane]:
        """Raw 32-bit words: four arrays of shape (worlds, blocks), held as uint64."""
        numbers = world_numbers(worlds)[:, None]
        columns = np.asarray(blocks).astype(np.uint64)[None, :]
        counter = (numbers & _MASK, numbers >> np.uint64(32), columns, np.zeros((1, 1), np.uint64))
        k0, k1 = self.key
        return ten_rounds(counter, (np.array(k0, np.uint64), np.array(k1, np.uint64)))

    def uniforms(
        self, *, worlds: range | NDArray[np.integer], draws: int | Sequence[int]
    ) -> NDArray[np.float64]:
        """Uniform numbers in the open interval (0, 1), of 52 bits.

        Parameters
        ----------
        worlds : range or array of integers, shape (worlds,)
            World numbers, below 2**64.
        draws : int or sequence of int
            How many draws (0, 1, …), or the draws themselves by number, below 2**33.

        Returns
        -------
        array of float64, shape (worlds, draws)
        """
        wanted = np.arange(draws) if isinstance(draws, int) else np.asarray(draws, np.int64)
        assert not wanted.size or 0 <= wanted.min() <= wanted.max() < 2**33, "draws are 33 bits"
        blocks, place = np.unique(wanted >> 1, return_inverse=True)
        w0, w1, w2, w3 = self.words(worlds=worlds, blocks=blocks)
        pair = np.stack((join(w0, w1), join(w2, w3)), axis=-1) >> np.uint64(64 - BITS)
        return unit(pair[:, place, wanted & 1])

    def normals(
        self, *, worlds: range | NDArray[np.integer], draws: int | Sequence[int]
    ) -> NDArray[np.float64]:
        """Standard normal numbers by the inverse distribution function; shapes as ``uniforms``."""
        from scipy.special import ndtri

        scores: NDArray[np.float64] = ndtri(self.uniforms(worlds=worlds, draws=draws))
        return scores


def join(high: Lane, low: Lane) -> NDArray[np.uint64]:
    """64-bit words from their halves."""
    return (high << np.uint64(32)) | low

"""Philox4x32-10: a random number generator that is a plain function of a counter and a key.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy
as 1, 2, 3", SC '11 (2011), section 3.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: A 32-bit word carried in 64 bits, so that a product of two fits.
Lane = NDArray[np.uint64]

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def philox4x32(counter: ArrayLike, key: ArrayLike) -> NDArray[np.uint32]:
    """Ten rounds of Philox4x32.

    Parameters
    ----------
    counter : array of integers, shape (..., 4)
        32-bit words of the counter.
    key : array of integers, shape (..., 2)
        32-bit words of the key; leading axes broadcast against the counter's.

    Returns
    -------
    array of uint32, shape (..., 4)
    """
    counters, keys = _lanes(counter, 4), _lanes(key, 2)
    words = ten_rounds(counters, keys)
    return np.stack(np.broadcast_arrays(*words), axis=-1).astype(np.uint32)


def ten_rounds(counter: tuple[Lane, ...], key: tuple[Lane, ...]) -> tuple[Lane, Lane, Lane, Lane]:
    """The same on four and two separate words, each an array of uint64 with values below 2**32.

    Each round multiplies words 0 and 2 by a constant and spreads the halves of the products:
    (c0, c1, c2, c3) becomes (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0));
    between rounds the key advances by its Weyl constants.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for number in range(_ROUNDS):
        if number:
            k0 = (k0 + _WEYL[0]) & _MASK
            k1 = (k1 + _WEYL[1]) & _MASK
        first = c0 * _MULTIPLIERS[0]
        second = c2 * _MULTIPLIERS[1]
        c0 = (second >> _HALF) ^ c1 ^ k0
        c1 = second & _MASK
        c2 = (first >> _HALF) ^ c3 ^ k1
        c3 = first & _MASK
    return c0, c1, c2, c3


def _lanes(words: ArrayLike, count: int) -> tuple[Lane, ...]:
    array = np.asarray(words)
    assert array.shape[-1:] == (count,), f"the last axis must be {count} words, is {array.shape}"
    assert array.dtype.kind in "ui", f"words are integers, not {array.dtype}"
    assert not array.size or (array.min() >= 0 and array.max() <= 0xFFFFFFFF), "words are 32 bits"
    return tuple(array[..., place].astype(np.uint64) for place in range(count))

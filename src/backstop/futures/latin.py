"""Latin hypercube points in blocks of 1,024 worlds, so that any world can be computed alone.

Source: M. D. McKay, R. J. Beckman and W. J. Conover (1979); drawn anew for each block of worlds
("replicated Latin hypercube sampling", McKay 1995).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import BITS, Stream, join, unit

#: Binary digits of a block: 1,024 worlds.
BLOCK_DIGITS = 10
BLOCK = 1 << BLOCK_DIGITS


def points(numbers: NDArray[np.uint64], *, stream: Stream) -> NDArray[np.float64]:
    """One coordinate of each world, shape (worlds,), in the open interval (0, 1).

    Worlds 1024 j to 1024 j + 1023 have one point in each of the 1,024 equal intervals, in an order
    drawn for that block and stream alone: the rank of 64 random bits each world draws.
    """
    blocks, block = np.unique(numbers >> np.uint64(BLOCK_DIGITS), return_inverse=True)
    within = np.arange(BLOCK, dtype=np.uint64)
    members = ((blocks[:, None] << np.uint64(BLOCK_DIGITS)) | within).ravel()
    words = stream.words(worlds=members, blocks=np.zeros(1, np.uint64))
    w0, w1, w2, w3 = (word.reshape(blocks.size, BLOCK) for word in words)
    order = np.argsort(join(w0, w1), axis=1, kind="stable")
    stratum = np.empty(order.shape, np.uint64)
    np.put_along_axis(stratum, order, within[None, :], axis=1)
    fine = join(w2, w3) >> np.uint64(64 - BITS + BLOCK_DIGITS)
    bits = (stratum << np.uint64(BITS - BLOCK_DIGITS)) | fine
    return unit(bits[block, (numbers & np.uint64(BLOCK - 1)).astype(np.intp)])

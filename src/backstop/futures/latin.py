"""Latin hypercube points in blocks of 1,024 worlds, so that any world can be computed alone.

Source: M. D. McKay, R. J. Beckman and W. J. Conover (1979); drawn anew for each block of worlds
("replicated Latin hypercube sampling", McKay 1995).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstop.futures import blocks
from backstop.futures.blocks import Blocks
from backstop.futures.streams import BITS, Stream, unit


def points(members: Blocks, *, stream: Stream) -> NDArray[np.float64]:
    """One coordinate of each world, shape (worlds,), in the open interval (0, 1).

    Worlds 1024 j to 1024 j + 1023 have one point in each of the 1,024 equal intervals.
    """
    stratum, spare = members.ranks(stream)
    coarse = stratum << np.uint64(BITS - blocks.DIGITS)
    return unit(coarse | (spare >> np.uint64(64 - BITS + blocks.DIGITS)))

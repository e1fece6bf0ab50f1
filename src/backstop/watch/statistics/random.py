"""Random counts from the program's streams."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream


def generator(stream: Stream) -> np.random.Generator:
    """NumPy's generator keyed by a stream: the same seed and name give the same numbers."""
    high, low = stream.key
    return np.random.Generator(np.random.Philox(key=(high << 32) | low))


def negative_binomial(
    draw: np.random.Generator, *, mean: NDArray[np.float64], shape: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Counts of the given means; shapes are sizes times exposures, infinite for Poisson."""
    finite = np.isfinite(shape) & (shape > 0)
    safe = np.where(finite, shape, 1.0)
    mixed = np.where(finite, draw.standard_gamma(safe) * mean / safe, mean)
    return draw.poisson(mixed).astype(np.int64)

"""The echo of past counts, compiled. Importing this loads Numba: do it in a function."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True)
def echo(
    rates: Floats, observed: NDArray[np.bool_], decay: float, first: float
) -> tuple[Floats, Floats]:
    """Geometrically fading mean of past rates, and its derivative by the decay.

    h(t) = decay * h(t - 1) + (1 - decay) * rate(t - 1); over an unobserved period it stays as it
    is, as if that period had been like those before it. Shapes (periods,).
    """
    n = rates.size
    value, slope = np.empty(n), np.empty(n)
    h, d = first, 0.0
    for t in range(n):
        value[t], slope[t] = h, d
        if observed[t]:
            d = decay * d + h - rates[t]
            h = decay * h + (1 - decay) * rates[t]
    return value, slope

"""The common factor that ties members: where it is looked at, and how often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backstop.errors import InputError, Problem
from backstop.scenario.deterrence import MOST_CORRELATED

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: The factor is integrated over this many standard deviations either side of 0.
SPAN = 6.5


def node_count(rho: FloatArray, members: int) -> IntArray:
    """Nodes of the common factor that each world needs, shape (worlds,).

    The higher the correlation and the larger the coalition, the steeper the answer turns along
    the factor, and the finer the step.
    """
    if bool(np.any(rho > MOST_CORRELATED)):
        raise InputError([Problem("", 0, 0, "common_factor", f"at most {MOST_CORRELATED}")])
    steepness = np.sqrt(members * rho / (1 - rho))
    count = 2 * np.ceil(SPAN * (0.85 + 0.35 * steepness)).astype(np.int64) + 1
    return np.where((rho == 0) | (members < 2), 1, count)


def nodes(count: int) -> tuple[FloatArray, FloatArray]:
    """Equally spaced nodes of a standard normal factor: spectrally exact for smooth integrands."""
    if count == 1:
        return np.zeros(1), np.ones(1)
    factor = np.linspace(-SPAN, SPAN, count)
    weight = np.exp(-0.5 * factor**2)
    return factor, weight / weight.sum()

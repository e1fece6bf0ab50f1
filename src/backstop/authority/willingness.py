"""The willingness of actors in every world: tied to each other by one common factor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def correlated(common: FloatArray, *, own: FloatArray, rho: float | FloatArray) -> FloatArray:
    """Uniform numbers that share one factor.

    Parameters
    ----------
    common
        One uniform number a world, shape (worlds,): the factor; low means everyone is willing.
    own
        One uniform number a world and actor, shape (worlds, actors).
    rho
        Correlation of the normal scores, 0 to 0.95, one or one a world.

    Returns
    -------
    Array of shape (worlds, actors), each column uniform; an actor with chance ``p`` says yes
    where its number is at most ``p``. The law is the one :func:`passage` integrates over.
    """
    from scipy.special import ndtr, ndtri

    tiny = np.finfo(np.float64).tiny
    shared = np.broadcast_to(np.asarray(rho, dtype=np.float64), common.shape)[:, None]
    factor = ndtri(np.clip(common, tiny, 1 - 1e-16))[:, None]
    noise = ndtri(np.clip(own, tiny, 1 - 1e-16))
    return np.asarray(ndtr(np.sqrt(shared) * factor + np.sqrt(1 - shared) * noise))

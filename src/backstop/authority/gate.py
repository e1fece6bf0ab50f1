"""National gates: in which worlds a nation's government and parliament let its force go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.authority.passage import Chance

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ParliamentDraw:
    """One form of parliamentary consent in every world; arrays of shape (worlds,)."""

    binding: FloatArray
    """Probability that a No keeps the force at home."""
    approval: FloatArray
    """Probability that parliament agrees when asked."""
    lead_days: FloatArray
    """Days from the government's decision until the force may leave."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """A nation that may send forces."""

    nation: str
    government: Chance
    """Its government's chances on the question of the design."""
    parliament: ParliamentDraw
    """The form of consent its constitution asks for."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Who may go, nation by nation."""

    nations: tuple[str, ...]
    open: BoolArray
    """Whether the nation's force may go, shape (worlds, nations)."""
    probability: FloatArray
    """The chance of it, shape (worlds, nations)."""
    lead_days: FloatArray
    """Days until parliament lets it go, shape (worlds, nations)."""

    def slowest(self, nations: Sequence[str]) -> FloatArray:
        """Days until the last of these nations may go, shape (worlds,); 0 for none."""
        columns = [self.nations.index(nation) for nation in nations]
        if not columns:
            return np.zeros(len(self.open))
        return np.asarray(self.lead_days[:, columns].max(axis=1))


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


def gates(
    contributors: Sequence[Contributor],
    *,
    governments: FloatArray,
    parliaments: FloatArray,
) -> Gates:
    """Draw every nation's gate with the caller's uniform numbers.

    Parameters
    ----------
    contributors
        The nations; their order is the order of the columns.
    governments
        Uniform numbers of the governments, shape (worlds, nations), already correlated.
    parliaments
        Uniform numbers of the parliaments, shape (worlds, nations).

    Notes
    -----
    A gate is open where the government says yes and parliament does not stop it:
    ``p = p_government (1 - binding (1 - approval))``.
    """
    worlds = len(governments)
    shape = (worlds, len(contributors))
    assert governments.shape == parliaments.shape == shape

    def columns(values: list[FloatArray]) -> FloatArray:
        return np.stack(values, axis=1) if values else np.empty(shape)

    willing = columns([c.government.yes for c in contributors])
    passing = columns(
        [1 - c.parliament.binding * (1 - c.parliament.approval) for c in contributors]
    )
    return Gates(
        nations=tuple(c.nation for c in contributors),
        open=(governments <= willing) & (parliaments <= passing),
        probability=willing * passing,
        lead_days=columns([c.parliament.lead_days for c in contributors]),
    )

"""What each outcome of a crisis is worth to each side, from the prospects of war and the stakes.

Utilities are in prizes (see `backstop.scenario.deterrence`). A force enters twice and only twice
(Slantchev 2005): through the campaign, in what an attack takes and costs, and through the cost of
reneging. There is no bonus for deterrence as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.crisis import OUTCOMES
from backstop.deterrence.stakes import Stakes

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class War:
    """What an attack brings in one quarter: arrays of shape (worlds,)."""

    taken_alone: FloatArray
    """Share of the prize taken if the guarantor reneges."""
    taken: FloatArray
    """The same if it honours, expected over who comes."""
    challenger_loss_alone: FloatArray
    """Share of its force that the challenger loses if the guarantor reneges."""
    challenger_loss: FloatArray
    """The same if it honours."""
    guarantor_loss: FloatArray
    """Share of its force that the guarantor loses if it honours."""
    protected_loss_alone: FloatArray
    """Share of its force that the protected state loses if the guarantor reneges."""
    protected_loss: FloatArray
    """The same if it honours."""
    engaged: FloatArray
    """Share of the guarantor's force that fights if it honours, expected over who comes."""
    presence: FloatArray
    """Share of the guarantor's sustained force that is there."""
    fatigue: FloatArray
    """Factor by which honouring has become dearer since the ceasefire began, 1 or more."""

    def apart(self, other: War) -> FloatArray:
        """Largest difference between two wars that follow if the guarantor honours, (worlds,)."""
        mine, theirs = (
            np.stack((war.taken, war.challenger_loss, war.guarantor_loss, war.engaged))
            for war in (self, other)
        )
        return np.asarray(np.max(np.abs(mine - theirs), axis=0))


def resolve_factors(spread: FloatArray, *, types: int) -> FloatArray:
    """Factors on a side's costs, one a type, shape (worlds, types); the last is most resolved.

    Types are the medians of equal slices of a log-normal distribution:
    ``exp(-spread · Φ⁻¹((2j + 1) / 2T))``. One type has the factor 1.
    """
    from scipy.special import ndtri

    scores = ndtri((2 * np.arange(types) + 1) / (2 * types))
    return np.asarray(np.exp(-spread[:, None] * scores))


#: How each utility to the challenger is made; r is its type's resolve factor.
CHALLENGER = {
    "comply": "0",
    "probe_ignored_attributed": "probe_gain - r * cost_of_exposure",
    "probe_ignored_ambiguous": "probe_gain",
    "probe_backed_down_attributed": "-r * (cost_of_backing_down + cost_of_exposure)",
    "probe_backed_down_ambiguous": "-r * cost_of_backing_down",
    "escalated_reneged": "k * taken_alone - r * (cost_of_war + cost_of_losses * loss_alone)",
    "escalated_pressed": "k * taken - r * (cost_of_war + cost_of_losses * loss"
    " + cost_of_direct_combat * engaged)",
    "escalated_retreated": "-r * (cost_of_war + cost_of_retreat)",
    "attack_reneged": "taken_alone - r * (cost_of_war + cost_of_losses * loss_alone)",
    "attack_pressed": "taken - r * (cost_of_war + cost_of_losses * loss"
    " + cost_of_direct_combat * engaged)",
    "attack_retreated": "-r * (cost_of_war + cost_of_retreat)",
}

#: How each utility to the guarantor's reference member is made; r is its type's factor.
GUARANTOR = {
    "comply": "0",
    "probe_ignored_attributed": "-probe_gain - ignoring_share * reneging",
    "probe_ignored_ambiguous": "-probe_gain",
    "probe_backed_down_attributed": "-r * cost_of_response",
    "probe_backed_down_ambiguous": "-r * (cost_of_response + cost_of_false_alarm)",
    "escalated_reneged": "-k * taken_alone - reneging",
    "escalated_pressed": "-k * taken - r * fatigue * (cost_of_war + cost_of_losses * loss"
    " + cost_of_direct_combat)",
    "escalated_retreated": "-r * fatigue * cost_of_war",
    "attack_reneged": "-taken_alone - reneging",
    "attack_pressed": "-taken - r * fatigue * (cost_of_war + cost_of_losses * loss"
    " + cost_of_direct_combat)",
    "attack_retreated": "-r * fatigue * cost_of_war",
}


def challenger_utilities(stakes: Stakes, war: War, factor: FloatArray) -> FloatArray:
    """Utility of each outcome to each type of challenger, shape (worlds, types, 11).

    Parameters
    ----------
    stakes : Stakes
    war : War
    factor : array, shape (worlds, types)
        Factors on its costs, see `resolve_factors`.
    """
    own = _Side(stakes, "challenger", factor)
    gain, k = own["probe_gain"], 1.0 - _column(stakes["warning_share"])
    taken_alone, taken = _column(war.taken_alone), _column(war.taken)
    begun = own["cost_of_war"]
    alone = begun + own["cost_of_losses"] * _column(war.challenger_loss_alone)
    fought = begun + own["cost_of_losses"] * _column(war.challenger_loss)
    fought = fought + own["cost_of_direct_combat"] * _column(war.engaged)
    broken_off = -factor * (begun + own["cost_of_retreat"])
    backed, exposed = own["cost_of_backing_down"], own["cost_of_exposure"]
    return _stacked(
        factor,
        {
            "comply": np.zeros(1),
            "probe_ignored_attributed": gain - factor * exposed,
            "probe_ignored_ambiguous": gain,
            "probe_backed_down_attributed": -factor * (backed + exposed),
            "probe_backed_down_ambiguous": -factor * backed,
            "escalated_reneged": k * taken_alone - factor * alone,
            "escalated_pressed": k * taken - factor * fought,
            "escalated_retreated": broken_off,
            "attack_reneged": taken_alone - factor * alone,
            "attack_pressed": taken - factor * fought,
            "attack_retreated": broken_off,
        },
    )


def guarantor_utilities(
    stakes: Stakes, war: War, factor: FloatArray, *, formality: str
) -> FloatArray:
    """Utility of each outcome to each type of the reference member, shape (worlds, types, 11).

    The reference member has troops in the country, as far as any are there. ``formality`` is
    ``"none"`` where nothing is promised.
    """
    own = _Side(stakes, "guarantor", factor)
    gain = _column(stakes["challenger.probe_gain"])
    k = 1.0 - _column(stakes["warning_share"])
    taken_alone, taken = _column(war.taken_alone), _column(war.taken)
    reneging = _column(reneging_cost(stakes, war.presence, formality=formality))
    mobilised = own["cost_of_war"]
    fought = mobilised + own["cost_of_losses"] * _column(war.guarantor_loss)
    fought = fought + own["cost_of_direct_combat"]
    tired = factor * _column(war.fatigue)
    answered = own["cost_of_response"]
    return _stacked(
        factor,
        {
            "comply": np.zeros(1),
            "probe_ignored_attributed": -gain - own["ignoring_share"] * reneging,
            "probe_ignored_ambiguous": -gain,
            "probe_backed_down_attributed": -factor * answered,
            "probe_backed_down_ambiguous": -factor * (answered + own["cost_of_false_alarm"]),
            "escalated_reneged": -k * taken_alone - reneging,
            "escalated_pressed": -k * taken - tired * fought,
            "escalated_retreated": -tired * mobilised,
            "attack_reneged": -taken_alone - reneging,
            "attack_pressed": -taken - tired * fought,
            "attack_retreated": -tired * mobilised,
        },
    )


def reneging_cost(stakes: Stakes, presence: FloatArray, *, formality: str) -> FloatArray:
    """Cost of reneging to a member with troops there, shape (worlds,): promise plus presence."""
    return stakes.reneging(formality) + stakes.reneging("troops") * presence


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side's numbers as columns beside its types."""

    stakes: Stakes
    side: str
    factor: FloatArray

    def __getitem__(self, name: str) -> FloatArray:
        return _column(self.stakes[f"{self.side}.{name}"])


def _column(values: FloatArray) -> FloatArray:
    return np.asarray(values)[:, None]


def _stacked(factor: FloatArray, outcomes: Mapping[str, FloatArray]) -> FloatArray:
    assert tuple(outcomes) == OUTCOMES
    found = np.empty((*factor.shape, len(OUTCOMES)))
    for place, utility in enumerate(outcomes.values()):
        found[:, :, place] = utility
    return found

"""The guarantor's force as waves: as the design asks for it, or as it is there in each world."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backstop.campaign.arrivals import TYPES, Arrivals
from backstop.campaign.draws import Draws, Floats, campaign_of
from backstop.scenario.campaign import Unit
from backstop.scenario.scenario import Case


def arriving(
    case: Case,
    *,
    draws: Draws,
    units: Mapping[str, Floats],
    outside_days: Floats,
    backstop: Floats,
) -> Arrivals:
    """The force that is there in these worlds, as waves.

    Parameters
    ----------
    case : Case
    draws : Draws
        What a campaign depends on, in these worlds.
    units : mapping of str to array, shape (worlds,)
        By requirement the units that are there; of one that is left out there are none.
    outside_days : array, shape (worlds,)
        Days that a force outside the country waits for its orders besides.
    backstop : array, shape (worlds,)
        Whether the backstop's provider does its part of the arms pipeline, 0 to 1.

    Raises
    ------
    InputError
        When the scenario says nothing of an attack.
    """
    none = np.zeros(len(draws))
    there = {x.id: units.get(x.id, none) for x in case.design.requirements}
    return _waves(case, draws, units=there, outside_days=outside_days, backstop=backstop)


def asked_for(case: Case, draws: Draws) -> Arrivals:
    """The statement of requirements as if it were filled, and the backstop as if it held."""
    base = f"designs[{case.design.id}].requirements"
    worth = {unit.capability for unit in campaign_of(case).units}
    asked = [x for x in case.design.requirements if x.capability in worth]
    return _waves(
        case,
        draws,
        units={x.id: draws[f"{base}[{x.id}].units"] for x in asked},
        outside_days=np.zeros(len(draws)),
        backstop=np.ones(len(draws)),
    )


def _waves(
    case: Case,
    draws: Draws,
    *,
    units: Mapping[str, Floats],
    outside_days: Floats,
    backstop: Floats,
) -> Arrivals:
    """Units as waves of force.

    What stands at the front when the design is stationed there fights from the first day. What
    stands in the rear comes when it has been ordered to and has marched; what stands outside also
    needs its notice and the lift.
    """
    worlds = len(draws)
    worth = {unit.capability: unit for unit in campaign_of(case).units}
    asked = [x for x in case.design.requirements if x.capability in worth]
    kinds = {place.id: place.kind for place in case.scenario.file.theatre.locations}
    land = case.design.land
    at_front = land is not None and land.stationing == "front"
    waves = [_Wave.of(units[x.id], worth[x.capability], case, draws) for x in asked]
    places = tuple(
        x.location if kinds[x.location] != "front" or at_front else "rear" for x in asked
    )
    days = [
        _day(kinds.get(place, place), one, x.capability, draws, outside_days)
        for place, one, x in zip(places, waves, asked, strict=True)
    ]
    nobody = Arrivals.none(worlds)
    aircraft = sum((one.aircraft for one in waves), np.zeros(worlds))
    suppressors = sum((one.suppressors for one in waves), np.zeros(worlds))
    needed = aircraft * draws["battle.air.suppressors_per_aircraft"]
    return Arrivals(
        day=np.stack(days) if waves else nobody.day,
        strength=np.stack([one.strength for one in waves]) if waves else nobody.strength,
        aircraft=np.stack([one.aircraft for one in waves]) if waves else nobody.aircraft,
        place=places,
        suppression=np.where(
            needed > 0, np.minimum(suppressors / np.where(needed > 0, needed, 1.0), 1.0), 1.0
        ),
        backstop=backstop,
    )


class _Wave:
    """What one line of the statement brings."""

    def __init__(self, strength: Floats, aircraft: Floats, suppressors: Floats) -> None:
        self.strength, self.aircraft, self.suppressors = strength, aircraft, suppressors

    @classmethod
    def of(cls, units: Floats, unit: Unit, case: Case, draws: Draws) -> _Wave:
        strength = np.zeros((len(TYPES), len(draws)))
        place = _unit_path(case, unit)
        if unit.type is not None:
            strength[TYPES.index(unit.type)] = units * draws[f"{place}.brigades"]
        aircraft = draws.get(f"{place}.aircraft")
        suppressors = draws.get(f"{place}.suppression")
        none = np.zeros(len(draws))
        return cls(
            strength,
            none if aircraft is None else units * aircraft,
            none if suppressors is None else units * suppressors,
        )

    @property
    def ground(self) -> bool:
        """Whether it brings troops in any world."""
        return bool(self.strength.any())


def _unit_path(case: Case, unit: Unit) -> str:
    assert case.scenario.file.campaign is not None
    return f"campaign.units[{case.scenario.file.campaign.units.index(unit)}]"


def _day(kind: str, wave: _Wave, capability: str, draws: Draws, outside_days: Floats) -> Floats:
    """Day from which a wave fights, counted from the attack."""
    if kind == "front":
        return np.zeros(len(draws))
    days = draws["campaign.decision_days"] - draws["campaign.warning_days"]
    if kind != "rear":
        days = days + outside_days
    if wave.ground:
        days = days + draws["campaign.march_days"]
        if kind != "rear":
            days = days + draws["campaign.lift_days"]
            days = days + draws[f"capabilities[{capability}].notice_days"]
    return np.maximum(days, 0.0)

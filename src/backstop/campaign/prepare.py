"""Drawn values to the arrays of the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.arrivals import TYPES, Arrivals
from backstop.campaign.battle import LARGEST, battle_rows, filling
from backstop.campaign.draws import Draws, Floats
from backstop.campaign.force import fill_air, fill_army, fill_supply
from backstop.campaign.inputs import Inputs, Waves
from backstop.campaign.line import LEAST_KM, Line
from backstop.scenario.campaign import Campaign
from backstop.scenario.scenario import Case


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The kernel's inputs, and what turns its notes into people and square kilometres."""

    inputs: Inputs
    brigade_troops: Floats
    """Soldiers in a brigade equivalent. (worlds,)."""
    hold_km: Floats
    """Depth beyond which the line is not held. (worlds,)."""
    prize_km2: Floats
    """All that the attacker wants. (worlds,)."""
    committed: Floats
    """Brigade equivalents that attacker, protected state and guarantor bring in, without what makes
    good the guarantor's losses. (3, worlds)."""
    relief_share: Floats
    """Share of the guarantor's losses that is made good. (worlds,)."""
    effective_day: Floats
    """Day from which half of the guarantor's force fights. (worlds,)."""


def prepare(
    case: Case,
    campaign: Campaign,
    line: Line,
    draws: Draws,
    arrivals: Arrivals,
    *,
    attacker_scale: Floats,
    protected_scale: Floats,
) -> Prepared:
    """Fill every row."""
    days = campaign.horizon_days
    length = draws[f"theatre.lines[{campaign.line}].length_km"]
    rows = battle_rows(
        draws,
        line_km=np.maximum(length, LEAST_KM),
        cells=line.cells,
        warning_days=draws["campaign.warning_days"],
    )
    fill = filling(rows)
    forces = []
    sides = ((campaign.attacker, attacker_scale), (campaign.protected, protected_scale))
    for place, (army, scale) in enumerate(sides):
        forces.append(fill_army(fill, case, army, draws, scale=scale, attacker=place == 0))
    fill_supply(fill, case, campaign, draws, backstop=arrivals.backstop)
    aircraft_worth = fill_air(
        fill, case, campaign, draws, arrivals, scales=(attacker_scale, protected_scale)
    )
    waves = _waves(line, arrivals, draws, days=days, aircraft_worth=aircraft_worth)
    inputs = Inputs(
        numbers=draws.worlds.numbers.astype(np.uint32),
        days=days,
        world=rows.astype(np.float32),
        sector=line.rows(campaign, draws),
        weight=line.weight.astype(np.float32),
        cell=line.cell,
        waves=waves,
    )
    inflow = [rows[row : row + 3].sum(axis=0) for row in (at.ATTACKER_INFLOW, at.PROTECTED_INFLOW)]
    come = np.where(waves.day < days, arrivals.strength.sum(axis=1), 0.0).sum(axis=0)
    return Prepared(
        inputs=inputs,
        brigade_troops=draws["campaign.brigade_troops"],
        hold_km=draws["campaign.hold_km"],
        prize_km2=length * draws["campaign.objective_km"],
        committed=np.stack(
            [*(f.sum(axis=0) + days * more for f, more in zip(forces, inflow, strict=True)), come]
        ),
        relief_share=draws["battle.relief_share"],
        effective_day=_effective(arrivals, waves.day, days),
    )


def _waves(
    line: Line, arrivals: Arrivals, draws: Draws, *, days: int, aircraft_worth: Floats
) -> Waves:
    """The guarantor's waves in the kernel's terms."""
    mass, fire, exposure = (
        np.stack([draws[f"battle.types[{name}].{what}"] for name in TYPES])
        for what in ("mass", "fire", "exposure")
    )
    safe = 1 - exposure
    worth = np.stack([mass * safe, fire * safe, mass * exposure, fire * exposure, exposure])
    value = np.empty((arrivals.waves, at.WAVE_ROWS, arrivals.worlds))
    value[:, : at.WAVE_FORCE] = np.einsum("wtn,rtn->wrn", arrivals.strength, worth)
    value[:, at.WAVE_AIR] = arrivals.aircraft * aircraft_worth
    share = np.zeros((arrivals.waves, line.weight.size + 1))
    for place, location in enumerate(arrivals.place):
        if location in line.location:
            share[place, :-1] = line.held(location)
        elif location == "front":
            share[place, :-1] = 1 / line.weight.size
        else:
            share[place, -1] = 1.0
    return Waves(
        day=_whole_days(arrivals.day, days),
        value=np.minimum(value, LARGEST).astype(np.float32),
        share=share.astype(np.float32),
    )


def _whole_days(day: Floats, days: int) -> NDArray[np.int32]:
    """First whole day on which a wave is there; ``NEVER`` beyond the last."""
    first = np.ceil(np.maximum(day, 0.0))
    return np.where(first < days, first, at.NEVER).astype(np.int32)


def _effective(arrivals: Arrivals, day: NDArray[np.int32], days: int) -> Floats:
    """First day with half of all the troops that ever come; the last day when none do."""
    come = np.where(day < days, arrivals.strength.sum(axis=1), 0.0)
    order = np.argsort(day, axis=0, kind="stable")
    there = np.cumsum(np.take_along_axis(come, order, axis=0), axis=0)
    enough = (there >= 0.5 * there[-1:]) & (there > 0)
    sorted_day = np.take_along_axis(day, order, axis=0)
    first: Floats = np.where(enough, sorted_day, days).min(axis=0, initial=days)
    return first.astype(np.float64)

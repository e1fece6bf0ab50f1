"""The campaign engine on a history: shipped parameters, and that history's forces.

A history has no scenario file. The rows of the shipped parameters are filled by the campaign
stage itself; what a scenario would add (air, ammunition, the guarantor) is neutral here, and all
troops are of one type.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.battle import battle_rows
from backstop.campaign.inputs import Inputs, Waves
from calibration.shipped import Draws

Floats = NDArray[np.float64]
Single = NDArray[np.float32]

#: Soldiers in a brigade equivalent.
BRIGADE_TROOPS = 4_500
#: Ground without an objective: deeper than any advance, km.
NO_OBJECTIVE_KM = 10_000.0
#: Days of warning: enough for the defence to know where the attack comes.
WARNED_DAYS = 1_000.0
#: Masses at or below this break: none is.
NEVER_BREAK = -1.0


def world_rows(
    draws: Draws,
    *,
    line_km: Floats,
    cells: int = 1,
    engaged_share: Floats | None = None,
    attack_km: Floats | None = None,
) -> Single:
    """Rows of the shipped parameters, without forces; shape (ROWS, worlds).

    Parameters
    ----------
    draws : Draws
    line_km : array, shape (worlds,)
    cells : int
        Parts of the line with a luck of their own.
    engaged_share : array, shape (worlds,), optional
        Instead of the drawn one.
    """
    rows = battle_rows(
        draws,
        line_km=line_km,
        cells=cells,
        warning_days=WARNED_DAYS,
        engaged_share=engaged_share,
        attack_km=attack_km,
    )
    rows[at.ATTACKER_BREAK] = rows[at.DEFENDER_BREAK] = NEVER_BREAK
    rows[at.ATTACKER_SHELL_DAYS] = rows[at.DEFENDER_SHELL_DAYS] = 1e6
    rows[at.ATTACKER_RATION] = rows[at.DEFENDER_RATION] = 1
    for row in (at.ATTACKER_AIR_KEEP, at.PROTECTED_AIR_KEEP, at.GUARANTOR_AIR_KEEP):
        rows[row] = 1
    return rows.astype(np.float32)


def sector_rows(
    draws: Draws, width_km: Floats, *, sectors: int, works: float | Floats = 0.0
) -> Single:
    """Sectors of open ground, all alike; shape (SECTOR_ROWS, sectors, worlds).

    Parameters
    ----------
    draws : Draws
    width_km : array, shape (worlds,)
    sectors : int
    works : float or array, shape (worlds,)
        How far they are fortified, 0 to 1.
    """
    rows = np.zeros((at.SECTOR_ROWS, sectors, len(draws)), np.float32)
    rows[at.NARROW] = 1 / width_km
    rows[at.TERRAIN] = draws["battle.terrains[open].defence"]
    rows[at.WORKS] = works * draws["battle.works_gain"]
    rows[at.TOP_SPEED] = draws["battle.movement.top_km_per_day"]
    rows[at.OBJECTIVE] = NO_OBJECTIVE_KM
    return rows


def campaign(rows: Single, sector: Single, *, days: int) -> Inputs:
    """Inputs of the engine for worlds numbered from 0, every sector a cell, no guarantor."""
    sectors, worlds = sector.shape[1:]
    return Inputs(
        numbers=np.arange(worlds, dtype=np.uint32),
        days=days,
        world=rows,
        sector=sector,
        weight=np.full(sectors, 1 / sectors, np.float32),
        cell=np.arange(sectors, dtype=np.int32),
        waves=_nobody(sectors, worlds),
    )


def _nobody(sectors: int, worlds: int) -> Waves:
    """One wave that never comes."""
    share = np.zeros((1, sectors + 1), np.float32)
    share[0, -1] = 1
    return Waves(
        day=np.full((1, worlds), at.NEVER, np.int32),
        value=np.zeros((1, at.WAVE_ROWS, worlds), np.float32),
        share=share,
    )

"""Campaigns for tests: arrays written by hand, and designs of the shipped scenarios."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from backstop.campaign import parameters as at
from backstop.campaign.inputs import Inputs, Waves
from backstop.scenario.load import load
from backstop.scenario.scenario import Case, Scenario

KEY = (1, 2)
DAYS = (7, 30, 90, 180)


@cache
def ukraine() -> Scenario:
    """The shipped scenario."""
    return load("ukraine-2025")


def case(design: str = "tripwire") -> Case:
    """One of its designs."""
    return ukraine().design(design)


def plain(rows: dict[int, Any], *, sectors: int = 1, worlds: int = 1, days: int = 10) -> Inputs:
    """A campaign in which nothing happens but what the rows say; masses and fires count 1."""
    world = np.zeros((at.ROWS, worlds), np.float32)
    defaults = {
        at.DEFENDER_RATE: -100.0,
        at.ATTACKER_RATE: -100.0,
        at.LOSS_CAP: 1.0,
        at.SPEED: -100.0,
        at.ASSAULT: -100.0,
        at.REPULSE: -100.0,
        at.TEMPO_FLOOR: 1.0,
        at.ATTACKER_BREAK: -1.0,
        at.DEFENDER_BREAK: -1.0,
        at.BROKEN: 1.0,
        at.ATTACKER_SHELL_DAYS: 1e6,
        at.DEFENDER_SHELL_DAYS: 1e6,
        at.WIDTH: 1.0,
        at.GUARANTOR_AIR_KEEP: 1.0,
        at.MASS: 1.0,
        at.FIRE: 1.0,
        at.EXPOSURE: 1.0,
    }
    for row, value in {**defaults, **rows}.items():
        world[row] = value
    sector = np.ones((at.SECTOR_ROWS, sectors, worlds), np.float32)
    sector[at.WORKS] = 0.0
    sector[at.OBJECTIVE] = 1e6
    return Inputs(
        numbers=np.arange(worlds, dtype=np.uint32),
        days=days,
        world=world,
        sector=sector,
        weight=np.full(sectors, 1 / sectors, np.float32),
        cell=np.arange(sectors, dtype=np.int32),
        waves=Waves.none(sectors=sectors, worlds=worlds),
    )


def wild(
    seed: int, *, sectors: int, worlds: int, days: int, waves: int = 3, cells: int | None = None
) -> Inputs:
    """Worlds drawn at random over all that the rows may hold; a cell a sector unless it says."""
    rng = np.random.default_rng(seed)

    def between(low: float, high: float, *shape: int) -> np.ndarray:
        return rng.uniform(low, high, (*shape, worlds)).astype(np.float32)

    world = np.zeros((at.ROWS, worlds), np.float32)
    spans = {
        at.DEFENDER_RATE: (-9, -3),
        at.ATTACKER_RATE: (-9, -3),
        at.ENEMY_POWER: (0, 1),
        at.OWN_POWER: (-0.9, 0),
        at.COVER_POWER: (0, 1),
        at.LOSS_CAP: (0.05, 0.5),
        at.LOSS_SPREAD: (0, 1.5),
        at.SPEED: (-8, 2),
        at.SPEED_ATTACKER: (0, 1),
        at.SPEED_DEFENDER: (0, 1.5),
        at.SPEED_COVER: (0, 1.5),
        at.SPEED_EFFORT: (0, 2.5),
        at.ASSAULT: (-6, 0),
        at.SPEED_DAY: (0, 2),
        at.SPEED_WEEK: (0, 1.5),
        at.MEMORY: (0, 0.9),
        at.FRESH: (0.4, 1),
        at.SHARED: (0, 1),
        at.OWN: (0, 1),
        at.FLANK: (0, 0.1),
        at.WORKS_DEPTH: (0, 0.2),
        at.DIG: (0, 0.1),
        at.TEMPO_FLOOR: (0.05, 1),
        at.TEMPO_KEEP: (0.8, 1),
        at.ATTACKER_COMMIT: (0, 0.5),
        at.ATTACKER_RELEASE: (0, 0.2),
        at.DEFENDER_COMMIT: (0, 0.5),
        at.DEFENDER_RELEASE: (0, 0.2),
        at.CONCENTRATION: (0, 0.95),
        at.MIRROR: (0, 1),
        at.LEARN: (0, 1),
        at.WARNED: (0, 1),
        at.SHIFT: (0, 0.2),
        at.WIDTH: (0.75, 3),
        at.ATTACKER_BREAK: (0, 25),
        at.DEFENDER_BREAK: (0, 25),
        at.BROKEN: (0.2, 1),
        at.ATTACKER_SHELL_DAYS: (0, 60),
        at.ATTACKER_RATION: (0, 1),
        at.DEFENDER_SHELL_DAYS: (0, 60),
        at.DEFENDER_RATION: (0, 1),
        at.ATTACKER_AIR: (0, 5),
        at.ATTACKER_AIR_KEEP: (0.95, 1),
        at.PROTECTED_AIR: (0, 3),
        at.PROTECTED_AIR_KEEP: (0.95, 1),
        at.GUARANTOR_AIR_KEEP: (0.95, 1),
        at.CONTEST: (0, 1),
        at.GUARANTOR_WEAR: (0, 1),
    }
    for row, (low, high) in spans.items():
        world[row] = between(low, high)
    for row in (at.ATTACKER_LINE, at.PROTECTED_LINE):
        world[row : row + 3] = between(0, 20, 3)
    for row in (at.ATTACKER_RESERVE, at.PROTECTED_RESERVE):
        world[row : row + 3] = between(0, 8, 3)
    for row in (at.ATTACKER_INFLOW, at.PROTECTED_INFLOW):
        world[row : row + 3] = between(0, 0.3, 3)
    for row, high in ((at.MASS, 1), (at.FIRE, 3), (at.EXPOSURE, 1)):
        world[row : row + 3] = between(0.05, high, 3)
    # Rows drawn apart, so that the others are what they were without them.
    apart = np.random.default_rng((seed, 1))
    repulse = {at.REPULSE: (-3, 1), at.REPULSED_DEFENDER: (-2, 2), at.REPULSED_ATTACKER: (-2, 2)}
    for row, (low, high) in repulse.items():
        world[row] = apart.uniform(low, high, worlds).astype(np.float32)
    sector = np.empty((at.SECTOR_ROWS, sectors, worlds), np.float32)
    for row, (low, high) in enumerate(((0.01, 0.1), (1, 3), (0, 2), (2, 20), (5, 300))):
        sector[row] = between(low, high, sectors)
    weight = rng.uniform(0.1, 1, sectors)
    share = np.zeros((waves, sectors + 1), np.float32)
    for wave in range(waves):
        if wave % 2:
            share[wave, -1] = 1
        else:
            share[wave, :-1] = 1 / sectors
    return Inputs(
        numbers=rng.integers(0, 2**32, worlds, dtype=np.uint32),
        days=days,
        world=world,
        sector=sector,
        weight=(weight / weight.sum()).astype(np.float32),
        cell=np.arange(sectors, dtype=np.int32) * (cells or sectors) // sectors,
        waves=Waves(
            day=rng.integers(0, days + 10, (waves, worlds)).astype(np.int32),
            value=between(0, 6, waves, at.WAVE_ROWS),
            share=share,
        ),
    )

"""The shipped parameters in the kernel's rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.campaign import parameters as at
from backstop.campaign.arrivals import TYPES

Floats = NDArray[np.float64]
Fill = Callable[[int, ArrayLike], None]

#: Powers of two in a natural exponent.
LOG2E = 1 / np.log(2.0)
#: The largest number the kernel is given; no brigade, day or kilometre comes near.
LARGEST = 1e9


class Values(Protocol):
    """Values by path, shape (worlds,)."""

    def __getitem__(self, path: str, /) -> Floats: ...


def battle_rows(
    draws: Values,
    *,
    line_km: Floats,
    cells: int,
    warning_days: ArrayLike,
    engaged_share: Floats | None = None,
    attack_km: Floats | None = None,
) -> Floats:
    """The rows that the shipped parameters fill; those of the two armies stay 0.

    Parameters
    ----------
    draws : mapping from paths such as ``battle.tempo.floor`` to values, shape (worlds,)
    line_km : array, shape (worlds,)
        Length of the line.
    cells : int
        Parts of it that move as one.
    warning_days : float or array, shape (worlds,)
    engaged_share : array, shape (worlds,), optional
        Instead of the drawn share of a sector's force that is in battle.
    attack_km : array, shape (worlds,), optional
        Instead of the drawn width of an attack.

    Returns
    -------
    array, shape (``ROWS``, worlds)
    """
    engaged = draws["battle.attrition.engaged_share"] if engaged_share is None else engaged_share
    attack = draws["battle.movement.attack_km"] if attack_km is None else attack_km
    rows = np.zeros((at.ROWS, engaged.size))
    fill = filling(rows)
    _fill_attrition(fill, draws, engaged)
    _fill_movement(fill, draws, engaged, attack, line_km, cells)
    fill(at.TEMPO_FLOOR, draws["battle.tempo.floor"])
    fill(at.TEMPO_KEEP, np.exp(-1 / np.maximum(draws["battle.tempo.fade_days"], 1e-2)))
    fill(at.CONCENTRATION, draws["battle.command.concentration"])
    fill(at.MIRROR, draws["battle.command.mirror"])
    delay = np.maximum(draws["battle.command.delay_days"], 1e-2)
    fill(at.LEARN, 1 - np.exp(-1 / delay))
    fill(at.WARNED, 1 - np.exp(-np.asarray(warning_days) / delay))
    fill(at.SHIFT, 1 / np.maximum(draws["battle.command.shift_days"], 1.0))
    # Never so narrow that it falls between two cells.
    half = draws["battle.command.width_share"] * cells / 2
    fill(at.WIDTH, np.maximum(half + 0.5, 0.75))
    fill(at.BROKEN, draws["battle.broken_share"])
    fill(at.GUARANTOR_WEAR, 1 - draws["battle.relief_share"])
    for k, name in enumerate(TYPES):
        fill(at.MASS + k, draws[f"battle.types[{name}].mass"])
        fill(at.FIRE + k, draws[f"battle.types[{name}].fire"])
        fill(at.EXPOSURE + k, draws[f"battle.types[{name}].exposure"])
    return rows


def filling(rows: Floats) -> Fill:
    """What writes values into a row, cut to what the kernel may be given."""

    def fill(row: int, values: ArrayLike) -> None:
        rows[row] = np.clip(values, -LARGEST, LARGEST)

    return fill


def _fill_attrition(fill: Fill, draws: Values, engaged: Floats) -> None:
    """Loss rates at the reference densities, as those at a density of 1."""
    path = "battle.attrition"
    attacker, defender = (_log2(draws[f"{path}.{x}_per_km"]) for x in ("attacker", "defender"))
    power, own = draws[f"{path}.enemy_power"], draws[f"{path}.own_power"] - 1
    spread = draws[f"{path}.spread"]
    mean = _log2(engaged) - spread**2 / 2 * LOG2E
    rate = _log2(draws[f"{path}.defender_loss_share"]) + mean
    fill(at.DEFENDER_RATE, rate - power * attacker - own * defender)
    rate = _log2(draws[f"{path}.attacker_loss_share"]) + mean
    fill(at.ATTACKER_RATE, rate - power * defender - own * attacker)
    fill(at.OWN_POWER, own)
    fill(at.ENEMY_POWER, power)
    fill(at.COVER_POWER, draws[f"{path}.cover_power"])
    fill(at.LOSS_CAP, draws[f"{path}.daily_cap"])
    fill(at.LOSS_SPREAD, spread * LOG2E)
    fill(at.REPULSED_DEFENDER, _log2(draws[f"{path}.repulsed_defender"]))
    fill(at.REPULSED_ATTACKER, _log2(draws[f"{path}.repulsed_attacker"]))


def _fill_movement(
    fill: Fill, draws: Values, engaged: Floats, attack_km: Floats, line_km: Floats, cells: int
) -> None:
    """Speed at the reference densities, as the odds of it at a density of 1."""
    path = "battle.movement"
    top = np.maximum(draws[f"{path}.top_km_per_day"], 1e-3)
    attacker, defender = (_log2(draws[f"{path}.{x}_per_km"]) for x in ("attacker", "defender"))
    forward, back = draws[f"{path}.attacker_power"], draws[f"{path}.defender_power"]
    # What is stated is a mean; that of a log-normal number is above its median.
    # The luck of a longer cell is the mean of that of the cells in which it was seen.
    several = np.maximum(line_km / cells / np.maximum(draws[f"{path}.luck_km"], 1e-3), 1.0)
    day = averaged(draws[f"{path}.day_spread"], several)
    shared = draws[f"{path}.week_shared"] * draws[f"{path}.week_spread"] ** 2
    own = averaged(np.sqrt(draws[f"{path}.week_spread"] ** 2 - shared), several) ** 2
    week = np.sqrt(shared + own)
    mean = _log2(draws[f"{path}.km_per_day"]) - _log2(top) - (day**2 + week**2) / 2 * LOG2E
    # Ground is taken on the part of a sector's front where there is battle.
    mean = mean + _log2(engaged)
    wide = _log2(attack_km) - _log2(draws[f"{path}.front_km"])
    mean = mean + draws[f"{path}.width_power"] * wide
    fill(at.SPEED, mean - forward * attacker + back * defender)
    fill(at.SPEED_ATTACKER, forward)
    fill(at.SPEED_DEFENDER, back)
    fill(at.SPEED_COVER, draws[f"{path}.cover_power"])
    fill(at.ASSAULT, _log2(draws[f"{path}.assault_share"]))
    fill(at.REPULSE, _repulse(draws[f"{path}.repulse_share"] ** several, day, week))
    fill(at.SPEED_EFFORT, draws[f"{path}.effort_power"])
    fill(at.SPEED_DAY, day * LOG2E)
    fill(at.SPEED_WEEK, week * LOG2E)
    memory = draws[f"{path}.week_memory"]
    fill(at.MEMORY, memory)
    fill(at.FRESH, np.sqrt(1 - memory**2))
    fill(at.SHARED, np.sqrt(shared) / np.maximum(week, 1e-9))
    fill(at.OWN, np.sqrt(own) / np.maximum(week, 1e-9))
    # A salient is as wide as a main effort, and a cell at least.
    wide = np.maximum(draws["battle.command.width_share"] * line_km, line_km / cells)
    fill(at.FLANK, draws[f"{path}.flank_km_per_km"] / wide)
    fill(at.WORKS_DEPTH, 1 / np.maximum(draws[f"{path}.works_depth_km"], 1e-3))
    fill(at.DIG, 1 - np.exp(-1 / np.maximum(draws[f"{path}.works_days"], 1e-2)))


def averaged(spread: Floats, several: Floats) -> Floats:
    """Spread of the mean of several independent log-normal factors of this spread, as that of one
    log-normal factor with the same mean and variance (Fenton 1960).
    """
    mean: Floats = np.sqrt(np.log1p(np.expm1(spread**2) / several))
    return mean


def _repulse(chance: Floats, day: Floats, week: Floats) -> Floats:
    """Luck of day and week below which lies this chance, in powers of two."""
    from scipy.special import ndtri

    luck: Floats = ndtri(np.clip(chance, 1e-9, 1 - 1e-9)) * np.sqrt(day**2 + week**2) * LOG2E
    return luck


def _log2(values: Floats) -> Floats:
    """Binary logarithm; nothing counts as very little."""
    logarithm: Floats = np.log2(np.maximum(values, 1e-12))
    return logarithm

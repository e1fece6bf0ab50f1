"""How finely the line is cut is a choice of numbers and not of the war."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from backstop.campaign import parameters as at
from backstop.campaign.battle import averaged
from backstop.campaign.reference import run_one
from backstop.campaign.stage import simulate
from backstop.scenario.load import load
from campaign_cases import DAYS, KEY, plain, ukraine

WORLDS = 4096
#: As docs/models/campaign.md states them: on ground that is the same everywhere, and on the
#: shipped line, where a wide sector has the mean of what ground lies in it.
ALIKE, SHIPPED = 0.015, 0.04
CUTS = (10, 20, 35, 60, 125, 500)


@cache
def held(sectors: int, *, alike: bool) -> float:
    """Chance that the shipped line is held at 90 days."""
    changes = {"campaign.sectors": str(sectors)}
    for stretch in ukraine().file.campaign.stretches if alike else ():
        here = f"campaign.stretches[{stretch.id}]"
        changes |= {f"{here}.ground": "mixed", f"{here}.works_share": "0.7", f"{here}.effort": "1"}
    case = load("ukraine-2025", overrides=changes).design("tripwire")
    return float(simulate(case, worlds=range(WORLDS), seed=1).held_at(90).mean())


@pytest.mark.parametrize("sectors", CUTS)
def test_the_chance_of_holding_does_not_depend_on_the_number_of_sectors(sectors: int) -> None:
    assert held(sectors, alike=False) == pytest.approx(held(500, alike=False), abs=SHIPPED)


@pytest.mark.parametrize("sectors", CUTS)
def test_it_does_so_even_less_where_the_ground_is_the_same(sectors: int) -> None:
    assert held(sectors, alike=True) == pytest.approx(held(125, alike=True), abs=ALIKE)


def test_the_width_of_a_breach_does_count() -> None:
    """So the tests above could fail: it is the cells that matter, and those have a length."""
    chances = []
    for km in (30, 60, 240):
        changes = {"campaign.sectors": "60", "battle.movement.breach_km": str(km)}
        case = load("ukraine-2025", overrides=changes).design("tripwire")
        chances.append(float(simulate(case, worlds=range(WORLDS), seed=1).held_at(90).mean()))
    assert chances[0] < chances[1] < chances[2]
    assert chances[2] - chances[0] > ALIKE


def test_sectors_of_one_cell_share_its_luck() -> None:
    rows = {
        at.SPEED: -3.0,
        at.SPEED_DAY: 1.0,
        at.SPEED_WEEK: 1.0,
        at.FRESH: 1.0,
        at.OWN: 1.0,
        at.ATTACKER_LINE: 5.0,
        at.PROTECTED_LINE: 5.0,
        at.LOSS_SPREAD: 1.0,
        at.ASSAULT: 0.0,
    }
    inputs = plain(rows, sectors=6, worlds=1, days=14)
    object.__setattr__(inputs, "cell", np.array([0, 0, 1, 1, 1, 2], np.int32))
    notes, path = run_one(inputs, key=KEY, checkpoints=DAYS)
    depth = path.front_km[-1]
    assert len(set(depth[:2])) == len(set(depth[2:5])) == 1
    assert len(set(depth)) == 3
    assert notes.notes[-1, at.DEEPEST, 0] == pytest.approx(depth.max())


def test_what_is_deepest_is_the_mean_depth_of_a_cell() -> None:
    rows = {at.SPEED: -1.0, at.SPEED_DEFENDER: 1.0, at.ATTACKER_LINE: 4.0, at.PROTECTED_LINE: 4.0}
    inputs = plain(rows, sectors=4, days=9)
    inputs.sector[at.TERRAIN] = np.array([1, 4, 2, 2], np.float32)[:, None]
    inputs.world[at.SPEED_COVER] = 1.0
    object.__setattr__(inputs, "cell", np.array([0, 0, 1, 1], np.int32))
    notes, path = run_one(inputs, key=KEY, checkpoints=(9,))
    cells = path.front_km[-1].reshape(2, 2).mean(axis=1)
    assert notes.notes[0, at.DEEPEST, 0] == pytest.approx(cells.max())
    assert cells.max() < path.front_km[-1].max()


@pytest.mark.parametrize("several", [1.0, 2.0, 9.0])
def test_the_luck_of_several_cells_is_the_mean_of_theirs(several: float) -> None:
    """By drawing them: the mean of log-normal factors has the spread that is stated for it."""
    rng = np.random.default_rng(1)
    made = np.exp(rng.normal(-0.32, 0.8, (400_000, int(several)))).mean(axis=1)
    spread = float(averaged(np.array([0.8]), np.array([several]))[0])
    assert np.sqrt(np.log1p(made.var() / made.mean() ** 2)) == pytest.approx(spread, rel=0.02)

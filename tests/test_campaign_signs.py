"""What a number means is what it does: on the shipped scenario none moves ground the wrong way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

import backstop
from backstop.campaign import Draws, drawn, simulate

WORLDS = range(4096)
#: Correlation of ranks that four standard errors of chance may give.
CHANCE = 4 / np.sqrt(len(WORLDS))

MORE_GROUND_LOST = (
    "battle.movement.km_per_day",
    "battle.movement.top_km_per_day",
    "battle.movement.attack_km",
    "battle.movement.flank_km_per_km",
    "battle.attrition.engaged_share",
    "battle.tempo.floor",
    "battle.tempo.fade_days",
    "battle.terrains[mixed].speed_share",
    "battle.terrains[closed].speed_share",
)
LESS_GROUND_LOST = (
    "battle.movement.cover_power",
    "battle.movement.assault_share",
    "battle.movement.repulse_share",
    "battle.movement.works_depth_km",
    "battle.works_gain",
    "battle.terrains[closed].defence",
)


@pytest.fixture(scope="module")
def fought() -> tuple[np.ndarray, Draws]:
    """Ground lost, and what was drawn for it."""
    design = backstop.load("ukraine-2025").design("tripwire")
    outcomes = simulate(design, worlds=WORLDS, seed=1)
    return outcomes.area_lost_km2, drawn(design, worlds=WORLDS, seed=1)


@pytest.mark.parametrize(
    ("path", "sign"),
    [(path, 1) for path in MORE_GROUND_LOST] + [(path, -1) for path in LESS_GROUND_LOST],
)
def test_a_number_moves_ground_the_way_its_meaning_says(
    path: str, sign: int, fought: tuple[np.ndarray, Draws]
) -> None:
    lost, draws = fought
    assert sign * spearmanr(draws[path], lost).statistic > -CHANCE


def test_what_counts_most_is_told_from_chance(fought: tuple[np.ndarray, Draws]) -> None:
    lost, draws = fought
    for path, sign in (
        ("battle.movement.km_per_day", 1),
        ("battle.movement.attack_km", 1),
        ("battle.movement.cover_power", -1),
        ("battle.works_gain", -1),
    ):
        assert sign * spearmanr(draws[path], lost).statistic > CHANCE, path


def test_a_higher_top_speed_loses_more_ground_in_every_world(
    fought: tuple[np.ndarray, Draws],
) -> None:
    """It lost less, as long as the speed at the reference was held back by it twice."""
    lost, _ = fought
    faster = {"battle.movement.top_km_per_day": "{ low = 40, mode = 70, high = 120 }"}
    design = backstop.load("ukraine-2025", overrides=faster).design("tripwire")
    more = simulate(design, worlds=WORLDS, seed=1).area_lost_km2
    assert (more >= lost * (1 - 1e-4)).all()

"""The campaign model on histories: made ones with known answers, and the real ones."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from backstop.campaign import parameters as at
from backstop.campaign.battle import battle_rows
from calibration import report
from calibration.battle_model import BattleRuns, break_offs, simulate_battles
from calibration.battle_tables import SIDES, km_per_day, loss_rates
from calibration.cdb90 import Battle, read_battles
from calibration.front_model import Span, simulate_front, weeks
from calibration.front_tables import CELLS
from calibration.model import world_rows
from calibration.shipped import shipped_draws
from calibration.tables import numbers

RAW = Path(__file__).resolve().parents[2] / "shared" / "data"
needs_raw = pytest.mark.skipif(
    not RAW.is_dir(), reason="the raw files are not beside the repository"
)


def _battle(number: int, attackers: float, *, won: int = 1, days: float = 2.0) -> Battle:
    return Battle(
        number=number, war="war", campaign=f"campaign {number}", name="hill", year=1944,
        attacker_troops=attackers, defender_troops=10_000, attacker_losses=0.05 * attackers,
        defender_losses=1_000, days_least=days, days_most=days, days_dated=int(days), won=won,
        advance_km=3.0, front_km=10.0,
    )  # fmt: skip


def test_shipped_quantities_are_drawn_by_the_paths_of_the_stage():
    draws = shipped_draws(range(64), instead={"battle.tempo.floor": 0.25})
    assert len(draws) == 64
    assert set(draws["battle.tempo.floor"]) == {0.25}
    assert np.ptp(draws["battle.attrition.enemy_power"]) > 0
    rows = world_rows(draws, line_km=np.full(64, 70.0), cells=3, engaged_share=np.ones(64))
    assert rows.shape == (at.ROWS, 64)
    assert (rows[at.TEMPO_FLOOR] == 0.25).all()
    assert (rows[at.ATTACKER_LINE] == 0).all()


def test_an_attack_on_a_wider_front_has_the_odds_of_its_width():
    draws = shipped_draws(range(8))
    rows = [
        battle_rows(
            draws, line_km=np.full(8, 800.0), cells=13, warning_days=1.0, attack_km=np.full(8, km)
        )
        for km in (7.5, 30.0)
    ]
    gain = rows[1][at.SPEED] - rows[0][at.SPEED]
    assert gain == pytest.approx(2 * draws["battle.movement.width_power"])
    same = np.delete(rows[1] == rows[0], at.SPEED, axis=0)
    assert same.all()


def test_a_cell_takes_nothing_only_where_none_of_its_parts_does():
    """The chance is stated for the length that luck is; two such lengths have its square."""
    draws = shipped_draws(range(4))
    for length, power in ((23.5, 1), (47.0, 2)):
        rows = battle_rows(draws, line_km=np.full(4, length), cells=1, warning_days=1.0)
        spread = np.hypot(rows[at.SPEED_DAY], rows[at.SPEED_WEEK])
        chance = [NormalDist().cdf(z) for z in rows[at.REPULSE] / spread]
        assert chance == pytest.approx(draws["battle.movement.repulse_share"] ** power)


@pytest.fixture(scope="module")
def made() -> BattleRuns:
    """Four battles that differ in the attacker's troops, and one that lasts longer."""
    battles = [_battle(n, 10_000 * 2**n, won=1 if n else -1) for n in range(4)]
    return simulate_battles([*battles, _battle(4, 20_000, days=12.0)], shipped_draws, worlds=512)


def test_more_attackers_win_more_often_but_far_from_always(made):
    win = made.win[:4]
    assert (np.diff(win) > -0.03).all()
    assert 0.05 < win[0] <= win[3] < 0.95


def test_a_longer_battle_loses_a_smaller_share_a_day(made):
    for side in SIDES:
        short, long = made.rates[side][:, 1], made.rates[side][:, 4]
        assert np.median(long) < 0.8 * np.median(short)


def test_every_figure_of_a_battle_is_finite_and_a_share(made):
    for side in SIDES:
        assert (made.rates[side] >= 0).all()
        assert (made.rates[side] < 1).all()
    assert np.isfinite(made.km_per_day).all()
    assert (made.km_per_day >= 0).all()


def test_thresholds_follow_the_losses_of_those_who_were_beaten():
    battles = [_battle(n, 20_000, won=-1 if n % 2 else 1) for n in range(20)]
    found = break_offs(battles)
    assert found["attacker"].reached == found["defender"].reached == 10
    assert found["attacker"].median >= 0.05
    assert found["defender"].median >= 0.1


def test_the_front_has_the_gain_that_it_was_set_to():
    runs = simulate_front(shipped_draws, km2_per_day=12.0, cell_km=25.0, days=28, worlds=4)
    assert runs.grids.shape == (4, 28, CELLS)
    assert runs.grids.sum((1, 2)) / 28 == pytest.approx(np.full(4, 12.0), rel=0.02)
    assert (runs.grids >= 0).all()
    assert weeks(runs.grids[0]).shape == (4, CELLS)
    assert Span(runs.grids[0], weeks(runs.grids[0])).weekly.sum() == pytest.approx(
        runs.grids[0].sum()
    )


@pytest.fixture(scope="module")
def history() -> tuple[list[Battle], BattleRuns]:
    battles = read_battles(RAW / "battles")
    return battles, simulate_battles(battles, shipped_draws)


def _in_range(seen: np.ndarray, made: np.ndarray) -> bool:
    """The model's median within a factor of two of the battles', whose own spread is tenfold, and
    90 % intervals that hold three battles in four at least."""
    known = np.isfinite(seen)
    ratio = np.median(made[:, known]) / np.median(seen[known])
    low, high = np.quantile(made[:, known], [0.05, 0.95], axis=0)
    held = np.mean((low <= seen[known]) & (seen[known] <= high))
    return bool(0.5 < ratio < 2 and held > 0.75)


@needs_raw
@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
def test_the_shipped_model_has_the_battles_losses_in_range(history, side):
    battles, runs = history
    assert _in_range(loss_rates(battles, side), runs.rates[side])


@needs_raw
@pytest.mark.slow
def test_the_shipped_model_has_the_battles_advance_in_range(history):
    battles, runs = history
    assert _in_range(km_per_day(battles), runs.km_per_day)


@needs_raw
@pytest.mark.slow
def test_the_shipped_model_has_the_fronts_scatter_and_concentration_in_range():
    """Variance/mean about 13 and 70 % in 5 of 35 cells lie inside the model's 90 % of worlds."""
    spans = report.front_series(RAW / "front")
    _, table = report.model_front_report(spans, report.front_axis(RAW / "front"))
    found = {row[0]: row for row in table.rows}
    for statistic, stated in (
        ("variance/mean of daily gain, km²", 13.0),
        ("correlation from week to week, whole line", 0.6),
        ("share of gain in 5 of 35 cells", 0.7),
    ):
        _, low, high = numbers(found[statistic][2])
        assert low <= stated <= high, statistic

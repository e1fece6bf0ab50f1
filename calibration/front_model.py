"""The campaign model on the front: a year of a theatre, one number set, the rest as shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.engine import run
from backstop.campaign.inputs import Inputs
from backstop.campaign.reference import run_one
from calibration.front_tables import CELLS, QUIET_KM2, TOP, Series, cell_dispersion
from calibration.model import BRIGADE_TROOPS, campaign, sector_rows, world_rows
from calibration.shipped import Draws
from calibration.statistics import concentration, dispersion, persistence
from calibration.tables import Table, figure

Floats = NDArray[np.float64]

WORLDS = 32
#: Days before the first that is counted: by then the tempo has faded to its floor.
SETTLED = 60
KEY = (20250630, 4)
#: Troops on the line (RUSI, Watling & Reynolds, 14 Feb 2025; of the Ukrainian forces the quarter
#: that is combat power), and replacements that balance the published casualties.
ATTACKER_TROOPS, PROTECTED_TROOPS = 580_000, 200_000
ATTACKER_INFLOW, PROTECTED_INFLOW = 1_000, 335
RESERVE_SHARE = 0.2
DAYS_PER_WEEK = 7
#: Steps of the bisection on speed: to a thousandth of a power of two.
STEPS = 14


@dataclass(frozen=True, slots=True, eq=False)
class FrontRuns:
    """Days of the front as the model has them."""

    prior_km2_per_day: Floats
    """Mean gain with the shipped speed, shape (worlds,)."""
    grids: Floats
    """Gain by day and cell with the speed set, shape (worlds, days, cells)."""
    attacker_loss: Floats
    """Share of the attacker's force lost a day, mean over the days, shape (worlds,)."""
    protected_loss: Floats
    """And of the protected state's."""


def simulate_front(
    draw: Callable[[range], Draws],
    *,
    km2_per_day: float,
    cell_km: float,
    days: int,
    worlds: int = WORLDS,
) -> FrontRuns:
    """A year of the front in worlds whose speed is set so that their mean gain is the given one.

    How fast an army moves in this war is what history fixes; how its gain scatters, lasts and
    gathers is then the model's own.

    Parameters
    ----------
    draw : callable
        From world numbers to shipped quantities.
    km2_per_day : float
        Mean daily gain, from the fitted days alone.
    cell_km : float
        Length of a cell.
    days : int
        Days to count.
    worlds : int
    """
    draws = draw(range(worlds))
    width = np.full(worlds, cell_km)
    rows = world_rows(draws, line_km=width * CELLS, cells=CELLS)
    _armies(rows)
    sector = sector_rows(draws, width, sectors=CELLS, works=1.0)
    inputs = campaign(rows, sector, days=SETTLED + days)

    def gain(speed: Floats) -> Floats:
        rows[at.SPEED] = speed
        area = run(inputs, key=KEY, checkpoints=[SETTLED, SETTLED + days], threads=2).notes
        return np.asarray((area[1, at.AREA] - area[0, at.AREA]) / days, dtype=float)

    shipped = rows[at.SPEED].astype(float)
    prior = gain(shipped)
    low, high = shipped - 20, shipped + 20
    for _ in range(STEPS):
        middle = (low + high) / 2
        short = gain(middle) < km2_per_day
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    gain((low + high) / 2)
    paths = [_days(inputs.one(world)) for world in range(worlds)]
    grids = np.stack([np.diff(front, axis=0) * cell_km for front, _ in paths])
    lost = np.stack([spent for _, spent in paths]) / days
    return FrontRuns(
        prior,
        grids,
        lost[:, 0] * BRIGADE_TROOPS / ATTACKER_TROOPS,
        lost[:, 1] * BRIGADE_TROOPS / PROTECTED_TROOPS,
    )


def _armies(rows: NDArray[np.float32]) -> None:
    """Forces and replacements, in brigade equivalents."""
    for troops, inflow, line, reserve, fresh, release in (
        (ATTACKER_TROOPS, ATTACKER_INFLOW, at.ATTACKER_LINE, at.ATTACKER_RESERVE,
         at.ATTACKER_INFLOW, at.ATTACKER_RELEASE),
        (PROTECTED_TROOPS, PROTECTED_INFLOW, at.PROTECTED_LINE, at.PROTECTED_RESERVE,
         at.PROTECTED_INFLOW, at.DEFENDER_RELEASE),
    ):  # fmt: skip
        rows[line] = troops / BRIGADE_TROOPS * (1 - RESERVE_SHARE)
        rows[reserve] = troops / BRIGADE_TROOPS * RESERVE_SHARE
        rows[fresh] = inflow / BRIGADE_TROOPS
        commit = at.ATTACKER_COMMIT if release == at.ATTACKER_RELEASE else at.DEFENDER_COMMIT
        rows[commit] = 1 / DAYS_PER_WEEK
        rows[release] = rows[commit] * RESERVE_SHARE / (1 - RESERVE_SHARE)


def _days(one: Inputs) -> tuple[Floats, Floats]:
    """Depth by day and sector, from the last day not counted, and losses over the days counted."""
    _, path = run_one(one, key=KEY, checkpoints=[one.days])
    lost = path.lost[-1, :2] - path.lost[SETTLED - 1, :2]
    return path.front_km[SETTLED - 1 :].astype(float), lost.astype(float)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Gain of a span by day and by week, and cell."""

    daily: Floats
    """Shape (days, cells)."""
    weekly: Floats
    """Shape (weeks, cells)."""


STATISTICS: tuple[tuple[str, int, Callable[[Span], float]], ...] = (
    ("variance/mean of daily gain, km²", 1, lambda s: dispersion(s.daily.sum(1))),
    ("correlation from day to day", 2, lambda s: persistence(s.daily.sum(1))),
    ("correlation from week to week, whole line", 2, lambda s: persistence(s.weekly.sum(1))),
    ("correlation from week to week, all cells", 2, lambda s: persistence(s.weekly)),
    ("the same of ln(1 + km²)", 2, lambda s: persistence(np.log1p(s.weekly))),
    (
        f"share of gain in {TOP} of {CELLS} cells",
        2,
        lambda s: concentration(s.daily.sum(0), top=TOP),
    ),
    (
        "the same within a week, mean",
        2,
        lambda s: float(np.mean([concentration(w, top=TOP) for w in s.weekly if w.sum() > 0])),
    ),
    ("cells without gain on a day, %", 0, lambda s: 100 * float((s.daily < QUIET_KM2).mean())),
    ("cells without gain in a week, %", 0, lambda s: 100 * float((s.weekly < QUIET_KM2).mean())),
    ("variance/mean of a cell's day, km²", 1, lambda s: cell_dispersion(s.daily)),
    ("correlation between cells on a day, mean", 2, lambda s: together(s.daily)),
)


def weeks(grid: Floats) -> Floats:
    """Whole weeks of a grid of days and cells."""
    whole = len(grid) // DAYS_PER_WEEK
    return grid[: whole * DAYS_PER_WEEK].reshape(whole, DAYS_PER_WEEK, -1).sum(1)


def together(grid: Floats) -> float:
    """Mean correlation between cells on the same day, of cells where something was gained."""
    active = grid.T[grid.sum(0) > 20]
    if len(active) < 2:
        return np.nan
    table = np.corrcoef(active)
    return float(table[np.triu_indices(len(table), 1)].mean())


def model_front_table(runs: FrontRuns, fitted: Series, tested: Series) -> Table:
    """The front's statistics, of the maps and of as many model days.

    The model's columns are the median and the 5th and 95th percentile over worlds.
    """
    rows = []
    days = len(fitted.gained)
    for words, digits, ask in STATISTICS:
        cells = [words]
        for seen, grids in ((fitted, runs.grids[:, :days]), (tested, runs.grids[:, days:])):
            value = ask(Span(seen.grid, seen.weekly_grid))
            cells += [figure(value, digits), *_beside(value, grids, ask, digits)]
        rows.append(tuple(cells))
    losses = (
        ("attacker's losses, % a day", ATTACKER_INFLOW / ATTACKER_TROOPS, runs.attacker_loss),
        ("protected state's", PROTECTED_INFLOW / PROTECTED_TROOPS, runs.protected_loss),
    )
    for words, published, made in losses:
        text, inside = _range(100 * made, 100 * published, 2)
        rows.append((words, figure(100 * published), text, inside, "", "", ""))
    head = ("statistic", "maps to 2025-03", "model", "within", "maps 2025-04 to 06", "model",
            "within")  # fmt: skip
    return Table("model-front", head, tuple(rows))


def _beside(
    value: float, grids: Floats, ask: Callable[[Span], float], digits: int
) -> tuple[str, str]:
    return _range(np.array([ask(Span(grid, weeks(grid))) for grid in grids]), value, digits)


def _range(made: Floats, value: float, digits: int) -> tuple[str, str]:
    low, middle, high = (float(q) for q in np.nanquantile(made, [0.05, 0.5, 0.95]))
    text = f"{figure(middle, digits)} ({figure(low, digits)} to {figure(high, digits)})"
    return text, "yes" if low <= value <= high else "no"


def prior_table(runs: FrontRuns, fitted: Series) -> Table:
    """Mean gain with the shipped speed, before any is set from the maps."""
    seen = fitted.gained.sum() / fitted.days
    levels = np.quantile(runs.prior_km2_per_day, [0.05, 0.25, 0.5, 0.75, 0.95])
    below = figure(100 * float(np.mean(runs.prior_km2_per_day < seen)), 0)
    head = ("km² a day", "5 %", "25 %", "median", "75 %", "95 %", "% of worlds below the maps")
    return Table(
        "model-prior",
        head,
        (
            ("maps to 2025-03", "", "", figure(seen, 1), "", "", ""),
            ("model as shipped", *(figure(v, 1) for v in levels), below),
        ),
    )

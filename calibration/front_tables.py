"""What the front says: how daily gain scatters, lasts and gathers, and what tomorrow brings."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from calibration import baselines
from calibration.fit import Noise, noise
from calibration.forecast import Prediction, climatology, filtered, weighted
from calibration.front import Changes, by_cell, by_week
from calibration.intervals import Interval, blocked
from calibration.skill import crps
from calibration.statistics import (
    concentration,
    correlation,
    dispersion,
    jump_dispersion,
    pairs,
    persistence,
)
from calibration.tables import Table, figure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Fits see days until here; the rest is for the test.
FITTED_UNTIL = datetime.date(2025, 3, 31)
CELLS = 35
TOP = 5
BLOCK_DAYS = 28
BLOCK_WEEKS = 6
QUIET_KM2 = 0.01
#: Memory of a cell's forecast, chosen on the fitted days among 14, 28, 45, 60 and 90.
MEMORY_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class Series:
    """Gain on the front over a span, by day, week and cell."""

    net: Floats
    """Gained less lost, km² an interval."""
    gained: Floats
    """Gained, km² an interval."""
    grid: Floats
    """Gained by cell, shape (intervals, cells)."""
    weekly: Floats
    """Net by week."""
    weekly_grid: Floats
    """Gained by week and cell."""
    patches: Floats
    """Areas of single patches gained."""
    days: int
    """Calendar days."""


def series(found: Changes, axis: shapely.LineString, *, cells: int = CELLS) -> Series:
    """The series of a span, cells laid along an axis."""
    first = int(found.day[0] - found.length_days[0])
    grid = by_cell(found, axis, cells=cells)
    return Series(
        found.net_km2,
        found.gained_km2,
        grid,
        by_week(found.net_km2, found.day, first=first),
        by_week(grid, found.day, first=first),
        found.patch_km2,
        int(found.length_days.sum()),
    )


def front_table(all_days: Series, fitted: Series, tested: Series) -> Table:
    """Every statistic of the front, over the year and its two parts."""
    rows = [
        (words, *(ask(span) for span in (all_days, fitted, tested))) for words, ask in STATISTICS
    ]
    head = ("statistic", "2024-07-08 to 2025-06-30", "to 2025-03-31", "2025-04 to 06")
    return Table("front", head, tuple(rows))


def _mean(span: Series) -> str:
    return figure(span.net.sum() / span.days, 1)


def _dispersion(span: Series) -> str:
    net = span.net
    return _text(blocked(lambda rows: dispersion(net[rows]), len(net), block=BLOCK_DAYS), 1)


def _weekly(span: Series) -> str:
    return _text(persistence_interval(span.weekly))


def _weekly_cells(span: Series) -> str:
    return _text(persistence_interval(span.weekly_grid))


def _weekly_logs(span: Series) -> str:
    return _text(persistence_interval(np.log1p(span.weekly_grid)))


def persistence_interval(values: Floats) -> Interval:
    """Correlation from one step to the next, with pairs resampled in blocks."""
    now, later = pairs(values)
    block = min(BLOCK_WEEKS, len(now) // 2)
    return blocked(lambda rows: correlation(now[rows], later[rows]), len(now), block=block)


def _concentration(span: Series) -> str:
    weeks = span.weekly_grid
    block = min(BLOCK_WEEKS, len(weeks) // 2)
    return _text(
        blocked(lambda rows: concentration(weeks[rows].sum(0), top=TOP), len(weeks), block=block)
    )


def _concentration_week(span: Series) -> str:
    weeks = [week for week in span.weekly_grid if week.sum() > 0]
    return figure(float(np.mean([concentration(week, top=TOP) for week in weeks])))


def _cell_dispersion(span: Series) -> str:
    return figure(cell_dispersion(span.grid), 1)


def cell_dispersion(grid: Floats) -> float:
    """Variance over mean of a cell's day, cells weighted by what was gained there."""
    gained = grid.sum(0)
    active = gained > 0
    each = [dispersion(cell) for cell in grid.T[active]]
    return float(np.average(each, weights=gained[active]))


def _together(span: Series) -> str:
    active = span.grid.T[span.grid.sum(0) > 20]
    table = np.corrcoef(active)
    return figure(float(table[np.triu_indices(len(table), 1)].mean()))


STATISTICS: tuple[tuple[str, Callable[[Series], str]], ...] = (
    ("net gain, km² a day", _mean),
    ("variance/mean of daily net gain, km²", _dispersion),
    ("days without gain, %", lambda s: figure(100 * float(np.mean(s.gained < QUIET_KM2)), 0)),
    ("daily gain, median km²", lambda s: figure(float(np.median(s.net)), 1)),
    ("daily gain, 95 % km²", lambda s: figure(float(np.quantile(s.net, 0.95)), 1)),
    ("correlation from day to day", lambda s: figure(persistence(s.net))),
    ("correlation from week to week, whole line", _weekly),
    ("correlation from week to week, all cells", _weekly_cells),
    ("the same of ln(1 + km²)", _weekly_logs),
    (f"share of gain in {TOP} of {CELLS} cells", _concentration),
    ("the same within a week, mean", _concentration_week),
    ("variance/mean of a cell's day, km²", _cell_dispersion),
    ("correlation between cells on a day, mean", _together),
    ("patches a day", lambda s: figure(len(s.patches) / len(s.net), 1)),
    ("patch, mean km²", lambda s: figure(float(s.patches.mean()), 1)),
    ("E[x²]/E[x] of patches, km²", lambda s: figure(jump_dispersion(s.patches), 1)),
)


def noise_table(all_days: Series, fitted: Series) -> Table:
    """The noise of the model, fitted by moments, and the statistics that it implies."""
    rows = []
    for words, span in (("to 2025-03-31", fitted), ("all", all_days)):
        found = fitted_noise(span)
        rows.append(
            (
                words,
                figure(found.mean_km2_per_day, 1),
                figure(found.jump_km2, 1),
                figure(found.tempo_cv),
                figure(found.tempo_weekly),
                figure(found.daily_dispersion, 1),
                figure(found.weekly_persistence),
            )
        )
    head = (
        "fitted on",
        "mean, km² a day",
        "jumps, km²",
        "tempo CV",
        "tempo week to week",
        "implied variance/mean",
        "implied weekly correlation",
    )
    return Table("noise", head, tuple(rows))


def fitted_noise(span: Series) -> Noise:
    """The noise of a span's gains."""
    whole = span.gained
    return noise(whole, span.weekly_grid.sum(1))


def tomorrow_table(all_days: Series, fitted: Series) -> Table:
    """Tomorrow's gain on the whole line, over the test days."""
    first = len(fitted.gained)
    gained = all_days.gained
    seen = gained[first:]
    model = filtered(gained, fitted_noise(fitted))
    so_far = baselines.mean_so_far(gained, first=first)
    recent = baselines.recent_mean(gained, first=first, window=28)
    today = baselines.last_value(gained, first=first)
    month = [gained[day - 28 : day] for day in range(first, len(gained))]
    rows = [
        ("mean so far, as a number", so_far, np.abs(so_far - seen)),
        (
            "all days so far, as a distribution",
            so_far,
            _each(climatology(gained, first=first), seen),
        ),
        ("as today", today, np.abs(today - seen)),
        ("last 28 days, as a distribution", recent, _each(month, seen)),
        ("model's noise, filtered", model.mean[first:], crps(model.members[:, first:], seen)),
    ]
    return _scores("tomorrow", rows, seen)


def tomorrow_cells_table(all_days: Series, fitted: Series) -> Table:
    """Tomorrow's gain in each cell, over the test days."""
    first = len(fitted.gained)
    grid = all_days.grid
    seen = grid[first:]
    model = weighted(grid, jump_km2=jump_dispersion(fitted.patches), memory_days=MEMORY_DAYS)
    so_far = baselines.mean_so_far(grid, first=first)
    recent = baselines.recent_mean(grid, first=first, window=28)
    today = baselines.last_value(grid, first=first)
    days = range(first, len(grid))
    rows = [
        ("mean so far, as a number", so_far, np.abs(so_far - seen)),
        ("all days so far, as a distribution", so_far, _cells(grid, [(0, d) for d in days])),
        ("as today", today, np.abs(today - seen)),
        ("last 28 days, as a distribution", recent, _cells(grid, [(d - 28, d) for d in days])),
        ("model's noise, mean of 14 days' memory", model.mean[first:], _flat(model, first, seen)),
    ]
    return _scores("tomorrow-cells", rows, seen)


def _scores(name: str, rows: list[tuple[str, Floats, Floats]], seen: Floats) -> Table:
    """Errors of means and CRPS; differences are to the second row, the distribution so far."""
    daily = [score.reshape(len(seen), -1).mean(1) for _, _, score in rows]
    texts = []
    for (words, mean, _), score in zip(rows, daily, strict=True):
        error = figure(float(np.sqrt(np.mean((mean - seen) ** 2))))
        difference = score - daily[1]
        less = blocked(lambda r, d=difference: float(d[r].mean()), len(seen), block=14)  # type: ignore[misc]
        texts.append((words, error, figure(float(score.mean()), 3), _text(less, 3)))
    head = ("forecast", "RMSE, km²", "CRPS, km²", "less the second row's")
    return Table(name, head, tuple(texts))


def _each(ensembles: list[Floats], seen: Floats) -> Floats:
    return np.array(
        [crps(members, np.array([y]))[0] for members, y in zip(ensembles, seen, strict=True)]
    )


def _cells(grid: Floats, spans: list[tuple[int, int]]) -> Floats:
    return np.array([crps(grid[start:stop], grid[stop]) for start, stop in spans])


def _flat(model: Prediction, first: int, seen: Floats) -> Floats:
    members = model.members[:, first:]
    return crps(members.reshape(len(members), -1), seen.ravel()).reshape(seen.shape)


def _text(found: Interval, digits: int = 2) -> str:
    value, low, high = (figure(v, digits) for v in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"

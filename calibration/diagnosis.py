"""What battles differ by, and what the campaign model makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from calibration.battle_tables import SIDES, campaigns, km_per_day, loss_rates
from calibration.cdb90 import Battle
from calibration.fit import regress
from calibration.model import BRIGADE_TROOPS
from calibration.tables import Table, figure

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

#: What battles differ by: densities at the same front, front at the same densities, days, works.
BY = ("attackers a km", "defenders a km", "front", "days", "works, 0 to 1")


def components(values: Floats, labels: Strings) -> tuple[float, float]:
    """Standard deviation between clusters and within them, by maximum likelihood.

    The values are a cluster's own normal number and each case's own, around 0 (one-way random
    effects; Searle, Casella and McCulloch 1992).

    Parameters
    ----------
    values : array, shape (cases,)
    labels : array, shape (cases,)
        Cluster of each case.
    """
    groups = [values[labels == label] for label in np.unique(labels)]

    def loss(logs: Floats) -> float:
        between, within = np.exp(2 * logs)
        total = 0.0
        for group in groups:
            size, mean = len(group), group.mean()
            spread = within + size * between
            total += (size - 1) * np.log(within) + np.log(spread)
            total += ((group - mean) ** 2).sum() / within + size * mean**2 / spread
        return float(total)

    found = optimize.minimize(loss, np.log([0.5, 1.0]) + np.log(values.std()), method="Nelder-Mead")
    between, within = np.exp(found.x)
    return float(between), float(within)


def components_table(battles: Sequence[Battle]) -> Table:
    """How far campaigns differ, and battles of one campaign: logarithms, and what is left of them
    when days, works and the ratio of forces are held.
    """
    held = np.log([[b.days, b.ratio] for b in battles])
    held = np.column_stack([np.ones(len(battles)), held, [b.works_share for b in battles]])
    rows = []
    for words, seen in _subjects(battles).items():
        moved = np.isfinite(seen) & (seen > 0)
        logs, known, labels = np.log(seen[moved]), held[moved], campaigns(battles)[moved]
        left = logs - known @ np.linalg.lstsq(known, logs, rcond=None)[0]
        parts = (*components(logs - logs.mean(), labels), *components(left, labels))
        rows.append((words, figure(len(logs), 0), *(figure(part) for part in parts)))
    head = (
        "logarithm of",
        "battles",
        "between campaigns",
        "within",
        "between, held",
        "within, held",
    )
    return Table("components", head, tuple(rows))


def covariates_table(battles: Sequence[Battle], model: Mapping[str, Floats]) -> Table:
    """Exponents of what battles differ by, in the record and in the model's medians.

    Parameters
    ----------
    battles : sequence of Battle
    model : mapping of str to array, shape (members, battles)
        The campaign model's advance and losses, by the words of the row.
    """
    front = np.array([b.front_km or np.nan for b in battles])
    troops = [np.array([getattr(b, f"{side}_troops") for b in battles], float) for side in SIDES]
    densities = [np.log(side / BRIGADE_TROOPS / front) for side in troops]
    days, works = np.log([b.days for b in battles]), np.array([b.works_share for b in battles])
    predictors = np.column_stack([*densities, np.log(front), days, works])
    rows = []
    for words, seen in _subjects(battles).items():
        moved = np.isfinite(seen) & (seen > 0) & np.isfinite(front)
        for who, made in (("battles", seen), ("model", np.median(model[words], axis=0))):
            found = regress(predictors[moved], np.log(made[moved]), campaigns(battles)[moved])
            cells = [_weight(one.value, one.low, one.high, who) for one in found.weights[1:]]
            rows.append((words, who, *cells))
    return Table("covariates", ("", "", *BY), tuple(rows))


def _weight(value: float, low: float, high: float, who: str) -> str:
    return (
        f"{figure(value)} ({figure(low)} to {figure(high)})" if who == "battles" else figure(value)
    )


def _subjects(battles: Sequence[Battle]) -> dict[str, Floats]:
    losses = {f"{side} loss, % a day": 100 * loss_rates(battles, side) for side in SIDES}
    return {"advance, km a day": km_per_day(battles), **losses}

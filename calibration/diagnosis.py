"""What battles differ by, and what the campaign model makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from calibration.battle_model import BattleRuns
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
    when days, works and the ratio of forces are held, and then the front too.
    """
    held = np.log([[b.days, b.ratio] for b in battles])
    held = np.column_stack([np.ones(len(battles)), held, [b.works_share for b in battles]])
    front = np.log([b.front_km or np.nan for b in battles])
    rows = []
    for words, seen in _subjects(battles).items():
        moved = np.isfinite(seen) & (seen > 0)
        wide = moved & np.isfinite(front)
        logs = np.log(np.where(moved, seen, 1.0))
        parts: list[float] = []
        for keep, by in (
            (moved, held[:, :1]),
            (moved, held),
            (wide, np.column_stack([held, front])),
        ):
            left = logs[keep] - by[keep] @ np.linalg.lstsq(by[keep], logs[keep], rcond=None)[0]
            parts += components(left, campaigns(battles)[keep])
        rows.append((words, figure(int(moved.sum()), 0), *(figure(part) for part in parts)))
    head = (
        "logarithm of",
        "battles",
        "between campaigns",
        "within",
        "between, held",
        "within, held",
        "between, front too",
        "within, front too",
    )
    return Table("components", head, tuple(rows))


#: Calendar days from the first of which to the last of which a band of battles went on.
BANDS_DATED = ((1, 1), (2, 2), (3, 3), (4, 7), (8, 100))
#: Less than this a day is no advance, km.
STILL_KM = 0.01


def still_table(battles: Sequence[Battle], model: BattleRuns) -> Table:
    """Battles in which the attacker took no ground, and losses a calendar day, by calendar days.

    Parameters
    ----------
    battles : sequence of Battle
    model : BattleRuns
        The campaign model on the same battles.
    """
    dated = np.array([b.days_dated for b in battles])
    turn = np.array([b.days for b in battles]) / dated
    seen = km_per_day(battles)
    rows = []
    for low, high in BANDS_DATED:
        band = (dated >= low) & (dated <= high)
        moved = band & np.isfinite(seen)
        cells = [figure(100 * float((made < STILL_KM).mean()), 0)
                 for made in (seen[moved], model.km_per_day[:, moved])]  # fmt: skip
        for side in SIDES:
            rates = 100 * loss_rates(battles, side, "days_dated")
            known = band & np.isfinite(rates)
            made = 100 * (model.rates[side] * turn)[:, known]
            cells += [figure(float(np.median(values))) for values in (rates[known], made)]
        days = str(low) if low == high else f"{low} to {high}"
        rows.append((days, figure(int(moved.sum()), 0), *cells))
    head = ("calendar days", "battles", "% without ground", "model", "attacker, % a calendar day",
            "model", "defender", "model")  # fmt: skip
    return Table("still", head, tuple(rows))


def repulse_table(battles: Sequence[Battle]) -> Table:
    """What battles without an advance do to losses: factors, other things held."""
    still = np.array([0.0 if b.advance_km is None else b.advance_km <= 0 for b in battles])
    asked = np.isfinite(km_per_day(battles))
    front = np.log([b.front_km or np.nan for b in battles])
    troops = np.log([[b.attacker_troops, b.defender_troops] for b in battles])
    days, works = np.log([b.days for b in battles]), np.array([b.works_share for b in battles])
    labels = campaigns(battles)
    rows = []
    for side in SIDES:
        rates = loss_rates(battles, side)
        known = np.isfinite(rates) & (rates > 0) & asked
        logs = np.log(np.where(known, rates, 1.0))
        wide = known & np.isfinite(front)
        more = np.column_stack([still, days, front, troops - front[:, None], works])
        short = np.column_stack([still, days])
        without = regress(short[known, 1:], logs[known], labels[known]).skill
        cells = []
        for keep, by, values in (
            (known, short, logs),
            (wide, more, logs),
            (known, _within(short, labels, known), _within(logs, labels, known)),
        ):
            found = regress(by[keep], values[keep], labels[keep])
            one = found.weights[1]
            low, middle, high = (figure(float(np.exp(v))) for v in (one.low, one.value, one.high))
            cells.append(f"{middle} ({low} to {high})")
            if by is short:
                skill = figure(found.skill)
        rows.append((f"{side} loss, % a day", *cells, figure(without), skill))
    head = ("factor on", "days held", "days, front, densities, works", "within a campaign, days",
            "skill left out, days alone", "and whether ground was taken")  # fmt: skip
    return Table("repulses", head, tuple(rows))


def _within(values: Floats, labels: Strings, keep: NDArray[np.bool_]) -> Floats:
    """Values less the mean of their campaign, over the cases kept."""
    left = values.astype(float).copy()
    for label in np.unique(labels[keep]):
        here = keep & (labels == label)
        left[here] -= left[here].mean(axis=0)
    return left


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

"""What the battles say: losses, who wins, how far, attrition and break-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.baselines import base_rate, logit_left_out
from calibration.cdb90 import Battle
from calibration.fit import Regression, regress, threshold
from calibration.intervals import Interval, clustered
from calibration.skill import brier, crps, log_score
from calibration.statistics import rank_correlation
from calibration.tables import Table, figure

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]
Side = Literal["attacker", "defender"]
SIDES: tuple[Side, Side] = ("attacker", "defender")
#: Medians that the specification of the campaign stage names, per cent a day.
STATED_LOSS = {"attacker": "1.6", "defender": "4.7"}
UNIT_TROOPS = 10_000
BANDS_DAYS = ((0, 1), (1, 3), (3, 7), (7, 100))


def loss_rates(battles: Sequence[Battle], side: Side, duration: str = "days") -> Floats:
    """Casualties as a share of the side's own troops, a day; NaN where not known."""
    return np.array(
        [np.nan if (share := loss_share(b, side)) is None else share / getattr(b, duration)
         for b in battles]
    )  # fmt: skip


def loss_share(battle: Battle, side: Side) -> float | None:
    """Casualties as a share of the side's own troops, over the battle."""
    losses = getattr(battle, f"{side}_losses")
    return None if losses is None else losses / getattr(battle, f"{side}_troops")


def km_per_day(battles: Sequence[Battle]) -> Floats:
    """Advance by calendar day; NaN where not known."""
    return np.array(
        [np.nan if b.advance_km is None else b.advance_km / b.days_dated for b in battles]
    )


def campaigns(battles: Sequence[Battle]) -> Strings:
    """The campaign of each battle."""
    return np.array([b.campaign for b in battles])


def loss_table(battles: Sequence[Battle]) -> Table:
    """Loss rates by side, and what the definition of a day does to them."""
    definitions = {
        "days": "active days, middle",
        "days_most": "active days, longest",
        "days_dated": "calendar days",
    }
    rows = []
    for side in SIDES:
        for duration, words in definitions.items():
            rate, labels = _known(100 * loss_rates(battles, side, duration), battles)
            spread = np.quantile(rate, [0.05, 0.25, 0.75, 0.95])
            stated = STATED_LOSS[side] if duration == "days" else ""
            median = _median(rate, labels)
            rows.append(
                (side, words, str(len(rate)), _interval(median), stated, *map(figure, spread))
            )
    head = (
        "side",
        "a day is",
        "battles",
        "median, % a day",
        "stated",
        "5 %",
        "25 %",
        "75 %",
        "95 %",
    )
    return Table("losses", head, tuple(rows))


def duration_table(battles: Sequence[Battle]) -> Table:
    """Loss rates by how long the battle lasted."""
    rows = []
    for low, high in BANDS_DAYS:
        cells = []
        part = [b for b in battles if low < b.days <= high]
        for side in SIDES:
            rate, labels = _known(100 * loss_rates(part, side), part)
            cells.append(_interval(_median(rate, labels)))
        rows.append((f"{low} to {high}", str(len(part)), *cells))
    return Table(
        "durations", ("active days", "battles", "attacker, % a day", "defender"), tuple(rows)
    )


def decided(battles: Sequence[Battle]) -> list[Battle]:
    """The battles that one side won."""
    return [b for b in battles if b.won != 0]


def win_table(battles: Sequence[Battle], models: Mapping[str, Floats] | None = None) -> Table:
    """Scores of the chance that the attacker wins.

    Parameters
    ----------
    battles : sequence of Battle
    models : mapping of str to array, shape (battles,), optional
        The campaign model's chance for each battle, decided or not, by how it was made.
    """
    keep = np.array([b.won != 0 for b in battles])
    won = np.array([b.won == 1 for b in battles if b.won != 0], dtype=float)
    ratio = np.log([[b.ratio] for b in battles if b.won != 0])
    labels = campaigns(battles)[keep]
    alone = np.arange(len(won)).astype(str)
    nothing = np.empty((len(won), 0))
    reference = logit_left_out(nothing, won, labels)
    forecasts = [
        ("base rate, own campaign left out", reference),
        ("force ratio, own campaign left out", logit_left_out(ratio, won, labels)),
        ("base rate, battle left out", base_rate(won)),
        ("force ratio, battle left out", logit_left_out(ratio, won, alone)),
    ]
    if models is not None:
        # The model's parameters have seen these battles; so has this base rate.
        forecasts.append(("base rate, nothing left out", np.full(len(won), won.mean())))
        forecasts += [(words, chance[keep]) for words, chance in models.items()]
    rows = [
        (words, figure(brier(chance, won), 4), figure(log_score(chance, won), 3),
         _difference(chance, reference, won, labels))
        for words, chance in forecasts
    ]  # fmt: skip
    head = ("forecast", "Brier", "log score", "Brier less the first row's")
    return Table("wins", head, tuple(rows))


def _difference(chance: Floats, reference: Floats, won: Floats, labels: Strings) -> str:
    worse = (chance - won) ** 2 - (reference - won) ** 2
    return _interval(clustered(lambda rows: float(worse[rows].mean()), labels), 4)


def advance_table(battles: Sequence[Battle]) -> Table:
    """Advance by calendar day, by who won."""
    groups = [("all", battles)] + [
        (words, [b for b in battles if b.won == won])
        for words, won in (("attacker won", 1), ("attacker lost", -1))
    ]
    rows = []
    for words, part in groups:
        rate, labels = _known(km_per_day(part), part)
        spread = [figure(value) for value in np.quantile(rate, [0.05, 0.25, 0.75, 0.95])]
        forward = np.log(rate[rate > 0])
        median = _interval(_median(rate, labels))
        share = figure(100 * float(np.mean(rate <= 0)), 0)
        log_sd = figure(float(np.std(forward, ddof=1)))
        rows.append((words, str(len(rate)), median, *spread, share, log_sd))
    head = ("battles", "n", "median, km a day", "5 %", "25 %", "75 %", "95 %",
            "% not forward", "log sd of the rest")  # fmt: skip
    return Table("advance", head, tuple(rows))


def distance_table(battles: Sequence[Battle], models: Mapping[str, Floats] | None = None) -> Table:
    """How far: rank correlations, and scores of forecasts of ln(1 + km a day).

    Parameters
    ----------
    battles : sequence of Battle
    models : mapping of str to array, shape (members, battles), optional
        The campaign model's km a calendar day, by how it was made.
    """
    keep = np.isfinite(km_per_day(battles))
    part = [b for b, known in zip(battles, keep, strict=True) if known]
    labels, ratio = campaigns(part), np.log([b.ratio for b in part])
    seen = np.log1p(np.maximum(km_per_day(part), 0))
    scores: dict[str, tuple[Floats | None, Floats]] = {
        "climatology of other campaigns": (None, _left_out(seen, None, labels)),
        "force ratio, other campaigns": (ratio, _left_out(seen, ratio, labels)),
    }
    if models is not None:
        scores["climatology, nothing left out"] = (None, crps(seen, seen))
    for words, made in (models or {}).items():
        ensemble = np.log1p(np.maximum(made[:, keep], 0))
        scores[words] = (np.median(ensemble, axis=0), crps(ensemble, seen))
    reference = scores["climatology of other campaigns"][1]

    def less(score: Floats) -> Interval:
        return clustered(lambda rows: float((score - reference)[rows].mean()), labels)

    rows = [
        (words, *_ranks(order, part), figure(float(score.mean()), 3), _interval(less(score), 3))
        for words, (order, score) in scores.items()
    ]
    head = ("forecast", "rank correlation with km", "with km a day", "CRPS", "less the first row's")
    return Table("distance", head, tuple(rows))


def _ranks(order: Floats | None, battles: Sequence[Battle]) -> tuple[str, str]:
    """Rank correlations of an ordering with the distance and with the rate of advance."""
    if order is None:
        return "", ""
    distance = np.array([b.advance_km for b in battles], dtype=float)
    labels = campaigns(battles)

    def rank(seen: Floats) -> str:
        return _interval(clustered(lambda r: rank_correlation(order[r], seen[r]), labels))

    return rank(distance), rank(km_per_day(battles))


def _left_out(seen: Floats, ratio: Floats | None, labels: Strings) -> Floats:
    """CRPS of the other campaigns' outcomes, shifted by a regression on the ratio if given."""
    score = np.empty(len(seen))
    for label in np.unique(labels):
        out = labels == label
        others = seen[~out]
        if ratio is None:
            score[out] = crps(others, seen[out])
            continue
        slope, level = np.polyfit(ratio[~out], others, 1)
        rest = others - (level + slope * ratio[~out])
        ensemble = np.maximum(rest[:, None] + level + slope * ratio[out], 0)
        score[out] = crps(ensemble, seen[out])
    return score


def attrition(battles: Sequence[Battle], side: Side, *, with_days: bool = False) -> Regression:
    """Loss rate on own and enemy strength (in 10,000 troops), and on duration if wanted."""
    enemy: Side = "defender" if side == "attacker" else "attacker"
    part = [b for b in battles if (loss_share(b, side) or 0) > 0]
    columns = [[getattr(b, f"{s}_troops") / UNIT_TROOPS for b in part] for s in (side, enemy)]
    if with_days:
        columns.append([b.days for b in part])
    return regress(np.log(columns).T, np.log(loss_rates(part, side)), campaigns(part))


def attrition_table(battles: Sequence[Battle]) -> Table:
    """Bracken's exponents as battles give them, and how little they explain."""
    rows = []
    for side in SIDES:
        for with_days in (False, True):
            found = attrition(battles, side, with_days=with_days)
            base, own, enemy, *days = found.weights
            rate = Interval(*(100 * float(np.exp(v)) for v in (base.value, base.low, base.high)))
            above = Interval(own.value + 1, own.low + 1, own.high + 1)
            rows.append((side, _interval(rate), _interval(enemy), _interval(above),
                         _interval(days[0]) if days else "", figure(found.residual_sd),
                         figure(found.skill)))  # fmt: skip
    head = ("losses of the", "% a day at 10,000 each", "p (enemy)", "q (own)", "days",
            "residual log sd", "skill left out")  # fmt: skip
    return Table("attrition", head, tuple(rows))


def break_off_table(battles: Sequence[Battle]) -> Table:
    """Losses at the end by outcome, and the threshold that they suggest."""
    rows = []
    for side, beaten in (("attacker", -1), ("defender", 1)):
        part = [b for b in decided(battles) if (loss_share(b, side) or 0) > 0]
        for words, chosen in (("all", part), ("over 2 days", [b for b in part if b.days > 2])):
            share = np.array([loss_share(b, side) for b in chosen], dtype=float)
            lost = np.array([b.won == beaten for b in chosen])
            found = threshold(share, lost)
            rows.append((side, words, str(len(share)), *(figure(100 * float(np.median(s)), 1)
                         for s in (share[lost], share[~lost])), figure(100 * found.median, 1),
                         figure(found.log_sd)))  # fmt: skip
    head = ("side", "battles", "n", "median loss where beaten, %", "where not, %",
            "threshold: median, %", "log sd")  # fmt: skip
    return Table("break-off", head, tuple(rows))


#: Defenders by how far they are fortified.
POSTURES = ((0.0, "unprepared"), (0.5, "prepared"), (1.0, "fortified"))


def posture_table(battles: Sequence[Battle], model: Mapping[str, Floats] | None = None) -> Table:
    """Advance and losses by the defenders' posture, and what full works do at the same numbers.

    Parameters
    ----------
    battles : sequence of Battle
    model : mapping of str to array, shape (members, battles), optional
        The campaign model's advance and losses, by the words of the row.
    """
    works = np.array([b.works_share for b in battles])
    same = np.log([[b.ratio, b.days_dated] for b in battles])
    rows = []
    subjects = {"advance, km a day": km_per_day(battles)}
    subjects |= {f"{side} loss, % a day": 100 * loss_rates(battles, side) for side in SIDES}
    for words, seen in subjects.items():
        known = np.isfinite(seen)
        moved = known & (seen > 0)
        found = regress(
            np.column_stack([works, same])[moved],
            np.log(np.where(moved, seen, 1.0))[moved],
            campaigns(battles)[moved],
        )
        effect = found.weights[1]
        factor = Interval(*(float(np.exp(v)) for v in (effect.value, effect.low, effect.high)))
        for who, made in (("battles", seen[None]), ("model", (model or {}).get(words))):
            if made is not None:
                part = [made[:, known & (works == share)] for share, _ in POSTURES]
                medians = [figure(float(np.median(values))) for values in part]
                rows.append((words, who, *medians, _interval(factor) if who == "battles" else ""))
    head = ("", "", *(words for _, words in POSTURES), "fortified to unprepared, same numbers")
    return Table("postures", head, tuple(rows))


def _known(values: Floats, battles: Sequence[Battle]) -> tuple[Floats, Strings]:
    keep = np.isfinite(values)
    return values[keep], campaigns(battles)[keep]


def _median(values: Floats, labels: Strings) -> Interval:
    return clustered(lambda rows: float(np.median(values[rows])), labels)


def _interval(found: Interval, digits: int = 2) -> str:
    value, low, high = (figure(v, digits) for v in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"

"""The campaign model on the battles: each one a campaign of one sector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.engine import run
from backstop.campaign.inputs import Notes
from calibration.battle_tables import (
    BANDS_DAYS,
    SIDES,
    Side,
    decided,
    km_per_day,
    loss_rates,
    loss_share,
)
from calibration.cdb90 import Battle
from calibration.fit import Threshold, threshold
from calibration.model import BRIGADE_TROOPS, campaign, sector_rows, world_rows
from calibration.shipped import Draws
from calibration.tables import Table, figure

Floats = NDArray[np.float64]

WORLDS = 512
#: Days after which a battle that nobody has broken off is called by who is nearer to it.
HORIZON_DAYS = 90
#: Front of a battle whose width is not known: the median of the others, km.
FRONT_KM = 7.5
KEY = (20250630, 3)

Draw = Callable[[range], Draws]


@dataclass(frozen=True, slots=True, eq=False)
class BattleRuns:
    """What the model says of each battle."""

    win: Floats
    """Chance that the attacker wins, shape (battles,)."""
    rates: dict[Side, Floats]
    """Loss shares an active day by side, shape (worlds, battles)."""
    km_per_day: Floats
    """Advance by calendar day, shape (worlds, battles)."""


def break_offs(battles: Sequence[Battle]) -> dict[Side, Threshold]:
    """The thresholds of both sides, as the battles give them."""
    return {
        side: _break_off(battles, side, won) for side, won in (("attacker", -1), ("defender", 1))
    }


def _break_off(battles: Sequence[Battle], side: Side, beaten: int) -> Threshold:
    part = [b for b in decided(battles) if (loss_share(b, side) or 0) > 0]
    share = np.array([loss_share(b, side) for b in part], dtype=float)
    return threshold(share, np.array([b.won == beaten for b in part]))


def simulate_battles(
    battles: Sequence[Battle],
    draw: Draw,
    *,
    worlds: int = WORLDS,
    thresholds_from: Sequence[Battle] | None = None,
) -> BattleRuns:
    """Run every battle with its own troops, front and days.

    The attacker wins a world where the defence breaks first; where neither breaks within the
    horizon, the side that is nearer to its threshold is the loser. The recorded duration decides
    when losses and distance are read, not who wins.

    Parameters
    ----------
    battles : sequence of Battle
    draw : callable
        From world numbers to shipped quantities.
    worlds : int
        Worlds of each battle.
    thresholds_from : sequence of Battle, optional
        Battles that the break-off thresholds are fitted to; the same ones when left out.
    """
    total = len(battles) * worlds
    sides = _sides(battles, worlds, break_offs(thresholds_from or battles))
    draws = draw(range(total))
    # In a battle of the database the whole force is engaged.
    width = np.repeat([b.front_km or FRONT_KM for b in battles], worlds)
    rows = world_rows(draws, line_km=width, engaged_share=np.ones(total), attack_km=width)
    rows[at.ATTACKER_LINE], rows[at.PROTECTED_LINE] = sides.mass["attacker"], sides.mass["defender"]
    rows[at.ATTACKER_BREAK], rows[at.DEFENDER_BREAK] = (
        sides.mass[side] * (1 - sides.limit[side]) for side in SIDES
    )
    days = [b.days_dated for b in battles]
    checkpoints = np.unique([*days, HORIZON_DAYS])
    works = np.repeat([b.works_share for b in battles], worlds)
    sector = sector_rows(draws, width, sectors=1, works=works)
    inputs = campaign(rows, sector, days=int(checkpoints[-1]))
    found = run(inputs, key=KEY, checkpoints=list(checkpoints))
    place = np.searchsorted(checkpoints, np.repeat(days, worlds))
    noted = found.notes[place, :, np.arange(total)].astype(float)
    lost = {"attacker": noted[:, at.ATTACKER_LOSS], "defender": noted[:, at.PROTECTED_LOSS]}
    active = np.repeat([b.days for b in battles], worlds)

    def table(values: Floats) -> Floats:
        return np.asarray(values, dtype=float).reshape(len(battles), worlds).T

    return BattleRuns(
        table(_won(found, sides)).mean(0),
        {side: table(lost[side] / sides.mass[side] / active) for side in SIDES},
        table(noted[:, at.DEEPEST] / np.repeat(days, worlds)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Both sides of every battle in every world, one after the other; shape (worlds,)."""

    mass: dict[Side, Floats]
    """Brigade equivalents."""
    limit: dict[Side, Floats]
    """Share of them at whose loss the side breaks off."""


def _sides(battles: Sequence[Battle], worlds: int, fitted: dict[Side, Threshold]) -> _Sides:
    random = np.random.default_rng(KEY[0])
    mass, limit = {}, {}
    for side in SIDES:
        troops = np.repeat([getattr(b, f"{side}_troops") for b in battles], worlds)
        mass[side] = troops / BRIGADE_TROOPS
        luck = fitted[side].log_sd * random.standard_normal(len(troops))
        limit[side] = np.minimum(fitted[side].median * np.exp(luck), 1)
    return _Sides(mass, limit)


def _won(found: Notes, sides: _Sides) -> NDArray[np.bool_]:
    """Whether the attacker won: the defence broke first, or is nearer to it at the end."""
    end = found.notes[-1].astype(float)
    near = {
        side: end[row] / sides.mass[side] / sides.limit[side]
        for side, row in zip(SIDES, (at.ATTACKER_LOSS, at.PROTECTED_LOSS), strict=True)
    }
    stopped, broke = found.ends
    return np.where(stopped == broke, near["defender"] > near["attacker"], broke < stopped)


#: What is scaled to bring the model's medians to those of other battles.
LOCATIONS = {
    "attacker": "battle.attrition.attacker_loss_share",
    "defender": "battle.attrition.defender_loss_share",
    "advance": "battle.movement.km_per_day",
}
#: Rounds of scaling: losses and advance answer nearly in proportion.
ROUNDS = 3


def simulate_located(
    battles: Sequence[Battle], draw: Draw, *, worlds: int = WORLDS // 2
) -> BattleRuns:
    """The model with its median losses and advance brought to those of the other half.

    Campaigns are split in two by turns; each half is forecast with three medians, the exponent of
    the front's width, and break-off thresholds, that come from the other half alone. All spreads
    stay as shipped.
    """
    names = np.unique([b.campaign for b in battles])
    half = {name: turn % 2 for turn, name in enumerate(names)}
    halves = [[b for b in battles if half[b.campaign] == turn] for turn in (0, 1)]
    places = [[k for k, b in enumerate(battles) if half[b.campaign] == turn] for turn in (0, 1)]
    win = np.empty(len(battles))
    rates = {side: np.empty((worlds, len(battles))) for side in SIDES}
    advance = np.empty((worlds, len(battles)))
    for seen, unseen, here in ((0, 1, places[1]), (1, 0, places[0])):
        moved = _located(halves[seen], draw)
        runs = simulate_battles(halves[unseen], moved, worlds=worlds, thresholds_from=halves[seen])
        win[here], advance[:, here] = runs.win, runs.km_per_day
        for side in SIDES:
            rates[side][:, here] = runs.rates[side]
    return BattleRuns(win, rates, advance)


def width_power(battles: Sequence[Battle]) -> float:
    """Exponent of the front's width in the advance, days and works held; never negative."""
    moved = [b for b in battles if b.front_km and (b.advance_km or 0) > 0]
    known = np.array([[1.0, np.log(b.front_km or 1), np.log(b.days), b.works_share] for b in moved])
    found = np.linalg.lstsq(known, np.log(km_per_day(moved)), rcond=None)[0]
    return max(float(found[1]), 0.0)


def _located(battles: Sequence[Battle], draw: Draw) -> Draw:
    """The same draws with the battles' exponent of width, and three quantities scaled until the
    medians are those of the battles.
    """
    factors = dict.fromkeys(LOCATIONS, 1.0)
    width = width_power(battles)

    def scaled(worlds: range) -> Draws:
        draws = draw(worlds)
        for name, path in LOCATIONS.items():
            draws[path] = draws[path] * factors[name]
        draws["battle.movement.width_power"] = np.full(len(worlds), width)
        return draws

    for _ in range(ROUNDS):
        runs = simulate_battles(battles, scaled, worlds=64)
        pairs = {side: (loss_rates(battles, side), runs.rates[side]) for side in SIDES}
        for name, (seen, made) in {
            **pairs,
            "advance": (km_per_day(battles), runs.km_per_day),
        }.items():
            known = np.isfinite(seen)
            factors[name] *= float(np.median(seen[known]) / np.median(made[:, known]))
    return scaled


def model_battle_table(battles: Sequence[Battle], runs: BattleRuns) -> Table:
    """Quantiles of the battles and of the model, and how many battles its 90 % intervals hold."""
    rows = []
    subjects = [(f"{side} loss, % a day", 100 * loss_rates(battles, side), 100 * runs.rates[side])
                for side in SIDES]  # fmt: skip
    subjects.append(("advance, km a day", km_per_day(battles), runs.km_per_day))
    for words, seen, made in subjects:
        known = np.isfinite(seen)
        levels = (0.05, 0.25, 0.5, 0.75, 0.95)
        data = [figure(v) for v in np.quantile(seen[known], levels)]
        model = [figure(v) for v in np.quantile(made[:, known], levels)]
        low, high = np.quantile(made[:, known], [0.05, 0.95], axis=0)
        held = np.mean((seen[known] >= low) & (seen[known] <= high))
        rows.append((words, "battles", *data, ""))
        rows.append((words, "model", *model, figure(100 * float(held), 0)))
    head = ("", "", "5 %", "25 %", "median", "75 %", "95 %", "% of battles within 90 %")
    return Table("model-battles", head, tuple(rows))


def by_words(runs: BattleRuns) -> dict[str, Floats]:
    """Advance and losses by the words of the tables; shape (worlds, battles)."""
    losses = {f"{side} loss, % a day": 100 * runs.rates[side] for side in SIDES}
    return {"advance, km a day": runs.km_per_day, **losses}


def model_duration_table(battles: Sequence[Battle], runs: BattleRuns) -> Table:
    """Median loss rates by how long the battle lasted, of the battles and of the model."""
    rows = []
    for low, high in BANDS_DAYS:
        here = np.array([low < b.days <= high for b in battles])
        cells = []
        for side in SIDES:
            seen = 100 * loss_rates(battles, side)[here]
            cells += [figure(float(np.nanmedian(seen))),
                      figure(100 * float(np.median(runs.rates[side][:, here])))]  # fmt: skip
        rows.append((f"{low} to {high}", *cells))
    head = ("active days", "attacker, battles", "model", "defender, battles", "model")
    return Table("model-durations", head, tuple(rows))

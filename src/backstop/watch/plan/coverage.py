"""From effort to detection and attribution.

Search at random (Koopman 1946): means i with effort hᵢ per kilometre and day sees an act of kind a
with probability 1 - exp(-hᵢ·kᵢₐ), where k is what it sees of that act against the average
violation. Means miss independently of each other, so that the exponents add up. Of the sightings a
share qᵢₐ says who did it, and thinning gives the chance of attribution: 1 - exp(-Σ hᵢ·kᵢₐ·qᵢₐ).
With k = 1 this is the rule by which the mission is sized, so that both agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backstop.errors import InputError, Problem
from backstop.scenario.campaign import Ground
from backstop.scenario.ident import did_you_mean
from backstop.scenario.scenario import Case
from backstop.watch.plan.draws import Floats, Lookup, table_values
from backstop.watch.plan.means import DrawnMeans
from backstop.watch.plan.table import PlanTable, shipped_table

HOURS = ("day", "night")
#: Stretches of equal length where the scenario names none.
EQUAL_PARTS = 10
#: The average violation, for which sizing counts.
VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the line."""

    id: str
    title: str
    share: float
    """Its part of the line's length."""
    ground: Ground
    probe_share: float
    """Its part in where probes happen."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What the means of a design amount to in each world; arrays have shape (worlds,)."""

    table: PlanTable
    values: Mapping[str, Floats]
    pieces: tuple[Piece, ...]
    line_km: Floats
    """Length of what is covered."""
    covered: Floats
    """Share of the line that is; nothing is seen on the rest."""
    access: Floats
    night_share: Floats
    wanted: Floats
    if_seen: Floats
    """Chance that the average violation is pinned on its author, once seen."""
    effort: Mapping[tuple[str, bool], Floats]
    """Daylight effort per km and day of each means, where the observers may go and elsewhere;
    flights lost to interference are taken off."""
    units: Mapping[str, Floats]
    """How many of each means there are."""
    night: Mapping[str, Floats]
    """Effect at night of each means."""
    people: Mapping[str, Floats]
    """People for each means, on duty and off, without support."""

    def detected(self, piece: Piece, hour: str, act: str) -> Floats:
        """Chance that an act is seen, on ground open and closed to the observers together."""
        return self._chance(piece, hour, act, pinned=False)

    def attributed(self, piece: Piece, hour: str, act: str) -> Floats:
        """Chance that an act is seen and pinned on its author."""
        return self._chance(piece, hour, act, pinned=True)

    def _chance(self, piece: Piece, hour: str, act: str, *, pinned: bool) -> Floats:
        reach = self.values[f"ground.{piece.ground}"]
        chance = np.zeros_like(self.access)
        for entered, part in ((True, self.access), (False, 1.0 - self.access)):
            total = np.zeros_like(chance)
            for means in self.units:
                effect = self.effort[means, entered] * reach
                if hour == "night":
                    effect = effect * self.night[means]
                total = total + effect * self._worth(means, act, pinned=pinned)
            chance = chance + part * -np.expm1(-total)
        return chance

    def _worth(self, means: str, act: str, *, pinned: bool) -> Floats:
        if act == VIOLATION:
            return self.if_seen if pinned else np.ones_like(self.if_seen)
        seen = self.values[f"means[{means}].sees.{act}"]
        if not pinned:
            return seen
        share = np.minimum(1.0, self.values[f"means[{means}].pins.{act}"] * self.if_seen)
        return np.asarray(seen * share)

    def over_hours(self, chances: Mapping[str, Floats]) -> Floats:
        """The mean over day and night, as violations are spread over them."""
        night = self.night_share
        return np.asarray((1.0 - night) * chances["day"] + night * chances["night"])


def coverage_of(
    case: Case,
    *,
    draws: Lookup,
    extra: Mapping[str, float] | None = None,
    table: PlanTable | None = None,
) -> Coverage:
    """The means that the design's stated chance of detection takes, and what they then see.

    ``extra`` are more units of any means, by its id, spread evenly over the line: ``{"acoustic":
    20, "satellite": 1}``.

    Raises
    ------
    InputError
        When there is no means of that id.
    """
    assert case.design.monitoring is not None, "the design observes"
    table = table or shipped_table()
    values = table_values(table, draws.worlds)
    base = f"designs[{case.design.id}].monitoring"
    access, night_share = draws[f"{base}.access_share"], draws[f"{base}.night_share"]
    wanted = draws[f"{base}.detection_per_km_day"]
    covered = _covered(case, draws)
    line_km = draws[f"theatre.lines[{line_of(case)}].length_km"] * covered
    means = DrawnMeans.of(case, draws, table, values)
    units, effort = means.for_chance(wanted, line_km, access, night_share)
    for name, more in (extra or {}).items():
        if name not in means.names:
            message = f"there is no means {name[:60]!r}{did_you_mean(name, means.names)}"
            listed = ", ".join(means.names)
            raise InputError([Problem("--add", 0, 0, "", f"{message} ({listed})")])
        means.add(name, more, line_km=line_km, access=access, units=units, effort=effort)
    terms = case.scenario.file.deterrence
    seen = "deterrence.attribution_if_seen"
    return Coverage(
        table=table,
        values=values,
        pieces=pieces_of(case),
        line_km=line_km,
        covered=covered,
        access=access,
        night_share=night_share,
        wanted=wanted,
        if_seen=values["attribution_if_seen"] if terms is None else draws[seen],
        effort=effort,
        units=units,
        night=means.night,
        people={name: units[name] * means.people[name] for name in units},
    )


def pieces_of(case: Case) -> tuple[Piece, ...]:
    """The stretches of the line; equal parts of mixed ground where the scenario names none.

    Only where the campaign's line is the one that the design watches do its stretches hold.
    """
    campaign, land = case.scenario.file.campaign, case.design.land
    if campaign is None or (land is not None and land.line != campaign.line):
        share = 1.0 / EQUAL_PARTS
        return tuple(
            Piece(f"part-{n}", f"Part {n} of {EQUAL_PARTS}", share, "mixed", share)
            for n in range(1, EQUAL_PARTS + 1)
        )
    stretches = campaign.stretches
    length = sum(one.length_share for one in stretches)
    probed = sum(one.length_share * one.effort for one in stretches)
    return tuple(
        Piece(
            one.id,
            one.title,
            one.length_share / length,
            one.ground,
            one.length_share * one.effort / probed if probed > 0 else one.length_share / length,
        )
        for one in stretches
    )


def line_of(case: Case) -> str:
    """The definition of the line that the design watches."""
    if case.design.land is not None:
        return case.design.land.line
    campaign = case.scenario.file.campaign
    return campaign.line if campaign is not None else case.scenario.file.theatre.lines[0].id


def _covered(case: Case, draws: Lookup) -> Floats:
    """Share of the line that is watched: what the force covers or, where it mans no line, all."""
    land = case.design.land
    if land is None or (land.task in ("deter", "hold") and land.stationing != "front"):
        return np.ones(len(draws.worlds))
    return draws[f"designs[{case.design.id}].land.covered_share"]


def attribution(case: Case, *, draws: Lookup, extra: Mapping[str, float] | None = None) -> Floats:
    """Chance that a probe is pinned on its author, shape (worlds,).

    Some are without any watch (``deterrence.attribution``); the plan adds what it pins, with the
    acts that a probe is made of, where probes happen, by day and by night, on the covered line.
    """
    known = draws["deterrence.attribution"]
    if case.design.monitoring is None:
        return known
    coverage = coverage_of(case, draws=draws, extra=extra)
    weights = {act.id: act.probe_weight for act in coverage.table.acts}
    total = sum(weights.values())
    pinned = np.zeros_like(known)
    for piece in coverage.pieces:
        for act, weight in weights.items():
            if weight == 0 or piece.probe_share == 0:
                continue
            chances = {hour: coverage.attributed(piece, hour, act) for hour in HOURS}
            pinned = pinned + piece.probe_share * weight / total * coverage.over_hours(chances)
    return np.asarray(1.0 - (1.0 - known) * (1.0 - coverage.covered * pinned))

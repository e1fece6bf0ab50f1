"""The monitoring plan of a design: what would be seen, where, when, of what; and the gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backstop.errors import InputError, Problem
from backstop.futures import Range, quantities
from backstop.scenario.scenario import Case
from backstop.watch.plan.coverage import (
    HOURS,
    VIOLATION,
    Coverage,
    Piece,
    attribution,
    coverage_of,
    line_of,
)
from backstop.watch.plan.draws import Floats, Lookup
from backstop.watch.plan.ground import cut
from backstop.watch.plan.table import PlanTable

SCHEMA = "backstop/watch-plan/1"


@dataclass(frozen=True, slots=True)
class Cell:
    """One act at one hour on one stretch: chances for a kilometre and a day."""

    hour: str
    """Day or night."""
    act: str
    """The kind of act; ``violation`` is the average one, for which sizing counts."""
    detected: Range
    attributed: Range
    shortfall: float
    """Share of worlds in which less is seen than the design states."""


@dataclass(frozen=True, slots=True)
class StretchPlan:
    """One stretch of the line."""

    id: str
    title: str
    ground: str
    km: Range
    cells: tuple[Cell, ...]
    points: tuple[tuple[float, float], ...]
    """Where it runs, longitude and latitude; empty when the scenario does not draw the line."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An act at an hour on a stretch of which less is seen than the design states."""

    stretch: str
    hour: str
    act: str
    detected: float
    """Median chance of detection."""
    wanted: float
    """Median of what the design states."""
    sentence: str


@dataclass(frozen=True, slots=True)
class MeansCount:
    """How many of one means, and the people they take, on duty and off."""

    means: str
    units: Range
    people: Range


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer: what would be seen, and what it takes."""

    design: str
    line: str
    worlds: int
    seed: int
    means: tuple[MeansCount, ...]
    people: Range
    """Observers, on duty and off, without support."""
    people_with_support: Range
    detection: Range
    """Chance of seeing the average violation, over the whole line and the whole day."""
    wanted: Range
    """What the design states."""
    attribution: Range | None
    """Chance that a probe is pinned on its author; None when the scenario has no crisis."""
    stretches: tuple[StretchPlan, ...]
    gaps: tuple[Gap, ...]
    acts: Mapping[str, str]
    """What each kind of act is called."""
    judgements: int
    """Numbers of the table of means that rest on no source."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON values."""
        return {"schema": SCHEMA, **_plain(asdict(self))}

    def geojson(self) -> dict[str, Any]:
        """Stretches as features, each with what is least seen there; for a map (RFC 7946)."""
        features = []
        for stretch in self.stretches:
            worst = min(stretch.cells, key=lambda one: one.detected.p50)
            missed = [gap for gap in self.gaps if gap.stretch == stretch.id]
            features.append({
                "type": "Feature",
                "geometry": {
                    "type": "LineString",
                    "coordinates": [list(point) for point in stretch.points],
                } if stretch.points else None,
                "properties": {
                    "id": stretch.id,
                    "title": stretch.title,
                    "km": stretch.km.p50,
                    "gaps": len(missed),
                    "acts": [f"{gap.act} by {gap.hour}" for gap in missed],
                    "least_seen": f"{worst.act} by {worst.hour}",
                    "detected": worst.detected.p50,
                    "attributed": worst.attributed.p50,
                },
            })  # fmt: skip
        return {"type": "FeatureCollection", "features": features}


def plan(
    case: Case,
    *,
    draws: Lookup,
    extra: Mapping[str, float] | None = None,
    table: PlanTable | None = None,
) -> Plan:
    """Plan the observation of the line for a design.

    Parameters
    ----------
    case : Case
    draws : Lookup
        The sampled numbers: ``Draws.of(case, …)``, or the futures of an assessment.
    extra : mapping of str to float
        More units of any means than the design's chance of detection takes, spread evenly.
    table : PlanTable
        What each means sees; the shipped one when left out.

    Raises
    ------
    InputError
        When the design observes nothing.
    """
    if case.design.monitoring is None:
        message = "observes nothing: it has no table [monitoring] to plan for"
        raise InputError([Problem(f"designs/{case.design.id}.toml", 0, 0, "monitoring", message)])
    coverage = coverage_of(case, draws=draws, extra=extra, table=table)
    people = sum(coverage.people.values(), np.zeros_like(coverage.wanted))
    support = draws["sizing.monitoring.support_share"]
    terms = case.scenario.file.deterrence
    points = _points(case, coverage)
    stretches = tuple(
        _stretch(coverage, piece, where)
        for piece, where in zip(coverage.pieces, points, strict=True)
    )
    return Plan(
        design=case.design.id,
        line=line_of(case),
        worlds=len(draws.worlds),
        seed=draws.worlds.seed,
        means=_counts(coverage),
        people=Range.of(people),
        people_with_support=Range.of(people * (1.0 + support)),
        detection=Range.of(overall(coverage)),
        wanted=Range.of(coverage.wanted),
        attribution=None
        if terms is None
        else Range.of(attribution(case, draws=draws, extra=extra)),
        stretches=stretches,
        gaps=tuple(_gaps(coverage, stretches)),
        acts={VIOLATION: "Average violation", **{a.id: a.title for a in coverage.table.acts}},
        judgements=_judgements(coverage.table),
    )


def _counts(coverage: Coverage) -> tuple[MeansCount, ...]:
    return tuple(
        MeansCount(name, Range.of(coverage.units[name]), Range.of(coverage.people[name]))
        for name in coverage.units
        if bool(np.any(coverage.units[name] > 0))
    )


def overall(coverage: Coverage) -> Floats:
    """Chance of seeing the average violation, over the line's length and the day."""
    total = np.zeros_like(coverage.wanted)
    for piece in coverage.pieces:
        chances = {hour: coverage.detected(piece, hour, VIOLATION) for hour in HOURS}
        total = total + piece.share * coverage.over_hours(chances)
    return total


def _stretch(
    coverage: Coverage, piece: Piece, points: tuple[tuple[float, float], ...]
) -> StretchPlan:
    acts = (VIOLATION, *(act.id for act in coverage.table.acts))
    cells = []
    for act in acts:
        for hour in HOURS:
            seen = coverage.detected(piece, hour, act)
            cells.append(
                Cell(
                    hour=hour,
                    act=act,
                    detected=Range.of(seen),
                    attributed=Range.of(coverage.attributed(piece, hour, act)),
                    # A hair of tolerance: the effort is found by bisection.
                    shortfall=float(np.mean(seen < coverage.wanted * (1 - 1e-9))),
                )
            )
    km = Range.of(coverage.line_km * piece.share)
    return StretchPlan(piece.id, piece.title, piece.ground, km, tuple(cells), points)


def _gaps(coverage: Coverage, stretches: tuple[StretchPlan, ...]) -> list[Gap]:
    """Every act and hour that is seen less often than stated, in the median; the worst first."""
    wanted = float(np.median(coverage.wanted))
    titles = {act.id: act.title for act in coverage.table.acts}
    found = [
        Gap(
            stretch=stretch.id,
            hour=cell.hour,
            act=cell.act,
            detected=cell.detected.p50,
            wanted=wanted,
            sentence=f"{stretch.title}, by {cell.hour}: {titles[cell.act].lower()} is seen with "
            f"{cell.detected.p50:.0%} a day and kilometre ({cell.detected.p05:.0%} to "
            f"{cell.detected.p95:.0%}), where the design states {wanted:.0%}.",
        )
        for stretch in stretches
        for cell in stretch.cells
        if cell.act != VIOLATION and cell.detected.p50 < wanted
    ]
    return sorted(found, key=lambda gap: (gap.detected, gap.stretch, gap.hour, gap.act))


def _points(case: Case, coverage: Coverage) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The drawn line, cut in the stretches' proportions."""
    name = line_of(case)
    for feature in case.scenario.lines.features:
        if feature.properties.id == name:
            return cut(feature.geometry.coordinates, [piece.share for piece in coverage.pieces])
    return tuple(() for _ in coverage.pieces)


def _judgements(table: PlanTable) -> int:
    return sum(not place.quantity.source for place in quantities(table))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value

"""Observations of the record, and what fusion compares of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.watch.act import Casualties
from backstop.watch.fusion.reports import (
    UNSTATED,
    USUAL_RADIUS_M,
    Floats,
    Reports,
    reports,
)
from backstop.watch.fusion.taxonomy import Taxonomy
from backstop.watch.moment import Moment
from backstop.watch.place import Sector
from backstop.watch.record import Observation
from backstop.watch.sector import widths

#: Families of kinds of act, for agreement on a broader level than the kind; a judgement.
_FAMILIES = {
    "fire": ("explosion", "projectile_in_flight", "muzzle_flash", "burst", "shot", "armed_clash",
             "attack", "illumination_flare", "live_fire_exercise", "violence_against_civilians"),
    "air": ("air_strike", "missile_strike", "drone_strike", "interception", "uav_flight",
            "aircraft_flight", "alert"),
    "mine": ("mine_explosion", "ied_explosion", "mine_or_uxo"),
    "heat": ("thermal_anomaly", "fire"),
    "harm": ("damage", "casualty"),
    "forces": ("force_movement", "line_moved", "withdrawal", "fortification",
               "weapon_in_violation_of_withdrawal_line", "weapon_outside_storage",
               "incursion_disengagement_area"),
    "mission": ("freedom_of_movement_restriction", "threat_to_monitor", "jamming"),
}  # fmt: skip
_FAMILY = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds}
#: Words that say nothing of the kind or the weapon.
_SILENT = frozenset({"other", "unknown", ""})
_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
_DAY_S = 86_400.0
#: Rings and rays of the points that stand for a sector.
_RINGS, _RAYS = 6, 6


@dataclass(frozen=True, slots=True)
class Observed:
    """The arrays, and what could not be compared."""

    found: Reports
    unplaced: tuple[str, ...]
    """Keys of records without coordinates; they stand alone and are counted apart."""
    streams: tuple[str, ...]
    """Names of the streams, by number; of several data sets in the order they were first met."""


def observed(
    records: Iterable[tuple[str, Observation]], *, taxonomies: Sequence[Taxonomy] = ()
) -> Observed:
    """What fusion compares of observations.

    Parameters
    ----------
    records : iterable of (key, Observation)
        Keys are unique, e.g. ``identify(record).key``.
    taxonomies : sequence of Taxonomy
        Where any is given they alone say which types agree; else kind and weapon do.

    Raises
    ------
    InputError
        When a taxonomy does not explain a record's category.

    Notes
    -----
    Places are projected to a plane around their middle (Lambert azimuthal equal-area), in which
    distances within a theatre of some hundred kilometres are within about 0.1 %. A stream is source
    and stream of the record. Streams are numbered by name, so that order of arrival is nothing.
    """
    held = sorted(records, key=lambda one: one[0])
    placed = [(key, one) for key, one in held if one.place.located]
    streams = sorted({stream_of(one) for _, one in placed})
    number = {name: place for place, name in enumerate(streams)}
    x, y, clouds = _plane(placed)
    spans = np.array([_span(one.occurred) for _, one in placed]).reshape(-1, 2)
    found = reports(
        key=[key for key, _ in placed],
        x_m=x,
        y_m=y,
        start_day=spans[:, 0],
        end_day=spans[:, 1],
        radius_m=[
            USUAL_RADIUS_M if one.place.radius_m is None else one.place.radius_m
            for _, one in placed
        ],
        stream=[number[stream_of(one)] for _, one in placed],
        taxonomies=_explained(placed, taxonomies) if taxonomies else _own(placed),
        killed=[_killed(one.act.casualties) for _, one in placed],
        clouds_m=clouds,
    )
    unplaced = tuple(key for key, one in held if not one.place.located)
    return Observed(found, unplaced, tuple(streams))


def stream_of(one: Observation) -> str:
    """Who reports: the source, and its stream where it has several."""
    return f"{one.source}/{one.stream}" if one.stream else one.source


def _span(when: Moment) -> tuple[float, float]:
    start = (when.earliest - _ORIGIN).total_seconds() / _DAY_S
    return start, (when.latest - _ORIGIN).total_seconds() / _DAY_S


def _killed(lost: Casualties | None) -> tuple[int, int]:
    if lost is None or lost.killed is None:
        return UNSTATED, UNSTATED
    return lost.killed.low, lost.killed.high


def _plane(
    placed: Sequence[tuple[str, Observation]],
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Metres on a plane around the middle of all places, and the clouds of sectors."""
    if not placed:
        return np.zeros(0), np.zeros(0), {}
    from pyproj import Transformer

    east = np.array([one.place.longitude for _, one in placed], np.float64)
    north = np.array([one.place.latitude for _, one in placed], np.float64)
    # Means of unit vectors, so that a theatre across the date line has its middle inside it.
    turn = np.radians(east)
    middle = math.degrees(math.atan2(np.sin(turn).mean(), np.cos(turn).mean()))
    plane = f"+proj=laea +lat_0={north.mean():.6f} +lon_0={middle:.6f} +units=m +ellps=WGS84"
    to_plane = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    x, y = to_plane.transform(east, north)
    clouds = {}
    for key, one in placed:
        sector = one.place.sector
        if sector is not None and sector.located:
            post = np.array(to_plane.transform(sector.longitude, sector.latitude))
            clouds[key] = post + _cloud(sector)
    return np.asarray(x), np.asarray(y), clouds


def _cloud(sector: Sector) -> NDArray[np.float64]:
    """Points at equal shares of a sector's area, metres from the observer, shape (36, 2).

    Grid north is taken for true north: within a theatre they differ by a few degrees at most.
    """
    inner, outer = sector.nearest_km * 1_000, sector.farthest_km * 1_000
    rings = np.sqrt(inner**2 + (outer**2 - inner**2) * (np.arange(_RINGS) + 0.5) / _RINGS)
    openings = np.array(widths(sector))
    starts = np.array([start for start, _ in sector.bearings_deg] or [0.0])
    turned = openings.sum() * (np.arange(_RAYS) + 0.5) / _RAYS
    edges = np.cumsum(openings)
    which = np.searchsorted(edges, turned, side="right")
    bearing = np.radians(starts[which] + turned - (edges - openings)[which])
    east, north = np.outer(rings, np.sin(bearing)), np.outer(rings, np.cos(bearing))
    return np.column_stack([east.ravel(), north.ravel()])


def _own(placed: Sequence[tuple[str, Observation]]) -> dict[str, NDArray[np.int64]]:
    """Agreement by the record's own vocabulary: kind and family of the act, weapon class."""
    kinds = [(one.act.kind, _FAMILY.get(one.act.kind, one.act.kind)) for _, one in placed]
    weapons = [(one.act.weapon_class,) for _, one in placed]
    return {"kind": _codes(kinds, 2), "weapon": _codes(weapons, 1)}


def _explained(
    placed: Sequence[tuple[str, Observation]], taxonomies: Sequence[Taxonomy]
) -> dict[str, NDArray[np.int64]]:
    out, problems = {}, []
    for taxonomy in taxonomies:
        rows: list[tuple[str, ...]] = []
        for key, one in placed:
            said = dict(one.taxonomy).get(taxonomy.name, ("",))[0]
            levels = taxonomy.find(one.source, said) if said else ("",) * taxonomy.depth
            if levels is None:
                reason = f"does not explain {said!r} of {one.source!r} (record {key})"
                problems.append(Problem("taxonomy", 0, 0, taxonomy.name, reason))
            rows.append(levels or ("",) * taxonomy.depth)
        out[taxonomy.name] = _codes(rows, taxonomy.depth)
    if problems:
        raise InputError(problems)
    return out


def _codes(rows: Sequence[tuple[str, ...]], depth: int) -> NDArray[np.int64]:
    """Numbers for words, by level; words that say nothing are unstated."""
    number: dict[tuple[int, str], int] = {}
    codes = [
        [
            UNSTATED if word in _SILENT else number.setdefault((level, word), len(number))
            for level, word in enumerate(row)
        ]
        for row in rows
    ]
    return np.array(codes, np.int64).reshape(-1, depth)

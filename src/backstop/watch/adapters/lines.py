"""Dated lines of contact from GeoJSON: one file with a date on each feature, or a file a day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from backstop.errors import InputError, Problem
from backstop.watch.line import LineSeries, Vintage

#: A day in the name of a file: 20240708 or 2024-07-08.
_DAY = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d)")
#: Largest file of one line, in bytes.
MOST_BYTES = 200_000_000
#: The ``role`` of an area that says where the far side is and is no line itself.
FAR_SIDE = "far-side"
#: Largest error that a drawing may state.
MOST_OFF_KM = 200.0


def read_lines(path: str | Path, *, line: str = "contact") -> LineSeries:
    """The vintages in a GeoJSON file, or in all of a folder.

    A feature's ``date`` says its day, else the file's name does; ``until`` the last day for which
    it holds, and ``uncertainty_km`` how far it may be off (one standard deviation). Lines are taken
    as they are. Of an area that is drawn the border is the line, and its inside the far side; an
    area with the ``role`` "far-side" only says which side is which.

    Raises
    ------
    InputError
        When a file is no GeoJSON, has no day, or two of them have the same.
    """
    place = Path(path)
    files = sorted(place.glob("*.geojson")) if place.is_dir() else [place]
    if not files:
        raise InputError([Problem(str(path), 0, 0, "", "holds no .geojson file")])
    found = [vintage for file in files for vintage in _vintages(file)]
    try:
        return LineSeries(line, found)
    except ValueError as error:
        raise InputError([Problem(str(path), 0, 0, "", str(error))]) from None


def _vintages(file: Path) -> Iterable[Vintage]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"has more than {MOST_BYTES / 1e6:,.0f} MB; is it the right file?")
        return vintages_of(json.loads(file.read_bytes()), name=file.name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"is no dated line: {error}"
        raise InputError([Problem(str(file), 0, 0, "", reason)]) from None


def vintages_of(collection: Mapping[str, Any], *, name: str) -> list[Vintage]:
    """The vintages of a feature collection; features of one day are pieces of one line."""
    from shapely import get_coordinates, get_parts, get_rings, union_all
    from shapely.geometry import shape

    held: dict[date, list[Any]] = {}
    sides: dict[date, list[Any]] = {}
    said: dict[date, dict[str, Any]] = {}
    for feature in collection["features"]:
        properties = feature.get("properties") or {}
        day = _day(properties, name)
        drawn = sides if properties.get("role") == FAR_SIDE else held
        drawn.setdefault(day, []).append(shape(feature["geometry"]))
        said.setdefault(day, {}).update(properties)
    vintages = []
    for day, shapes in held.items():
        parts = get_parts(shapes)
        areas = [one for one in parts if one.geom_type == "Polygon"]
        lines = [*(one for one in parts if one.geom_type == "LineString"), *get_rings(areas)]
        areas += sides.get(day, [])
        pieces = tuple(
            np.asarray(get_coordinates(one), dtype=np.float64) for one in lines if one.length > 0
        )
        if not pieces:
            raise ValueError(f"{day} has no line")
        beyond = union_all(areas) if areas else None
        vintages.append(Vintage(day, pieces, beyond, *_claims(said[day])))
    return vintages


def _claims(properties: Mapping[str, Any]) -> tuple[date | None, float | None]:
    """Until when a drawing holds, and how far it says it may be off."""
    until, off = properties.get("until"), properties.get("uncertainty_km")
    if off is not None and not 0 <= float(off) <= MOST_OFF_KM:
        raise ValueError(f"uncertainty_km {off!r} is not from 0 to {MOST_OFF_KM:g}")
    return (
        date.fromisoformat(str(until)[:10]) if until else None,
        None if off is None else float(off),
    )


def _day(properties: Mapping[str, Any], name: str) -> date:
    if properties.get("date"):
        return date.fromisoformat(str(properties["date"])[:10])
    match = _DAY.search(name)
    if match is None:
        raise ValueError("neither a property `date` nor the file's name says the day")
    return date(int(match[1]), int(match[2]), int(match[3]))

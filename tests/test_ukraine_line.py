"""The drawn line of contact of ukraine-2025 against an independent daily map of mid-2025."""

from __future__ import annotations

import itertools
import json
import math
import statistics
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pyproj import Transformer

from backstop.scenario.geometry import Lines, LineString, length_km
from backstop.scenario.theatre import Theatre

FOLDER = files("backstop") / "data" / "scenarios" / "ukraine-2025"
FRONT = Path(__file__).parents[2] / "shared" / "data" / "front" / "front_line_fortnightly.geojson"

Points = list[tuple[float, float]]


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines.model_validate_json((FOLDER / "line.geojson").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def contact(lines: Lines) -> LineString:
    return next(f.geometry for f in lines.features if f.properties.id == "contact")


@pytest.fixture(scope="module")
def reference() -> Points:
    """The longest stretch of the latest line; the rest is islands, spits and border incursions."""
    if not FRONT.exists():
        pytest.skip("needs the shared data folder beside the repository")
    latest = max(
        json.loads(FRONT.read_text(encoding="utf-8"))["features"],
        key=lambda feature: feature["properties"]["date"],
    )
    stretch = max(latest["geometry"]["coordinates"], key=len)
    return [(longitude, latitude) for longitude, latitude in stretch]


def test_drawn_lengths_agree_with_the_stated_ones_within_their_tolerance(lines: Lines) -> None:
    text = (FOLDER / "scenario.toml").read_text(encoding="utf-8")
    theatre = Theatre.model_validate(tomllib.loads(text)["theatre"])
    stated = {line.id: line.length_km.support() for line in theatre.lines}
    for feature in lines.features:
        low, high = stated[feature.properties.id]
        slack = feature.properties.tolerance
        assert low * (1 - slack) <= length_km(feature.geometry) <= high * (1 + slack)


def test_every_point_of_the_line_lies_within_ten_kilometres_of_the_map(
    contact: LineString, reference: Points
) -> None:
    distances = _distances(list(contact.coordinates), reference)
    assert max(distances) < 10
    assert statistics.mean(distances) < 4


def test_the_line_misses_no_stretch_of_the_map_by_more_than_fifteen_kilometres(
    contact: LineString, reference: Points
) -> None:
    distances = _distances(reference, list(contact.coordinates))
    assert max(distances) < 15
    assert statistics.mean(distances) < 5


def test_the_line_is_coarser_than_the_map_and_none_of_its_points_is_taken_from_it(
    contact: LineString, reference: Points
) -> None:
    drawn = length_km(contact)
    mapped = length_km(LineString(type="LineString", coordinates=tuple(reference)))
    assert 0.6 * mapped < drawn < 0.8 * mapped
    assert not set(contact.coordinates) & set(reference)


def _distances(points: Points, line: Points) -> list[float]:
    """Distance in kilometres from each point to the line, in an equidistant projection."""
    to_km = Transformer.from_crs(
        "EPSG:4326", "+proj=aeqd +lat_0=48 +lon_0=35 +units=km", always_xy=True
    ).transform
    ends = [to_km(*point) for point in line]
    segments = list(itertools.pairwise(ends))
    return [min(_to_segment(to_km(*point), *segment) for segment in segments) for point in points]


def _to_segment(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    across, up = end[0] - start[0], end[1] - start[1]
    square = across**2 + up**2
    along = ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / square if square else 0
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - start[0] - along * across, point[1] - start[1] - along * up)

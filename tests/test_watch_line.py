"""Distance to the line of the record's own day: engines agree, vintages are the right ones."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from pyproj import Geod

from backstop.errors import InputError
from backstop.watch.adapters.lines import read_lines, vintages_of
from backstop.watch.line import LineSeries, Vintage, relation, within
from watch_cases import raw_file, write

EARTH = Geod(ellps="WGS84")


def straight(day: str, latitude: float) -> Vintage:
    points = np.array([[30.0, latitude], [35.0, latitude], [40.0, latitude]])
    return Vintage(date.fromisoformat(day), (points,))


SERIES = LineSeries("contact", [straight("2024-07-08", 48.0), straight("2024-07-22", 48.5)])


def measured(longitude, latitude, *days):
    ordinals = np.array([date.fromisoformat(day).toordinal() for day in days])
    return SERIES.distances(np.array(longitude), np.array(latitude), ordinals)


def test_a_record_is_measured_against_the_line_of_its_own_day():
    found = measured(
        [33.0] * 4, [48.25] * 4, "2024-07-07", "2024-07-08", "2024-07-21", "2024-07-22"
    )
    assert found.vintage.tolist() == [-1, 0, 0, 1]
    assert found.stale_days.tolist() == [-1, 0, 13, 0]
    assert np.isnan(found.distance_m[0])
    assert found.distance_m[1] == found.distance_m[2]


def test_a_day_without_a_line_says_so():
    found = measured([33.0] * 2, [48.25] * 2, "2024-07-01", "2024-07-21")
    assert relation(found, 0)["note"] == "there is no line of that day or before"
    told = relation(found, 1)
    assert (told["vintage"], told["stale_days"]) == ("2024-07-08", 13)
    assert "this one is of 2024-07-08" in told["note"]


def test_the_plane_agrees_with_a_brute_force_on_the_ellipsoid():
    """Oracle: the line in pieces of 50 m, the nearest of them by geodesics."""
    draw = np.random.default_rng(3)
    longitude, latitude = draw.uniform(30.5, 39.5, 40), draw.uniform(46.5, 49.5, 40)
    found = measured(longitude, latitude, *["2024-07-08"] * 40)
    for row in range(40):
        # The straight line of the plane between two corners, as the series draws it.
        near = np.linspace(-2000, 2000, 81)
        _, _, off = EARTH.inv(
            longitude[row], latitude[row], found.longitude[row], found.latitude[row]
        )
        assert found.distance_m[row] == pytest.approx(off, rel=found.tolerance)
        east = found.longitude[row] + near / 75_000
        _, _, others = EARTH.inv(
            np.full(81, longitude[row]), np.full(81, latitude[row]), east,
            np.full(81, found.latitude[row]),
        )  # fmt: skip
        assert off <= np.min(others) * (1 + found.tolerance)


def test_near_a_threshold_the_geodesic_decides():
    found = measured([33.0], [48.25], "2024-07-08")
    _, _, exact = EARTH.inv(33.0, 48.25, found.longitude[0], found.latitude[0])
    at = (np.array([33.0]), np.array([48.25]))
    assert within(found, *at, threshold_m=exact + 0.5)[0]
    assert not within(found, *at, threshold_m=exact - 0.5)[0]
    none = measured([33.0], [48.25], "2024-07-01")
    assert not within(none, *at, threshold_m=1e9)[0]


def test_the_far_side_is_told_where_an_area_is_drawn(tmp_path):
    ring = [[36.0, 47.0], [39.0, 47.0], [39.0, 49.0], [36.0, 49.0], [36.0, 47.0]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    series = read_lines(write(tmp_path / "map_20240708.geojson", text))
    day = np.full(2, date(2024, 7, 9).toordinal())
    found = series.distances(np.array([37.0, 35.0]), np.array([48.0, 48.0]), day)
    assert [relation(found, row)["side"] for row in (0, 1)] == ["far", "near"]
    assert relation(found, 0)["stale_days"] == 1


def test_the_real_line_has_26_vintages_and_the_stated_error_holds():
    series = read_lines(raw_file("front", "front_line_fortnightly.geojson"))
    assert len(series.vintages) == 26
    draw = np.random.default_rng(5)
    longitude, latitude = draw.uniform(30, 40, 5_000), draw.uniform(45, 50.5, 5_000)
    days = draw.integers(date(2024, 7, 8).toordinal(), date(2025, 7, 1).toordinal(), 5_000)
    found = series.distances(longitude, latitude, days)
    _, _, exact = EARTH.inv(longitude, latitude, found.longitude, found.latitude)
    error = np.abs(np.asarray(exact) - found.distance_m) / np.maximum(exact, 1.0)
    assert error.max() < found.tolerance < 0.002


def drawn(properties, *corners) -> str:
    geometry = {"type": "LineString", "coordinates": corners}
    return json.dumps({"features": [{"properties": properties, "geometry": geometry}]})


@pytest.mark.parametrize(("text", "reason"), [
    ("{}", "is no dated line"), ('{"features": []}', "has no vintage"),
    (drawn({"date": "2024-07-08"}, [1, 1], [1, 1]), "has no line"),
    (drawn({}, [1, 1], [2, 2]), "says the day"),
])  # fmt: skip
def test_a_file_that_is_no_line_says_why(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        read_lines(write(tmp_path / "line.geojson", text))


def test_two_lines_of_one_day_are_a_mistake():
    with pytest.raises(ValueError, match="two vintages of 2024-07-08"):
        LineSeries("x", [straight("2024-07-08", 48.0), straight("2024-07-08", 49.0)])


def test_pieces_of_one_day_are_one_line():
    lines = [
        {"properties": {"date": "2024-07-08"},
         "geometry": {"type": "LineString", "coordinates": [[x, 48], [x + 1, 48]]}}
        for x in (30, 35)
    ]  # fmt: skip
    (vintage,) = vintages_of({"features": lines}, name="x")
    assert len(vintage.parts) == 2

"""Uncertain place: winds of the compass, annular sectors, their centre, radius and sampler."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from backstop.scenario.files import shipped_text
from backstop.watch.gazetteer import (
    Spot,
    fold,
    read_gazetteer,
    sharper,
    shipped_gazetteer,
    spot_beside,
)
from backstop.watch.place import Sector
from backstop.watch.sector import (
    WINDS,
    area,
    area_km2,
    bearings_of,
    sample,
    sector_place,
    wind,
)

EARTH = Geod(ellps="WGS84")
STATION = (37.742, 48.045)


@pytest.mark.parametrize(("words", "letters"), [
    ("north", "N"), ("north-north-east", "NNE"), ("North West", "NW"), ("northwest", "NW"),
    ("west-south-west", "WSW"), ("ssw", "SSW"), ("E", "E"),
])  # fmt: skip
def test_winds_are_read(words, letters):
    assert wind(words) == letters


@pytest.mark.parametrize("words", ["up", "NNN", "north-south", ""])
def test_what_is_no_wind_is_refused(words):
    with pytest.raises(ValueError, match="no wind"):
        wind(words)


def test_neighbouring_winds_join_and_cross_north():
    assert bearings_of(["N"]) == ((348.75, 11.25),)
    assert bearings_of(["NNE", "N", "NNW"]) == ((326.25, 33.75),)
    assert bearings_of(["NNE", "NE", "NNW"]) == ((11.25, 56.25), (326.25, 348.75))
    assert bearings_of(WINDS) == ()


sectors = st.builds(
    lambda near, depth, winds, position: Sector(
        *STATION, position, near, near + depth, bearings_of(winds), tuple(winds)
    ),
    st.floats(0, 20), st.floats(0.2, 20),
    st.lists(st.sampled_from(WINDS), min_size=1, max_size=6, unique=True), st.floats(0, 2000),
)  # fmt: skip


@given(sectors)
@settings(max_examples=40, deadline=None)
def test_the_polygon_has_the_area_of_the_sector(sector):
    drawn = abs(EARTH.geometry_area_perimeter(area(sector))[0]) / 1e6
    assert drawn == pytest.approx(area_km2(sector), rel=0.002)


@given(sectors)
@example(Sector(*STATION, 431.0, 2.0, 2.5, bearings_of(["N", "ESE"]), ("N", "ESE")))
@example(Sector(*STATION, 2000.0, 0.0, 0.2, bearings_of(["N"]), ("N",)))
@settings(max_examples=20, deadline=None)
def test_centre_and_radius_are_those_of_the_probability_surface(sector):
    """Oracle: 20,000 points of the sampler, measured by geodesics from the centre."""
    place = sector_place(sector)
    drawn = sample(sector, draws=20_000, seed=1)
    count = len(drawn)
    _, _, off = EARTH.inv([place.longitude] * count, [place.latitude] * count, *drawn.T)
    assert np.mean(np.asarray(off) <= place.radius_m) == pytest.approx(0.68, abs=0.03)


def test_samples_lie_in_the_sector():
    sector = Sector(*STATION, 0.0, 2.0, 7.0, bearings_of(["NNE", "NE", "NNW"]))
    drawn = sample(sector, draws=5_000, seed=7)
    count = len(drawn)
    bearing, _, distance = EARTH.inv([STATION[0]] * count, [STATION[1]] * count, *drawn.T)
    bearing = np.asarray(bearing) % 360
    assert np.all((np.asarray(distance) > 1985) & (np.asarray(distance) < 7045))
    inside = ((bearing > 11) & (bearing < 56.5)) | ((bearing > 326) & (bearing < 349))
    assert np.all(inside)
    # Each opening gets points by its width: 45 of 67.5 degrees.
    assert np.mean(bearing < 90) == pytest.approx(2 / 3, abs=0.03)


def test_the_same_seed_gives_the_same_points():
    sector = Sector(*STATION, 100.0, 2.0, 7.0)
    assert np.array_equal(sample(sector, draws=9, seed=3), sample(sector, draws=9, seed=3))


def test_a_whole_ring_has_the_observer_for_its_centre():
    place = sector_place(Sector(*STATION, 0.0, 2.0, 7.0))
    _, _, off = EARTH.inv(place.longitude, place.latitude, *STATION)
    assert off < 1
    assert place.radius_m == pytest.approx(1000 * math.sqrt(4 + 0.68 * 45), rel=0.02)


def test_a_single_distance_is_still_an_area():
    assert area(Sector(*STATION, 0.0, 3.0, 3.0, bearings_of(["N"]))).area > 0


def test_a_place_beside_a_town_is_as_uncertain_as_its_words():
    """6 km north-west: a kilometre in distance, and the bearing as loosely as reports mean it."""
    donetsk = shipped_gazetteer()["donetsk"]
    spot = spot_beside(donetsk, 6.0, "NW")
    _, _, off = EARTH.inv(spot.longitude, spot.latitude, donetsk.longitude, donetsk.latitude)
    assert off == pytest.approx(6000, abs=2)
    across = 6000 * math.tan(math.radians(18.5))
    assert spot.radius_m == pytest.approx(math.hypot(donetsk.radius_m, across, 1060), rel=1e-3)
    # A finer wind is a smaller doubt.
    assert spot_beside(donetsk, 6.0, "NNW").radius_m < spot.radius_m


#: Positions as daily reports of the OSCE mission give them (2015 to 2021): place, kilometres, wind,
#: and the town they are measured from.
POSITIONS = (
    ("Horlivka", 39, "NE", "Donetsk"), ("Svitlodarsk", 57, "NE", "Donetsk"),
    ("Avdiivka", 17, "N", "Donetsk"), ("Maiorsk", 45, "NE", "Donetsk"),
    ("Kruta Balka", 16, "N", "Donetsk"), ("Oleksandrivka", 20, "SW", "Donetsk"),
    ("Yasynuvata", 16, "NE", "Donetsk"), ("Donetsk airport", 12, "NW", "Donetsk"),
    ("Zolote", 60, "NW", "Luhansk"), ("Zolote", 60, "W", "Luhansk"),
    ("Katerynivka", 64, "W", "Luhansk"), ("Sievierodonetsk", 74, "NW", "Luhansk"),
    ("Kadiivka", 50, "W", "Luhansk"), ("Popasna", 69, "W", "Luhansk"),
    ("Chermalyk", 31, "NE", "Mariupol"), ("Shyrokyne", 20, "E", "Mariupol"),
)  # fmt: skip


def test_the_doubt_of_a_position_covers_where_the_places_are():
    """68 % of sixteen is eleven; the rose of eight winds is read more loosely than half a wind."""
    places, inside, half_a_wind = shipped_gazetteer(), 0, 0
    for name, km, towards, town in POSITIONS:
        spot, true = spot_beside(places[fold(town)], km, towards), places[fold(name)]
        _, _, off = EARTH.inv(spot.longitude, spot.latitude, true.longitude, true.latitude)
        inside += off <= spot.radius_m
        half_a_wind += off <= math.hypot(1e3 * km * math.tan(math.radians(7.65)), 340, 2000)
    assert 9 <= inside <= 14
    assert half_a_wind <= inside - 2


def test_a_name_is_sharper_than_a_bearing_and_a_far_namesake_is_not_it():
    places = shipped_gazetteer()
    beside = spot_beside(places["donetsk"], 17, "N")
    assert sharper(places["avdiivka"], beside) == places["avdiivka"]
    # A place of that name in another part of the country.
    assert sharper(Spot(24.0, 49.8, 2000), beside) == beside
    assert sharper(None, beside) == beside
    assert sharper(places["avdiivka"], None) == places["avdiivka"]


def test_every_place_of_the_gazetteer_has_a_source_and_a_radius():
    for name, row in _rows().items():
        assert row["source"], name
        assert float(row["radius_m"]) >= 1500, name
        assert 22 < float(row["longitude"]) < 41, name
        assert 44 < float(row["latitude"]) < 53, name
    judged = [name for name, row in _rows().items() if row["source"].startswith("judgement")]
    assert all(float(_rows()[name]["radius_m"]) >= 2000 for name in judged)


def _rows():
    text = shipped_text("watch", "gazetteer.csv")
    return {row["name"]: row for row in csv.DictReader(text.splitlines())}


def test_a_gazetteer_is_read_and_a_broken_one_names_its_line():
    table = "name,longitude,latitude,radius_m\nPopasna,38.37,48.63,1500\n"
    assert read_gazetteer(table)["popasna"] == Spot(38.37, 48.63, 1500.0)
    with pytest.raises(ValueError, match="line 2"):
        read_gazetteer("name,longitude,latitude,radius_m\nPopasna,east,48.63,1500\n")

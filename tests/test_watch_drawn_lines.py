"""The drawings that come with the package: periods, errors, and the verdicts they give."""

from __future__ import annotations

import gzip
import json
from datetime import date

import numpy as np
import pytest

from backstop.errors import InputError, NotFound
from backstop.scenario.load import load
from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors
from backstop.watch.adapters.lines import read_lines, vintages_of
from backstop.watch.agreement import (
    DRAWINGS,
    classify,
    joined,
    read_agreement,
    scenario_line,
    shipped_agreement,
    shipped_line,
)
from backstop.watch.line import LineSeries, Vintage, relation
from backstop.watch.moment import days
from backstop.watch.place import Place
from watch_cases import observation, raw_file, write

PACKAGE = shipped_agreement("minsk-package-2015")
LINES = {one.id: shipped_line(one.drawing) for one in PACKAGE.lines}
UKRAINE, FORMATIONS = Actors(("Ukrainian Armed Forces",)), Actors(("armed formations",))


def km(name: str, longitude: float, latitude: float, day: str):
    """Distance in km, side, staleness and stated error."""
    found = shipped_line(name).distances(
        np.array([longitude]), np.array([latitude]),
        np.array([date.fromisoformat(day).toordinal()]),
    )  # fmt: skip
    return (
        found.distance_m[0] / 1000, found.beyond[0], found.stale_days[0], found.stated_km[0]
    )  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_drawing_says_its_period_its_error_and_its_sources(name):
    (vintage,) = shipped_line(name).vintages
    assert vintage.until is not None
    assert vintage.uncertainty_km > 0
    assert vintage.beyond is not None
    assert 300 < 1e-3 * _length_m(vintage) < 450


def _length_m(vintage: Vintage) -> float:
    from pyproj import Geod

    return Geod(ellps="WGS84").line_length(*vintage.parts[0].T)


def test_an_unknown_drawing_is_refused_by_name_and_in_an_agreement():
    with pytest.raises(NotFound, match="donbas-2015"):
        shipped_line("donbass")
    text = (
        'id = "a"\nversion = 1\ntitle = "A"\nsummary = "A"\nconcluded = "2015"\n'
        "in_force_from = 2015-02-15T00:00:00+02:00\n"
        'parties = [{ id = "n", title = "N" }, { id = "s", title = "S" }]\n'
        'lines = [{ id = "l", title = "l", drawing = "donbas-2014" }]\n'
        'clauses = [{ id = "c", text = "1", paraphrase = "p", acts = ["shot"] }]\n'
        'sources = [{ id = "m", title = "M", publisher = "P", date = "2015", language = "en" }]\n'
    )
    with pytest.raises(InputError, match="there is no shipped drawing 'donbas-2014'"):
        read_agreement(text, file="a.toml")


def test_a_drawing_holds_for_its_period_and_is_stale_after_it():
    at = (37.9, 48.3)
    assert km("donbas-2015", *at, "2015-02-18")[2] == 0
    assert km("donbas-2015", *at, "2022-02-23")[2] == 0
    assert km("donbas-2015", *at, "2022-03-05")[2] == 10
    assert km("donbas-2015", *at, "2015-02-17")[2] == -1
    assert np.isnan(km("donbas-2015", *at, "2015-02-17")[3])
    assert km("donbas-2015", *at, "2020-01-01")[3] == 2.5


def test_the_places_that_changed_hands_lie_on_other_sides_of_the_two_lines():
    """The airport of Donetsk and Debaltseve fell on 22 January and 18 February 2015."""
    for longitude, latitude in ((37.7256, 48.075), (38.4, 48.3333)):
        assert km("donbas-2014-09-19", longitude, latitude, "2014-09-19")[1] == 0
        assert km("donbas-2015", longitude, latitude, "2016-01-01")[1] == 1


#: Towns of decree 32/2019 of the President of Ukraine on the far side, and towns beside the line
#: that were not on it.
FAR = {
    "Donetsk": (37.8053, 48.0), "Horlivka": (38.05, 48.3), "Debaltseve": (38.4, 48.3333),
    "Dokuchaievsk": (37.6794, 47.7505), "Yasynuvata": (37.8625, 48.1278),
    "Luhansk": (39.3, 48.5667), "Pervomaisk": (38.5167, 48.6333),
    "Holubivka": (38.6437, 48.6356), "Slovianoserbsk": (38.9818, 48.6964),
}  # fmt: skip
NEAR = {
    "Avdiivka": (37.745, 48.1453), "Marinka": (37.5042, 47.9417), "Toretsk": (37.8438, 48.3978),
    "Svitlodarsk": (38.2205, 48.4353), "Popasna": (38.38, 48.6333), "Zolote": (38.5167, 48.6833),
    "Shchastia": (39.2514, 48.7219), "Mariupol": (37.5494, 47.0958),
    "Krasnohorivka": (37.5128, 48.0067), "Krymske": (38.8, 48.75),
}  # fmt: skip


def test_towns_of_the_decree_lie_on_the_side_it_says():
    for name, place in FAR.items():
        assert km("donbas-2015", *place, "2019-02-07")[1] == 1, name
    for name, place in NEAR.items():
        assert km("donbas-2015", *place, "2019-02-07")[1] == 0, name


def test_natural_earth_draws_it_within_what_the_drawing_says_of_it():
    """An independent drawing (public domain, 1:10 million, undated), without the state border."""
    file = raw_file("boundaries", "ne_10m_admin_0_disputed_areas.json.gz")
    areas = json.loads(gzip.decompress(file.read_bytes()))["features"]
    (ring,) = [
        np.array(one["geometry"]["coordinates"][0])
        for one in areas
        if one["properties"].get("BRK_NAME") == "Donbass"
    ]
    start = int(np.argmin(np.hypot(ring[:, 0] - 37.753, ring[:, 1] - 47.075)))
    theirs = LineSeries("ne", [Vintage(date(2015, 2, 18), (ring[start:],))])
    ours = shipped_line("donbas-2015").vintages[0].parts[0]
    found = theirs.distances(
        *_steps(ours), np.full(400, date(2019, 1, 1).toordinal())
    ).distance_m / 1000  # fmt: skip
    assert float(np.sqrt((found**2).mean())) == pytest.approx(5.7, abs=0.5)
    assert found.max() < 15


def _steps(points):
    far = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, far[-1], 400)
    return np.interp(at, far, points[:, 0]), np.interp(at, far, points[:, 1])


def test_lethal_events_of_the_stalemate_lie_along_the_line():
    """UCDP GED, 2016 to 2021, places known exactly: three quarters within 10 km of the line."""
    from watch_cases import read_all

    records, _ = read_all(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    kept = [
        one for one in records
        if one.place.method == "gazetteer" and one.place.precision_code.endswith("=1")
        and date(2016, 1, 1) <= one.occurred.first_day <= date(2021, 12, 31)
        and one.place.region.split()[0] in ("Donetsk", "Luhansk")
    ]  # fmt: skip
    assert len(kept) > 200
    found = shipped_line("donbas-2015").distances(
        np.array([one.place.longitude for one in kept]),
        np.array([one.place.latitude for one in kept]),
        np.array([one.occurred.first_day.toordinal() for one in kept]),
    )
    assert (found.distance_m < 10_000).mean() > 0.75
    # A line drawn at random through the region would not: the median is a few kilometres.
    assert np.median(found.distance_m) < 4_000


# --- verdicts -------------------------------------------------------------------------------------


def gun(place, *, actors=UKRAINE, day=date(2019, 1, 8), weapon=("artillery", "D-30", 122.0)):
    longitude, latitude = place
    found = observation(
        place=Place(longitude, latitude, 1000.0, "gps", region="Donetsk"),
        act=Act("weapon_in_violation_of_withdrawal_line", "", Count(1, "one-incident@1"), *weapon),
        occurred=days(day, day, "Europe/Kyiv"),
        actors=actors,
    )
    return classify(found, PACKAGE, lines=LINES)


@pytest.mark.parametrize(("place", "outcome", "low", "high"), [
    # Avdiivka, 2 km from the actual line; north of Bakhmut, 25 km; Kramatorsk, 40 km.
    ((37.745, 48.1453), "violation", 0.99, 1.0), ((38.0, 48.63), "undetermined", 0.05, 0.95),
    ((37.5333, 48.7167), "not_covered", 0.0, 0.01),
])  # fmt: skip
def test_a_ukrainian_howitzer_is_measured_from_the_actual_line(place, outcome, low, high):
    found = gun(place)
    assert found.outcome == outcome
    assert low <= found.violation.low <= found.violation.high <= high
    assert "25 km per side, 50 km wide" in found.why
    if outcome == "undetermined":
        assert found.wanting == ("edge",)
        # One number but for the error of the plane: what it wants is a sharper place or line.
        assert found.violation.high - found.violation.low < 0.01


def test_one_gun_in_debaltseve_is_far_from_the_one_line_and_near_the_other():
    """Each side has its own line: 4 km south of Debaltseve is 17 km behind the actual one."""
    place = (38.42, 48.30)
    theirs = gun(place, actors=FORMATIONS)
    (clause,) = [one for one in theirs.findings if one.clause == "artillery-formations"]
    assert clause.line == "line-2014-09-19"
    assert clause.vintage == date(2014, 9, 19)
    assert theirs.outcome == "violation"
    # A Ukrainian gun there would be beyond the actual line, and inside the zone for that.
    assert gun(place).outcome == "violation"


def test_a_gun_deep_behind_the_formations_side_is_not_covered():
    """Snizhne lies about 35 km from the line of 2014: inside for rockets of 70 km, not for guns."""
    snizhne = (38.90, 47.80)
    assert gun(snizhne, actors=FORMATIONS).outcome in ("not_covered", "undetermined")
    assert gun(snizhne, actors=FORMATIONS).violation.high < 0.2
    rocket = gun(snizhne, actors=FORMATIONS, weapon=("tactical_missile", "Tochka-U", None))
    assert rocket.outcome == "violation"


def test_before_the_drawing_begins_nothing_is_made_up():
    found = gun((37.745, 48.1453), day=date(2015, 2, 16))
    assert found.outcome == "not_covered"  # the withdrawal was due later
    measured = next(one for one in found.findings if one.clause == "artillery-ukraine")
    assert measured.distance_km is None
    assert "there is no drawing" in measured.because


def test_the_missions_own_drawing_goes_before_the_shipped_one():
    own = LineSeries("actual", [
        Vintage(date(2015, 2, 18), (np.array([[30.0, 48.0], [31.0, 48.0]]),)),
        Vintage(date(2025, 6, 30), (np.array([[30.0, 49.0], [31.0, 49.0]]),), None, None, 10.0),
    ])  # fmt: skip
    both = joined("actual", own, shipped_line("donbas-2015"))
    assert [one.day for one in both.vintages] == [date(2015, 2, 18), date(2025, 6, 30)]
    assert both.vintages[0] is own.vintages[0]
    only_new = LineSeries("actual", own.vintages[1:])
    both = joined("actual", only_new, shipped_line("donbas-2015"))
    assert both.vintages[0].until == date(2022, 2, 23)


@pytest.mark.parametrize(("kilometres", "outcome"), [
    # 37.5 km a side in one reading of the toolkit, 75 in the other, and a line good to 10 km.
    (1, "violation"), (50, "undetermined"), (110, "not_covered"),
])  # fmt: skip
def test_the_model_agreement_is_measured_from_the_scenarios_own_line(kilometres, outcome):
    model = shipped_agreement("model-ukraine-2025")
    line = scenario_line(load("ukraine-2025").lines, name="contact")
    assert line.vintages[0].uncertainty_km == 10
    # West of Kupiansk, where the line runs north and south at 37.7 degrees east.
    place = Place(37.66 - kilometres / 71.9, 49.76, 500.0, "gps")
    day = date(2026, 3, 1)
    found = classify(
        observation(place=place, occurred=days(day, day), actors=Actors(("Ukraine",)),
                    act=Act("weapon_outside_storage", "", None, "mlrs", "Grad", 122.0)),
        model, lines={"contact": line},
    )  # fmt: skip
    assert found.outcome == outcome, found.why


# --- reading --------------------------------------------------------------------------------------


def test_a_file_may_say_period_error_and_far_side(tmp_path):
    square = [[36, 47], [40, 47], [40, 48], [36, 48], [36, 47]]
    features = [
        {"type": "Feature", "properties": {"date": "2019-01-01", "until": "2019-12-31",
                                           "uncertainty_km": 1.5},
         "geometry": {"type": "LineString", "coordinates": [[36, 48], [40, 48]]}},
        {"type": "Feature", "properties": {"date": "2019-01-01", "role": "far-side"},
         "geometry": {"type": "Polygon", "coordinates": [square]}},
    ]  # fmt: skip
    file = write(tmp_path / "l.geojson", json.dumps({"features": features}))
    series = read_lines(file)
    (vintage,) = series.vintages
    # The area's own border is no line.
    assert len(vintage.parts) == 1
    assert (vintage.until, vintage.uncertainty_km) == (date(2019, 12, 31), 1.5)
    found = series.distances(
        np.array([38.0]), np.array([47.5]), np.array([date(2020, 1, 10).toordinal()])
    )
    told = relation(found, 0)
    assert (told["side"], told["stale_days"], told["line_uncertainty_m"]) == ("far", 10, 1500.0)


@pytest.mark.parametrize(("properties", "said"), [
    ({"uncertainty_km": -1}, "uncertainty_km"), ({"uncertainty_km": "wide"}, "could not convert"),
    ({"until": "2018-01-01"}, "ends before that"),
])  # fmt: skip
def test_a_drawing_that_makes_no_sense_is_refused(tmp_path, properties, said):
    feature = {"type": "Feature", "properties": {"date": "2019-01-01", **properties},
               "geometry": {"type": "LineString", "coordinates": [[36, 48], [40, 48]]}}  # fmt: skip
    file = write(tmp_path / "l.geojson", json.dumps({"features": [feature]}))
    with pytest.raises(InputError, match=said):
        read_lines(file)


def test_the_scenarios_own_line_says_how_far_it_may_be_off():
    feature = load("ukraine-2025").lines.features[0]
    held = {"features": [json.loads(feature.model_dump_json())]}
    (vintage,) = vintages_of(held, name="contact")
    assert vintage.uncertainty_km == 10

"""Violation, exempt, not covered or undetermined: by which clause, and why."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from shapely.geometry import Polygon, box

from backstop.errors import InputError, NotFound
from backstop.scenario.load import load
from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors, Allegation, Attribution
from backstop.watch.agreement import (
    apportion,
    classification_draft,
    classify,
    classify_all,
    read_agreement,
    scenario_line,
    shipped_agreement,
    whereabouts,
)
from backstop.watch.ledger import Kind, parse_json
from backstop.watch.line import LineSeries, Vintage
from backstop.watch.moment import between, days, instant
from backstop.watch.place import Place, Sector
from backstop.watch.record import Denial, Tally
from watch_agreement_cases import (
    ACTUAL,
    DAY,
    FROZEN,
    MODEL,
    lines,
    model,
    north_of,
    one_line,
    rounds,
    straight,
    weapon,
)
from watch_cases import observation, raw_file, read_all, write

PACKAGE = shipped_agreement("minsk-package-2015")
MEMORANDUM = shipped_agreement("minsk-memorandum-2014")
MEASURES = shipped_agreement("tcg-measures-2020")
FUTURE = shipped_agreement("model-ukraine-2025")
ON_THE_DAY = days(DAY, DAY, "Europe/Kyiv")


def gun(km, *, by=("ukraine",), weapon_class="artillery", calibre_mm=152.0, **more):
    return weapon(km, by=by, weapon_class=weapon_class, calibre_mm=calibre_mm, **more)


# --- the four outcomes ------------------------------------------------------------------------


def test_a_gun_inside_the_zone_of_its_side_is_a_violation_and_the_reason_says_all():
    found = classify(gun(12.0), PACKAGE, lines=lines())
    assert found.outcome == "violation"
    assert found.clauses == ("artillery-ukraine",)
    assert (found.violation.low, found.violation.high) == (1.0, 1.0)
    assert found.agreement == "minsk-package-2015@2"
    for said in (
        "artillery 152 mm",
        "12.0 km",
        "actual line of contact as drawn on 2021-03-20",
        "6 days before the day asked for",
        "25 km per side, 50 km wide",
        "in force from 2015-03-03",
        "ukraine, who did it",
    ):
        assert said in found.why


def test_the_zone_is_fifty_km_wide_and_not_fifty_per_side():
    """The mission measured 25 km per side (2017)."""
    assert classify(gun(24.5), PACKAGE, lines=lines()).outcome == "violation"
    assert classify(gun(25.5), PACKAGE, lines=lines()).outcome == "not_covered"


def test_one_place_is_inside_for_one_side_and_outside_for_the_other():
    """Two lines in one agreement: 12 km from the actual line, 34 km from that of 2014."""
    here = {"ukraine": "violation", "DPR": "not_covered"}
    for who, outcome in here.items():
        found = classify(gun(12.0, by=(who,)), PACKAGE, lines=lines())
        assert found.outcome == outcome, who
    nearer = replace(gun(0.0, by=("DPR",)), place=north_of(FROZEN, -20.0))
    assert classify(nearer, PACKAGE, lines=lines()).clauses == ("artillery-formations",)
    own = replace(nearer, actors=Actors(involved=("ukraine",)))
    assert classify(own, PACKAGE, lines=lines()).outcome == "not_covered"


def test_whoever_has_to_stay_back_is_not_excused_by_going_across():
    """The formations' guns 40 km beyond their line, on the other side's ground (Debaltseve)."""
    far_side = box(36.0, 47.0, 41.0, FROZEN)
    series = LineSeries("frozen", [straight("2014-09-19", FROZEN, far_side)])
    across = replace(gun(0.0, by=("DPR",)), place=north_of(FROZEN, 40.0))
    drawn = classify(across, PACKAGE, lines=lines(**{"line-2014-09-19": series}))
    assert drawn.clauses == ("artillery-formations",)
    back = replace(across, place=north_of(FROZEN, -40.0))
    own_side = classify(back, PACKAGE, lines=lines(**{"line-2014-09-19": series}))
    assert own_side.outcome == "not_covered"


def test_an_act_that_no_clause_names_is_not_covered():
    found = classify(weapon(1.0, kind="abduction"), PACKAGE, lines=lines())
    assert (found.outcome, found.findings) == ("not_covered", ())
    assert "no clause of minsk-package-2015@2 names abduction" in found.why


def test_barred_monitors_are_held_against_the_package():
    barred = Denial(
        source="smm", source_record_id="d", occurred=ON_THE_DAY, kind="denial",
        place=Place(region="Donetsk", method="region"),
    )  # fmt: skip
    assert classify(barred, PACKAGE).clauses == ("monitoring",)


# --- weapons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weapon_class", "text", "calibre_mm", "km", "outcome", "clause"),
    [
        ("artillery", "", 100.0, 20, "violation", "artillery-ukraine"),
        ("artillery", "", 85.0, 20, "not_covered", ""),
        ("artillery", "", 85.0, 10, "violation", "light-guns-ukraine"),
        ("artillery", "", None, 10, "violation", "light-guns-ukraine"),
        ("artillery", "", None, 20, "undetermined", "artillery-ukraine"),
        ("tank", "", 125.0, 10, "violation", "tanks-ukraine"),
        ("tank", "", 125.0, 20, "not_covered", ""),
        ("mortar", "", 120.0, 10, "violation", "light-guns-ukraine"),
        ("mortar", "", 120.0, 20, "not_covered", ""),
        ("mlrs", "BM-21 Grad, 122mm", None, 34, "violation", "mlrs-ukraine"),
        ("mlrs", "BM-21 Grad, 122mm", None, 36, "not_covered", ""),
        ("mlrs", "BM-27 Uragan", None, 69, "violation", "long-range-ukraine"),
        ("mlrs", "", None, 34, "violation", "long-range-ukraine"),
        ("mlrs", "", None, 36, "undetermined", "long-range-ukraine"),
        ("mlrs", "", 122.0, 36, "not_covered", ""),
        ("mlrs", "", None, 71, "not_covered", ""),
        ("tactical_missile", "Tochka-U", None, 69, "violation", "long-range-ukraine"),
        ("unknown", "", None, 10, "undetermined", "artillery-ukraine"),
        ("small_arms", "", None, 1, "not_covered", ""),
    ],
)
def test_weapon_classes_and_calibres_of_the_package(
    weapon_class, text, calibre_mm, km, outcome, clause
):
    seen = gun(km, weapon_class=weapon_class, weapon_text=text, calibre_mm=calibre_mm)
    found = classify(seen, PACKAGE, lines=lines())
    assert found.outcome == outcome, found.why
    if clause:
        assert clause in found.clauses


def test_a_gun_of_unknown_calibre_inside_both_zones_breaks_one_of_the_two_clauses():
    """Under 100 mm or not: within 15 km it is a violation either way."""
    found = classify(gun(10.0, calibre_mm=None), PACKAGE, lines=lines())
    assert found.outcome == "violation"
    assert set(found.clauses) == {"artillery-ukraine", "light-guns-ukraine"}


def test_over_100_mm_is_not_100_mm_and_more():
    """The memorandum says "over", the package "and more"; MT-12 of 100 mm has 9 km of its own."""
    exactly = gun(12.0, calibre_mm=100.0, day=date(2014, 10, 1))
    drawn = {"line-2014-09-19": LineSeries("f", [straight("2014-09-19", ACTUAL)])}
    elsewhere = {"in-settlement": 0.0}
    found = classify(exactly, MEMORANDUM, lines=drawn, circumstances=elsewhere)
    assert found.outcome == "not_covered"
    more = gun(12.0, calibre_mm=130.0, day=date(2014, 10, 1))
    assert classify(more, MEMORANDUM, lines=drawn).clauses == ("over-100-mm",)
    rapira = gun(8.5, weapon_class="anti_tank", weapon_text="MT-12", calibre_mm=100.0,
                 day=date(2014, 10, 1))  # fmt: skip
    assert classify(rapira, MEMORANDUM, lines=drawn).clauses == ("distance-mt-12",)


# --- place ------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius_m", [300.0, 1500.0, 5000.0])
@pytest.mark.parametrize("offset_km", [-1.0, -0.2, 0.0, 0.4, 2.0])
def test_a_place_that_straddles_the_edge_gives_the_probability_of_being_inside(radius_m, offset_km):
    """Oracle: across a straight line the error is normal, sd = radius / 1.5096."""
    found = classify(gun(25.0 + offset_km, radius_m=radius_m), PACKAGE, lines=lines())
    sd = radius_m / 1000 / 1.5096
    expected = norm.cdf(-offset_km / sd) - norm.cdf((-50 - offset_km) / sd)
    assert found.violation.low == pytest.approx(expected, abs=0.02)
    assert found.violation.high == pytest.approx(expected, abs=0.02)
    if 0.03 < expected < 0.97:
        assert found.outcome == "undetermined"


def test_an_observers_sector_that_straddles_the_edge_is_undetermined():
    """Heard 4 to 8 km north of a post 20 km from the line: the area beyond 25 km by quadrature."""
    post = north_of(ACTUAL, 20.0)
    sector = Sector(post.longitude, post.latitude, 1.0, 4.0, 8.0, ((348.75, 11.25),))
    seen = replace(gun(0.0), place=Place(post.longitude, post.latitude, 2000.0, "sector",
                                         sector=sector))  # fmt: skip
    found = classify(seen, PACKAGE, lines=lines(), draws=4096)
    r = np.sqrt(np.linspace(16, 64, 2001)[:-1] + 0.012)
    a = np.radians(np.linspace(-11.25, 11.25, 401))
    inside = (np.outer(r, np.cos(a)) <= 5.0).mean()
    assert found.outcome == "undetermined"
    assert found.violation.low == pytest.approx(inside, abs=0.03)


def test_a_record_without_coordinates_is_undetermined_where_the_clause_has_a_zone():
    nowhere = replace(gun(0.0), place=Place(region="Donetsk", method="region"))
    found = classify(nowhere, PACKAGE, lines=lines())
    assert (found.violation.low, found.violation.high) == (0.0, 1.0)
    assert "the record has no coordinates" in found.why


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({}, "no geometry of the line 'actual' was given"),
        ({"actual": LineSeries("a", [straight("2021-06-01", 48.2)])}, "no drawing of the line"),
        ({"actual": LineSeries("a", [straight("2020-06-01", 48.2)])}, "older than the 90 days"),
    ],
)
def test_a_line_that_cannot_be_used_leaves_it_undetermined_and_says_why(drawn, said):
    found = classify(gun(1.0), PACKAGE, lines=drawn)
    assert found.outcome == "undetermined"
    assert said in found.why


def test_a_record_is_measured_against_the_line_of_its_own_day():
    moved = LineSeries("a", [straight("2021-03-01", ACTUAL), straight("2021-03-26", ACTUAL + 0.3)])
    here = gun(40.0)
    before = replace(here, occurred=days(date(2021, 3, 25), date(2021, 3, 25), "Europe/Kyiv"))
    assert classify(before, PACKAGE, lines={"actual": moved}).outcome == "not_covered"
    after = classify(here, PACKAGE, lines={"actual": moved})
    (clause,) = (one for one in after.findings if one.clause == "artillery-ukraine")
    assert (after.outcome, clause.vintage) == ("violation", date(2021, 3, 26))
    either = replace(here, occurred=days(date(2021, 3, 25), date(2021, 3, 26), "Europe/Kyiv"))
    found = classify(either, PACKAGE, lines={"actual": moved})
    assert found.violation.low == pytest.approx(0.5, abs=0.02)


def test_between_two_readings_of_a_text_nobody_can_say():
    """GCSP 2025: 50 km as a width or per side."""
    drawn = {"contact": LineSeries("c", [straight("2026-01-01", ACTUAL)])}
    exact = FUTURE.model_copy(
        update={"lines": (FUTURE.lines[0].model_copy(update={"uncertainty_km": 0.0}),)}
    )
    for km, outcome in ((24, "violation"), (26, "undetermined"), (49, "undetermined"),
                        (51, "not_covered")):  # fmt: skip
        seen = gun(km, day=date(2026, 3, 1))
        assert classify(seen, exact, lines=drawn).outcome == outcome, km


def test_a_line_that_is_drawn_roughly_leaves_a_margin():
    """The scenario's own line is good to about 10 km: normal across itself."""
    drawn = {"contact": LineSeries("c", [straight("2026-01-01", ACTUAL)])}
    troops = weapon(7.5, kind="force_movement", radius_m=0.0, day=date(2026, 3, 1))
    found = classify(troops, FUTURE, lines=drawn)
    expected = norm.cdf(0.0) - norm.cdf(-15.0 / 10.0)
    assert found.outcome == "undetermined"
    assert found.violation.low == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "outcome"),
    [
        ("Donetsk", 37.80, 48.00, "violation"),
        ("Luhansk", 39.30, 48.57, "violation"),
        ("Kramatorsk", 37.56, 48.73, "violation"),
        ("Sievierodonetsk", 38.49, 48.95, "violation"),
        ("Kharkiv", 36.25, 50.00, "not_covered"),
        ("Zaporizhzhia", 35.14, 47.84, "not_covered"),
        ("Berdiansk", 36.79, 46.75, "undetermined"),
        ("Kyiv", 30.52, 50.45, "not_covered"),
    ],
)
def test_where_the_ceasefire_of_2015_held(name, longitude, latitude, outcome):
    shelled = observation(occurred=ON_THE_DAY, place=Place(longitude, latitude, 500.0, "gazetteer"))
    assert classify(shelled, PACKAGE).outcome == outcome


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "outcome"), [("00:00", "not_covered"), ("00:01", "violation"), ("00:30", "violation")]
)
def test_the_measures_of_2020_begin_at_one_minute_past_midnight_in_kyiv(clock, outcome):
    """Interfax-Ukraine, 23 July 2020."""
    when = instant(datetime.fromisoformat(f"2020-07-27T{clock}:00+03:00"))
    shot = observation(occurred=when, place=Place(37.8, 48.0, 100.0, "gps"))
    assert classify(shot, MEASURES).outcome == outcome


def test_a_time_that_straddles_the_period_is_undetermined_with_the_share_inside():
    start = datetime(2020, 7, 26, 21, 1, tzinfo=UTC)
    when = between(start - timedelta(hours=3), start + timedelta(hours=1))
    shot = observation(occurred=when, place=Place(37.8, 48.0, 100.0, "gps"))
    found = classify(shot, MEASURES)
    assert found.outcome == "undetermined"
    assert found.violation.low == pytest.approx(0.25, abs=0.01)
    assert "straddles the period" in found.why


# --- actor ------------------------------------------------------------------------------------


def test_an_unknown_actor_leaves_a_clause_that_binds_one_side_undetermined():
    found = classify(gun(12.0, by=()), PACKAGE, lines=lines())
    assert (found.violation.low, found.violation.high) == (0.0, 1.0)
    assert found.outcome == "undetermined"
    assert "who did it is not determined" in found.why


def test_an_allegation_is_no_assessment():
    accused = replace(gun(12.0, by=()), actors=Actors(alleged=(Allegation("ukraine", "DPR"),)))
    assert classify(accused, PACKAGE, lines=lines()).outcome == "undetermined"


def test_whoever_did_it_is_no_question_where_both_sides_would_have_broken_it():
    """Between the two lines, 11 km from each, a gun of either side is inside its own zone."""
    found = classify(gun(-11.0, by=()), PACKAGE, lines=lines())
    assert found.outcome == "violation"
    assert set(found.clauses) == {"artillery-ukraine", "artillery-formations"}


def test_an_assessment_becomes_the_probability():
    shares = (("ukraine", 0.7), ("DPR", 0.1), ("undetermined", 0.2))
    judged = replace(gun(12.0, by=()), actors=Actors(assessed=Attribution(shares, ("seen",))))
    found = classify(judged, PACKAGE, lines=lines())
    assert found.violation.low == pytest.approx(0.7)
    assert found.violation.high == pytest.approx(0.9)
    assert found.outcome == "undetermined"
    assert classify(judged, PACKAGE, lines=lines(), confidence=0.7).outcome == "violation"


def test_an_outsider_is_bound_by_no_clause_of_the_parties():
    found = classify(gun(12.0, by=("Wagnerland",)), PACKAGE, lines=lines())
    assert found.outcome == "not_covered"


# --- exemptions -------------------------------------------------------------------------------


def test_live_fire_training_is_exempt_outside_the_security_zone_only():
    for km, outcome in ((14.0, "violation"), (16.0, "exempt"), (15.0, "undetermined")):
        drill = weapon(km, kind="live_fire_exercise", radius_m=200.0)
        found = classify(drill, MEASURES, lines=one_line())
        assert found.outcome == outcome, found.why
    assert classify(
        weapon(16.0, kind="live_fire_exercise"), MEASURES, lines=one_line()
    ).exemption == "training-outside-zone"  # fmt: skip


def test_of_197_violations_in_donetsk_173_were_training_outside_the_zone(tmp_path):
    """OSCE SMM daily report 6/2022; the passage as the adapter reads it."""
    raw = raw_file("osce", "smm_summary_texts.jsonl").read_text().splitlines()
    passage = next(one for one in map(json.loads, raw) if one["report"] == "6/2022")
    passage["as_of"] = "2022-01-11T19:30+02:00"
    records, _ = read_all(write(tmp_path / "smm.jsonl", json.dumps(passage)), adapter="osce")
    tallies = [one for one in records if isinstance(one, Tally)]
    found = classify_all(tallies, MEASURES, lines={})
    training = next(c for c in found if c.source_record_id.endswith("live_fire_exercise"))
    assert (training.outcome, training.exemption) == ("exempt", "training-outside-zone")
    (donetsk,) = apportion(tallies, found)
    assert (donetsk.region, donetsk.total) == ("Donetsk", 197)
    assert donetsk.set_aside == (("training-outside-zone", 173),)
    assert donetsk.remaining == 24


def test_the_word_of_a_source_stands_unless_its_own_coordinates_contradict_it():
    said = (("where", "outside the security zone"),)
    here = replace(weapon(3.0, kind="live_fire_exercise"), codes=said)
    assert classify(here, MEASURES, lines=one_line()).outcome == "violation"
    assert classify(here, MEASURES).outcome == "exempt"
    assert classify(replace(here, codes=()), MEASURES).outcome == "undetermined"


def test_a_total_of_all_violations_is_no_act_and_stays_undetermined():
    total = Tally(
        source="smm", source_record_id="t", occurred=ON_THE_DAY, kind="ceasefire_violation",
        count=Count(197, "rounds@1"), place=Place(region="Donetsk", method="region"),
    )  # fmt: skip
    found = classify(total, MEASURES)
    assert found.outcome == "undetermined"
    assert "a total of several acts" in found.why


FULL = {"answers-offensive": 1.0, "mechanism-failed": 1.0, "ordered": 1.0, "order-notified": 1.0}


@pytest.mark.parametrize("missing", ["", *FULL])
def test_return_fire_is_exempt_only_by_order_after_the_mechanism_failed_with_notice(missing):
    """Measures of 22 July 2020, sixth measure."""
    shot = observation(occurred=ON_THE_DAY, place=Place(37.8, 48.0, 100.0, "gps"))
    held = {name: share for name, share in FULL.items() if name != missing}
    found = classify(shot, MEASURES, circumstances=held)
    assert found.outcome == ("violation" if missing else "exempt")


def test_demining_is_exempt_when_it_was_notified_and_doubt_becomes_a_probability():
    blast = observation(occurred=ON_THE_DAY, place=Place(37.8, 48.0, 100.0, "gps"))
    sure = classify(blast, MEASURES, circumstances={"notified": 1.0, "demining": 1.0})
    assert (sure.outcome, sure.exemption) == ("exempt", "notified-demining")
    doubtful = classify(blast, MEASURES, circumstances={"notified": 1.0, "demining": 0.6})
    assert doubtful.outcome == "undetermined"
    assert doubtful.violation.low == pytest.approx(0.4)
    assert classify(blast, MEASURES).outcome == "violation"


def test_heavy_weapons_in_a_settlement_need_somebody_to_say_that_it_was_one():
    parked = gun(30.0, kind="weapon_outside_storage")
    assert classify(parked, MEASURES, lines=one_line()).outcome == "undetermined"
    for share, outcome in ((1.0, "violation"), (0.0, "not_covered")):
        found = classify(parked, MEASURES, circumstances={"in-settlement": share})
        assert found.outcome == outcome


def test_a_circumstance_or_a_line_that_the_agreement_does_not_know_is_refused():
    with pytest.raises(InputError, match="did you mean 'notified'"):
        classify(gun(1.0), MEASURES, circumstances={"notifed": 1.0})
    with pytest.raises(InputError, match="there is no line 'front'"):
        classify(gun(1.0), MEASURES, lines={"front": one_line()["actual"]})
    with pytest.raises(InputError, match="is not a probability"):
        classify(gun(1.0), MEASURES, circumstances={"notified": 2.0})


def test_a_hot_spot_is_a_sign_and_no_violation():
    fire = observation(
        occurred=ON_THE_DAY, place=Place(37.8, 48.0, 375.0, "satellite"),
        act=Act("thermal_anomaly"),
    )  # fmt: skip
    found = classify(fire, PACKAGE)
    assert (found.outcome, found.violation.low, found.violation.high) == ("undetermined", 0.0, 1.0)


# --- the ledger -------------------------------------------------------------------------------


def test_a_classification_becomes_an_entry_that_names_agreement_version_and_clause():
    found = classify(gun(12.0), PACKAGE, lines=lines())
    draft = classification_draft(found)
    assert (draft.kind, draft.subject, draft.fingerprint) == (Kind.CLASSIFICATION, "smm/1", None)
    body = parse_json(draft.body)
    assert body["agreement"] == "minsk-package-2015@2"
    assert body["clauses"] == ["artillery-ukraine"]
    assert body["outcome"] == "violation"
    assert body["record"] == found.record
    assert {f["clause"]: f["vintage"] for f in body["findings"] if "vintage" in f}[
        "artillery-formations"
    ] == "2014-09-19"


def test_the_same_record_gives_the_same_bytes():
    seen = gun(25.0, radius_m=2000.0)
    first, second = (classification_draft(classify(seen, PACKAGE, lines=lines())) for _ in range(2))
    assert first.body == second.body


# --- properties -------------------------------------------------------------------------------

OUTWARD = {"violation": 0, "undetermined": 1, "not_covered": 2}
SMALL = model()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 80), st.floats(0, 1), st.floats(0, 4000), st.sampled_from([48.2, 48.5]))
def test_deeper_into_a_zone_is_never_less_of_a_violation(km, deeper, radius_m, latitude):
    drawn = {"actual": LineSeries("a", [straight("2021-03-20", latitude)])}
    places = [north_of(latitude, km, radius_m), north_of(latitude, km * deeper, radius_m)]
    far, near = (
        classify(replace(weapon(0.0), place=place), SMALL, lines=drawn, draws=256)
        for place in places
    )
    assert OUTWARD[near.outcome] <= OUTWARD[far.outcome]
    # Across the line lies the other half of the zone, so only the outer edge counts.
    if km + 4 * radius_m / 1000 < 50:
        assert near.violation.low >= far.violation.low - 0.02


@settings(max_examples=40, deadline=None)
@given(st.integers(-2000, 2000), st.floats(0, 60))
def test_a_record_outside_the_period_is_never_a_violation(offset_days, km):
    day = date(2021, 1, 1) + timedelta(days=offset_days)
    held = weapon(km, day=day)
    drawn = {"actual": LineSeries("a", [straight(day.isoformat(), ACTUAL)])}
    found = classify(held, SMALL, lines=drawn, draws=64)
    if not date(2021, 1, 1) <= day < date(2022, 1, 1):
        assert found.outcome == "not_covered"
        assert found.violation.high == 0.0
    elif km < 24:
        assert found.outcome == "violation"


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(-40, 80), st.sampled_from([(), ("ukraine",)]))
def test_the_order_of_clauses_zones_and_parties_does_not_matter(random, km, by):
    def shuffled(items):
        mixed = list(items)
        random.shuffle(mixed)
        return tuple(mixed)

    other = PACKAGE.model_copy(
        update={name: shuffled(getattr(PACKAGE, name)) for name in ("clauses", "zones", "parties",
                                                                    "systems", "lines")}
    )  # fmt: skip
    seen = gun(km, by=by, weapon_class="mlrs", calibre_mm=None, radius_m=800.0)
    one, two = (classify(seen, a, lines=lines(), draws=256) for a in (PACKAGE, other))
    assert classification_draft(one).body == classification_draft(two).body


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 60), st.floats(0.5, 80), st.floats(0, 3000))
def test_width_and_distance_per_side_classify_alike(side_km, km, radius_m):
    seen = weapon(km, radius_m=radius_m)
    by_width, by_side = (
        classify(seen, model(zone=zone), lines=one_line(), draws=128)
        for zone in (f"width_km = {2 * side_km!r}", f"per_side_km = {side_km!r}")
    )
    assert by_width.violation == by_side.violation
    assert by_width.outcome == by_side.outcome


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 60), st.floats(0, 5000), st.sampled_from([(), ("N",), ("south",)]))
def test_the_bounds_of_violation_and_exemption_leave_room_for_each_other(km, radius_m, by):
    clause = 'actors = "north"\nexemptions = [{ id = "x", title = "x", circumstances = "said" }]'
    text = MODEL.format(zone="width_km = 50", clause=clause)
    text = text.replace("[[lines]]", '[[circumstances]]\nid = "said"\ntitle = "said"\n\n[[lines]]')
    found = classify(
        weapon(km, radius_m=radius_m, by=by), read_agreement(text, file="t.toml"),
        lines=one_line(), circumstances={"said": 0.5}, draws=128,
    )  # fmt: skip
    assert 0 <= found.violation.low <= found.violation.high <= 1
    assert found.violation.low + found.exempt.low <= 1 + 1e-9


def test_the_model_agreement_hangs_on_the_line_that_the_scenario_draws():
    """Huliaipole lies on the schematic line, Dnipro some 100 km from it."""
    drawn = {"contact": scenario_line(load("ukraine-2025").lines, name="contact")}
    for longitude, latitude, outcome in (
        (36.26, 47.66, "undetermined"),
        (35.04, 48.46, "not_covered"),
    ):
        troops = replace(
            weapon(0.0, kind="force_movement", day=date(2026, 3, 1)),
            place=Place(longitude, latitude, 500.0, "gazetteer"),
        )
        assert classify(troops, FUTURE, lines=drawn).outcome == outcome
    with pytest.raises(NotFound, match="did you mean 'contact'"):
        scenario_line(load("ukraine-2025").lines, name="contct")


def test_lethal_events_of_the_winter_of_2015_are_held_against_the_package():
    """UCDP GED: the battle of Debaltseve ran on for days after the ceasefire of 15 February."""
    records, _ = read_all(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    fought = [r for r in records if date(2015, 2, 15) <= r.occurred.first_day < date(2015, 2, 22)]
    found = classify_all(fought, PACKAGE)
    outcomes = Counter(one.outcome for one in found)
    assert outcomes["violation"] >= 5
    assert all(one.clauses == ("fire",) for one in found if one.outcome == "violation")
    before = [r for r in records if date(2015, 2, 1) <= r.occurred.last_day < date(2015, 2, 15)]
    assert {one.outcome for one in classify_all(before, PACKAGE)} == {"not_covered"}


BENT = np.array(
    [[36.0, 47.0], [37.5, 48.6], [38.2, 48.1], [38.4, 48.7], [40.5, 48.4], [39.0, 47.2]]
)


@settings(max_examples=80, deadline=None)
@given(st.floats(36.5, 40), st.floats(47.2, 49.2), st.floats(0, 6000), st.sampled_from(["", "far"]))
def test_measuring_the_middle_alone_changes_no_answer(longitude, latitude, radius_m, side):
    """Oracle: every point of the cloud measured, against a line with sharp bends."""
    far_side = Polygon([*BENT, (39.5, 46.5), (36.0, 46.5)]) if side else None
    vintage = Vintage(date(2021, 3, 20), (BENT,), far_side)
    drawn = {"actual": LineSeries("a", [vintage])}
    place = Place(longitude, latitude, radius_m, "gps")
    seen = replace(gun(0.0, calibre_mm=None), place=place)
    short = classify(seen, PACKAGE, lines=drawn, draws=256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whereabouts, "_from_the_middle", lambda *_: None)
        long = classify(seen, PACKAGE, lines=drawn, draws=256)
    assert (short.outcome, short.clauses) == (long.outcome, long.clauses)
    assert (short.violation, short.exempt) == (long.violation, long.exempt)


def test_rounds_are_fire():
    assert classify(rounds(3, occurred=ON_THE_DAY), PACKAGE).outcome == "violation"

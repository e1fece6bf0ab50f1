"""Agreements as data: what is shipped, and every mistake at once with its place."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.errors import InputError, NotFound
from backstop.watch.agreement import (
    SHIPPED,
    Zone,
    examine_agreement,
    read_agreement,
    shipped_agreement,
)
from watch_agreement_cases import MODEL, model


def problems(text: str) -> list[str]:
    _, found = examine_agreement(text, file="mine.toml")
    return [str(one) for one in found]


def test_every_file_of_the_package_is_a_sound_agreement_of_its_own_name():
    folder = files("backstop") / "data" / "watch" / "agreements"
    assert sorted(one.name for one in folder.iterdir()) == sorted(f"{n}.toml" for n in SHIPPED)
    for name in SHIPPED:
        agreement = shipped_agreement(name)
        assert agreement.id == name
        assert agreement.key == f"{name}@{1 if name.startswith('model') else 2}"


def test_an_unknown_agreement_is_not_found_and_the_known_ones_are_listed():
    with pytest.raises(NotFound, match="minsk-package-2015"):
        shipped_agreement("minsk")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_clause_and_zone_names_its_place_in_the_text_and_its_source(name):
    agreement = shipped_agreement(name)
    ids = {one.id for one in agreement.sources}
    for part in (*agreement.clauses, *agreement.zones):
        assert part.text, part.id
        assert part.source, part.id
        assert set(part.source) <= ids


def test_the_package_measures_the_two_sides_from_two_lines():
    """Package of 12 February 2015, point 2 (annex I to Security Council resolution 2202)."""
    package = shipped_agreement("minsk-package-2015")
    used = {
        clause.actors[0]: package.line(package.zone(clause.zone).line)
        for clause in package.clauses
        if clause.actors
    }
    assert used["ukraine"].day is None
    assert used["formations"].day == "2014-09-19"


@pytest.mark.parametrize(
    ("agreement", "zone", "side_km", "whole_km"),
    [
        ("minsk-memorandum-2014", "security", 15, 30),
        ("minsk-memorandum-2014", "range-mt-12", 9, 18),
        ("minsk-memorandum-2014", "range-mortar-120", 8, 16),
        ("minsk-package-2015", "artillery-ukraine", 25, 50),
        ("minsk-package-2015", "mlrs-formations", 35, 70),
        ("minsk-package-2015", "long-range-ukraine", 70, 140),
        ("minsk-package-2015", "addendum-formations", 15, 30),
        ("model-ukraine-2025", "buffer", 7.5, 15),
    ],
)
def test_published_distances(agreement, zone, side_km, whole_km):
    """UNIAN (50, 70, 140 km wide); TASS (15 km each side); GCSP 2025 (7.5 km, 15 in all)."""
    found = shipped_agreement(agreement).zone(zone)
    assert (found.side_km, found.whole_km) == (side_km, whole_km)


@pytest.mark.parametrize(("zone", "km"), [("artillery", 50), ("mlrs", 75), ("long-range", 150)])
def test_where_the_text_is_ambiguous_both_readings_are_kept(zone, km):
    """GCSP 2025: 50, 75 and 150 km, as a width or per side."""
    assert shipped_agreement("model-ukraine-2025").zone(zone).edges_km == (km / 2, km)


@given(st.floats(0.1, 1000))
def test_the_width_is_twice_the_distance_per_side_however_it_is_given(km):
    by_width = Zone(id="z", title="z", line="l", width_km=2 * km)
    by_side = Zone(id="z", title="z", line="l", per_side_km=km)
    assert by_width.side_km == by_side.side_km == km
    assert by_width.whole_km == by_side.whole_km == 2 * km


@pytest.mark.parametrize(
    "zone", ["width_km = 50\nper_side_km = 25", "", 'regions = ["X"]\nwidth_km = 5']
)
def test_width_and_distance_per_side_are_never_both_or_neither(zone):
    with pytest.raises(InputError, match=r"exactly one|twice the distance per side"):
        model(zone=zone)


def test_every_mistake_is_told_at_once_with_its_place_and_what_was_meant():
    text = (
        MODEL.format(zone="width_km = 50", clause='actors = "nort"')
        .replace('zone = "band"', 'zone = "bend"')
        .replace('acts = ["weapon_outside_storage"]', 'acts = ["explosoin", "shot"]')
        .replace('line = "actual"', 'line = "actul"')
        .replace('summary = "Made for tests."', 'sumary = "Made for tests."')
    )
    found = problems(text)
    told = "\n".join(found)
    for said in (
        "did you mean 'explosion'?",
        "there is no line 'actul'; did you mean 'actual'?",
        "there is no zone 'bend'; did you mean 'band'?",
        "there is no party 'nort'; did you mean 'north'?",
        "sumary: unknown key; did you mean 'summary'?",
    ):
        assert said in told
    assert "mine.toml:19:1: zones[band].line:" in told
    assert all(one.split(":")[1].isdigit() for one in found)


def test_a_source_that_is_not_listed_is_a_mistake():
    text = MODEL.format(zone="width_km = 50", clause='source = "mode"')
    assert any(
        "there is no listed source 'mode'; did you mean 'made'?" in p for p in problems(text)
    )


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("weapons = [{ calibre_from_mm = 100, calibre_over_mm = 100 }]", "not both"),
        (
            "weapons = [{ calibre_from_mm = 120, calibre_below_mm = 100 }]",
            "no calibre lies between",
        ),
        ('weapons = [{ classes = ["artilery"] }]', "did you mean 'artillery'?"),
        ('signs = ["weapon_outside_storage"]', "among the acts and among the signs"),
        ("in_force_from = 2021-05-01T00:00:00", "timezone"),
        (
            "in_force_from = 2021-05-01T00:00:00Z\nin_force_until = 2021-04-01T00:00:00Z",
            "ends before it begins",
        ),
        ('exemptions = [{ id = "x", title = "x" }]', "needs a zone to be outside of"),
    ],
)
def test_a_clause_that_makes_no_sense_is_refused(clause, said):
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        model(clause=clause)


def test_broken_toml_is_told_with_its_place():
    with pytest.raises(InputError, match=r"mine.toml:1:\d+: this is not valid TOML"):
        read_agreement("id = = 3", file="mine.toml")

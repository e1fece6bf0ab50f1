"""Records: what they refuse, their canonical form, their ids, their way to JSON and back."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import Actors, Allegation, Attribution
from backstop.watch.canonical import canonical_text
from backstop.watch.form import RECORD_TYPES, from_dict, to_dict
from backstop.watch.identity import identify, key_of
from backstop.watch.ledger import canonical_json
from backstop.watch.moment import instant
from backstop.watch.place import Place, Sector
from backstop.watch.record import (
    Denial,
    Effort,
    Episode,
    Incident,
    Jamming,
    Media,
    Tally,
)
from backstop.watch.record_schema import record_schema
from watch_cases import observation

NOON = instant(datetime(2022, 2, 18, 12, tzinfo=UTC))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
degrees = st.floats(-90, 90)
counts = st.builds(
    Count, st.integers(0, 10**9), st.just("each-round-or-burst@1"), uncertain=st.booleans()
)
pairs = st.lists(st.tuples(names, texts), unique_by=lambda pair: pair[0], max_size=5).map(tuple)
people = st.integers(0, 999).map(lambda n: Figure(n, n // 2, 2 * n))
acts = st.builds(
    Act,
    st.sampled_from(["explosion", "shot"]),
    count=st.none() | counts,
    weapon_text=texts,
    calibre_mm=st.none() | st.floats(1e-9, 1999, exclude_min=True),
    effects=st.lists(st.sampled_from(["crater", "damage"]), max_size=2).map(tuple),
    casualties=st.none() | st.builds(Casualties, st.none() | people, st.none() | people),
)
places = st.builds(
    Place, degrees, degrees, st.none() | st.floats(0, 1e6), name=texts, region=texts,
    sector=st.none() | st.builds(
        lambda spot, *rest: Sector(*spot, *rest),
        st.tuples(degrees, degrees) | st.just((None, None)),
        st.floats(0, 1e5), st.floats(0, 1), st.floats(1, 99),
        st.just(((348.75, 11.25),)), st.just(("N",)),
    ),
)  # fmt: skip
actors = st.builds(
    Actors,
    st.lists(names, max_size=3).map(tuple),
    st.lists(st.builds(Allegation, names, texts), max_size=2).map(tuple),
    st.none() | st.just(Attribution((("a", 0.25), ("undetermined", 0.75)), ("crater analysis",))),
)
records = st.builds(
    observation, source=names, source_record_id=names, place=places, act=acts, actors=actors,
    text=texts, codes=pairs, taxonomy=st.just((("kind", ("a", "b")),)), notes=st.just(("x",)),
    credibility=st.integers(1, 6), protected=st.booleans(), occurred=st.just(NOON),
    media=st.lists(st.builds(Media, st.just("ab" * 32), texts), max_size=1).map(tuple),
)  # fmt: skip


@given(records)
@settings(max_examples=300, deadline=None)
def test_the_canonical_form_is_the_canonical_json_of_the_record(record):
    assert canonical_text(record).encode() == canonical_json(to_dict(record))


@given(records)
@settings(max_examples=200, deadline=None)
def test_a_record_survives_json(record):
    again = from_dict(json.loads(json.dumps(to_dict(record))))
    assert identify(again).digest == identify(record).digest


def one_of_each():
    head = {"source": "s", "source_record_id": "1", "occurred": NOON}
    yield observation()
    yield Incident(**head, act=Act("explosion"), members=(("v-1", 0.9), ("v-2", 1.0)))
    yield Episode(**head, rule="continuous-episode-one-direction@1", members=("r-1", "r-2"))
    yield Effort(**head, kind="patrol", hours=6.5, planned_hours=8, people=4, night=False)
    yield Denial(**head, kind="delay", minutes=25.0, actors=Actors(("a",)))
    yield Jamming(**head, target="gnss", platform="uav")
    yield Tally(**head, kind="ceasefire_violation", count=Count(494, "each-round-or-burst@1"))


@pytest.mark.parametrize("record", list(one_of_each()), ids=lambda r: r.record_type)
def test_every_type_has_one_canonical_form_and_comes_back(record):
    assert canonical_text(record).encode() == canonical_json(to_dict(record))
    again = from_dict(to_dict(record))
    assert type(again) is type(record)
    assert identify(again) == identify(record)


def test_every_type_is_in_the_table_of_types():
    assert {r.record_type for r in one_of_each()} == RECORD_TYPES.keys()


def test_a_field_that_keeps_its_default_is_not_in_the_canonical_form():
    shown = to_dict(observation())
    assert shown.keys() == {
        "record_type", "source", "source_record_id", "occurred", "place", "act",
    }  # fmt: skip
    assert "reliability" in to_dict(observation(reliability="B"))


def test_digest_key_and_id_are_fixed():
    """Golden values: a change of them would break every ledger that was ever written."""
    who = identify(observation())
    assert who.digest == hashlib.sha256(who.canonical).hexdigest()
    assert who.key == "r-" + hashlib.sha256(b"3:smm\n1").hexdigest()[:26]
    assert who.canonical.startswith(b'{"act":{"count":{"n":48,"rule":"each-round-or-burst@1"},')


def test_the_key_stays_and_the_id_changes_when_a_record_is_revised():
    first, second = identify(observation()), identify(observation(text="corrected"))
    assert first.key == second.key
    assert first.id != second.id


def test_the_key_tells_source_and_id_apart():
    assert key_of("a", "b\nc") != key_of("a\nb", "c")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": ""}, "needs a source"),
        ({"reliability": "G"}, "reliability 'G' is not one of: A, B"),
        ({"credibility": 7}, "credibility '7'"),
        ({"handling": "secret"}, "handling class"),
        ({"means": "smelled"}, "means"),
        ({"media": ()}, ""),
    ],
)
def test_a_record_refuses_what_makes_no_sense(change, reason):
    if not reason:
        observation(**change)
        return
    with pytest.raises(ValueError, match=reason):
        observation(**change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Act("war"),
        lambda: Act("explosion", "loud"),
        lambda: Act("explosion", bearing_deg=360.0),
        lambda: Act("explosion", calibre_mm=0.0),
        lambda: Count(-1, "each-round-or-burst@1"),
        lambda: Count(5, "each round"),
        lambda: Count(5, "each-round-or-burst@1", low=6),
        lambda: Figure(3, 4, 5),
        lambda: Media("xyz"),
        lambda: Place(10.0, None),
        lambda: Place(float("nan"), 1.0),
        lambda: Place(10.0, 91.0),
        lambda: Place(method="guess"),
        lambda: Sector(37.0, 48.0, 0.0, 7.0, 2.0),
        lambda: Attribution((("a", 0.5), ("b", 0.4)), ("crater",)),
        lambda: Attribution((("a", 0.5), ("a", 0.5)), ("crater",)),
        lambda: Attribution((("a", 1.0),), ()),
        lambda: Effort(source="s", source_record_id="1", occurred=NOON, kind="patrol", hours=-1),
    ],
)
def test_a_part_refuses_what_makes_no_sense(make):
    with pytest.raises(ValueError, match=r"."):
        make()


def test_undetermined_is_a_party_with_a_probability():
    shares = (("RUS", 0.3), ("UKR", 0.2), ("undetermined", 0.5))
    assert Attribution(shares, ("bearing",)).parties[2] == ("undetermined", 0.5)


def test_a_code_that_stands_twice_has_no_canonical_form():
    with pytest.raises(ValueError, match="twice"):
        canonical_text(observation(codes=(("a", "1"), ("a", "2"))))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"record_type": "rumour"}, "record_type is not one of"),
        ({"colour": "red"}, "no field 'colour'"),
        ({"text": 5}, "text is 5, not str"),
        ({"occurred": {**to_dict(observation())["occurred"], "best": "noon"}}, "not a time"),
        ({"place": 3}, "not an object"),
    ],
)
def test_data_that_is_no_record_is_refused(change, reason):
    with pytest.raises(ValueError, match=reason):
        from_dict({**to_dict(observation()), **change})


def _check(schema, value, root):
    """As much of JSON Schema 2020-12 as the schema uses."""
    if "$ref" in schema:
        return _check(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    if "anyOf" in schema:
        return None if value is None else _check(schema["anyOf"][0], value, root)
    if "enum" in schema:
        assert value in schema["enum"]
    if "const" in schema:
        assert value == schema["const"]
    match schema.get("type"):
        case "object":
            assert isinstance(value, dict)
            assert set(schema.get("required", [])) <= value.keys()
            for name, inner in value.items():
                if name in schema.get("properties", {}):
                    _check(schema["properties"][name], inner, root)
                else:
                    assert schema["additionalProperties"], name
                    _check(schema["additionalProperties"], inner, root)
        case "array":
            assert isinstance(value, list)
            for number, inner in enumerate(value):
                fixed = schema.get("prefixItems")
                _check(fixed[number] if fixed else schema["items"], inner, root)
        case "string":
            assert isinstance(value, str)
        case "integer":
            assert isinstance(value, int)
        case "number":
            assert isinstance(value, int | float)
    return None


@pytest.mark.parametrize("record", list(one_of_each()), ids=lambda r: r.record_type)
def test_every_type_fits_the_schema(record):
    schema = record_schema()
    _check(schema["$defs"][type(record).__name__], json.loads(json.dumps(to_dict(record))), schema)


@given(records)
@settings(max_examples=100, deadline=None)
def test_any_observation_fits_the_schema(record):
    schema = record_schema()
    _check(schema["$defs"]["Observation"], json.loads(json.dumps(to_dict(record))), schema)


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        observation().text = "other"

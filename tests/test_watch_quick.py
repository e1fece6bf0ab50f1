"""What makes an intake fast says the same as what it stands for: constructors, parts, times."""

from __future__ import annotations

import copy
import csv
import io
import json
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.adapters.mapping import read_mapping
from backstop.watch.adapters.reading import choose, read_file
from backstop.watch.adapters.stream import survey
from backstop.watch.canonical import canonical_text
from backstop.watch.form import to_dict
from backstop.watch.identity import identify
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.moment import Moment, days, zone_of
from backstop.watch.place import NOWHERE, Place
from backstop.watch.quick import quickly_made
from backstop.watch.stamp import local_minute, local_second, stamp
from test_watch_record import one_of_each, records
from watch_cases import KYIV, observation

# --- constructors -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usual:
    kind: str
    self_: int = 3
    late: float | None = None

    def __post_init__(self) -> None:
        if self.self_ < 0:
            raise ValueError("negative")


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    kind: str
    self_: int = 3
    late: float | None = None

    def __post_init__(self) -> None:
        if self.self_ < 0:
            raise ValueError("negative")


@given(st.text(), st.integers(), st.none() | st.floats(allow_nan=False))
def test_a_quick_class_holds_and_refuses_what_the_usual_one_does(kind, number, late):
    held = []
    for made in (Usual, Quick):
        try:
            one = made(kind, number, late=late)
        except ValueError as error:
            held.append(str(error))
            continue
        assert type(one) is made
        held.append([getattr(one, field.name) for field in fields(one)])
    assert held[0] == held[1]


def test_a_quick_class_is_frozen_and_is_copied_like_others():
    one = Quick("a", late=1.0)
    with pytest.raises(FrozenInstanceError):
        one.kind = "b"
    with pytest.raises(FrozenInstanceError):
        del one.kind
    assert one == copy.copy(one) == pickle.loads(pickle.dumps(one)) == replace(one, kind="a")
    assert hash(one) == hash(Quick("a", 3, 1.0))
    assert replace(one, kind="b").kind == "b"
    for wrong in ({}, {"kind": "a", "more": 1}):
        with pytest.raises(TypeError):
            Quick(**wrong)


@pytest.mark.parametrize("record", list(one_of_each()), ids=lambda r: r.record_type)
def test_every_record_is_frozen(record):
    with pytest.raises(FrozenInstanceError):
        record.source = "x"
    with pytest.raises(FrozenInstanceError):
        record.occurred.precision = "day"


# --- parts that remember ----------------------------------------------------------------------


@given(st.lists(records, min_size=1, max_size=4))
def test_a_part_that_remembers_its_text_says_what_it_says_without(drawn):
    """Twice each, so that the second text comes from memory, and parts are exchanged."""
    mixed = [*drawn, *(replace(one, place=drawn[0].place, act=drawn[-1].act) for one in drawn)]
    for record in [*mixed, *mixed]:
        plain = canonical_json(to_dict(record))
        assert canonical_text(record, recurring=True).encode() == plain
        assert canonical_text(record).encode() == plain


def test_what_a_part_remembers_is_no_field_and_does_not_go_on():
    place, same = Place(37.8, 48.0, name="a"), Place(37.8, 48.0, name="a")
    identify(observation(place=place), recurring=True)
    assert place.canonical == '{"latitude":48,"longitude":37.8,"name":"a"}'
    assert place == same
    assert hash(place) == hash(same)
    for again in (replace(place, name="b"), copy.copy(place), pickle.loads(pickle.dumps(place))):
        assert not getattr(again, "canonical", "")
        text = canonical_text(observation(place=again), recurring=True)
        assert text.encode() == canonical_json(to_dict(observation(place=again)))


def test_a_part_like_the_default_is_left_out_even_when_it_is_another_object():
    one = observation(place=Place())
    assert one.place is not NOWHERE
    assert '"place"' not in canonical_text(one, recurring=True)


def test_records_that_are_kept_in_memory_remember_nothing():
    one = observation(place=Place(1.0, 2.0))
    identify(one)
    assert one.place.canonical == ""


# --- times ------------------------------------------------------------------------------------

offsets = st.integers(-86_399, 86_399).map(lambda s: timezone(timedelta(seconds=s)))
zones = st.sampled_from(["UTC", "Europe/Kyiv", "Asia/Kathmandu", "America/St_Johns"]).map(zone_of)
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets | zones)


@given(times)
def test_times_are_written_as_the_standard_library_writes_them(when):
    utc = when.astimezone(UTC)
    assert stamp(when) == stamp(utc) == utc.isoformat().replace("+00:00", "Z")
    assert local_second(when) == when.isoformat(timespec="seconds")
    assert local_minute(when) == when.isoformat(timespec="minutes")
    assert local_minute(when.replace(tzinfo=None)) == when.replace(tzinfo=None).isoformat(
        timespec="minutes"
    )


@given(times, st.integers(0, 10**9))
def test_a_moment_is_written_as_its_values_are(when, seconds):
    try:
        end = when.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return
    moment = Moment(when.astimezone(UTC), end, end, "interval", "UTC", "", True)
    record = observation(occurred=moment, reported_at=days(end.date(), end.date()))
    assert canonical_text(record).encode() == canonical_json(to_dict(record))


# --- tables and objects are one path ----------------------------------------------------------

MAPPING = """
source = "commission"
date_order = "dmy"
keep = ["Remark", "a/b"]
taxonomies = ["Class"]
id_of = ["No", "Post"]
[columns]
date = "Day"
time = "Hour"
longitude = "X"
latitude = "Y"
kind = "Type"
text = "Said"
[values.kind]
Beschuss = "explosion"
[fixed]
means = "party_report"
"""
CELLS = {
    "No": ["1", "2", ""], "Post": ["p", " ", ""], "Day": ["18/02/2022", "1/2/2022", "x"],
    "Hour": ["", "9:30", "24:10"], "X": ["37", "38.5", ""], "Y": ["48", "49"],
    "Type": ["Beschuss", "shot", "?"], "Said": ["a", "", " b"], "Remark": ["", "r"],
    "a/b": ["c", ""], "Class": ["k", ""],
}  # fmt: skip


def told(path, mapping):
    source = survey(path)
    return [
        one.fault.reason if one.fault else [identify(record).digest for record in one.records]
        for one in read_file(source, choose(source, mapping=mapping), KYIV)
    ]


@given(
    st.lists(
        st.fixed_dictionaries({one: st.sampled_from(held) for one, held in CELLS.items()}),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_a_table_and_objects_of_the_same_rows_give_the_same(tmp_path_factory, rows, chance):
    """Objects name only what they have, in whatever order, and may lie in one another."""
    folder, mapping = tmp_path_factory.mktemp("rows"), read_mapping(MAPPING, file="m.toml")
    out = io.StringIO()
    csv.writer(out).writerows([list(CELLS), *([row[one] for one in CELLS] for row in rows)])
    (folder / "a.csv").write_text(out.getvalue(), encoding="utf-8")
    objects = []
    for row in rows:
        said = [(name, cell) for name, cell in row.items() if cell]
        chance.shuffle(said)
        nested = {name: cell for name, cell in said if name != "a/b"}
        objects.append({**nested, "a": {"b": row["a/b"]}} if row["a/b"] else nested)
    (folder / "a.json").write_text(json.dumps({"items": objects}), encoding="utf-8")
    assert told(folder / "a.csv", mapping) == told(folder / "a.json", mapping)

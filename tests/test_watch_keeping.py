"""What an intake keeps from row to row to be fast changes no record, count or entry."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backstop.watch.intake as intake_module
from backstop.watch.adapters.mapping import read_mapping
from backstop.watch.adapters.objects import read_objects
from backstop.watch.adapters.reading import choose, read_file
from backstop.watch.adapters.stream import survey, unchanged
from backstop.watch.desk import intake
from backstop.watch.identity import identify
from backstop.watch.ledger.store.folder import open_ledger
from backstop.watch.moment import between, zone_of
from backstop.watch.setting import Setting
from watch_cases import KYIV, NOW, new_mission, ucdp_csv

MAPPING = """
source = "commission"
date_order = "dmy"
keep = ["Remark"]
taxonomies = ["Class"]
[columns]
id = "No"
date = "Day"
time = "Hour"
longitude = "X"
latitude = "Y"
radius_m = "Err"
kind = "Type"
count = "Shots"
place = "Near"
involved = "Parties"
alleged = "Accused"
means = "Seen"
text = "Said"
[values.kind]
Beschuss = "explosion"
Feuer = "burst"
[fixed]
rule = "one-incident@1"
means = "party_report"
"""
#: For each adapter the words that its columns may hold; every column is drawn for itself.
DRAWN = {
    "ucdp": {
        "id": ["1", "2", ""], "type_of_violence": ["1", "2", "9"], "side_a": ["A", "B "],
        "side_b": ["B", "C"], "deaths_a": ["0", "3"], "deaths_b": ["0", "1"],
        "deaths_civilians": ["0", "2"], "deaths_unknown": ["0", "x"], "best": ["3", "5"],
        "low": ["1", "4"], "high": ["5", "6"], "where_prec": ["1", "4", "8"],
        "where_coordinates": ["Kiev", "Lviv"], "adm_1": ["K", ""], "latitude": ["50.4", "49.1"],
        "longitude": ["30.5", "31.25"], "date_prec": ["1", "2"], "gwnoa": ["", "369"],
        "date_start": ["2014-01-22", "1900-01-01"], "date_end": ["2014-01-22", "2014-01-25"],
        "source_headline": ["fire", ""], "where_description": ["near", "at  K"],
    },
    "acled": {
        "event_id_cnty": ["UKR1", "UKR2"], "event_date": ["01 March 2022", "2022-03-02"],
        "time_precision": ["1", "2", "4"], "sub_event_type": ["Attack", "Armed clash", "?"],
        "actor1": ["A", "B"], "actor2": ["", "C"], "longitude": ["37", "38"], "admin1": ["D", ""],
        "latitude": ["48", "0"], "geo_precision": ["1", "2"], "location": ["V", "W"],
        "fatalities": ["0", "2", ""], "notes": ["n", "m"], "tags": ["", "t"],
    },
    "viina-reports": {
        "event_id": ["1", "2"], "report_id": ["7"], "date": ["20220301", "20230302"],
        "time": ["", "9:30", "12:00"], "GEO_PRECISION": ["PPL", "ADM1", ""], "geonameid": ["", "5"],
        "longitude": ["37", "38"], "latitude": ["48", "49"], "asciiname": ["", "V"],
        "address": ["V, Ukraine", "W"], "ADM1_NAME": ["D", "L"], "text": ["a", "b"],
        "lang": ["ua", "ru"], "source": ["unian", ""], "t_uav": ["0.9", ""], "t_uav_b": ["1", "0"],
        "t_mil": ["", "0.5"], "a_rus": ["1", "0"], "a_rus_init_b": ["", "1"], "a_ukr_b": ["0", "1"],
    },
    "firms": {
        "latitude": ["48.1", "49"], "longitude": ["37.5", "38"], "scan": ["", "0.4", "1.2"],
        "track": ["0.4", ""], "acq_date": ["2023-03-01", "2023-03-02"], "acq_time": ["806", "2301"],
        "satellite": ["N", "Terra"], "instrument": ["VIIRS", "MODIS"], "frp": ["1.5", ""],
    },
    "meltt": {
        "dataset": ["one", "two"], "event": ["1", "2"], "date": ["2012-01-01", "2012-01-02"],
        "enddate": ["", "2012-01-02"], "latitude": ["48", "49"], "longitude": ["37", "38"],
        "kind_tax": ["a", "b"],
    },
    "osce-table": {
        "SMM position": ["Popasna (69km W of Luhansk)", "Nowhere", "Vodiane (20km E of Donetsk)"],
        "Event location": ["2-4km SW", "1-2km N", "N/K"], "Means": ["Heard", "Recorded"],
        "No.": ["3", "", "12"], "Observation": ["Explosion", "Burst", "Noise"],
        "Description": ["Undetermined", "Outgoing"], "Weapon": ["N/K", "Mortar (120mm)"],
        "Date, time": ["18-Feb, 08:17", "19-Feb", "18-Feb, 09:10-09:30"],
        "report": ["39/2022", "40/2021", ""], "region": ["", "Luhansk"],
    },
    "odk": {
        "KEY": ["uuid:1", "uuid:2"], "SubmissionDate": ["", "2022-02-18T20:00:00.000Z"],
        "record_type": ["observation", "effort", "denial", "jamming", "party"],
        "occurred": ["2022-02-18T08:17:00.000+02:00", "2022-02"],
        "geopoint-Latitude": ["48", ""], "geopoint-Longitude": ["37"], "geopoint-Accuracy": ["4"],
        "act-kind": ["explosion", "burst"], "act-count": ["", "5"], "act-involved": ["", "A"],
        "act-farthest_km": ["", "3"], "act-winds": ["N", "N NE"], "barred-involved": ["", "B;C"],
        "barred-access_kind": ["delay"], "barred-minutes": ["", "5"], "looking-hours": ["2", "x"],
        "looking-effort_kind": ["patrol", "post"], "protected": ["", "no"], "text": ["", "t"],
        "formVersion": ["", "1"],
    },
    "mapping": {
        "No": ["1", "2", ""], "Day": ["18/02/2022", "1/2/2022", "x"], "Hour": ["", "9:30", "25:00"],
        "X": ["37", "38", ""], "Y": ["48", "49"], "Err": ["", "100"], "Type": ["Beschuss", "shot"],
        "Shots": ["", "4"], "Near": ["", "V"], "Parties": ["A;B", ""], "Accused": ["", "A"],
        "Seen": ["", " ", "seen"], "Said": ["a", "b"], "Remark": ["", "r"], "Class": ["c", ""],
    },
}  # fmt: skip


def read(folder, name, rows):
    """What a file of these rows gives: for each the digests of its records, or the reason."""
    columns = list(DRAWN[name])
    out = io.StringIO()
    csv.writer(out).writerows([columns, *([row[one] for one in columns] for row in rows)])
    path = folder / f"{name}.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    mapping = read_mapping(MAPPING, file="m.toml") if name == "mapping" else None
    source = survey(path)
    choice = choose(source, adapter="" if mapping else name, mapping=mapping)
    return [
        one.fault.reason if one.fault else [identify(record).digest for record in one.records]
        for one in read_file(source, choice, KYIV)
    ]


@pytest.mark.parametrize("name", DRAWN)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_row_gives_the_same_record_alone_and_among_others(tmp_path_factory, name, data):
    drawn = st.fixed_dictionaries({one: st.sampled_from(held) for one, held in DRAWN[name].items()})
    rows = data.draw(st.lists(drawn, min_size=2, max_size=6))
    folder = tmp_path_factory.mktemp("keeping")
    together = read(folder, name, rows)
    assert together == [read(folder, name, [row])[0] for row in rows]


def test_a_blank_cell_leaves_what_is_fixed(tmp_path):
    row = {one: held[0] for one, held in DRAWN["mapping"].items()}
    empty, blank, seen = (read(tmp_path, "mapping", [row | {"Seen": w}]) for w in ("", " ", "seen"))
    assert empty == blank != seen


@given(
    start=st.datetimes(datetime(2019, 12, 28), datetime(2020, 1, 5)),
    hours=st.integers(0, 24 * 400),
    zone=st.sampled_from(["UTC", "Europe/Kyiv", "Pacific/Kiritimati", "Etc/GMT+12"]),
)
def test_the_bounds_of_time_are_days_of_the_records_own_zone(start, hours, zone):
    setting = Setting(not_before=date(2020, 1, 1), not_after=date(2020, 12, 31))
    begins = start.replace(tzinfo=UTC).astimezone(zone_of(zone))
    moment = between(begins, begins + timedelta(hours=hours))
    inside = setting.not_before <= moment.first_day and moment.last_day <= setting.not_after
    try:
        setting.check_time(moment)
    except ValueError:
        assert not inside
    else:
        assert inside


# --- batches ----------------------------------------------------------------------------------


def taken(mission, path):
    return intake(mission, str(path), clock=lambda: NOW)


@pytest.mark.parametrize("batch", [100, 500, 5_000])
def test_entries_do_not_depend_on_where_a_batch_ends(tmp_path, monkeypatch, batch):
    """The same bad row, and the same record, many rows apart in one file."""
    monkeypatch.setattr(intake_module, "BATCH", batch)
    changes = [{"id": str(n)} for n in range(900)]
    changes[10] = changes[700] = {"id": "bad", "best": "x"}
    changes[600], changes[800] = {"id": "20"}, {"id": "30", "best": "5", "deaths_b": "4"}
    path = tmp_path / "a.csv"
    path.write_text(ucdp_csv(*changes), encoding="utf-8")
    mission = new_mission(tmp_path / "m")
    done = taken(mission, path)
    assert (done.new, done.unchanged, done.set_aside) == (896, 1, 3)
    assert "stands twice in this file" in done.quarantined[-1].reason
    with open_ledger(mission.path) as ledger:
        subjects = [entry.subject for entry in ledger.entries() if entry.subject]
    assert len(subjects) == len(set(subjects)) == 896 + 2 + 1


def test_a_surveyed_file_is_not_read_for_its_digest_again(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(ucdp_csv({}), encoding="utf-8")
    source = survey(path)
    assert unchanged(source) is source
    path.write_text(ucdp_csv({}, {}), encoding="utf-8")
    assert unchanged(source) == survey(path) != source
    mission = new_mission(tmp_path / "m")
    assert intake(mission, source, clock=lambda: NOW).new == 2


# --- objects ----------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", ["abc", "абв", "a\U0001f600é"])
@pytest.mark.parametrize("form", ["lines", "list", "collection"])
def test_objects_of_any_length_are_read_across_the_buffers_edge(letters, form):
    held = [{"id": n, "text": letters * (n * 37 % 4_000)} for n in range(200)]
    texts = [json.dumps(one, ensure_ascii=False) for one in held]
    whole = {
        "lines": "\n".join(texts),
        "list": "[" + " ,\n".join(texts) + "]",
        "collection": '{"type": "X", "features": [' + ",".join(texts) + "]}",
    }[form]
    found = list(read_objects(io.BytesIO(whole.encode())))
    assert [value for _, value in found] == held
    ends = [offset for offset, _ in found]
    if form == "lines":
        sizes = [len(text.encode()) + 1 for text in texts]
        assert ends == [min(sum(sizes[: n + 1]), len(whole.encode())) for n in range(200)]
    assert ends == sorted(ends)

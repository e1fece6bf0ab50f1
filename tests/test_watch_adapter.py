"""Adapters: each kind of file, on real files where they are and on rows made from the codebooks."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from backstop.errors import InputError, NotFound
from backstop.watch.adapters.cells import column_order, day_of, point, tidy, whole
from backstop.watch.adapters.mapping import read_mapping
from backstop.watch.adapters.registry import adapter_named, fitting
from backstop.watch.crosswalk import crosswalk, meaning_of, radius_m
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import DETAILS, KINDS, WEAPON_CLASSES
from watch_cases import KYIV, raw_file, read_all, ucdp_csv, write

# --- UCDP -------------------------------------------------------------------------------------


def test_ucdp_final_is_read_whole():
    records, faults = read_all(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    assert (len(records), faults) == (3077, [])
    first = records[0]
    assert first.source_record_id == "147997"
    assert first.occurred.first_day == date(2014, 1, 22)
    assert first.act.casualties.killed.best == 5
    assert first.actors.involved == ("Government of Ukraine", "Maidan")


def test_ucdp_precision_codes_become_radii_and_admin_centroids_no_points():
    """Shares of where_prec in the design notes: 24 % exact, 52 % near, 15 % a province."""
    records, _ = read_all(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    codes = Counter(record.place.precision_code for record in records)
    shares = {code: round(100 * n / len(records)) for code, n in codes.items()}
    assert shares["ucdp:where_prec=1"] == 24
    assert shares["ucdp:where_prec=2"] == 52
    assert shares["ucdp:where_prec=4"] == 15
    for record in records:
        if record.place.precision_code == "ucdp:where_prec=4":
            assert record.place.radius_m > 50_000


NASTY = ("ucdp", "ged_plus_candidate_ukraine_2014_2023-03_cp1252_mixeddates.csv.gz")


def test_the_nasty_third_file_is_read_whole():
    """cp1252 bytes, quoted newlines, two styles of dates; every event of 2014-2023 is there."""
    records, faults = read_all(raw_file(*NASTY))
    assert (len(records), faults) == (3883, [])
    assert any("\u2019" in record.text or "\u2013" in record.text for record in records)


def test_the_nasty_file_and_the_clean_one_agree_on_the_days():
    """Of the 2,987 events in both, UCDP itself moved two by a day and one by a year."""
    clean, _ = read_all(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    nasty, _ = read_all(raw_file(*NASTY))
    days = {record.source_record_id: record.occurred.first_day for record in clean}
    both = [r for r in nasty if r.source_record_id in days]
    moved = [r.source_record_id for r in both if r.occurred.first_day != days[r.source_record_id]]
    assert len(both) == 2987
    assert sorted(moved) == ["205066", "211921", "429358"]


def test_a_best_estimate_outside_its_own_range_widens_it_with_a_note(tmp_path):
    path = write(tmp_path / "a.csv", ucdp_csv({"best": "5", "high": "3", "low": "1"}))
    ((record,), _) = read_all(path)
    killed = record.act.casualties.killed
    assert (killed.low, killed.best, killed.high) == (1, 5, 5)
    assert record.notes == ("deaths given as low 1, best 5, high 3; range widened",)


@pytest.mark.parametrize(("change", "reason"), [
    ({"latitude": ""}, "latitude is empty"),
    ({"latitude": "NULL"}, "latitude 'NULL' is not a number"),
    ({"latitude": "nan"}, "not finite"),
    ({"latitude": "0", "longitude": "0"}, "both 0"),
    ({"latitude": "37.8", "longitude": "48.0"},
     "look swapped: latitude 48, longitude 37.8 lies in the theatre"),
    ({"latitude": "137.8", "longitude": "48.0"}, "swapped"),
    ({"latitude": "99", "longitude": "200"}, "outside"),
    ({"date_start": "1900-01-00", "date_end": "1900-01-00"}, "date '1900-01-00'"),
    ({"date_start": "1900-01-01", "date_end": "1900-01-01"}, "before 1989-01-01; an empty date"),
    ({"date_start": "2100-01-01", "date_end": "2100-01-01"}, "after 2026-01-01"),
    ({"date_start": "", "date_end": ""}, "the date is empty"),
    ({"date_start": "2014-01-22", "date_end": "2014-01-20"}, "before it begins"),
    ({"date_start": "sometime"}, "written in no known style"),
    ({"where_prec": "9"}, "precision code '9' is unknown"),
    ({"type_of_violence": "7"}, "not in the ucdp table"),
    ({"best": "many"}, "deaths 'many' is not a number"),
    ({"id": "  "}, "needs a source and the source's id"),
])  # fmt: skip
def test_what_cannot_be_read_goes_to_quarantine_with_its_reason(tmp_path, change, reason):
    path = write(tmp_path / "a.csv", ucdp_csv({}, change, {}))
    records, faults = read_all(path)
    assert len(records) == 2
    assert [fault.row for fault in faults] == [3]
    assert reason in faults[0].reason


def test_a_point_outside_the_theatre_is_taken_in_with_a_note(tmp_path):
    path = write(tmp_path / "a.csv", ucdp_csv({"latitude": "39.1", "longitude": "-76.9"}))
    ((record,), faults) = read_all(path)
    assert (record.notes, faults) == (("outside the theatre",), [])


# --- dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "order", "day"), [
    ("2022-02-18", "", date(2022, 2, 18)), ("2022-02-18T08:00:00", "", date(2022, 2, 18)),
    ("20220218", "", date(2022, 2, 18)), ("18 February 2022", "", date(2022, 2, 18)),
    ("18-Feb-2022", "", date(2022, 2, 18)), ("18.02.2022", "", date(2022, 2, 18)),
    ("2/18/2022 12:00:00 AM", "", date(2022, 2, 18)), ("18/02/2022", "", date(2022, 2, 18)),
    ("02/03/2022 00:00", "mdy", date(2022, 2, 3)), ("02/03/2022", "dmy", date(2022, 3, 2)),
    ("03/03/2022", "", date(2022, 3, 3)), ("02.03.2022", "mdy", date(2022, 3, 2)),
])  # fmt: skip
def test_dates_in_the_styles_people_write(text, order, day):
    assert day_of(text, Setting(date_order=order)) == day


@pytest.mark.parametrize(("text", "order", "reason"), [
    ("02/03/2022", "", "day and month could be exchanged"),
    ("18/02/2022", "mdy", "the day comes first here, against the rest of the file"),
    ("02/18/2022", "dmy", "against the rest of the file"),
    ("31/02/2022", "dmy", "day is out of range"), ("2022-02-18garbage", "", "Invalid"),
    ("44610", "", "no known style"),
])  # fmt: skip
def test_dates_that_do_not_tell_are_refused(text, order, reason):
    with pytest.raises(ValueError, match=reason):
        day_of(text, Setting(date_order=order))


def test_the_order_of_a_column_is_told_by_the_dates_that_tell():
    assert column_order(["02/03/2022", "2/18/2022 12:00:00 AM"]) == "mdy"
    assert column_order(["02/03/2022", "18/02/2022"]) == "dmy"
    assert column_order(["02/03/2022"]) == ""
    assert column_order(["18/02/2022", "02/18/2022"]) == ""


def test_a_file_that_mixes_both_orders_keeps_the_dates_that_tell(tmp_path):
    days = ["2/18/2022", "18/02/2022", "02/03/2022"]
    path = write(tmp_path / "a.csv", ucdp_csv(*({"date_start": d, "date_end": d} for d in days)))
    records, faults = read_all(path)
    assert [record.occurred.first_day for record in records] == [date(2022, 2, 18)] * 2
    assert "could be exchanged" in faults[0].reason


def test_numbers_and_text():
    assert whole("5.0", "n") == 5
    assert tidy(" a\u200b \n b\u00a0c ") == "a b c"
    assert point("38.12345678", "-0.0")[0] == 38.1234568
    with pytest.raises(ValueError, match="whole"):
        whole("5.5", "n")


# --- ACLED (made from its codebook; its data may not be passed on) -----------------------------

ACLED_HEAD = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,"
    "assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,"
    "country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,source_scale,"
    "notes,fatalities,tags,timestamp\n"
)
ACLED_ROW = (
    "UKR1,{date},2022,{prec},Political violence,Explosions/Remote violence,{sub},"
    "Military Forces of A,,1,Military Forces of B,,1,11,,804,Europe,Ukraine,Donetsk,Donetskyi,,"
    "Avdiivka,48.1397,37.7497,1,Media,National,Shelling of Avdiivka.,2,,1645200000\n"
)


@pytest.mark.parametrize(("day", "prec", "first", "last"), [
    ("18 February 2022", "1", date(2022, 2, 18), date(2022, 2, 18)),
    ("2022-02-18", "2", date(2022, 2, 15), date(2022, 2, 21)),
    ("2022-02-18", "3", date(2022, 2, 3), date(2022, 3, 5)),
])  # fmt: skip
def test_acled_export(tmp_path, day, prec, first, last):
    row = ACLED_ROW.format(date=day, prec=prec, sub="Shelling/artillery/missile attack")
    ((record,), faults) = read_all(write(tmp_path / "a.csv", ACLED_HEAD + row))
    assert faults == []
    assert (record.occurred.first_day, record.occurred.last_day) == (first, last)
    assert (record.act.kind, record.act.weapon_class) == ("explosion", "heavy_weapon")
    assert record.act.casualties.killed.best == 2
    # A new time of upload is no revision.
    assert "timestamp" not in dict(record.codes)


def test_every_code_of_the_crosswalk_has_words_of_the_vocabulary():
    for scheme in ("acled", "ucdp", "viina", "cameo"):
        for code, meaning in crosswalk(scheme).items():
            assert meaning.kind in KINDS, code
            assert meaning.detail in DETAILS, code
            assert meaning.weapon_class in WEAPON_CLASSES, code


def test_acled_sub_event_types_are_all_there():
    """The 25 sub-event types of the codebook of 2023, one of them in two spellings."""
    assert len(crosswalk("acled")) == 26


def test_codes_stay_text():
    assert meaning_of("cameo", "190").kind == "armed_clash"
    with pytest.raises(ValueError, match="'0190' is not in the cameo table"):
        meaning_of("cameo", "0190")


def test_cameo_types_are_those_of_the_published_map():
    """PLOVER's CAMEO2PLOVER-2021, but for the modes that the manual of 2023 renamed."""
    text = raw_file("plover", "CAMEO2PLOVER-2021.txt").read_text()
    told = {}
    for line in text.splitlines():
        code, colon, rest = line.partition(":")
        if colon and code.isdigit():
            told[code] = rest.split("#")[0].split(",")[0].strip()
    for code, meaning in crosswalk("cameo").items():
        if code in told:
            assert meaning.plover.split()[0] == told[code], code


def test_precision_radii_are_what_their_basis_says():
    assert radius_m("ucdp", "2") == pytest.approx(25_000 * 0.68**0.5, rel=0.01)
    for code, km2 in (("3", 1230), ("4", 22_354), ("6", 603_550)):
        assert radius_m("ucdp", code) == pytest.approx(
            1000 * (0.68 * km2 / 3.14159) ** 0.5, rel=0.01
        )


# --- VIINA, FIRMS, meltt ----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "events"), [
    ("VIINA_2022_extract.csv.gz", 2060), ("VIINA_2023_extract.csv", 650),
    ("VIINA_2024_extract.csv", 543), ("VIINA_2025_extract.csv", 325),
])  # fmt: skip
def test_viina_extracts(name, events):
    records, faults = read_all(raw_file("viina", name))
    assert (len(records), faults) == (events, [])
    assert len({record.source_record_id for record in records}) == events


def test_a_viina_label_that_was_not_made_is_not_no():
    records, _ = read_all(raw_file("viina", "VIINA_2022_extract.csv.gz"))
    labelled = [record for record in records if "a_rus_init" in dict(record.codes)]
    assert len(labelled) == 9
    assert Counter(dict(r.codes)["a_rus_init"] for r in labelled) == {"0": 7, "1": 2}


def test_viina_reports_take_the_sharpest_label_and_the_time_of_the_report(tmp_path):
    head = (
        "viina_version,event_id,report_id,location,date,time,source,lang,text,address,longitude,"
        "latitude,GEO_PRECISION,GEO_API,t_mil_b,t_artillery_b,t_uav,a_rus_b,a_ukr_b\n"
    )
    row = "2.0,17,9,1,20220225,9:05,unian,ua,Обстріл,Kyiv,30.5,50.4,STREET,OSM,1,1,,1,0\n"
    ((record,), faults) = read_all(write(tmp_path / "v.csv", head + row))
    assert faults == []
    assert (record.act.kind, record.act.weapon_class) == ("explosion", "artillery")
    assert record.occurred.latest == datetime(2022, 2, 25, 7, 5, tzinfo=UTC)
    assert [one.party for one in record.actors.alleged] == ["RUS"]
    assert (record.source_record_id, record.stream) == ("2022-17", "unian")
    assert "t_uav" not in dict(record.codes)


def test_firms_of_a_year():
    records, faults = read_all(raw_file("firms", "firms_snpp_ukr_2023.csv.gz"))
    assert (len(records), faults) == (42_415, [])
    assert len({record.source_record_id for record in records}) == 42_415
    season = sum(record.occurred.best.month in (8, 9) for record in records)
    assert season == 13_425 + 11_912


VIIRS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,"
    "version,bright_ti5,frp,daynight\n47.6,35.7,345,0.5,0.5,2023-02-24,106,N20,VIIRS,n,2.0,270,7.7,D\n"
)
MODIS = (
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,"
    "version,bright_t31,frp,daynight,type\n"
    "47.6,35.7,330,1.0,1.0,2023-02-24,01:06,T,MODIS,80,6.1NRT,300,100,D,0\n"
)


@pytest.mark.parametrize(("text", "radius"), [(VIIRS, 232.6), (MODIS, 465.2)])
def test_firms_in_both_namings(tmp_path, text, radius):
    ((record,), faults) = read_all(write(tmp_path / "f.csv", text))
    assert faults == []
    assert record.occurred.earliest == datetime(2023, 2, 24, 1, 6, tzinfo=UTC)
    assert record.place.radius_m == pytest.approx(radius, rel=0.01)
    assert record.act.kind == "thermal_anomaly"


def test_the_science_version_of_a_detection_is_a_revision_of_the_first(tmp_path):
    text = raw_file("firms", "firms_snpp_ukr_2023.csv.gz")
    with gzip.open(text, "rt") as file:
        head, row = next(file), next(file)
    first, _ = read_all(write(tmp_path / "a.csv", head + row))
    second, _ = read_all(write(tmp_path / "b.csv", head + row.replace("2.0NRT", "2.0")))
    assert first[0].source_record_id == second[0].source_record_id
    assert first[0] != second[0]


@pytest.mark.parametrize(("name", "events"), [
    ("crash_data1.csv", 71), ("crash_data2.csv", 64), ("crash_data3.csv", 60),
])  # fmt: skip
def test_meltt_sets(name, events):
    records, faults = read_all(raw_file("meltt", name), adapter="meltt")
    assert (len(records), faults) == (events, [])
    assert [tax for tax, _ in records[0].taxonomy] == ["model_tax", "color_tax", "damage_tax"]
    assert records[0].source == name.removesuffix(".csv")


# --- forms, mappings, GeoJSON -----------------------------------------------------------------

CENTRAL = (
    "SubmissionDate,record_type,occurred,geopoint-Latitude,geopoint-Longitude,geopoint-Altitude,"
    "geopoint-Accuracy,stream,act-kind,act-detail,act-count,act-at_least,act-rule,act-means,"
    "act-nearest_km,act-farthest_km,act-winds,text,KEY\n"
    "2022-02-18T20:00:00.000Z,observation,2022-02-18T08:17:00.000+02:00,48.045,37.742,210,4.5,"
    "patrol 3,explosion,undetermined,48,yes,each-round-or-burst@1,heard,2,7,N NE NNW,,uuid:aa-1\n"
)
KOBO = {
    "_id": 7, "_uuid": "x", "_submission_time": "2022-02-18T20:00:00", "record_type": "denial",
    "occurred": "2022-02-18T09:00:00.000+02:00", "geopoint": "48.045 37.742 210.0 4.5",
    "stream": "patrol 3", "barred/access_kind": "delay", "barred/minutes": "25",
    "barred/involved": "party A",
}  # fmt: skip
ODATA = {
    "__id": "uuid:b", "__system": {"submissionDate": "2022-02-18T20:00:00.000Z"},
    "record_type": "effort", "occurred": "2022-02-18/2022-02-19", "stream": "patrol 3",
    "geopoint": {"type": "Point", "coordinates": [37.742, 48.045, 210],
                 "properties": {"accuracy": 4.5}},
    "looking": {"effort_kind": "patrol", "hours": 6.5, "planned_hours": 8, "people": 4},
}  # fmt: skip


def test_a_submission_from_central_as_csv(tmp_path):
    ((record,), faults) = read_all(write(tmp_path / "c.csv", CENTRAL))
    assert faults == []
    assert (record.act.count.n, record.act.count.at_least) == (48, True)
    assert record.place.sector.words == ("N", "NE", "NNW")
    assert record.place.sector.position_radius_m == 4.5
    assert record.reported_at.best == datetime(2022, 2, 18, 20, tzinfo=UTC)
    assert record.protected


def test_a_submission_from_kobo_as_json(tmp_path):
    path = write(tmp_path / "k.json", json.dumps({"count": 1, "results": [KOBO]}))
    ((record,), faults) = read_all(path)
    assert faults == []
    assert (record.record_type, record.kind, record.minutes) == ("denial", "delay", 25.0)
    assert (record.place.latitude, record.place.radius_m) == (48.045, 4.5)
    assert record.reported_at.best == datetime(2022, 2, 18, 20, tzinfo=UTC)


def test_a_submission_from_central_as_odata(tmp_path):
    path = write(tmp_path / "o.json", json.dumps({"value": [ODATA]}))
    ((record,), faults) = read_all(path)
    assert faults == []
    assert (record.hours, record.planned_hours, record.people) == (6.5, 8.0, 4)
    assert (record.place.longitude, record.place.altitude_m) == (37.742, 210.0)


MAPPING = """
source = "joint-commission"
date_order = "dmy"
decimal_comma = true
keep = ["Bemerkung"]
[columns]
id = "Nr"
date = "Tag"
time = "Zeit"
longitude = "X"
latitude = "Y"
kind = "Art"
text = "Text"
[values.kind]
Beschuss = "explosion"
[fixed]
means = "party_report"
rule = "continuous-episode-one-direction@1"
"""


def test_a_generic_table_with_a_mapping(tmp_path):
    mapping = read_mapping(MAPPING, file="m.toml")
    table = "Nr;Tag;Zeit;X;Y;Art;Text;Bemerkung\n1;02/03/2022;14:30;37,8;48,0;Beschuss;laut;keine\n"
    ((record,), faults) = read_all(write(tmp_path / "g.csv", table), mapping=mapping)
    assert faults == []
    assert record.source == "joint-commission"
    assert record.occurred.earliest == datetime(2022, 3, 2, 12, 30, tzinfo=UTC)
    assert (record.place.longitude, record.place.latitude) == (37.8, 48.0)
    assert record.act.count.rule == "continuous-episode-one-direction@1"
    assert record.codes == (("Bemerkung", "keine"),)


KNOWN_TOGETHER = """
source = "alerts"
id_of = ["region", "from"]
[columns]
occurred = "from"
[fixed]
kind = "explosion"
"""


def test_rows_that_only_several_columns_tell_apart(tmp_path):
    """As the published tables of air alerts, in which no column is an id."""
    mapping = read_mapping(KNOWN_TOGETHER, file="m.toml")
    rows = "Kyiv,2022-03-02\nKyiv,2022-03-03\nSumy,2022-03-02\n"
    records, faults = read_all(write(tmp_path / "g.csv", "region,from\n" + rows), mapping=mapping)
    assert faults == []
    named = ["Kyiv / 2022-03-02", "Kyiv / 2022-03-03", "Sumy / 2022-03-02"]
    assert [record.source_record_id for record in records] == named
    objects = [dict(zip(("region", "from"), row.split(","), strict=True)) for row in rows.split()]
    path = write(tmp_path / "g.json", json.dumps(objects))
    assert [record.source_record_id for record in read_all(path, mapping=mapping)[0]] == named
    _, (fault,) = read_all(write(tmp_path / "e.csv", "region,from\n , \n"), mapping=mapping)
    assert fault.row == 2
    with pytest.raises(InputError, match="the column 'from' is missing"):
        read_all(write(tmp_path / "h.csv", "region\nKyiv\n"), mapping=mapping)
    with pytest.raises(InputError, match=r"columns\.id and id_of both"):
        read_mapping(KNOWN_TOGETHER.replace("[columns]", '[columns]\nid = "No"'), file="m.toml")


def test_a_mapping_says_what_is_wrong_with_it():
    with pytest.raises(InputError, match="there is no field 'latitud'; did you mean 'latitude'"):
        read_mapping('source = "x"\n[columns]\nlatitud = "Y"\n', file="m.toml")


def test_a_mapping_that_names_a_missing_column_is_refused(tmp_path):
    mapping = read_mapping(MAPPING, file="m.toml")
    with pytest.raises(InputError, match="the column 'Art' is missing"):
        read_all(write(tmp_path / "g.csv", "Nr;Tag;Zeit;X;Y;Text;Bemerkung\n"), mapping=mapping)


def test_geojson_with_a_mapping(tmp_path):
    mapping = read_mapping(
        'source = "map"\n[columns]\nid = "id"\noccurred = "when"\n[fixed]\nkind = "explosion"\n',
        file="m.toml",
    )
    point_of = {"type": "Point", "coordinates": [37.8, 48.0]}
    good = {"type": "Feature", "id": 5, "geometry": point_of, "properties": {"when": "2022-02"}}
    bad = {"type": "Feature", "id": 6, "geometry": point_of, "properties": {"when": "never"}}
    path = write(
        tmp_path / "g.geojson", json.dumps({"type": "FeatureCollection", "features": [good, bad]})
    )
    records, faults = read_all(path, mapping=mapping)
    assert (records[0].occurred.precision, records[0].place.latitude) == ("month", 48.0)
    assert [fault.row for fault in faults] == [2]


# --- choosing ---------------------------------------------------------------------------------


def test_a_file_that_fits_no_adapter_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"fits no adapter by its columns \(a, b\).*--mapping"):
        read_all(write(tmp_path / "a.csv", "a,b\n1,2\n"))


def test_an_adapter_that_is_not_there_is_named():
    with pytest.raises(NotFound, match="did you mean 'ucdp'"):
        adapter_named("ucpd")


def test_the_adapter_that_needs_most_is_taken():
    columns = {"event_id_1pd", "date", "longitude", "latitude", "dataset", "event"}
    assert fitting(columns, table=True).name == "meltt"
    assert fitting({"nothing"}, table=True) is None


def test_the_wrong_adapter_is_an_error_and_not_a_thousand_quarantined_rows(tmp_path):
    with pytest.raises(InputError, match="the column 'event_id_cnty' is missing"):
        read_all(write(tmp_path / "a.csv", ucdp_csv({})), adapter="acled")


def test_the_zone_of_the_mission_is_that_of_the_days(tmp_path):
    path = write(tmp_path / "a.csv", ucdp_csv({}))
    ((utc,), _), ((kyiv,), _) = read_all(path, setting=replace(KYIV, zone="UTC")), read_all(path)
    assert utc.occurred.earliest.hour == 0
    assert kyiv.occurred.earliest.hour == 22
    assert utc.occurred.first_day == kyiv.occurred.first_day

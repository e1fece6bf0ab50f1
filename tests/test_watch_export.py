"""Records for others, and the form for patrols."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import jsonschema
import pytest

from backstop.errors import InputError
from backstop.watch.adapters.assemble import FIELDS
from backstop.watch.crosswalk import plover_of
from backstop.watch.export import (
    csv_rows,
    feature,
    geojson,
    geometry,
    geoparquet_table,
    json_lines,
)
from backstop.watch.form import from_dict
from backstop.watch.identity import identify
from backstop.watch.place import Place, Sector
from backstop.watch.record_schema import schema_text
from backstop.watch.sector import bearings_of, sector_place
from backstop.watch.xlsform import choices, survey, workbook
from watch_cases import observation

HEARD = observation(
    place=sector_place(Sector(37.742, 48.045, 100.0, 2.0, 7.0, bearings_of(["N"]), ("N",))),
    text="<script>alert(1)</script>",
)
SOMEWHERE = observation(source_record_id="2", place=Place(region="Donetsk", method="region"))
FORMULA = observation(source_record_id="=1+1", text='=HYPERLINK("x")')


def test_geojson_draws_the_sector_and_no_point_for_a_region():
    collection = json.loads("".join(geojson([observation(), HEARD, SOMEWHERE])))
    kinds = [f["geometry"] and f["geometry"]["type"] for f in collection["features"]]
    assert kinds == ["Point", "Polygon", None]
    ring = collection["features"][1]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert all(48.06 < latitude < 48.12 for _, latitude in ring)


def turn(ring):
    """Twice the area, positive when the ring runs counterclockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def test_rings_are_wound_as_rfc_7946_section_3_1_6_has_them():
    """The outer ring counterclockwise, holes clockwise, whichever way they were drawn."""
    outer = ((37.0, 48.0), (38.0, 48.0), (38.0, 49.0), (37.0, 49.0), (37.0, 48.0))
    hole = ((37.2, 48.2), (37.4, 48.2), (37.4, 48.4), (37.2, 48.2))
    for shell in (outer, outer[::-1]):
        for gap in (hole, hole[::-1]):
            drawn = geometry(Place(37.5, 48.5, 50_000.0, "map", polygon=(shell, gap)))
            first, second = drawn["coordinates"]
            assert turn(first) > 0 > turn(second)
            assert sorted(map(tuple, first)) == sorted(shell)
    (sector,) = geometry(HEARD.place)["coordinates"]
    assert turn(sector) > 0


def test_a_sector_of_two_winds_apart_is_several_polygons():
    winds = bearings_of(["N", "S"])
    place = sector_place(Sector(37.742, 48.045, 100.0, 2.0, 7.0, winds, ("N", "S")))
    drawn = geometry(place)
    assert drawn["type"] == "MultiPolygon"
    assert all(turn(rings[0]) > 0 for rings in drawn["coordinates"])


def test_features_carry_the_whole_record():
    shown = feature(HEARD)
    held = {k: v for k, v in shown["properties"].items() if k != "schema"}
    assert identify(from_dict(held)).id == shown["id"]


def test_no_markup_stands_in_the_json_as_it_was():
    for text in ("".join(geojson([HEARD])), "".join(json_lines([HEARD]))):
        assert "<script>" not in text
        assert "\\u003cscript>" in text


def test_json_lines_come_back():
    (line,) = json_lines([HEARD])
    shown = json.loads(line)
    record = from_dict(
        {k: v for k, v in shown.items() if k not in {"schema", "id", "key", "digest"}}
    )
    assert identify(record).digest == shown["digest"]
    assert record == HEARD


@pytest.mark.parametrize("record", [observation(), HEARD, SOMEWHERE, FORMULA])
def test_a_line_fits_the_schema_that_is_written_beside_it(record):
    schema = json.loads(schema_text())
    (line,) = json_lines([record])
    shown = json.loads(line)
    own = schema["$defs"]["Observation"]
    assert own["properties"].keys() >= shown.keys() >= set(own["required"])
    assert own["additionalProperties"] is False
    for name in ("id", "key", "digest"):
        assert re.search(own["properties"][name]["pattern"], shown[name])
    assert shown["schema"] == own["properties"]["schema"]["const"]


def test_an_independent_validator_takes_the_lines_and_no_others():
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for line in json_lines([observation(), HEARD, SOMEWHERE]):
        assert validator.is_valid(json.loads(line))
        assert not validator.is_valid({**json.loads(line), "colour": "red"})


def test_no_formula_leaves_in_a_csv():
    rows = list(csv.DictReader(io.StringIO("".join(csv_rows([FORMULA, observation()])))))
    assert rows[0]["text"] == '\'=HYPERLINK("x")'
    assert rows[0]["source_record_id"] == "'=1+1"
    assert rows[1]["act.count.n"] == "48"


def test_geoparquet_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match="pip install pyarrow"):
        geoparquet_table([HEARD])


def test_geoparquet_where_its_library_is():
    table = geoparquet_table([observation(), HEARD, SOMEWHERE])
    assert table.num_rows == 3
    about = json.loads(table.schema.metadata[b"geo"])
    assert about["version"] == "1.1.0"
    shape = about["columns"][about["primary_column"]]
    assert (shape["encoding"], shape["geometry_types"]) == ("WKB", ["Point", "Polygon"])
    assert table["geometry"].null_count == 1


# --- the form ---------------------------------------------------------------------------------


def parts_of(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_shipped_form_is_the_one_that_is_made():
    shipped = (files("backstop") / "data" / "watch" / "form.xlsx").read_bytes()
    assert parts_of(shipped) == parts_of(workbook()), "run: python docs/make_form.py"


def test_every_part_of_the_form_is_sound_xml():
    for text in parts_of(workbook()).values():
        ElementTree.fromstring(text)


def test_every_question_of_the_form_is_a_field_that_the_intake_reads():
    groups = {"act", "looking", "barred", "jammed", "photo", ""}
    asked = {row[1] for row in survey()[1:]} - groups
    assert asked <= FIELDS


def test_every_choice_has_a_list_and_every_list_is_asked():
    asked = {row[0].split()[1] for row in survey() if row[0].startswith("select_")}
    assert asked == {row[0] for row in choices()[1:]}


@pytest.mark.parametrize(
    ("kind", "weapon", "said"),
    [
        ("explosion", "heavy_weapon", "ASSAULT heavy-weapons"),
        ("armed_clash", "small_arms", "ASSAULT firearms"),
        ("armed_clash", "unknown", "ASSAULT"),
        ("ied_explosion", "ied", "ASSAULT"),
        ("line_moved", "unknown", "COERCE seize"),
        ("freedom_of_movement_restriction", "none", "COERCE restrict"),
        ("withdrawal", "none", "RETREAT"),
        ("damage", "none", "COERCE seize"),
        ("jamming", "none", ""),
    ],
)
def test_an_act_has_the_plover_type_that_all_its_cameo_codes_share(kind, weapon, said):
    assert plover_of(kind, weapon) == said


def test_plover_types_go_out_with_the_records():
    record = observation()
    said = plover_of(record.act.kind, record.act.weapon_class)
    assert said
    rows = list(csv.DictReader(io.StringIO("".join(csv_rows([record])))))
    assert rows[0]["plover"] == said
    pytest.importorskip("pyarrow")
    assert geoparquet_table([record])["plover"].to_pylist() == [said]

"""Lengths of lines on the Earth."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backstop.scenario.geometry import ROUGHNESS, LineString, length_km, rough_length_km
from backstop.scenario.load import examine
from scenario_files import FILES, write

POINT = st.tuples(st.floats(-90, 90), st.floats(-90, 90))


def _line(*points):
    return LineString(type="LineString", coordinates=points)


def test_a_quarter_of_the_meridian_is_the_old_definition_of_the_metre():
    # 10,001.966 km on WGS 84 (NIMA TR8350.2, 2000); the metre of 1799 made it 10,000.
    assert length_km(_line((0, 0), (0, 90))) == pytest.approx(10_001.966, abs=0.001)


def test_a_degree_along_the_equator():
    # 2 pi a / 360 with a = 6378.137 km.
    assert length_km(_line((30, 0), (31, 0))) == pytest.approx(111.319, abs=0.001)


@given(POINT, POINT, POINT)
def test_the_rough_length_is_within_its_stated_error(a, b, c):
    assume(a != b and b != c)
    line = _line(a, b, c)
    exact = length_km(line)
    assert rough_length_km(line) == pytest.approx(exact, rel=ROUGHNESS, abs=1e-6)


# --- what a GIS writes ------------------------------------------------------------------------

#: As GDAL 3.12 wrote the line of the small scenario, once for each thing it adds; QGIS saves
#: through GDAL. Blank attributes are those that another feature of the layer has.
_LAYER = """\
{
"type": "FeatureCollection",
"name": "line",
"description": "drawn by hand",
"crs": { "type": "name", "properties": { "name": "urn:ogc:def:crs:OGC:1.3:CRS84" } },
"xy_coordinate_resolution": 1e-06,
"bbox": [ 30.0, 0.0, 31.0, 0.0 ],
"features": [
{ "type": "Feature", "id": 1, "bbox": [ 30.0, 0.0, 31.0, 0.0 ], "properties": { "id": "contact", \
"date": "2025-06-01", "note": null, "tolerance": null, "uncertainty_km": null, "source": \
[ "atlas" ] }, "geometry": { "type": "MultiLineString", "coordinates": [ [ [ 30.0, 0.0, 7.5 ], \
[ 30.5, 0.0, 7.5 ], [ 31.0, 0.0, 7.5 ] ] ] } }
]
}
"""


def test_a_line_saved_by_qgis_is_the_line_it_was(tmp_path):
    """Layer name, reference system, extent, feature number, blanks, height and multi-line."""
    plain, _ = examine(str(write(tmp_path / "plain")))
    saved, problems = examine(str(write(tmp_path / "saved", {**FILES, "line.geojson": _LAYER})))
    assert [str(p) for p in problems] == []
    assert saved.lines.features[0].geometry == plain.lines.features[0].geometry
    assert saved.digest == plain.digest


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "OGC:CRS84",
        "EPSG:4326",
        "epsg:4326",
    ],
)
def test_wgs_84_under_each_of_its_names_is_taken(tmp_path, name):
    text = _LAYER.replace("urn:ogc:def:crs:OGC:1.3:CRS84", name)
    assert examine(str(write(tmp_path, {**FILES, "line.geojson": text})))[1] == []


@pytest.mark.parametrize(
    "name",
    ["urn:ogc:def:crs:EPSG::3857", "EPSG:32637", "EPSG:43260", "urn:ogc:def:crs:OGC:1.3:CRS83", ""],
)
def test_another_reference_system_is_the_one_problem_of_its_file(tmp_path, name):
    """Metres are no degrees; each point being off the Earth would bury the reason."""
    text = _LAYER.replace("urn:ogc:def:crs:OGC:1.3:CRS84", name).replace("30.0", "3339584.7")
    _, problems = examine(str(write(tmp_path, {**FILES, "line.geojson": text})))
    assert [(p.path, p.line, p.message) for p in problems] == [
        (
            "crs.properties.name",
            5,
            f"is {name!r}; save the layer in WGS 84 (EPSG:4326), longitude first",
        )
    ]


def test_a_line_in_pieces_and_an_unknown_key_are_still_refused(tmp_path):
    pieces = _LAYER.replace("[ 30.5, 0.0, 7.5 ], ", "[ 30.4, 0.0 ] ], [ [ 30.5, 0.0, 7.5 ], ")
    text = pieces.replace('"name": "line"', '"nmae": "line"')
    text = text.replace('"note": null', '"fid": 7')
    _, problems = examine(str(write(tmp_path, {**FILES, "line.geojson": text})))
    assert [(p.path, p.message.partition(";")[0]) for p in problems] == [
        ("nmae", "unknown key"),
        ("features[1].properties.fid", "unknown key"),
        ("features[1].geometry", "is a line in 2 pieces"),
    ]

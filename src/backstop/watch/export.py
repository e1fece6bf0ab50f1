"""Records for others: GeoJSON, JSON Lines, CSV, JSON Schema and, where pyarrow is, GeoParquet.

Raw text is written as data and escaped as each format wants. CSV cells that a spreadsheet would run
are made plain. Nothing here writes HTML; whoever does escapes the text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from backstop.errors import InputError, Problem
from backstop.watch.crosswalk import plover_of
from backstop.watch.form import to_dict
from backstop.watch.identity import identify
from backstop.watch.place import Place, Rings
from backstop.watch.quarantine import neutral
from backstop.watch.record import SCHEMA, Entry

#: Columns of the CSV: the fields that fit a cell, by their path.
COLUMNS = (
    "id", "record_type", "source", "source_record_id", "occurred.earliest", "occurred.latest",
    "occurred.precision", "occurred.edtf", "place.longitude", "place.latitude", "place.radius_m",
    "place.method", "place.name", "place.region", "act.kind", "act.detail", "act.count.n",
    "act.count.rule", "act.count.at_least", "act.weapon_class", "means", "kind", "count.n",
    "count.rule", "hours", "minutes", "reliability", "credibility", "verification", "text",
    "plover",
)  # fmt: skip

_NUMBERS = frozenset({
    "place.longitude", "place.latitude", "place.radius_m", "act.count.n", "count.n", "hours",
    "minutes", "credibility",
})  # fmt: skip


def feature(record: Entry) -> dict[str, Any]:
    """A record as a GeoJSON feature (RFC 7946): a point, a polygon, an observer's sector, or none.

    A point whose place is uncertain by more than it looks is still a point; ``radius_m`` says by
    how much, and whoever draws it draws the circle.
    """
    shown = to_dict(record)
    return {
        "type": "Feature",
        "id": identify(record).id,
        "geometry": geometry(record.place),
        "properties": {"schema": SCHEMA, **shown},
    }


def _plover(record: Entry) -> dict[str, str]:
    """The act in the words of PLOVER, where it has any."""
    act = getattr(record, "act", None)
    said = plover_of(act.kind, act.weapon_class) if act is not None else ""
    return {"plover": said} if said else {}


def geometry(place: Place) -> dict[str, Any] | None:
    """The shape of a place as GeoJSON."""
    if place.polygon is not None:
        return {"type": "Polygon", "coordinates": _wound(place.polygon)}
    if place.sector is not None and place.sector.located:
        from shapely.geometry import mapping

        from backstop.watch.sector import area

        return _drawn(mapping(area(place.sector)))
    if place.longitude is not None:
        return {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    return None


def _wound(rings: Rings) -> list[list[list[float]]]:
    """Rings wound as RFC 7946 has them: the outer one counterclockwise, holes clockwise."""
    wound = []
    for number, ring in enumerate(rings):
        doubled = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
        clockwise = doubled > 0
        turned = ring[::-1] if clockwise != (number > 0) else ring
        wound.append([list(corner) for corner in turned])
    return wound


def _drawn(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Polygons of shapely's as GeoJSON, to a tenth of a metre: more would claim more."""
    several = shape["type"] == "MultiPolygon"
    polygons = [
        _wound(tuple(tuple((round(x, 6), round(y, 6)) for x, y in ring) for ring in rings))
        for rings in (shape["coordinates"] if several else [shape["coordinates"]])
    ]
    return {"type": shape["type"], "coordinates": polygons if several else polygons[0]}


def geojson(records: Iterable[Entry]) -> Iterator[str]:
    """A feature collection, in pieces of text that make one JSON document."""
    yield '{"type":"FeatureCollection","features":['
    for number, record in enumerate(records):
        yield ("," if number else "") + "\n" + _json(feature(record))
    yield "\n]}\n"


def json_lines(records: Iterable[Entry]) -> Iterator[str]:
    """One record a line, with its ids."""
    for record in records:
        who = identify(record)
        shown = {"schema": SCHEMA, "id": who.id, "key": who.key, "digest": who.digest}
        yield _json({**shown, **to_dict(record)}) + "\n"


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Valid JSON all the same, and harmless should somebody paste it into a page.
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def csv_rows(records: Iterable[Entry]) -> Iterator[str]:
    """A table of the fields that fit one, with formulas made plain."""
    yield _row(COLUMNS)
    for record in records:
        shown = {**to_dict(record), **_plover(record), "id": identify(record).id}
        yield _row([neutral(_cell(shown, name)) for name in COLUMNS])


def _cell(shown: Mapping[str, Any], path: str) -> str:
    value: Any = shown
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, Mapping | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def geoparquet_table(records: Iterable[Entry]) -> Any:
    """The records as a GeoParquet 1.1 table (pyarrow): the CSV's columns, and the shape as WKB.

    Raises
    ------
    InputError
        When pyarrow is not installed.
    """
    try:
        pyarrow = import_module("pyarrow")
    except ImportError:
        reason = "this format needs pyarrow; install it with: pip install pyarrow"
        raise InputError([Problem("GeoParquet", 0, 0, "", reason)]) from None
    from shapely import to_wkb
    from shapely.geometry import shape

    columns: dict[str, list[str]] = {name: [] for name in COLUMNS}
    drawn: list[dict[str, Any] | None] = []
    for record in records:
        shown = {**to_dict(record), **_plover(record), "id": identify(record).id}
        for name in COLUMNS:
            columns[name].append(_cell(shown, name))
        drawn.append(geometry(record.place))
    shapes = [to_wkb(shape(one)) if one else None for one in drawn]
    shown_types = sorted({one["type"] for one in drawn if one})
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": shown_types}},
    }
    arrays = {
        name: pyarrow.array([float(one) if one else None for one in cells], pyarrow.float64())
        if name in _NUMBERS
        else pyarrow.array(cells, pyarrow.string())
        for name, cells in columns.items()
    }
    table = pyarrow.table({**arrays, "geometry": pyarrow.array(shapes, pyarrow.binary())})
    return table.replace_schema_metadata({"geo": json.dumps(about), "backstop": SCHEMA})

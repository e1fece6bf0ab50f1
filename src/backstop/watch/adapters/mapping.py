"""A generic table, GeoJSON or JSON, read by a mapping file that says what its columns mean.

source = "joint-commission"
zone = "Europe/Kyiv"
date_order = "dmy"
keep = ["Remarks"]            # columns kept as the source's own codes
taxonomies = ["category"]     # columns that fusion compares

[columns]                     # our name = theirs
id = "No"
date = "Day"
latitude = "Y"
longitude = "X"
kind = "Type"
text = "Description"

[values.kind]                 # their word = ours
Beschuss = "explosion"

[fixed]                       # the same in every row
means = "party_report"
rule = "one-incident@1"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.scenario.record import Record
from backstop.watch.adapters.adapter import Adapter, ReadCells
from backstop.watch.adapters.assemble import FIELDS, assemble
from backstop.watch.moment import zone_of
from backstop.watch.record import Entry
from backstop.watch.setting import Setting


class Mapping(Record):
    """What the columns of a file mean."""

    source: str = Field(min_length=1, max_length=100)
    """Whose records they are."""
    zone: str = ""
    """Time zone of times that state none; the mission's when left out."""
    date_order: Literal["", "dmy", "mdy"] = ""
    """Order of day and month in dates with slashes; told from the file when left out."""
    decimal_comma: bool = False
    """Whether 48,5 is a number."""
    keep: tuple[str, ...] = ()
    """Columns kept as they are, as the source's codes."""
    taxonomies: tuple[str, ...] = ()
    """Columns whose cells are categories that fusion may compare."""
    columns: dict[str, str]
    """Column by the name of the field it fills."""
    values: dict[str, dict[str, str]] = {}
    """Our word by theirs, for a field."""
    fixed: dict[str, str] = {}
    """What a field holds in every row."""

    @model_validator(mode="after")
    def _known(self) -> Mapping:
        for name in (*self.columns, *self.values, *self.fixed):
            if name not in FIELDS:
                raise ValueError(f"there is no field {name!r}{did_you_mean(name, sorted(FIELDS))}")
        if self.zone:
            zone_of(self.zone)
        return self


def read_mapping(text: str, *, file: str) -> Mapping:
    """A mapping from the text of its file.

    Raises
    ------
    InputError
        With every problem in it.
    """
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem(file, 0, 0, "", f"this is not valid TOML: {error}")]) from None
    except ValidationError as error:
        faults = [(one["loc"], one["msg"].removeprefix("Value error, ")) for one in error.errors()]
        raise InputError(
            [Problem(file, 0, 0, ".".join(map(str, loc)), said) for loc, said in faults]
        ) from None


def mapped(mapping: Mapping) -> Adapter:
    """An adapter made from a mapping."""
    dated = [mapping.columns[name] for name in ("date", "end_date") if name in mapping.columns]
    return Adapter(
        name="mapping",
        title=f"table or GeoJSON of {mapping.source}",
        version=1,
        dates=() if mapping.date_order else tuple(dated),
        cells=lambda columns, setting: _cells(mapping, columns, setting),
        objects=lambda setting: lambda row: _objects(mapping, row, setting),
    )


def _cells(mapping: Mapping, columns: Sequence[str], setting: Setting) -> ReadCells:
    wanted = {*mapping.columns.values(), *mapping.keep, *mapping.taxonomies}
    missing = sorted(wanted - set(columns))
    if missing:
        raise ValueError(f"the column {missing[0]!r} is missing{did_you_mean(missing[0], columns)}")
    own = _setting(mapping, setting)
    return lambda cells: (_record(mapping, dict(zip(columns, cells, strict=True)), own),)


def _objects(mapping: Mapping, row: AnyMapping[str, Any], setting: Setting) -> Sequence[Entry]:
    return (_record(mapping, flat(row), _setting(mapping, setting)),)


def _setting(mapping: Mapping, setting: Setting) -> Setting:
    return replace(
        setting,
        zone=mapping.zone or setting.zone,
        date_order=mapping.date_order or setting.date_order,
        decimal_comma=mapping.decimal_comma,
    )


def _record(mapping: Mapping, row: AnyMapping[str, str], setting: Setting) -> Entry:
    values = {name: row.get(column, "") for name, column in mapping.columns.items()}
    if "geopoint" in row and not {"longitude", "geopoint"} & values.keys():
        # The point of a GeoJSON feature needs no column.
        values["geopoint"] = row["geopoint"]
    for name, words in mapping.values.items():
        given = values.get(name, "").strip()
        values[name] = words.get(given, given)
    return assemble(
        {**mapping.fixed, **{name: text for name, text in values.items() if text}},
        setting,
        source=mapping.source,
        codes=[(name, row[name]) for name in mapping.keep if row.get(name)],
        taxonomy=[(name, (row[name],)) for name in mapping.taxonomies if row.get(name)],
    )


def flat(row: Any) -> dict[str, str]:
    """The values of an object by name, as text; a GeoJSON feature's properties and its point."""
    if not isinstance(row, AnyMapping):
        raise ValueError("it is no object")
    if row.get("type") == "Feature":
        inner = flat(row.get("properties") or {})
        if row.get("id") is not None:
            inner.setdefault("id", str(row["id"]))
        return {**inner, **_point(row.get("geometry"))}
    found: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, AnyMapping):
            found |= {f"{name}/{inner}": text for inner, text in flat(value).items()}
            if point := _point(value):
                found[name] = point["geopoint"]
        elif isinstance(value, list):
            found[name] = " ".join(str(one) for one in value if not isinstance(one, list | dict))
        elif value is not None:
            found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def _point(geometry: Any) -> dict[str, str]:
    """A GeoJSON point in the words of a form: latitude, longitude, altitude, accuracy."""
    if not isinstance(geometry, AnyMapping) or geometry.get("type") != "Point":
        return {}
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ValueError("its point has no coordinates")
    east, north, *up = coordinates
    about = geometry.get("properties")
    accuracy = about.get("accuracy") if isinstance(about, AnyMapping) else None
    more = [str(up[0] if up and up[0] is not None else 0)] if up or accuracy else []
    more += [str(accuracy)] if accuracy is not None else []
    return {"geopoint": " ".join([str(north), str(east), *more])}

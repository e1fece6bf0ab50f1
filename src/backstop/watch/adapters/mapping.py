"""A generic table, GeoJSON or JSON, read by a mapping file that says what its columns mean.

source = "joint-commission"
zone = "Europe/Kyiv"
date_order = "dmy"
# id_of = ["Day", "Post"]     # where no column alone tells rows apart
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
from functools import lru_cache, partial
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.scenario.record import Record
from backstop.watch.adapters.adapter import Adapter, ReadCells, ReadObject
from backstop.watch.adapters.assemble import FIELDS, Assembler, Taxonomy
from backstop.watch.moment import zone_of
from backstop.watch.record import Entry
from backstop.watch.setting import Setting

#: Of so many sets of names that objects have, and of so many sets of categories, it is kept what
#: was made of them.
_SHAPES, _CATEGORIES = 256, 1_024


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
    id_of: tuple[str, ...] = ()
    """Columns that tell one row from another together, where none does alone."""
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
        if self.id_of and "id" in self.columns:
            raise ValueError("columns.id and id_of both say what a row is known by; keep one")
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
        objects=lambda setting: _objects(mapping, setting),
    )


def _cells(mapping: Mapping, columns: Sequence[str], setting: Setting) -> ReadCells:
    wanted = {*mapping.columns.values(), *mapping.id_of, *mapping.keep, *mapping.taxonomies}
    missing = sorted(wanted - set(columns))
    if missing:
        raise ValueError(f"the column {missing[0]!r} is missing{did_you_mean(missing[0], columns)}")
    return _reader(mapping, _assembler(mapping, setting), columns)


def _objects(mapping: Mapping, setting: Setting) -> ReadObject:
    # An object is a row whose columns are its own names; most have the same ones.
    reader = lru_cache(_SHAPES)(partial(_reader, mapping, _assembler(mapping, setting)))

    def read(row: AnyMapping[str, Any]) -> Sequence[Entry]:
        held = flat(row)
        return reader(tuple(held))(list(held.values()))

    return read


def _reader(mapping: Mapping, assembler: Assembler, columns: Sequence[str]) -> ReadCells:
    """The reader of rows with these columns, whichever of the mapping's are there."""
    # Of two columns with one name the last one counts, as in an object.
    at = {name: place for place, name in enumerate(columns)}
    places = {name: at[column] for name, column in _fields(mapping).items() if column in at}
    kept, levels = (
        [(name, at[name]) for name in names if name in at]
        for names in (mapping.keep, mapping.taxonomies)
    )
    known_by = [at.get(name, -1) for name in mapping.id_of]
    if known_by:
        places["id"] = len(columns)
    record = assembler.reader(places)
    categories = lru_cache(_CATEGORIES)(partial(_categories, [name for name, _ in levels]))

    def read(cells: list[str]) -> Sequence[Entry]:
        row = [*cells, ""]
        if known_by:
            row.insert(-1, _joined([row[here] for here in known_by]))
        codes = [(name, row[here]) for name, here in kept if row[here]]
        return (record(row, codes, categories(*[row[here] for _, here in levels])),)

    return read


def _categories(names: Sequence[str], *cells: str) -> Taxonomy:
    """Each category by its taxonomy, of those that the row has."""
    return tuple((name, (cell,)) for name, cell in zip(names, cells, strict=True) if cell)


def _joined(cells: Sequence[str]) -> str:
    """One name of several cells; empty when all of them are."""
    parts = [cell.strip() for cell in cells]
    return " / ".join(parts) if any(parts) else ""


def _fields(mapping: Mapping) -> dict[str, str]:
    """Column by field; the point of a GeoJSON feature needs none."""
    fields = dict(mapping.columns)
    if not {"longitude", "geopoint"} & fields.keys():
        fields["geopoint"] = "geopoint"
    return fields


def _assembler(mapping: Mapping, setting: Setting) -> Assembler:
    own = replace(
        setting,
        zone=mapping.zone or setting.zone,
        date_order=mapping.date_order or setting.date_order,
        decimal_comma=mapping.decimal_comma,
    )
    return Assembler(own, source=mapping.source, words=mapping.values, fixed=mapping.fixed)


def flat(row: Any) -> dict[str, str]:
    """The values of an object by name, as text; a GeoJSON feature's properties and its point."""
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    found: dict[str, str] = {}
    if row.get("type") != "Feature":
        _gather(row, "", found)
        return found
    found = flat(row.get("properties") or {})
    if row.get("id") is not None:
        found.setdefault("id", str(row["id"]))
    geometry = row.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        found["geopoint"] = _point(geometry)
    return found


def _gather(row: dict[str, Any], before: str, found: dict[str, str]) -> None:
    """Add the values of an object, each under its name and those of the objects it lies in."""
    for key, value in row.items():
        name, kind = before + key, type(value)
        if kind is str:
            found[name] = value
        elif kind is dict:
            _gather_object(value, name, found)
        elif kind is list:
            found[name] = " ".join([str(one) for one in value if not isinstance(one, list | dict)])
        elif value is not None:
            found[name] = str(value).lower() if kind is bool else str(value)


def _gather_object(value: dict[str, Any], name: str, found: dict[str, str]) -> None:
    """Add the values of an object within another one; a point also as a whole."""
    match value.get("type"):
        case "Feature":
            found |= {f"{name}/{inner}": text for inner, text in flat(value).items()}
        case "Point":
            _gather(value, f"{name}/", found)
            found[name] = _point(value)
        case _:
            _gather(value, f"{name}/", found)


def _point(geometry: dict[str, Any]) -> str:
    """A GeoJSON point in the words of a form: latitude, longitude, altitude, accuracy."""
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ValueError("its point has no coordinates")
    east, north, *up = coordinates
    about = geometry.get("properties")
    accuracy = about.get("accuracy") if isinstance(about, dict) else None
    more = [str(up[0] if up and up[0] is not None else 0)] if up or accuracy else []
    more += [str(accuracy)] if accuracy is not None else []
    return " ".join([str(north), str(east), *more])

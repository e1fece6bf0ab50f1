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
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from operator import itemgetter
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.scenario.record import Record
from backstop.watch.adapters.adapter import Adapter, ReadCells, ReadObject
from backstop.watch.adapters.assemble import FIELDS, Assembler
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
    # Of two columns with one name the last one counts, as in an object.
    at = {name: place for place, name in enumerate(columns)}
    given = {name: at[column] for name, column in _fields(mapping).items() if column in at}
    kept = [(name, at[name]) for name in mapping.keep]
    levels = [(name, at[name]) for name in mapping.taxonomies]
    names = [at[name] for name in mapping.id_of]
    assembler = _assembler(mapping, list(given), setting)
    pick = _named(_picker(list(given.values())), names)

    def read(cells: list[str]) -> Sequence[Entry]:
        return (
            assembler.record(
                pick(cells),
                codes=[(name, cells[here]) for name, here in kept if cells[here]],
                taxonomy=[(name, (cells[here],)) for name, here in levels if cells[here]],
            ),
        )

    return read


def _picker(places: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """The cells at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    # Of one place itemgetter gives the cell itself, and of none it cannot be made.
    return lambda cells: [cells[place] for place in places]


def _named(
    pick: Callable[[Sequence[str]], Sequence[str]], places: Sequence[int]
) -> Callable[[Sequence[str]], Sequence[str]]:
    """The same, and last what tells the row from others, where that takes several cells."""
    if not places:
        return pick
    return lambda cells: [*pick(cells), _joined(cells[place] for place in places)]


def _joined(cells: Iterable[str]) -> str:
    """One name of several cells; empty when all of them are."""
    parts = [cell.strip() for cell in cells]
    return " / ".join(parts) if any(parts) else ""


def _objects(mapping: Mapping, setting: Setting) -> ReadObject:
    fields = _fields(mapping)
    assembler = _assembler(mapping, list(fields), setting)
    columns = list(fields.values())

    def read(row: AnyMapping[str, Any]) -> Sequence[Entry]:
        held = flat(row)
        get = held.get
        named = [_joined(get(column, "") for column in mapping.id_of)] if mapping.id_of else []
        return (
            assembler.record(
                [*(get(column, "") for column in columns), *named],
                codes=[(name, held[name]) for name in mapping.keep if get(name)],
                taxonomy=[(name, (held[name],)) for name in mapping.taxonomies if get(name)],
            ),
        )

    return read


def _fields(mapping: Mapping) -> dict[str, str]:
    """Column by field; the point of a GeoJSON feature needs none."""
    fields = dict(mapping.columns)
    if not {"longitude", "geopoint"} & fields.keys():
        fields["geopoint"] = "geopoint"
    return fields


def _assembler(mapping: Mapping, names: Sequence[str], setting: Setting) -> Assembler:
    own = replace(
        setting,
        zone=mapping.zone or setting.zone,
        date_order=mapping.date_order or setting.date_order,
        decimal_comma=mapping.decimal_comma,
    )
    if mapping.id_of:
        # The name made of several cells comes last, see `_named`.
        names = [*names, "id"]
    return Assembler(
        names, own, source=mapping.source, words=mapping.values, fixed=mapping.fixed
    )  # fmt: skip


def flat(row: Any) -> dict[str, str]:
    """The values of an object by name, as text; a GeoJSON feature's properties and its point."""
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    if row.get("type") == "Feature":
        inner = flat(row.get("properties") or {})
        if row.get("id") is not None:
            inner.setdefault("id", str(row["id"]))
        return {**inner, **_point(row.get("geometry"))}
    found: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, dict):
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
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return {}
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ValueError("its point has no coordinates")
    east, north, *up = coordinates
    about = geometry.get("properties")
    accuracy = about.get("accuracy") if isinstance(about, dict) else None
    more = [str(up[0] if up and up[0] is not None else 0)] if up or accuracy else []
    more += [str(accuracy)] if accuracy is not None else []
    return {"geopoint": " ".join([str(north), str(east), *more])}

"""Submissions of the mission's own form (``data/watch/form.xlsx``) from ODK or KoboToolbox.

Central exports CSV with groups joined by dashes and a geopoint in four columns, and JSON (OData)
with nested groups and GeoJSON points. KoboToolbox exports CSV with groups joined by slashes and
JSON with flat names, a geopoint being "lat lon alt accuracy" in both. An edited submission keeps
its id and becomes a revision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

from backstop.watch.adapters.adapter import Adapter, ReadCells, ReadObject
from backstop.watch.adapters.assemble import FIELDS, Assembler
from backstop.watch.adapters.mapping import flat
from backstop.watch.record import Entry
from backstop.watch.setting import Setting

SOURCE = "mission-form"
#: Names of a submission's id, those first that survive an edit.
_IDS = ("__id", "KEY", "meta/rootUuid", "rootUuid", "_id", "_uuid", "instanceID", "meta/instanceID")
_SUBMITTED = ("SubmissionDate", "__system/submissionDate", "_submission_time")
#: The four columns into which an export splits a point.
_PARTS = re.compile(
    r"(?:^|[-/_])geopoint[-_](?P<part>latitude|longitude|altitude|accuracy|precision)$",
    re.IGNORECASE,
)
_POINT = ("latitude", "longitude", "altitude", "accuracy")
_VERSIONS = ("formVersion", "__version__")
_HAS_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")

_Find = Callable[[Sequence[str]], str]
"""What a row answers to a question whose answer is looked for."""

#: Of so many sets of questions that submissions answer it is kept where the answers stand.
_SHAPES = 256


def _assembler(setting: Setting) -> Assembler:
    # Whoever fills in the form may be named by their device or in their own words.
    return Assembler(setting, source=setting.source or SOURCE, fixed={"protected": "yes"})


def _objects(setting: Setting) -> ReadObject:
    # A submission is a row whose columns are its own names; many have the same ones.
    reader = lru_cache(_SHAPES)(partial(_reader, _assembler(setting)))

    def read(row: Mapping[str, Any]) -> Sequence[Entry]:
        answers = flat(row)
        return reader(tuple(answers))(list(answers.values()))

    return read


def _cells(columns: Sequence[str], setting: Setting) -> ReadCells:
    return _reader(_assembler(setting), columns)


def _reader(assembler: Assembler, columns: Sequence[str]) -> ReadCells:
    """The reader of rows with these columns."""
    # Of two columns with one name the last one counts, as in an object.
    at = {name: place for place, name in enumerate(columns)}
    answers = _answers(at)
    # A question may stand in several groups, of which one is answered.
    places = {name: found[0] for name, found in answers.items() if len(found) == 1}
    sought = {name: _first(found[::-1]) for name, found in answers.items() if len(found) > 1}
    sought["id"], sought["reported"] = _number(at), _submitted(at)
    if point := _point(at, answers.get("geopoint", ())):
        sought["geopoint"] = point
    places |= {name: len(columns) + more for more, name in enumerate(sought)}
    finders = list(sought.values())
    versions = [(name, at[name]) for name in _VERSIONS if name in at]
    record = assembler.reader(places)

    def read(cells: list[str]) -> Sequence[Entry]:
        codes = [(name, cells[here]) for name, here in versions if cells[here]]
        return (record([*cells, *[find(cells) for find in finders], ""], codes, ()),)

    return read


def _answers(at: Mapping[str, int]) -> dict[str, list[int]]:
    """Where the answers to each question stand, without the groups the question stands in."""
    found: dict[str, list[int]] = {}
    for name, place in at.items():
        question = re.split(r"[-/]", name)[-1]
        if question in FIELDS and not _PARTS.search(name):
            found.setdefault(question, []).append(place)
    return found


def _first(places: Sequence[int]) -> _Find:
    """The first of some cells that says something."""
    if len(places) == 1:
        return itemgetter(*places)
    return lambda cells: next((cells[here] for here in places if cells[here]), "")


def _number(at: Mapping[str, int]) -> _Find:
    first = _first([at[name] for name in _IDS if name in at])

    def find(cells: Sequence[str]) -> str:
        number = first(cells)
        if not number:
            raise ValueError(f"the submission has no id (looked for {', '.join(_IDS)})")
        return number.removeprefix("uuid:")

    return find


def _submitted(at: Mapping[str, int]) -> _Find:
    """When it was submitted; KoboToolbox writes that in UTC without saying so."""
    first = _first([at[name] for name in _SUBMITTED if name in at])

    def find(cells: Sequence[str]) -> str:
        text = first(cells)
        return text if text[-1:] in ("", "Z") or _HAS_ZONE.search(text) else f"{text}+00:00"

    return find


def _point(at: Mapping[str, int], whole: Sequence[int]) -> _Find | None:
    """The geopoint in one cell, or of its four columns; nothing where there are none."""
    parts: dict[str, list[int]] = {part: [] for part in _POINT}
    for name, place in at.items():
        if match := _PARTS.search(name):
            part = match["part"].lower()
            parts["accuracy" if part == "precision" else part].append(place)
    if not parts["latitude"]:
        return None
    in_one, *apart = [_first(places[::-1]) for places in (whole, *parts.values())]

    def find(cells: Sequence[str]) -> str:
        if text := in_one(cells):
            return text
        north, *more = [part(cells) for part in apart]
        return " ".join([north, *[one or "0" for one in more]]) if north else ""

    return find


ODK = Adapter(
    name="odk",
    title="submissions of the mission's form from ODK or KoboToolbox (CSV or JSON)",
    version=1,
    needs=frozenset({"record_type", "occurred"}),
    cells=_cells,
    objects=_objects,
)

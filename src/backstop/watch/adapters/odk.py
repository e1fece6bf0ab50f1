"""Submissions of the mission's own form (``data/watch/form.xlsx``) from ODK or KoboToolbox.

Central exports CSV with groups joined by dashes and a geopoint in four columns, and JSON (OData)
with nested groups and GeoJSON points. KoboToolbox exports CSV with groups joined by slashes and
JSON with flat names, a geopoint being "lat lon alt accuracy" in both. An edited submission keeps
its id and becomes a revision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
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


#: Every question, in the order in which the answers go on.
_QUESTIONS = tuple(sorted(FIELDS))
#: Those whose answer is looked for in more than one place.
_SOUGHT = ("id", "reported", "geopoint")


def _assembler(names: Sequence[str], setting: Setting) -> Assembler:
    # Whoever fills in the form may be named by their device or in their own words.
    source = setting.source or SOURCE
    return Assembler(names, setting, source=source, fixed={"protected": "yes"})


def _objects(setting: Setting) -> ReadObject:
    assembler = _assembler(_QUESTIONS, setting)

    def read(row: Mapping[str, Any]) -> Sequence[Entry]:
        answers = flat(row)
        get = _values(answers).get
        return (assembler.record([get(name, "") for name in _QUESTIONS], codes=_codes(answers)),)

    return read


def _cells(columns: Sequence[str], setting: Setting) -> ReadCells:
    asked = [_asked(name)[0] for name in columns]
    # A question may stand in several groups, of which one is answered.
    alone = {
        question: place
        for place, question in enumerate(asked)
        if question and question not in _SOUGHT and asked.count(question) == 1
    }
    others = [(name, n) for n, name in enumerate(columns) if asked[n] not in alone]
    sought = sorted({*_SOUGHT, *filter(None, asked)} - alone.keys())
    assembler = _assembler([*alone, *sought], setting)
    places = list(alone.values())

    def read(cells: list[str]) -> Sequence[Entry]:
        answers = {name: cells[place] for name, place in others}
        get = _values(answers).get
        texts = [cells[place] for place in places] + [get(name, "") for name in sought]
        return (assembler.record(texts, codes=_codes(answers)),)

    return read


def _codes(row: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, row[name]) for name in _VERSIONS if row.get(name)]


def _number(row: Mapping[str, str]) -> str:
    number = next((row[name] for name in _IDS if row.get(name)), "")
    if not number:
        raise ValueError(f"the submission has no id (looked for {', '.join(_IDS)})")
    return number.removeprefix("uuid:")


def _submitted(row: Mapping[str, str]) -> str:
    """When it was submitted; KoboToolbox writes that in UTC without saying so."""
    text = next((row[name] for name in _SUBMITTED if row.get(name)), "")
    return text if not text or text[-1] == "Z" or _HAS_ZONE.search(text) else f"{text}+00:00"


def _values(row: Mapping[str, str]) -> dict[str, str]:
    """Answers by the name of the question, without the groups it stands in."""
    found: dict[str, str] = {}
    point: dict[str, str] = {}
    for name, text in row.items():
        if text:
            question, part = _asked(name)
            if part:
                point[part] = text
            elif question:
                found[question] = text
    if "latitude" in point and "geopoint" not in found:
        found["geopoint"] = " ".join([point.get(part, "0") for part in _POINT])
    found["id"], found["reported"] = _number(row), _submitted(row)
    return found


@lru_cache(maxsize=1024)
def _asked(name: str) -> tuple[str, str]:
    """The question that a column or key holds the answer to, or which part of the point."""
    if match := _PARTS.search(name):
        part = match["part"].lower()
        return "", "accuracy" if part == "precision" else part
    question = re.split(r"[-/]", name)[-1]
    return question if question in FIELDS else "", ""


ODK = Adapter(
    name="odk",
    title="submissions of the mission's form from ODK or KoboToolbox (CSV or JSON)",
    version=1,
    needs=frozenset({"record_type", "occurred"}),
    cells=_cells,
    objects=_objects,
)

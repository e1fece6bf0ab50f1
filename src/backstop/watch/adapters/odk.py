"""Submissions of the mission's own form (``data/watch/form.xlsx``) from ODK or KoboToolbox.

Central exports CSV with groups joined by dashes and a geopoint in four columns, and JSON (OData)
with nested groups and GeoJSON points. KoboToolbox exports CSV with groups joined by slashes and
JSON with flat names, a geopoint being "lat lon alt accuracy" in both. An edited submission keeps
its id and becomes a revision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from backstop.watch.adapters.adapter import Adapter, ReadCells
from backstop.watch.adapters.assemble import FIELDS, assemble
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


def _objects(setting: Setting) -> Any:
    def read(row: Mapping[str, Any]) -> Sequence[Entry]:
        return (_record(flat(row), setting),)

    return read


def _cells(columns: Sequence[str], setting: Setting) -> ReadCells:
    return lambda cells: (_record(dict(zip(columns, cells, strict=True)), setting),)


def _record(row: Mapping[str, str], setting: Setting) -> Entry:
    number = next((row[name] for name in _IDS if row.get(name)), "")
    if not number:
        raise ValueError(f"the submission has no id (looked for {', '.join(_IDS)})")
    values = _values(row)
    values["id"] = number.removeprefix("uuid:")
    submitted = next((row[name] for name in _SUBMITTED if row.get(name)), "")
    if submitted:
        # KoboToolbox writes times of submission in UTC without saying so.
        has_zone = re.search(r"(Z|[+-]\d\d:?\d\d)$", submitted)
        values["reported"] = submitted if has_zone else f"{submitted}+00:00"
    # Whoever fills in the form may be named by their device or in their own words.
    values.setdefault("protected", "yes")
    kept = [(name, row[name]) for name in ("formVersion", "__version__") if row.get(name)]
    return assemble(values, setting, source=setting.source or SOURCE, codes=kept)


def _values(row: Mapping[str, str]) -> dict[str, str]:
    """Answers by the name of the question, without the groups it stands in."""
    found: dict[str, str] = {}
    point: dict[str, str] = {}
    for name, text in row.items():
        if match := _PARTS.search(name):
            part = match["part"].lower()
            point["accuracy" if part == "precision" else part] = text
            continue
        question = re.split(r"[-/]", name)[-1]
        if question in FIELDS and text:
            found[question] = text
    if point.get("latitude") and "geopoint" not in found:
        parts = ("latitude", "longitude", "altitude", "accuracy")
        found["geopoint"] = " ".join(point.get(part) or "0" for part in parts)
    return found


ODK = Adapter(
    name="odk",
    title="submissions of the mission's form from ODK or KoboToolbox (CSV or JSON)",
    version=1,
    needs=frozenset({"record_type", "occurred"}),
    cells=_cells,
    objects=_objects,
)

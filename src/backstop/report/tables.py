"""The lists of a result as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]

#: Cells that a spreadsheet would run as a formula are set in quotes (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


#: Lists of an assessment that a reader may want in a spreadsheet, by the part they stand in.
_PARTS = {
    "sizing": ("methods", "debate"),
    "sourcing": ("lines", "plan", "rotations", "use", "critical"),
    "authority": ("routes",),
    "campaign": ("trajectory",),
    "deterrence": ("quarters", "by_rationality"),
}
_LISTS = ("designs", "drivers", "findings", "assumptions", "sources")


def files_of(body: Json, *, name: str) -> dict[str, str]:
    """CSV files of an assessment, a comparison or one stage alone: file name to text."""
    lists: dict[str, Iterable[Json]] = {key: body.get(key, ()) for key in _LISTS}
    for part, keys in _PARTS.items():
        # A stage printed alone has its lists at the top.
        holder = body.get(part) or body
        lists |= {key: holder.get(key, ()) for key in keys}
    return {f"{name}-{key}.csv": table_csv(rows) for key, rows in lists.items() if rows}


def table_csv(rows: Iterable[Json]) -> str:
    """Rows as CSV; a range becomes one column for each of its ends, a list is joined."""
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return stream.getvalue()


def _flat(row: Json) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            cells |= {f"{key}_{inner}": item for inner, item in value.items()}
        elif isinstance(value, list):
            if not any(isinstance(item, Mapping) for item in value):
                cells[key] = "; ".join(_joined(item) for item in value)
        else:
            cells[key] = value
    return {key: _safe(value) for key, value in cells.items()}


def _joined(item: Any) -> str:
    return " + ".join(map(str, item)) if isinstance(item, list) else str(item)


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value

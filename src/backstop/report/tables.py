"""The lists of a result as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]

#: Cells that a spreadsheet would run as a formula are set in quotes (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def files_of(body: Json, *, name: str) -> dict[str, str]:
    """CSV files of a result: file name to text."""
    lists: dict[str, Iterable[Json]] = {"findings": body["findings"]}
    if "designs" in body:
        lists["table"] = body["designs"]
    else:
        lists |= {key: body["sourcing"].get(key, ()) for key in ("lines", "plan", "rotations")}
        lists |= {"methods": body["sizing"]["methods"], "routes": body["authority"]["routes"]}
        lists |= {key: body[key] for key in ("drivers", "assumptions", "sources")}
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

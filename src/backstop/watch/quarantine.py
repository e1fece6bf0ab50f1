"""Rows that could not be read: kept as they stood, with the reason, to be mended and read again.

They lie in a CSV file with the columns of the file they came from, and four before those. A
spreadsheet opens it; a cell that it would take for a formula gets an apostrophe in front, which
reading takes away again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: The columns before the file's own; ``_raw`` holds what could not be told apart into cells.
LEADING = ("_id", "_file", "_row", "_adapter", "_reason", "_raw")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row that was no record."""

    file: str
    row: int
    """As a spreadsheet numbers it: the first row of a table, with the columns' names, is 1."""
    reason: str
    adapter: str
    cells: tuple[str, ...] = ()
    """As they stood, where the row was one."""
    raw: str = ""
    """The text, where it was not."""
    first_id: str = ""
    """Its id before somebody changed it."""

    @property
    def id(self) -> str:
        """The same whenever the same row is met, in whatever file."""
        if self.first_id:
            return self.first_id
        held = json.dumps([self.adapter, self.cells, self.raw])
        return hashlib.sha256(held.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def to_dict(self) -> dict[str, str | int]:
        """File, row and reason, as the command prints them."""
        return {"file": self.file, "row": self.row, "reason": self.reason}


#: A cell that a spreadsheet would run: it begins with one of these and is no number.
_RUNS = re.compile(r"['\s]*[=+\-@|\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; ``plain`` gives the cell back."""
    return f"'{cell}" if _RUNS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def plain(cell: str) -> str:
    """The cell that ``neutral`` was given."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def header_text(columns: Sequence[str]) -> str:
    """The first row of a quarantine file."""
    return _line((*LEADING, *columns))


def row_text(one: Quarantined, *, width: int) -> str:
    """A row of a quarantine file."""
    cells = (*one.cells, *[""] * (width - len(one.cells)))
    return _line((one.id, one.file, str(one.row), one.adapter, one.reason, one.raw, *cells))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    safe = [neutral(cell.encode("utf-8", "backslashreplace").decode()) for cell in cells]
    csv.writer(out, lineterminator="\r\n").writerow(safe)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Mended:
    """A row of a quarantine file, as somebody may have changed it."""

    id: str
    """Of the row as it first stood."""
    row: Quarantined


def read_mended(rows: Iterable[list[str]]) -> Iterator[Mended]:
    """Rows of a quarantine file below its header."""
    for cells in rows:
        first, file, number, adapter, reason, raw, *rest = map(plain, cells)
        row = int(number) if number.isdecimal() else 0
        yield Mended(first, Quarantined(file, row, reason, adapter, tuple(rest), raw))

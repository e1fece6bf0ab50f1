"""A CSV file as rows that still know where each cell stood."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from backstop.errors import Problem
from backstop.scenario.ident import did_you_mean, twice

#: More rows than any coalition has units; a file beyond it is not what it says.
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells by column name, its raw text and the line it starts on."""

    file: str
    cells: dict[str, str]
    columns: tuple[str, ...]
    line: int
    text: str

    def problem(self, column: str, message: str) -> Problem:
        """A problem in one cell of this row; an empty column name means the row."""
        line, character = self.place(column)
        first = next(iter(self.cells.values()), "")
        path = f"{first}.{column}" if column else first
        return Problem(self.file, line, character, path, message)

    def place(self, column: str) -> tuple[int, int]:
        """Line and column at which a cell starts, also when cells before it span lines."""
        if column not in self.columns:
            return self.line, 1
        starts = [match.start(1) for match in _CELL.finditer(self.text)]
        number = self.columns.index(column)
        before = self.text[: starts[number]] if number < len(starts) else ""
        return self.line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1


_CELL = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', re.DOTALL)


def read_csv(
    file: str, text: str, *, needed: Sequence[str], known: Sequence[str] | None
) -> tuple[list[Row], list[Problem]]:
    """Rows of a CSV text, and every problem with its shape.

    ``needed`` columns must be there; when ``known`` is given, no other column may.
    """
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        problems += _header_problems(file, header, needed, known)
        last = reader.line_num
        for cells in reader:
            first, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                message = f"has {len(cells)} cells where the header has {len(header)}"
                problems.append(Problem(file, first, 1, cells[0][:40], message))
                continue
            if len(rows) == MOST_ROWS:
                problems.append(Problem(file, first, 1, "", f"has more than {MOST_ROWS:,} rows"))
                break
            stripped = (cell.strip() for cell in cells)
            raw = "".join(lines[first - 1 : last]).rstrip("\r\n")
            rows.append(Row(file, dict(zip(header, stripped, strict=True)), header, first, raw))
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, 1, "", f"this is not valid CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(file, 1, 1, "", "the table is empty; it needs at least one row"))
    return rows, problems


def _header_problems(
    file: str, header: tuple[str, ...], needed: Sequence[str], known: Sequence[str] | None
) -> list[Problem]:
    if not header:
        return [Problem(file, 1, 1, "", f"is empty; its first line must be {','.join(needed)}")]
    messages = [f"column {name!r} stands there twice" for name in twice(header)]
    messages += [f"column {name!r} is missing" for name in needed if name not in header]
    if known is not None:
        messages += [
            f"unknown column {name!r}{did_you_mean(name, known)}"
            for name in header
            if name not in known
        ]
    elif "" in header:
        messages.append("a column has no name")
    return [Problem(file, 1, 1, "", message) for message in messages]

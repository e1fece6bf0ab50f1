"""A CSV file as rows that still know where each cell stood."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from backstop.errors import Problem
from backstop.scenario.ident import did_you_mean, near, twice

#: More rows than any coalition has units; a file beyond it is not what it says.
MOST_ROWS = 20_000
#: More lines than that many rows have, with notes that span some.
MOST_LINES = 5 * MOST_ROWS
#: More kinds of stock than anybody counts.
MOST_COLUMNS = 500
#: Nobody reads further; the rest shows once these are mended.
_MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells by column name, its raw text and the line it starts on."""

    file: str
    cells: dict[str, str]
    columns: tuple[str, ...]
    line: int
    text: str
    overridden: dict[str, str] = field(default_factory=dict)
    """What ``--set`` changed: column to the path as it was written there."""

    def problem(self, column: str, message: str) -> Problem:
        """A problem in one cell of this row; an empty column name means the row."""
        if column in self.overridden:
            return Problem("--set", 0, 0, self.overridden[column], message)
        line, character = self.place(column)
        first = next(iter(self.cells.values()), "")[:40]
        path = f"{first}.{column}" if column else first
        return Problem(self.file, line, character, path, message)

    def place(self, column: str) -> tuple[int, int]:
        """Line and column at which a cell starts, also when cells before it span lines."""
        if column not in self.columns:
            return self.line, 1
        return _place(self.text, self.line, self.columns.index(column))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a CSV text holds: whole rows, rows of the wrong length, and what is wrong."""

    rows: list[Row] = field(default_factory=list)
    ragged: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True
    """Whether every row could be told from the next."""


_CELL = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', re.DOTALL)


def _place(text: str, line: int, number: int) -> tuple[int, int]:
    """Where cell ``number`` of a record starts, given its raw text and first line."""
    starts = [match.start(1) for match in _CELL.finditer(text)]
    before = text[: starts[number]] if number < len(starts) else ""
    return line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1


def read_csv(
    file: str, text: str, *, needed: Sequence[str], known: Sequence[str] | None
) -> tuple[list[Row], list[Problem]]:
    """Whole rows of a CSV text, and every problem with its shape; see ``read_sheet``."""
    sheet = read_sheet(file, text, needed=needed, known=known)
    return sheet.rows, sheet.problems


def read_sheet(
    file: str,
    text: str,
    *,
    needed: Sequence[str],
    known: Sequence[str] | None,
    fields: Sequence[str] = (),
) -> Sheet:
    """Read a CSV text.

    ``needed`` columns must be there; when ``known`` is given, no other column may. ``fields``
    are the names a column of an open table (``known`` is None) must not be a misspelling of.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    count = text.count("\n") + 1
    if count > MOST_LINES:
        message = f"has {count:,} lines, more than {MOST_LINES:,}; is it the right file?"
        return Sheet(problems=[Problem(file, 1, 1, "", message)], complete=False)
    lines = text.split("\n")
    records = _records(lines)
    first = next(records, None)
    if first is None or not any(cell.strip() for cell in first.cells):
        message = f"is empty; its first line must be {','.join(needed)}"
        return Sheet(problems=[Problem(file, 1, 1, "", message)], complete=False)
    if first.fault:
        return Sheet(problems=[Problem(file, 1, 1, "", first.fault)], complete=False)
    columns = tuple(cell.strip() for cell in first.cells)
    if len(columns) > MOST_COLUMNS:
        message = f"has {len(columns):,} columns, more than {MOST_COLUMNS}; is it the right file?"
        return Sheet(problems=[Problem(file, 1, 1, "", message)], complete=False)
    problems = list(_header_problems(file, first.text, columns, needed, known, fields))
    sheet = Sheet(columns=columns, problems=problems)
    if len(columns) == 1 and re.search("[;\t]", columns[0]):
        message = "its columns are not separated by commas; save it as CSV with commas"
        return Sheet(problems=[Problem(file, 1, 1, "", message)], complete=False)
    if twice(columns):
        # Which of the two a cell belongs to is not for us to guess; the rows wait until it is told.
        return Sheet(columns=columns, problems=problems, complete=False)
    complete = _fill(sheet, file, records)
    if not sheet.rows and not sheet.problems:
        problems.append(Problem(file, 1, 1, "", "the table is empty; it needs at least one row"))
        # Whatever names a row of it would be complained about too, once for each.
        complete = False
    return Sheet(sheet.rows, sheet.ragged, columns, problems, complete)


@dataclass(frozen=True, slots=True)
class _Raw:
    """One record as the CSV reader saw it."""

    line: int
    text: str
    cells: list[str]
    fault: str = ""
    lost: bool = False


def _records(lines: list[str]) -> Iterator[_Raw]:
    """The records of a file; after a broken one, reading goes on with the next line."""
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    while True:
        start = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lost = "unexpected end" in str(error)
            yield _Raw(start + 1, lines[start], [], _quoting(str(error)), lost)
            continue
        raw = "\n".join(lines[start : reader.line_num])
        yield _Raw(start + 1, raw, [cell.rstrip("\n") for cell in cells])


def _quoting(message: str) -> str:
    if "unexpected end" in message:
        return 'this is not valid CSV: a cell that starts with " here is never closed'
    if "expected after" in message:
        return 'this is not valid CSV: a " inside a cell must be doubled, as in "so ""called"""'
    if "field limit" in message:
        return "a cell is longer than 131,072 characters; is a closing quote missing?"
    return f"this is not valid CSV: {message}"


def _fill(sheet: Sheet, file: str, records: Iterable[_Raw]) -> bool:
    """Sort the records into whole and ragged rows; False when some could not be told apart."""
    complete = True
    width = len(sheet.columns)
    for raw in records:
        if raw.fault:
            sheet.problems.append(Problem(file, raw.line, 1, raw.text[:20], raw.fault))
            complete = False
        elif any(cell.strip() for cell in raw.cells):
            cells = dict(zip(sheet.columns, (cell.strip() for cell in raw.cells), strict=False))
            row = Row(file, cells, sheet.columns, raw.line, raw.text)
            if len(raw.cells) == width:
                sheet.rows.append(row)
            else:
                message = f"has {len(raw.cells)} cells where the header has {width}"
                if len(raw.cells) > width:
                    message += '; a cell that holds a comma stands in "quotes"'
                sheet.problems.append(
                    Problem(file, raw.line, 1, raw.cells[0].strip()[:40], message)
                )
                sheet.ragged.append(row)
        if len(sheet.rows) > MOST_ROWS or len(sheet.problems) > _MOST_FAULTS:
            what = f"{MOST_ROWS:,} rows" if len(sheet.rows) > MOST_ROWS else "200 problems"
            sheet.problems.append(Problem(file, raw.line, 1, "", f"has more than {what}"))
            return False
    return complete


def _header_problems(
    file: str,
    text: str,
    columns: tuple[str, ...],
    needed: Sequence[str],
    known: Sequence[str] | None,
    fields: Sequence[str],
) -> Iterator[Problem]:
    def at(name: str, message: str) -> Problem:
        return Problem(file, *_place(text, 1, columns.index(name)), "", message)

    again = twice(columns)
    for name in again:
        places = [number for number, one in enumerate(columns) if one == name]
        message = f"column {name!r} stands there twice" if name else "columns have no name"
        yield Problem(file, *_place(text, 1, places[1]), "", message)
    strangers = [n for n in columns if n and n not in (known if known is not None else fields)]
    for name in needed:
        if name not in columns:
            meant = near(name, strangers)
            tail = f"; is it the one called {meant!r}?" if meant else ""
            yield Problem(file, 1, 1, "", f"column {name!r} is missing{tail}")
    if "" in columns and "" not in again:
        yield at("", "a column has no name")
    for name in dict.fromkeys(strangers):
        if known is not None:
            yield at(name, f"unknown column {name!r}{did_you_mean(name, known)}")
        elif meant := next((f for f in fields if f not in columns and _misspelt(name, f)), None):
            yield at(name, f"column {name!r} would be a stock; did you mean {meant!r}?")


def _misspelt(name: str, field_name: str) -> bool:
    """Whether a name is another spelling of a field, and not merely similar."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    meant = re.sub(r"[^a-z]", "", field_name)
    return plain == meant or plain == f"{meant}s" or f"{plain}s" == meant

"""Rows of a CSV file, read as a stream: encodings, quoted newlines, and no row lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

#: Longest physical line and longest row in bytes; what is longer is no table.
MOST_LINE = 4_000_000
MOST_ROW = 8_000_000


@dataclass(frozen=True, slots=True)
class Header:
    """The first row."""

    columns: tuple[str, ...]
    delimiter: str
    offset: int
    """Bytes up to the end of it."""


class BadRow(ValueError):
    """A row that is no row; ``text`` is what stood there."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.text = text


class Lines:
    """Physical lines as text, UTF-8 or else Windows-1252, line by line; knows where it is."""

    def __init__(self, stream: IO[bytes], *, offset: int = 0) -> None:
        self._next = partial(stream.readline, MOST_LINE)
        self._again: list[bytes] = []
        self.offset = offset
        """Bytes read so far."""
        self.taken: list[bytes] = []
        """Lines since the last ``settle``: the row that is being read."""
        self._start = offset
        self.converted = 0
        """Lines that were Windows-1252."""
        self.fault = ""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._next()
        if not line:
            raise StopIteration
        self.offset += len(line)
        taken = self.taken
        taken.append(line)
        if self.offset - self._start > MOST_ROW:
            raise csv.Error(f"a row of more than {MOST_ROW // 1_000_000} MB; a quote left open?")
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.converted += 1
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            self.fault = "holds bytes that are neither UTF-8 nor Windows-1252"
            return line.decode("utf-8", "backslashreplace")

    def settle(self) -> None:
        """Forget the lines of the row that is done."""
        self.taken.clear()
        self._start = self.offset
        self.fault = ""

    def give_back(self) -> bytes:
        """Put all lines but the first of the unfinished row back; the first is returned."""
        first, *rest = self.taken
        self._again.extend(reversed(rest))
        self.offset -= sum(map(len, rest))
        self.settle()
        return first


@contextmanager
def long_cells() -> Iterator[None]:
    """Let a cell be as long as a row may be; Python's own limit is 131,072 characters."""
    before = csv.field_size_limit(MOST_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def read_header(stream: IO[bytes]) -> Header:
    """The columns of a table; raises ``ValueError`` where there are none."""
    lines = Lines(stream)
    try:
        text = next(lines)
    except StopIteration:
        raise ValueError("is empty") from None
    if lines.taken[0][:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("is in UTF-16; save it as UTF-8")
    if b"\0" in lines.taken[0]:
        raise ValueError("is no text; name a table, JSON or a text file")
    text = text.removeprefix("\ufeff").removeprefix("ï»¿")
    delimiter = max(",;\t|", key=text.count)
    first = iter([text])

    def rest() -> Iterator[str]:
        yield from first
        yield from lines

    try:
        columns = next(csv.reader(rest(), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(f"has no readable first row: {error}") from None
    return Header(tuple(name.strip() for name in columns), delimiter, lines.offset)


def rows(lines: Lines, delimiter: str, *, width: int) -> Iterator[list[str] | BadRow]:
    """The rows below the header, in order; blank lines are passed over.

    A row that cannot be read, or has not ``width`` cells, comes as a ``BadRow`` with its text.
    When it ran over several lines reading goes on with the second of them, so that a quote left
    open costs one line and not the rest of the file.
    """
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = lines.give_back().decode("cp1252", "backslashreplace")
            yield BadRow(f"is no row: {_said(error)}", text)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if cells and len(cells) != width:
            several = len(lines.taken) > 1
            text = lines.give_back().decode("cp1252", "backslashreplace")
            yield BadRow(f"has {len(cells)} cells where the first row has {width}", text)
            if several:
                reader = csv.reader(lines, delimiter=delimiter)
        elif lines.fault:
            yield BadRow(lines.fault, delimiter.join(cells))
        elif cells:
            yield cells
        lines.settle()


def _said(error: csv.Error) -> str:
    """What the reader of CSV means."""
    if "field limit" not in str(error):
        return str(error)
    most = csv.field_size_limit()
    return (
        f"a cell of more than {most:,} characters; a quote left open? If it is as it should be, "
        "take the quarantine file in"
    )

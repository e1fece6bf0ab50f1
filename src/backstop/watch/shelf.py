"""The quarantine on disk: a CSV for each file with rows that could not be read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from backstop.watch.adapters.table import long_cells
from backstop.watch.folder import MissionFolder, fault, write_whole
from backstop.watch.intake import Met
from backstop.watch.quarantine import (
    LEADING,
    Mended,
    Quarantined,
    header_text,
    read_mended,
    row_text,
)


class Shelf:
    """Adds rows to a quarantine file, each row once, however long the file grows.

    ``lying`` remembers which rows lie there. It is filled from the file at the first row, so that
    an intake of many bad rows does not read all of them again with every batch.
    """

    def __init__(self, place: Path, columns: Sequence[str], *, lying: Met) -> None:
        self._place = place
        self._columns = tuple(columns)
        self._lying = lying
        self._known = False

    def keep(self, found: Iterable[Quarantined]) -> None:
        """Add rows that do not lie there yet; on disk when it returns.

        Raises
        ------
        InputError
            When the file cannot be written. Nothing of these rows is then in it.
        """
        if not self._known:
            self._lying.add({one.id: "" for one in quarantined_rows(self._place)})
            self._known = True
        rows = {one.id: one for one in found}
        held = self._lying.digests(list(rows))
        width = len(self._columns)
        fresh = {name: row_text(one, width=width) for name, one in rows.items() if name not in held}
        if fresh:
            self._append("".join(fresh.values()))
            self._lying.add(dict.fromkeys(fresh, ""))

    def _append(self, text: str) -> None:
        try:
            file = os.open(self._place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                whole = os.fstat(file).st_size
                # A byte-order mark lets a spreadsheet read the file as UTF-8.
                head = "" if whole else "\ufeff" + header_text(self._columns)
                _write_all(file, (head + text).encode(), whole)
            finally:
                os.close(file)
        except OSError as error:
            raise fault(self._place, f"cannot be written: {error.strerror}") from error


def _write_all(file: int, raw: bytes, whole: int) -> None:
    """Write to the end of a file and wait for the disk, or leave the file as long as it was."""
    try:
        left = memoryview(raw)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        # Half a row would be one that nobody can mend.
        os.ftruncate(file, whole)
        raise


def quarantined_rows(place: Path) -> Iterator[Mended]:
    """The rows of a quarantine file; none when there is no such file.

    Raises
    ------
    InputError
        When somebody made the file into something else than a table.
    """
    try:
        with place.open(encoding="utf-8-sig", newline="") as file, long_cells():
            rows = csv.reader(file)
            next(rows, None)
            yield from read_mended(row for row in rows if len(row) >= len(LEADING))
    except FileNotFoundError:
        return
    except (csv.Error, UnicodeDecodeError) as error:
        raise fault(place, f"is no quarantine file any more: {error}") from None


def release_rows(folder: MissionFolder, mended: Iterable[str]) -> None:
    """Take rows that were mended and taken in out of the quarantine."""
    gone = set(mended)
    for place in sorted((folder.path / "quarantine").glob("*.csv")) if gone else ():
        with place.open(encoding="utf-8-sig", newline="") as file, long_cells():
            rows = list(csv.reader(file))
        left = [row for row in rows[1:] if row and row[0] not in gone]
        if len(left) == len(rows) - 1:
            continue
        if not left:
            place.unlink()
            continue
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([rows[0], *left])
        write_whole(place, "\ufeff" + out.getvalue())

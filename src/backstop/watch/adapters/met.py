"""Which records of a file were met already: in memory, and on disk when there are many."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from types import TracebackType
from typing import Self

from backstop.errors import InputError, Problem

#: Records held in memory before they are moved to a temporary file.
MOST_IN_MEMORY = 200_000


class MetOnDisk:
    """Digests by subject. SQLite keeps them in a temporary file that goes away by itself."""

    def __init__(self) -> None:
        self._recent: dict[str, str] = {}
        self._disk: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._disk is not None:
            self._disk.close()

    def digests(self, subjects: Sequence[str]) -> dict[str, str]:
        """Digest of each subject that was met."""
        found = {one: self._recent[one] for one in subjects if one in self._recent}
        if self._disk is not None:
            missing = [one for one in subjects if one not in found]
            for start in range(0, len(missing), 500):
                some = missing[start : start + 500]
                marks = ",".join("?" * len(some))
                query = f"SELECT subject, digest FROM met WHERE subject IN ({marks})"
                found |= dict(self._disk.execute(query, some))
        return found

    def add(self, digests: dict[str, str]) -> None:
        """Remember some."""
        self._recent |= digests
        if len(self._recent) > MOST_IN_MEMORY:
            self._move()

    def _move(self) -> None:
        try:
            self._write()
        except sqlite3.Error as error:
            reason = f"the folder for temporary files cannot hold what was read ({error})"
            raise InputError([Problem("TMPDIR", 0, 0, "", reason)]) from error

    def _write(self) -> None:
        if self._disk is None:
            self._disk = sqlite3.connect("", isolation_level=None)
            create = "CREATE TABLE met (subject TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID"
            self._disk.execute(create)
        with closing(self._disk.cursor()) as cursor:
            cursor.execute("BEGIN")
            rows = self._recent.items()
            cursor.executemany("INSERT OR REPLACE INTO met VALUES (?, ?)", rows)
            cursor.execute("COMMIT")
        self._recent = {}

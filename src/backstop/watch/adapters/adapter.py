"""What a reader of one kind of file is: how it is recognised, and how a row becomes records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstop.watch.record import Entry
from backstop.watch.setting import Setting

#: Cells of one row, in the order of the columns, to records. Raises ``ValueError`` with the
#: reason why the row is no record; then it goes to quarantine.
ReadCells = Callable[[list[str]], Sequence[Entry]]
#: The same for one object of a JSON file, or one paragraph of text under ``text``.
ReadObject = Callable[[Mapping[str, Any]], Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One kind of file."""

    name: str
    """What ``--adapter`` calls it."""
    title: str
    """What it reads, in a phrase."""
    version: int
    """Goes up when the same file comes to mean other records."""
    needs: frozenset[str] = frozenset()
    """Columns, or keys of an object, that every such file has; the guess rests on them."""
    dates: tuple[str, ...] = ()
    """Columns whose dates have one order of day and month in the whole file."""
    cells: Callable[[Sequence[str], Setting], ReadCells] | None = None
    """Makes the reader of rows from the columns."""
    objects: Callable[[Setting], ReadObject] | None = None
    """Makes the reader of objects."""
    passages: Callable[[Iterator[str]], Iterator[tuple[int, Mapping[str, Any]]]] | None = None
    """Splits the lines of a text into objects, each with the number of its first line."""


class Columns:
    """Where each column of a table stands; ``-1`` for one that is not there."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._at = {name: place for place, name in enumerate(columns)}

    def __getitem__(self, name: str) -> int:
        """The place of a column that has to be there."""
        if name not in self._at:
            raise ValueError(f"the column {name!r} is missing")
        return self._at[name]

    def first(self, *names: str) -> int:
        """The place of the first of several namings that is there, else -1."""
        return next((self._at[name] for name in names if name in self._at), -1)

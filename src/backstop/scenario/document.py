"""A parsed file that still knows where each value stood.

A *location* is the tuple of keys and indices that pydantic reports, such as
``("capabilities", 3, "troops_per_unit")``; ``Document.place`` gives its line and column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstop.errors import Problem

Location = tuple[str | int, ...]
Place = tuple[int, int]

#: No honest scenario nests deeper, or writes a dotted key of more parts.
DEEPEST = 24
#: The largest whole number that TOML promises to keep.
_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, with a lazily made index from location to line and column."""

    file: str
    data: Any
    index: Callable[[], Mapping[Location, Place]]
    overridden: dict[Location, str] = field(default_factory=dict)
    """What ``--set`` changed: location to the path as it was written there."""
    _made: dict[Location, Place] = field(default_factory=dict)

    def place(self, location: Location) -> Place:
        """Line and column of the innermost part of ``location`` that the file holds."""
        if not self._made:
            self._made.update({(): (1, 1), **self.index()})
        for length in range(len(location), -1, -1):
            if location[:length] in self._made:
                return self._made[location[:length]]
        return (1, 1)

    def problem(self, location: Location, message: str) -> Problem:
        """A problem at a location of this document, or at the ``--set`` that brought it in."""
        if self.overridden:
            problem = self._from_setting(location, message)
            if problem is not None:
                return problem
        line, column = self.place(location)
        return Problem(self.file, line, column, dotted(location, self.data), message)

    def _from_setting(self, location: Location, message: str) -> Problem | None:
        """The problem as one of the override that it comes from, if it comes from one.

        That is an override at or above the place; one just below it, for a record's own rule,
        such as "low must not be above high", complains about the record; or one that made the
        table in which something is missing now.
        """
        for length in range(len(location), -1, -1):
            if location[:length] in self.overridden:
                inside = dotted(location[length:])
                dot = "." if inside and not inside.startswith("[") else ""
                path = f"{self.overridden[location[:length]]}{dot}{inside}"
                return Problem("--set", 0, 0, path, message)
        is_record = isinstance(at(self.data, location), dict)
        above = location[:-1]
        self.place(above)
        for changed, path in self.overridden.items():
            near = len(changed) <= len(location) + 2
            if is_record and near and changed[: len(location)] == location:
                return Problem("--set", 0, 0, path, message)
            if above not in self._made and changed[: len(above)] == above:
                where = dotted(location, self.data)
                return Problem("--set", 0, 0, path, f"with it, {where} {message}")
        return None


def dotted(location: Location, data: Any = None) -> str:
    """``("a", 3, "b")`` as ``a[id].b``: list items are named by their id where they have one."""
    text = ""
    for part in location:
        data = at(data, (part,))
        if isinstance(part, int):
            name = data.get("id", part) if isinstance(data, dict) else part
            text += f"[{name}]" if isinstance(name, str | int) else f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def at(data: Any, location: Location) -> Any:
    """The part of raw data at a location; None where there is none."""
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def outgrown(document: Document, *, most_values: int) -> Problem | None:
    """The problem of data that outgrow what a scenario can mean; None when they do not.

    A document of too many values is not searched for the place of one of them.
    """
    fault = _oversized(document.data, most_values=most_values)
    if fault is None:
        return None
    location, message = fault
    if not location:
        return Problem(document.file, 1, 1, "", message)
    return document.problem(location, message)


def _oversized(data: Any, *, most_values: int) -> tuple[Location, str] | None:
    seen = 0
    stack: list[tuple[Location, Any]] = [((), data)] if _looked_into(data) else []
    while stack:
        location, value = stack.pop()
        if not isinstance(value, dict | list):
            return location, "is a whole number of more than 64 bits; no quantity here is so large"
        if len(location) >= DEEPEST:
            return location[:1], f"is nested deeper than {DEEPEST} levels; flatten it"
        seen += len(value)
        if seen > most_values:
            return (), f"holds more than {most_values:,} values; a scenario has far fewer"
        items = value.items() if isinstance(value, dict) else enumerate(value)
        stack.extend(((*location, key), inner) for key, inner in items if _looked_into(inner))
    return None


def _looked_into(value: Any) -> bool:
    """Whether a value may outgrow its bounds: a table, a list, a number too large."""
    if isinstance(value, dict | list):
        return True
    return isinstance(value, int) and abs(value) > _LARGEST_INTEGER

"""``--set path=value``: change one field of a scenario before it is checked.

The path is dotted; an item of a list is named by its id or its place from 0, a table's row by its
key::

    capabilities[battlegroup].troops_per_unit=900
    designs[tripwire].land.covered_share=0.4
    nations[FRA].army_personnel=118000
    offers[GBR/battlegroup].units=6~8
    stances.rho=0.4
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from backstop.errors import Problem
from backstop.scenario.document import Location
from backstop.scenario.ident import did_you_mean
from backstop.scenario.quantity import Quantity, from_cell
from backstop.scenario.table import Row

_STEP = re.compile(r"""(?:^|\.)(?:([A-Za-z0-9_-]+)|"([^"]+)")((?:\[[^\]]+\])*)""")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a CSV table, and the columns that may be set in it."""

    row: Row
    columns: Collection[str]


def parse(
    settings: Mapping[str, str] | Sequence[str],
) -> tuple[dict[str, str], list[Problem]]:
    """Split each ``path=value``; what is malformed, or set twice to two values, is a problem.

    The problems are returned and not raised, so that they stand beside those of the scenario.
    A mapping is split already.
    """
    if isinstance(settings, Mapping):
        return dict(settings), []
    changes: dict[str, str] = {}
    problems: list[Problem] = []
    for text in settings:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not path or not equals:
            message = "write path=value, such as stances.rho=0.4"
            problems.append(Problem("--set", 0, 0, text[:200], message))
        elif changes.setdefault(path, value) != value:
            message = f"is set to {changes[path][:40]!r} already; keep one of the two"
            problems.append(Problem("--set", 0, 0, path[:200], message))
    return changes, problems


class _Nowhere(Exception):
    """A path leads nowhere; the message says why."""


def apply(
    tree: Mapping[str, Any], changes: Mapping[str, str], *, own: Collection[str], main: Any
) -> tuple[dict[Location, str], list[Problem]]:
    """Change ``tree`` in place.

    Parameters
    ----------
    tree : mapping
        Everything that can be named, by its first step.
    changes : mapping of path to value
    own : collection of str
        First steps that are single fields of ``scenario.toml``.
    main : dict or None
        The data of ``scenario.toml``; None when it cannot be read.

    Returns
    -------
    dict of location to path, list of Problem
        What was changed, apart from table rows, which note it themselves; and every path that
        leads nowhere. A key that the file leaves out may be set: what the record does not know
        is found when it is validated.
    """
    tree = MappingProxyType(tree)  # what is not there cannot be added to the tree itself
    changed: dict[Location, str] = {}
    problems: list[Problem] = []
    for path, value in changes.items():
        try:
            steps = _steps(path)
            if len(steps) == 1 and steps[0] in own:
                if main is not None:
                    main[steps[0]] = _read(value)
                    changed[(steps[0],)] = path
                continue
            location = _set(tree, steps, value, path)
        except _Nowhere as reason:
            problems.append(Problem("--set", 0, 0, path[:200], str(reason)))
        else:
            if location is not None:
                changed[location] = path
    return changed, problems


def lookup(tree: Mapping[str, Any], path: str) -> tuple[Any, str]:
    """The raw value at a path, or why it leads nowhere."""
    try:
        here: Any = tree
        for step in _steps(path):
            here, _ = _follow(here, step, "")
    except _Nowhere as reason:
        return None, str(reason)
    return here, ""


def _steps(path: str) -> list[str]:
    steps: list[str] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position) if steps else _STEP.match(path)
        if match is None or (not steps and match.start()):
            raise _Nowhere(f"cannot be read from {path[position : position + 40]!r} on")
        steps += [match[1] or match[2], *re.findall(r"\[[^\]]+\]", match[3])]
        position = match.end()
    if not 0 < len(steps) <= 32:
        raise _Nowhere("names no field")
    return steps


def _set(tree: Any, steps: Sequence[str], value: str, path: str) -> Location | None:
    """Write one value; its location, or None when a table row has noted it."""
    here = tree
    location: Location = ()
    for number, step in enumerate(steps[:-1]):
        here, key = _follow(here, step, steps[number + 1])
        location = (*location, *key)
    last = steps[-1]
    if isinstance(here, TableRow):
        if last not in here.columns:
            raise _Nowhere(f"there is no column {last!r}{did_you_mean(last, here.columns)}")
        here.row.cells[last] = value
        here.row.overridden[last] = path
        return None
    if isinstance(here, list) and last.startswith("["):
        place = _place(here, last[1:-1])
        here[place] = _read(value)
        return (*location, place)
    if here is tree:
        _follow(here, last, "")
    if not isinstance(here, dict) or last.startswith("[") or here is tree:
        raise _Nowhere("names no single field")
    here[last] = _read(value)
    return (*location, last)


def _follow(here: Any, step: str, following: str) -> tuple[Any, Location]:
    """One step down the tree, and the keys it took."""
    if step.startswith("["):
        name = step[1:-1]
        if isinstance(here, list):
            place = _place(here, name)
            return here[place], (place,)
        if not isinstance(here, Mapping) or name not in here:
            raise _Nowhere(f"there is no {name[:64]!r}{_meant(name, here)}")
        return here[name], (name,)
    if isinstance(here, TableRow):
        if step == "stocks":
            return here, ()
        if step in here.columns and not following:
            return here.row.cells.get(step, ""), (step,)
        raise _Nowhere(f"there is no column {step!r}{did_you_mean(step, here.columns)}")
    if not isinstance(here, Mapping) or (step not in here and not _opens(here, following)):
        raise _Nowhere(f"there is no {step[:64]!r}{_meant(step, here)}")
    if step not in here:
        here[step] = {}  # type: ignore[index]
    inner = here[step]
    if following and not isinstance(inner, dict | list | TableRow):
        inner = _taken_apart(inner, step, following)
        if isinstance(here, dict):
            here[step] = inner
    return inner, (step,)


def _opens(here: Mapping[str, Any], following: str) -> bool:
    """Whether a key that is not there may be added on the way: a block the file leaves out."""
    named_things = bool(here) and all(isinstance(one, dict | list) for one in here.values())
    inside = bool(following) and not following.startswith("[")
    return isinstance(here, dict) and inside and not named_things


def _taken_apart(value: Any, step: str, following: str) -> dict[str, Any]:
    """A plain number as a table, so that a part of it can be set."""
    if following in Quantity.model_fields and not isinstance(value, bool):
        if isinstance(value, int | float):
            return {"value": value}
        if isinstance(value, str):
            try:
                return dict(from_cell(value))
            except ValueError:
                pass
    raise _Nowhere(f"{step!r} holds a plain value; set it whole")


def _place(items: list[Any], name: str) -> int:
    """The index of an item, named by its id or by its place from 0."""
    names = [_name(item, place) for place, item in enumerate(items)]
    if name in names:
        return names.index(name)
    if name.isascii() and name.isdigit() and len(name) < 7 and int(name) < len(items):
        return int(name)
    raise _Nowhere(f"there is no {name[:64]!r}{did_you_mean(name, names)}")


def _name(item: Any, place: int) -> str:
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(place)


def _meant(name: str, here: Any) -> str:
    known: Iterable[Any] = here if isinstance(here, Mapping) else ()
    return did_you_mean(name, [str(key) for key in known])


def _read(value: str) -> Any:
    """The value as TOML, or as plain text; a date stays text."""
    try:
        read = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return value
    if set(read) != {"value"} or isinstance(read["value"], date | datetime | time):
        return value
    return read["value"]

"""``--set path=value``: change one field of a scenario before it is checked.

The path is dotted; an item of a list is named by its id, a table's row by its key::

    capabilities[battlegroup].troops_per_unit=900
    designs[tripwire].land.covered_share=0.4
    nations[FRA].army_personnel=118000
    offers[GBR/battlegroup].units=6~8
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean

_STEP = re.compile(r"\.?([A-Za-z0-9_-]+)((?:\[[^\]]+\])*)")


def parse(texts: Sequence[str]) -> dict[str, str]:
    """Split each ``path=value``; every malformed one is reported."""
    problems = [
        Problem("--set", 0, 0, text, "write path=value") for text in texts if "=" not in text
    ]
    if problems:
        raise InputError(problems)
    pairs = (text.partition("=") for text in texts)
    return {path.strip(): value.strip() for path, _, value in pairs}


def apply(tree: Any, changes: Mapping[str, str]) -> list[Problem]:
    """Change ``tree`` in place; a path that leads nowhere is a problem, never a new key."""
    return [
        Problem("--set", 0, 0, path, message)
        for path, value in changes.items()
        if (message := _set(tree, path, value))
    ]


def _set(tree: Any, path: str, value: str) -> str:
    steps: list[str] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            return f"cannot be read from {path[position:]!r} on"
        steps += [match[1], *re.findall(r"\[[^\]]+\]", match[2])]
        position = match.end()
    if not steps:
        return "is empty"
    here = tree
    for number, step in enumerate(steps[:-1]):
        here, message = _follow(here, step, steps[number + 1])
        if message:
            return message
    last = steps[-1]
    if not isinstance(here, dict) or last.startswith("["):
        return "names no single field"
    if last not in here and any(isinstance(cell, _Cell) for cell in here.values()):
        return f"there is no column {last!r}{did_you_mean(last, [str(k) for k in here])}"
    # A key the file leaves out may be set: validation refuses those the record does not know.
    here[last] = value if isinstance(here.get(last), _Cell) else _read(value)
    return ""


class _Cell(str):
    """A CSV cell: an override of it stays text."""

    __slots__ = ()


def cells(row: Mapping[str, str]) -> dict[str, str]:
    """A table row whose overrides are read the way the table itself is."""
    return {key: _Cell(value) for key, value in row.items()}


def _follow(here: Any, step: str, following: str) -> tuple[Any, str]:
    if step.startswith("["):
        name = step[1:-1]
        if isinstance(here, dict):
            known = here
        else:
            known = {str(item.get("id", n)): item for n, item in enumerate(here)}
        if name not in known:
            return None, f"there is no {name!r}{did_you_mean(name, known)}"
        return known[name], ""
    if not isinstance(here, dict) or step not in here:
        known_keys = [str(key) for key in here] if isinstance(here, dict) else []
        return None, f"there is no {step!r}{did_you_mean(step, known_keys)}"
    inner = here[step]
    if not isinstance(inner, dict | list):
        # A plain number may be replaced part by part: x=3 then x.source=…
        return None, f"{step!r} holds a plain value; set it whole"
    return inner, ""


def _read(value: str) -> Any:
    """The value as TOML, or as the CSV form of a distribution, or as plain text."""
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except (tomllib.TOMLDecodeError, ValueError):
        return value

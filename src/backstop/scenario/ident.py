"""Identifiers: short, lower-case or ISO, safe as file names and in paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

Ident = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""An id: letters, digits, ``-``, ``_`` and ``.``, at most 64 characters."""

Iso3 = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A nation's ISO 3166-1 alpha-3 code."""


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


Idents = Annotated[tuple[Ident, ...], BeforeValidator(_split)]
"""Several ids; in a CSV cell they are separated by semicolons."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A tail for a message about an unknown name: the nearest known one, or all of a short list."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(names) <= 12:
        return "; known are " + ", ".join(names)
    return ""


def twice(ids: Iterable[str]) -> list[str]:
    """The ids that occur more than once, in order of first repetition."""
    seen: set[str] = set()
    again: dict[str, None] = {}
    for one in ids:
        if one in seen:
            again[one] = None
        seen.add(one)
    return list(again)


def unique(key: Callable[[Any], str], what: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A validator: no two items of a list may have the same key."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        again = twice(key(item) for item in items)
        if again:
            raise ValueError(f"{what} defined twice: {', '.join(again)}")
        return items

    return check

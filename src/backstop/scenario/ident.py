"""Identifiers: short, lower-case or ISO, safe as file names and in paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

_IDENT = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
_ISO3 = r"^[A-Z]{3}$"
_MEMBER = r"^@?[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
_DIGEST = r"^[0-9a-f]{64}$"

#: Pattern -> what it asks for, in words.
PATTERNS = {
    _IDENT: "an id: use letters a to z, digits, '-', '_' and '.', at most 64, no space",
    _ISO3: "a nation's code: three capital letters, such as FRA (ISO 3166-1)",
    _MEMBER: "an actor's id, nor a role such as @host",
    _DIGEST: "a SHA-256: 64 digits 0 to 9 and a to f",
}

Ident = Annotated[str, StringConstraints(pattern=_IDENT)]
"""An id: letters, digits, ``-``, ``_`` and ``.``, at most 64 characters."""

Iso3 = Annotated[str, StringConstraints(pattern=_ISO3)]
"""A nation's ISO 3166-1 alpha-3 code."""

Digest = Annotated[str, StringConstraints(pattern=_DIGEST)]
"""A full SHA-256 in lower-case hexadecimal."""


def split(value: Any) -> Any:
    """Several names in one text, separated by semicolons; anything else as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


_IDENTS = {
    "anyOf": [
        {"type": "array", "items": {"type": "string", "pattern": _IDENT}},
        {"type": "string", "description": "one id, or several separated by semicolons"},
    ]
}

Idents = Annotated[tuple[Ident, ...], BeforeValidator(split), WithJsonSchema(_IDENTS)]
"""Several ids; in a CSV cell they are separated by semicolons."""


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, if one is close."""
    if len(name) > 100:
        return None
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    if found:
        return found[0]
    lowered = {other.lower(): other for other in known}
    return lowered.get(name.lower())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A tail for a message about an unknown name: the nearest known one, or all of a short list."""
    names = sorted(known)
    meant = near(name, names)
    if meant:
        return f"; did you mean {meant!r}?"
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


#: The type of the error that ``unique`` raises.
DUPLICATE = "duplicate"


def unique(key: Callable[[Any], str], what: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A validator: no two items of a list may have the same key."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        again = twice(key(item) for item in items)
        if again:
            names = ", ".join(again)
            raise PydanticCustomError(
                DUPLICATE, "{what} defined twice: {names}", {"what": what, "names": names}
            )
        return items

    return check


def repeats(items: Any) -> list[tuple[int, str]]:
    """Place and message for every table in a raw list whose id an earlier one has."""
    seen: set[str] = set()
    found: list[tuple[int, str]] = []
    for place, item in enumerate(items if isinstance(items, list) else ()):
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            found.append((place, f"{name!r} stands in this list already; give each its own id"))
        seen.add(name)
    return found

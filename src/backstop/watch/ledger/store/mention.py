"""Where a name stands in a ledger, so that it can be erased everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backstop.watch.ledger.concealment import MARK
from backstop.watch.ledger.entry import Kind
from backstop.watch.ledger.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Mention:
    """One entry that holds a text."""

    index: int
    kind: Kind
    subject: str | None
    concealed: tuple[str, ...]
    """Concealed fields that hold it, as JSON Pointers: they can be erased by themselves."""
    open: tuple[str, ...]
    """Fields that hold it openly: only the whole entry can be erased."""


def mentions(ledger: Ledger, text: str) -> Iterator[Mention]:
    """Every entry that holds a text, in upper or lower case, concealed values included.

    Raises
    ------
    CheckFailed
        At the first entry that is not what was hashed when it was appended.
    """
    sought = text.casefold()
    size = ledger.size
    hidden_too = zip(ledger.entries(0, size, revealed=True), ledger.entries(0, size), strict=True)
    for shown, hidden in hidden_too:
        places = {place: _concealing(hidden.body, place) for place in _places(shown.body, sought)}
        concealed = {fold for fold in places.values() if fold is not None}
        bare = [place for place, fold in places.items() if fold is None]
        if shown.subject is not None and sought in shown.subject.casefold():
            bare.append("subject")
        if concealed or bare:
            yield Mention(
                shown.index, shown.kind, shown.subject, tuple(sorted(concealed)), tuple(bare)
            )


def _places(value: Any, sought: str, path: str = "") -> Iterator[str]:
    """The JSON Pointers of the texts, and of the names of fields, that hold what is sought."""
    if isinstance(value, str):
        if sought in value.casefold():
            yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            here = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            if sought in name.casefold():
                yield here
            yield from _places(inner, sought, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, sought, f"{path}/{number}")


def _concealing(body: Any, path: str) -> str | None:
    """The pointer of the concealed value that a place is, or lies in."""
    value, walked = body, ""
    for key in path.split("/")[1:]:
        if isinstance(value, dict) and MARK in value:
            return walked
        name = key.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value.get(name)
        walked += f"/{key}"
    return walked if isinstance(value, dict) and MARK in value else None

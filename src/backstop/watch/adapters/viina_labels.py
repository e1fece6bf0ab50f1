"""The labels of a VIINA event: what a machine read in the news, a column for each label.

A label is ``1`` or ``0`` under its name with ``_b`` behind it, or a probability under its name
where nothing else was made. One that is empty was not made for that year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backstop.watch.adapters.cells import real
from backstop.watch.crosswalk import Meaning, crosswalk

_PARTIES = {"a_rus": "RUS", "a_ukr": "UKR", "a_civ": "civilians", "a_other": "other"}


@dataclass(frozen=True, slots=True)
class _Label:
    """Where the cells of one label stand."""

    name: str
    own: tuple[int, ...]
    """Those under its very name."""
    places: tuple[int, ...]
    """Those and, before them, those of the name with ``_b``; the first that is filled counts."""

    def holds(self, cells: Sequence[str]) -> bool:
        """Whether it was made, and says yes."""
        for place in self.places:
            if text := cells[place].strip():
                return _holds(text, self.name)
        return False

    def made(self, cells: Sequence[str]) -> bool:
        """Whether something stands under its very name."""
        return any(cells[place].strip() for place in self.own)


class Labels:
    """The labels in rows with these columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._made = sorted((name, place) for place, name in enumerate(columns) if _is_label(name))
        self._acts = [
            (label, meaning)
            for name, meaning in crosswalk("viina").items()
            if (label := self._label(name)).places
        ]
        self._parties = [
            (self._label(f"{name}_init"), self._label(name), party)
            for name, party in _PARTIES.items()
        ]

    def made(self, cells: Sequence[str]) -> list[tuple[str, str]]:
        """All that were made, by the names of their columns."""
        return [(name, text) for name, place in self._made if (text := cells[place].strip())]

    def sharpest(self, cells: Sequence[str]) -> Meaning | None:
        """The first label of an act that holds, in the order of the crosswalk."""
        for label, meaning in self._acts:
            if label.holds(cells):
                return meaning
        return None

    def parties(self, cells: Sequence[str]) -> tuple[str, ...]:
        """Who began it, as the news say; ``a_…_init`` where it was made, else ``a_…``."""
        return tuple(
            [
                party
                for began, took_part, party in self._parties
                if (began if began.made(cells) else took_part).holds(cells)
            ]
        )

    def _label(self, name: str) -> _Label:
        own, binary = (
            # Of two columns with one name the last that is filled counts.
            tuple(place for column, place in reversed(self._made) if column == wanted)
            for wanted in (name, f"{name}_b")
        )
        return _Label(name, own, (*binary, *own))


def _is_label(name: str) -> bool:
    return name[:2] in {"t_", "a_"} and not name.endswith("_field")


@lru_cache(maxsize=4_096)
def _holds(text: str, name: str) -> bool:
    return real(text, name) >= 1

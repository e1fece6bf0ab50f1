"""The labels of a VIINA event: what a machine read in the news, a column for each label.

A label is ``1`` or ``0`` under its name with ``_b`` behind it, or a probability under its name
where nothing else was made. One that is empty was not made for that year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import itemgetter

from backstop.watch.adapters.cells import real
from backstop.watch.crosswalk import Meaning, crosswalk

_PARTIES = {"a_rus": "RUS", "a_ukr": "UKR", "a_civ": "civilians", "a_other": "other"}


@dataclass(frozen=True, slots=True)
class _Label:
    """Where the texts of one label stand."""

    name: str
    own: tuple[int, ...]
    """Those under its very name."""
    places: tuple[int, ...]
    """Those and, before them, those of the name with ``_b``; the first that is filled counts."""

    def holds(self, texts: Sequence[str]) -> bool:
        """Whether it was made, and says yes."""
        for place in self.places:
            if text := texts[place]:
                return _holds(text, self.name)
        return False

    def made(self, texts: Sequence[str]) -> bool:
        """Whether something stands under its very name."""
        # Most files have none, and to find nothing in nothing takes as long as to find it.
        return self.own != () and any(texts[place] for place in self.own)


class Labels:
    """The labels in rows with these columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        found = sorted((name, place) for place, name in enumerate(columns) if _is_label(name))
        self._names, self._places = [name for name, _ in found], [place for _, place in found]
        # Of one place itemgetter gives the cell itself.
        self._pick: Callable[[Sequence[str]], Sequence[str]] = (
            itemgetter(*self._places) if len(found) > 1 else self._few
        )
        self._acts = [
            (label, meaning)
            for name, meaning in crosswalk("viina").items()
            if (label := self._label(name)).places
        ]
        self._parties = [
            (self._label(f"{name}_init"), self._label(name), party)
            for name, party in _PARTIES.items()
        ]

    def texts(self, cells: Sequence[str]) -> list[str]:
        """What the cells of all labels say; the questions below are asked of it."""
        return [*map(str.strip, self._pick(cells))]

    def made(self, texts: Sequence[str]) -> Iterable[tuple[str, str]]:
        """All that were made, by the names of their columns."""
        return compress(zip(self._names, texts, strict=True), texts)

    def sharpest(self, texts: Sequence[str]) -> Meaning | None:
        """The first label of an act that holds, in the order of the crosswalk."""
        for label, meaning in self._acts:
            if label.holds(texts):
                return meaning
        return None

    def parties(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Who began it, as the news say; ``a_…_init`` where it was made, else ``a_…``."""
        return tuple(
            [
                party
                for began, took_part, party in self._parties
                if (began if began.made(texts) else took_part).holds(texts)
            ]
        )

    def _few(self, cells: Sequence[str]) -> Sequence[str]:
        return [cells[place] for place in self._places]

    def _label(self, name: str) -> _Label:
        own, binary = (
            # Of two columns with one name the last that is filled counts.
            tuple(
                place for place in reversed(range(len(self._names))) if self._names[place] == wanted
            )
            for wanted in (name, f"{name}_b")
        )
        return _Label(name, own, (*binary, *own))


def _is_label(name: str) -> bool:
    return name[:2] in {"t_", "a_"} and not name.endswith("_field")


@lru_cache(maxsize=4_096)
def _holds(text: str, name: str) -> bool:
    return real(text, name) >= 1

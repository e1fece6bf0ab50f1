"""A record from named values: what a mapping file and the mission's own form both end in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

from backstop.watch.adapters import given
from backstop.watch.record import Entry
from backstop.watch.setting import Setting

#: The fields that say one thing together, those of time and place as `given` takes them.
_TIME = ("occurred", "date", "end_date", "time", "end_time")
_PLACE = (
    "longitude", "latitude", "geopoint", "radius_m", "place", "region", "gazetteer_id",
    "precision_code", "nearest_km", "farthest_km", "winds",
)  # fmt: skip
_TRUST = (
    "stream", "language", "reliability", "verification", "handling", "credibility", "protected",
)  # fmt: skip
_MEDIA = ("media_sha256", "media_url", "media_mime")
_WHO = ("involved", "alleged", "alleged_by")
_WHAT = (
    "record_type", "kind", "detail", "count", "rule", "at_least", "weapon_class", "weapon_text",
    "calibre_mm", "direction", "bearing_deg", "effects", "killed", "injured", "killed_civilian",
    "means", "platform", "effort", "effort_kind", "hours", "planned_hours", "people", "night",
    "access_kind", "minutes", "reason", "jamming_target",
)  # fmt: skip
#: Every name that a mapping may give a column to.
FIELDS = frozenset({
    "id", "reported", "text", *_TIME, *_PLACE, *_TRUST, *_MEDIA, *_WHO, *_WHAT,
})  # fmt: skip
#: Of so many different values of a group it is kept what was made of them.
_KEPT = 4_096

_Codes = Iterable[tuple[str, str]]
Taxonomy = tuple[tuple[str, tuple[str, ...]], ...]
#: Cells of a row, its codes and its categories to a record.
Assemble = Callable[[Sequence[str], _Codes, Taxonomy], Entry]


class Assembler:
    """Records from cells that fill the fields of ``FIELDS``.

    A file repeats itself: its days, posts, acts and parties. So each group of fields is read once
    for the same values, and what it gave is used again, wherever in a row the values stand.

    Parameters
    ----------
    words : mapping, optional
        Our word by theirs, for a field.
    fixed : mapping, optional
        What a field holds where a record does not say.
    """

    def __init__(
        self,
        setting: Setting,
        *,
        source: str,
        words: Mapping[str, Mapping[str, str]] | None = None,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        self._source = source
        self._words, self._fixed = words or {}, fixed or {}
        self._when = self._part(_TIME, partial(given.when, setting))
        self._where = self._part(_PLACE, partial(given.where, setting))
        self._how = self._part(_TRUST, _named(_TRUST, given.trust))
        self._media = self._part(_MEDIA, _named(_MEDIA, given.media))
        self._who = self._part(_WHO, _named(_WHO, given.who))
        self._what = self._part(_WHAT, _named(_WHAT, given.what))
        self._stated = lru_cache(_KEPT)(partial(given.stated, setting))

    def reader(self, places: Mapping[str, int]) -> Assemble:
        """The maker of records from rows in which the fields stand at these places.

        The cell behind the last one of such a row is empty: that of all fields without a place.
        The maker raises ``ValueError`` when a value is missing or makes no sense; the message
        says which.
        """
        times, spots, trust, media, parties, acts = (
            itemgetter(*(places.get(name, -1) for name in group))
            for group in (_TIME, _PLACE, _TRUST, _MEDIA, _WHO, _WHAT)
        )
        number_of, text_of, reported_of = (
            self._value_at(name, places.get(name, -1)) for name in ("id", "text", "reported")
        )

        def record(cells: Sequence[str], codes: _Codes, taxonomy: Taxonomy) -> Entry:
            occurred = self._when(*times(cells))
            place, notes = self._where(*spots(cells))
            number, reported = number_of(cells), reported_of(cells)
            if not number:
                raise ValueError("id is empty")
            kind, own, with_actors = self._what(*acts(cells))
            if with_actors:
                own = {**own, "actors": self._who(*parties(cells))}
            made: Entry = kind(
                source=self._source,
                source_record_id=number,
                occurred=occurred,
                place=place,
                reported_at=self._stated(reported) if reported else None,
                codes=tuple(codes),
                taxonomy=taxonomy,
                notes=notes,
                media=self._media(*media(cells)),
                text=text_of(cells),
                **self._how(*trust(cells)),
                **own,
            )
            return made

        return record

    def _part(self, names: Sequence[str], make: Callable[..., Any]) -> Callable[..., Any]:
        """The maker of a part of the record from the cells of a group."""
        told = [
            (place, name)
            for place, name in enumerate(names)
            if name in self._words or name in self._fixed
        ]

        @lru_cache(_KEPT)
        def made(*cells: str) -> Any:
            texts = [*map(str.strip, cells)]
            for place, name in told:
                texts[place] = self._value(name, texts[place])
            return make(*texts)

        return made

    def _value_at(self, name: str, place: int) -> Callable[[Sequence[str]], str]:
        """The getter of a field that is seldom the same twice."""
        if name in self._words or name in self._fixed:
            return lambda cells: self._value(name, cells[place])
        return lambda cells: cells[place].strip()

    def _value(self, name: str, cell: str) -> str:
        """What a cell says of a field, in our words; what is fixed where it says nothing."""
        text = cell.strip()
        words = self._words.get(name)
        if words is not None:
            text = words.get(text, text).strip()
        return text or self._fixed.get(name, "").strip()


def _named(names: Sequence[str], make: Callable[[given.Given], Any]) -> Callable[..., Any]:
    """The maker of a part from texts in the order of these names."""
    return lambda *texts: make(
        {name: text for name, text in zip(names, texts, strict=True) if text}
    )

"""A record from named values: what a mapping file and the mission's own form both end in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import Actors, Allegation
from backstop.watch.adapters.cells import day_of, point, real, tidy, whole
from backstop.watch.edtf import moment_of
from backstop.watch.moment import Moment, between, days, instant, zone_of
from backstop.watch.place import Place, Sector
from backstop.watch.record import Denial, Effort, Entry, Jamming, Media, Observation
from backstop.watch.sector import bearings_of, sector_place, wind
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import ONE_INCIDENT

#: Every name that a mapping may give a column to.
FIELDS = frozenset({
    "id", "record_type", "stream", "occurred", "date", "end_date", "time", "end_time", "reported",
    "longitude", "latitude", "geopoint", "radius_m", "place", "region", "gazetteer_id",
    "precision_code", "nearest_km", "farthest_km", "winds",
    "kind", "detail", "count", "rule", "at_least", "weapon_class", "weapon_text", "calibre_mm",
    "direction", "bearing_deg", "effects", "killed", "injured", "killed_civilian",
    "means", "platform", "effort", "involved", "alleged", "alleged_by",
    "text", "language", "reliability", "credibility", "verification", "handling", "protected",
    "media_sha256", "media_url", "media_mime",
    "effort_kind", "hours", "planned_hours", "people", "night",
    "access_kind", "minutes", "reason", "jamming_target",
})  # fmt: skip
_LIST = re.compile(r"[;|]")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_TRUE = {"1", "true", "yes", "y"}
_FALSE = {"0", "false", "no", "n", ""}


#: The fields that say one thing together.
_TIME = ("occurred", "date", "end_date", "time", "end_time")
_PLACE = (
    "longitude", "latitude", "geopoint", "radius_m", "place", "region", "gazetteer_id",
    "precision_code", "nearest_km", "farthest_km", "winds",
)  # fmt: skip
_SAID = ("stream", "language", "reliability", "verification", "handling")
_TRUST = (*_SAID, "credibility", "protected")
_MEDIA = ("media_sha256", "media_url", "media_mime")
_WHO = ("involved", "alleged", "alleged_by")
_WHAT = tuple(sorted(FIELDS - {"id", "reported", "text", *_TIME, *_PLACE, *_TRUST, *_MEDIA, *_WHO}))
#: Of so many different values of a group it is kept what was made of them.
_KEPT = 4_096

_Texts = Sequence[str]


class Assembler:
    """Records from values by the names of ``FIELDS``, which come in one order for all records.

    A file repeats itself: its days, posts, acts and parties. So each group of fields is read once
    for the same values, and what it gave is used again.

    Parameters
    ----------
    names : sequence of str
        The fields whose values come, each once.
    words : mapping, optional
        Our word by theirs, for a field.
    fixed : mapping, optional
        What a field holds where a record does not say.
    """

    def __init__(
        self,
        names: Sequence[str],
        setting: Setting,
        *,
        source: str,
        words: Mapping[str, Mapping[str, str]] | None = None,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        self._source = source
        self._words, self._fixed = words or {}, fixed or {}
        self._at = {name: place for place, name in enumerate(names)}
        self._id, self._text, self._reported = map(self._value, ("id", "text", "reported"))
        self._when = self._part(_TIME, partial(_checked_time, setting))
        self._where = self._part(_PLACE, partial(_checked_place, setting))
        self._how = self._part(_TRUST, _trust)
        self._media = self._part(_MEDIA, _media)
        self._who = self._part(_WHO, _actors)
        self._what = self._part(_WHAT, _what)
        self._stated = lru_cache(_KEPT)(partial(_stated, setting=setting))

    def record(
        self,
        texts: _Texts,
        *,
        codes: Iterable[tuple[str, str]] = (),
        taxonomy: Iterable[tuple[str, tuple[str, ...]]] = (),
    ) -> Entry:
        """The record that these values make; empty text is a value not given.

        Raises
        ------
        ValueError
            When a value is missing or makes no sense; the message says which.
        """
        occurred = self._when(texts)
        place, notes = self._where(texts)
        number, reported = self._id(texts), self._reported(texts)
        if not number:
            raise ValueError("id is empty")
        kind, own, with_actors = self._what(texts)
        if with_actors:
            own = {**own, "actors": self._who(texts)}
        made: Entry = kind(
            source=self._source,
            source_record_id=number,
            occurred=occurred,
            place=place,
            reported_at=self._stated(reported) if reported else None,
            codes=tuple(codes),
            taxonomy=tuple(taxonomy),
            notes=notes,
            media=self._media(texts),
            text=self._text(texts),
            **self._how(texts),
            **own,
        )
        return made

    def _part(
        self, names: Sequence[str], make: Callable[[dict[str, str]], Any]
    ) -> Callable[[_Texts], Any]:
        """The maker of a part of the record from the fields of a group."""
        here = [name for name in names if name in self._at]
        told = [name for name in names if name in self._words or name in self._fixed]

        @lru_cache(_KEPT)
        def made(*texts: str) -> Any:
            given = {
                name: text for name, raw in zip(here, texts, strict=True) if (text := raw.strip())
            }
            for name in told:
                if text := self._in_our_words(name, given.pop(name, "")):
                    given[name] = text
            return make(given)

        if not here:
            return lambda texts: made()
        if len(here) == 1:
            only = self._at[here[0]]
            return lambda texts: made(texts[only])
        pick = itemgetter(*(self._at[name] for name in here))
        return lambda texts: made(*pick(texts))

    def _value(self, name: str) -> Callable[[_Texts], str]:
        """The getter of a field that is seldom the same twice."""
        place = self._at.get(name)
        if place is None or name in self._words or name in self._fixed:
            return lambda texts: self._in_our_words(name, "" if place is None else texts[place])
        return lambda texts: texts[place].strip()

    def _in_our_words(self, name: str, text: str) -> str:
        text = text.strip()
        words = self._words.get(name)
        if words is not None:
            text = words.get(text, text).strip()
        return text or self._fixed.get(name, "").strip()


def _checked_time(setting: Setting, given: Mapping[str, str]) -> Moment:
    moment = time_of(given, setting)
    setting.check_time(moment)
    return moment


def _checked_place(setting: Setting, given: Mapping[str, str]) -> tuple[Place, tuple[str, ...]]:
    place = place_of(given, setting)
    return place, setting.check_place(place)


def _trust(given: Mapping[str, str]) -> dict[str, Any]:
    """Whose word it is, how far it is to be relied on, and who may see it."""
    return {
        **{name: given[name] for name in _SAID if name in given},
        "credibility": whole(given.get("credibility", "6"), "credibility"),
        "protected": _truth(given.get("protected", ""), "protected"),
    }


def _what(given: Mapping[str, str]) -> tuple[type[Entry], dict[str, Any], bool]:
    """The class of the record, its own fields, and whether it says who."""
    effort, platform = given.get("effort", ""), given.get("platform", "")
    match given.get("record_type", "observation"):
        case "observation":
            means = given.get("means", "unknown")
            own = {"act": _act(given), "means": means, "platform": platform, "effort": effort}
            return Observation, own, True
        case "effort":
            own = {
                "kind": _needed(given, "effort_kind"), "hours": _real(given, "hours"),
                "planned_hours": _real(given, "planned_hours"), "platform": platform,
                "people": whole(given["people"], "people") if "people" in given else None,
                "night": _truth(given["night"], "night") if "night" in given else None,
            }  # fmt: skip
            return Effort, own, False
        case "denial":
            own = {
                "kind": _needed(given, "access_kind"), "effort": effort,
                "minutes": _real(given, "minutes"), "reason": given.get("reason", ""),
            }  # fmt: skip
            return Denial, own, True
        case "jamming":
            own = {
                "target": given.get("jamming_target", "unknown"), "platform": platform,
                "minutes": _real(given, "minutes"), "effort": effort,
            }  # fmt: skip
            return Jamming, own, True
        case other:
            raise ValueError(
                f"record_type {other[:40]!r} is none of observation, effort, denial, jamming"
            )


def _needed(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise ValueError(f"{name} is empty")
    return given[name]


def _real(given: Mapping[str, str], name: str) -> float | None:
    return real(given[name], name) if name in given else None


def _truth(text: str, name: str) -> bool:
    lower = text.lower()
    if lower not in _TRUE | _FALSE:
        raise ValueError(f"{name} is {text[:20]!r}, neither yes nor no")
    return lower in _TRUE


def _act(given: Mapping[str, str]) -> Act:
    rule = given.get("rule", ONE_INCIDENT)
    least = _truth(given.get("at_least", ""), "at_least")
    n = whole(given.get("count", "1"), "count")
    killed, injured = (_people(given, name) for name in ("killed", "injured"))
    civilian = _people(given, "killed_civilian")
    casualties = None
    if killed or injured or civilian:
        casualties = Casualties(killed, injured, civilian.best if civilian else None)
    return Act(
        _needed(given, "kind"),
        given.get("detail", ""),
        Count(n, rule, at_least=least, low=n if least else None),
        given.get("weapon_class", "unknown"),
        given.get("weapon_text", ""),
        _real(given, "calibre_mm"),
        given.get("direction", "unknown"),
        _real(given, "bearing_deg"),
        tuple(re.split(r"[;|\s]+", given["effects"])) if "effects" in given else (),
        casualties,
    )  # fmt: skip


def _people(given: Mapping[str, str], name: str) -> Figure | None:
    if name not in given:
        return None
    n = whole(given[name], name)
    return Figure(n, n, n)


def _actors(given: Mapping[str, str]) -> Actors:
    by = given.get("alleged_by", "")
    return Actors(
        tuple(tidy(one) for one in _LIST.split(given.get("involved", "")) if one.strip()),
        tuple(
            Allegation(tidy(one), by)
            for one in _LIST.split(given.get("alleged", ""))
            if one.strip()
        ),
    )


def _media(given: Mapping[str, str]) -> tuple[Media, ...]:
    if "media_sha256" not in given:
        return ()
    digest = given["media_sha256"].lower()
    return (Media(digest, given.get("media_mime", ""), given.get("media_url", "")),)


def time_of(given: Mapping[str, str], setting: Setting) -> Moment:
    """When: EDTF or a time under ``occurred``, else days and times of day apart."""
    if "occurred" in given:
        return _stated(given["occurred"], setting)
    first = day_of(_needed(given, "date"), setting)
    last = day_of(given["end_date"], setting) if "end_date" in given else first
    if "time" not in given:
        return days(first, last, setting.zone)
    start = _clock(first, given["time"], setting)
    if "end_time" in given:
        end = _clock(last, given["end_time"], setting)
        # A patrol that ends at 02:00 ends on the next day.
        return between(start, end if end >= start else end + timedelta(days=1))
    return instant(start, precision="minute")


def _stated(text: str, setting: Setting) -> Moment:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or len(text) <= 10:
        try:
            return moment_of(text, zone=setting.zone)
        except ValueError:
            day = day_of(text, setting)
            return days(day, day, setting.zone)
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone_of(setting.zone))
    return instant(when)


def _clock(day: date, text: str, setting: Setting) -> datetime:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"time {text[:20]!r} is not written like 14:30")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    zone = zone_of(setting.zone)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)


def place_of(given: Mapping[str, str], setting: Setting) -> Place:
    """Where: a point, a form's geopoint, or an observer's sector; else a name only."""
    named = partial(
        Place,
        name=tidy(given.get("place", "")),
        region=tidy(given.get("region", "")),
        gazetteer_id=given.get("gazetteer_id", ""),
        precision_code=given.get("precision_code", ""),
    )
    spot = _spot(given, setting)
    if spot is None:
        only_region = given.get("region") and not given.get("place")
        return named(method="region" if only_region else "unknown")
    longitude, latitude, radius, altitude = spot
    if "farthest_km" in given:
        winds = tuple(wind(one) for one in re.split(r"[;,|\s]+", given.get("winds", "")) if one)
        near = real(given.get("nearest_km", "0"), "nearest_km")
        far = real(given["farthest_km"], "farthest_km")
        seen = Sector(longitude, latitude, radius or 0.0, near, far, bearings_of(winds), winds)
        return sector_place(seen, base=named())
    method = "gps" if "geopoint" in given else "stated"
    return named(longitude, latitude, radius, method, altitude_m=altitude)


def _spot(
    given: Mapping[str, str], setting: Setting
) -> tuple[float, float, float | None, float | None] | None:
    """Longitude, latitude, radius and altitude."""
    radius = _real(given, "radius_m")
    if "geopoint" in given:
        parts = given["geopoint"].split()
        if not 2 <= len(parts) <= 4:
            raise ValueError(f"geopoint {given['geopoint'][:60]!r} is not 'lat lon alt accuracy'")
        longitude, latitude = point(parts[1], parts[0])
        altitude = real(parts[2], "altitude") if len(parts) > 2 else None
        accuracy = real(parts[3], "accuracy") if len(parts) > 3 else None
        # A form that was filled in on the map gives an accuracy of 0: it is not known.
        return longitude, latitude, radius or accuracy or None, altitude
    if "longitude" not in given and "latitude" not in given:
        return None
    east, north = given.get("longitude", ""), given.get("latitude", "")
    longitude, latitude = point(east, north, comma=setting.decimal_comma)
    return longitude, latitude, radius, None

"""What a row says of time, place, act and people: texts of its cells to parts of a record.

Every text is stripped, and empty where the row says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
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

Given = Mapping[str, str]
"""Texts by the name of their field; those that say nothing are not there."""

_LIST = re.compile(r"[;|]")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_TRUE = {"1", "true", "yes", "y"}
_FALSE = {"0", "false", "no", "n", ""}
_ONE_DAY = timedelta(days=1)
#: Whose word it is, and who may see it: words of the vocabulary, taken as they stand.
_SAID = ("stream", "language", "reliability", "verification", "handling")


def when(
    setting: Setting, occurred: str, day: str, end_day: str, clock: str, end_clock: str
) -> Moment:
    """When: EDTF or a time that says all, else days and times of day apart."""
    moment = (
        stated(setting, occurred) if occurred else _apart(setting, day, end_day, clock, end_clock)
    )
    setting.check_time(moment)
    return moment


def _apart(setting: Setting, day: str, end_day: str, clock: str, end_clock: str) -> Moment:
    if not day:
        raise ValueError("date is empty")
    first = day_of(day, setting)
    last = day_of(end_day, setting) if end_day else first
    if not clock:
        return days(first, last, setting.zone)
    zone = zone_of(setting.zone)
    start = datetime.combine(first, _clock(clock), zone)
    if not end_clock:
        return instant(start, precision="minute")
    end = datetime.combine(last, _clock(end_clock), zone)
    # A patrol that ends at 02:00 ends on the next day.
    return between(start, end if end >= start else end + _ONE_DAY)


@lru_cache(maxsize=4_096)
def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"time {text[:20]!r} is not written like 14:30")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def stated(setting: Setting, text: str) -> Moment:
    """The moment of one text: a time, EDTF, or a day in a style that people write."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        said = None
    if said is None or len(text) <= 10:
        try:
            return moment_of(text, zone=setting.zone)
        except ValueError:
            day = day_of(text, setting)
            return days(day, day, setting.zone)
    if said.tzinfo is None:
        said = datetime.combine(said, said.time(), zone_of(setting.zone))
    return instant(said)


def where(
    setting: Setting,
    longitude: str,
    latitude: str,
    geopoint: str,
    radius_m: str,
    name: str,
    region: str,
    gazetteer_id: str,
    code: str,
    nearest_km: str,
    farthest_km: str,
    winds: str,
) -> tuple[Place, tuple[str, ...]]:
    """Where: a point, a form's geopoint, or an observer's sector; else a name only."""
    named = code, tidy(name), "", tidy(region), gazetteer_id
    altitude: float | None = None
    radius = real(radius_m, "radius_m") if radius_m else None
    if geopoint:
        east, north, altitude, accuracy = _geopoint(geopoint)
        # A form that was filled in on the map gives an accuracy of 0: it is not known.
        radius = radius or accuracy or None
    elif longitude or latitude:
        east, north = point(longitude, latitude, comma=setting.decimal_comma)
    else:
        method = "region" if region and not name else "unknown"
        return Place(None, None, None, method, *named), ()
    if farthest_km:
        seen = _sector(east, north, radius or 0.0, nearest_km or "0", farthest_km, winds)
        place = sector_place(seen, base=Place(None, None, None, "unknown", *named))
    else:
        method = "gps" if geopoint else "stated"
        place = Place(east, north, radius, method, *named, altitude_m=altitude)
    return place, setting.check_place(place)


def _geopoint(text: str) -> tuple[float, float, float | None, float | None]:
    """Longitude, latitude, altitude and accuracy of what a form writes in one cell."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        raise ValueError(f"geopoint {text[:60]!r} is not 'lat lon alt accuracy'")
    east, north = point(parts[1], parts[0])
    altitude = real(parts[2], "altitude") if len(parts) > 2 else None
    return east, north, altitude, real(parts[3], "accuracy") if len(parts) > 3 else None


def _sector(
    east: float, north: float, radius: float, nearest: str, farthest: str, said: str
) -> Sector:
    winds = tuple(wind(one) for one in re.split(r"[;,|\s]+", said) if one)
    near, far = real(nearest, "nearest_km"), real(farthest, "farthest_km")
    return Sector(east, north, radius, near, far, bearings_of(winds), winds)


def trust(given: Given) -> dict[str, Any]:
    """Whose word it is, how far it is to be relied on, and who may see it."""
    return {
        **{name: given[name] for name in _SAID if name in given},
        "credibility": whole(given.get("credibility", "6"), "credibility"),
        "protected": _truth(given.get("protected", ""), "protected"),
    }


def what(given: Given) -> tuple[type[Entry], dict[str, Any], bool]:
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


def _needed(given: Given, name: str) -> str:
    if name not in given:
        raise ValueError(f"{name} is empty")
    return given[name]


def _real(given: Given, name: str) -> float | None:
    return real(given[name], name) if name in given else None


def _truth(text: str, name: str) -> bool:
    lower = text.lower()
    if lower not in _TRUE | _FALSE:
        raise ValueError(f"{name} is {text[:20]!r}, neither yes nor no")
    return lower in _TRUE


def _act(given: Given) -> Act:
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


def _people(given: Given, name: str) -> Figure | None:
    if name not in given:
        return None
    n = whole(given[name], name)
    return Figure(n, n, n)


def who(given: Given) -> Actors:
    by = given.get("alleged_by", "")
    return Actors(
        tuple(tidy(one) for one in _LIST.split(given.get("involved", "")) if one.strip()),
        tuple(
            Allegation(tidy(one), by)
            for one in _LIST.split(given.get("alleged", ""))
            if one.strip()
        ),
    )


def media(given: Given) -> tuple[Media, ...]:
    if "media_sha256" not in given:
        return ()
    digest = given["media_sha256"].lower()
    return (Media(digest, given.get("media_mime", ""), given.get("media_url", "")),)

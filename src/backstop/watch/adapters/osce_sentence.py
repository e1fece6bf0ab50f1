"""One passage of the OSCE mission's daily report, parsed: totals of a region, or what was observed.

The mission writes to a pattern: where the monitors stood, when, whether they heard or saw, then
item after item with number, act, weapon, distance and winds. What is not said of an item is said
of the one behind it: "two bursts and two shots of small-arms fire 3-4km north".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from backstop.watch.adapters.osce_words import (
    ACTS,
    NUMBER,
    Number,
    calibre_of,
    detail_of,
    number,
    weapon_of,
)
from backstop.watch.sector import wind

_WIND = r"(?:(?:north|south|east|west)(?:-?(?:north|south|east|west)){0,2}|\b[NESW]{1,3}\b)"
_WINDS = rf"{_WIND}(?:(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s*/\s*){_WIND})*"
_NOUN = (
    r"(?:explosions?|bursts?|shots?|rounds?|projectiles?|muzzle\s+flash(?:es)?"
    r"|illumination\s+flares?|flares?|airbursts?)"
)
_QUALIFIER = r"(?:(?:single|undetermined|outgoing|incoming|further|additional|separate)\s+)*"
_ITEM = re.compile(rf"\b{NUMBER}\s+(?P<quality>{_QUALIFIER})(?P<noun>{_NOUN})\b", re.IGNORECASE)
#: Without one of these nouns the pattern above matches nothing, and they are found much sooner.
_ANY_NOUN = re.compile(_NOUN, re.IGNORECASE)
_RANGE = re.compile(
    r"(?P<near>\d+(?:\.\d+)?)\s*(?:km)?(?:\s*(?:-|–|to)\s*(?P<far>\d+(?:\.\d+)?))?\s*"
    rf"(?P<unit>km|m)\b\s*(?:to\s+the\s+)?(?P<winds>{_WINDS})?",
    re.IGNORECASE,
)
_WEAPON = re.compile(
    r"\bof\s+(?!which|them)(?P<words>[^,;]*?\bfire)\b"
    r"|assessed as (?P<more>[^,;]*?)(?=\s+(?:at\s|\d+(?:\.\d+)?\s*(?:km|[-–]))|[,;]|$)"
)
_OBSERVER = re.compile(
    r"(?:^|[.;,]\s*|\s)(?:positioned|while|whilst|when)?\s*(?:at|in|on|near|from)\s+(?:the\s+|a\s+)?"
    r"(?P<control>government-controlled\s+|non-government-controlled\s+|[\"“]\w+[\"”]-controlled\s+)?"
    r"(?P<place>[^,;()]*[A-Z][^,;()]*?)\s*(?:\((?P<where>[^)]*)\))?"
    r"(?=,|;|\s+during|\s+the SMM|\s+the Mission|\s+recorded|\s+on the)"
)
_BESIDE = re.compile(
    rf"(?P<km>\d+(?:\.\d+)?)\s*km\s+(?P<wind>{_WIND})\s+of\s+(?P<anchor>[^,;()]+)", re.IGNORECASE
)
_MODE = re.compile(
    r"\b(?P<camera>camera)\b|\b(?P<both>saw and heard|heard and saw|saw and/or heard)\b"
    r"|\b(?P<heard>heard)\b|\b(?P<seen>saw|observed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One act with its number."""

    number: Number
    kind: str
    detail: str = ""
    weapon_class: str = "unknown"
    weapon_text: str = ""
    calibre_mm: float | None = None
    range_km: tuple[float, float] | None = None
    winds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where the monitors were."""

    place: str
    distance_km: float | None = None
    wind: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """What monitors in one place heard or saw."""

    standpoint: Standpoint | None
    means: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What was recorded in a region."""

    region: str
    violations: Number
    previous: Number | None
    parts: tuple[Item, ...]
    exercise: Number | None
    """Those assessed as a live-fire exercise."""
    outside_zone: bool


_REGION = re.compile(r"\b(?P<region>[A-Z][\w’'-]+) region\b")
_VIOLATIONS = re.compile(rf"recorded\s+{NUMBER}\s+ceasefire\s+violations?", re.IGNORECASE)
_EXERCISE = re.compile(
    rf"{NUMBER}\s+of\s+(?:which|them)\s+(?:were\s+)?assessed\s+as\s+(?:a\s+|part\s+of\s+a\s+)?"
    r"live-fire\s+(?:training\s+)?exercises?(?P<outside>[^.;]*outside\s+the\s+(?:security|disengagement))?",
    re.IGNORECASE,
)

#: Where a sentence begins behind another one, and where it ends.
_BEGINS = re.compile(r"[.;]\s+(?=[A-Z])")
_ENDS = re.compile(r"[.;](?:\s+(?=[A-Z])|$)")
#: Without it the pattern of exercises matches nothing, and it is found a hundred times sooner.
_LIVE_FIRE = re.compile("live-fire", re.IGNORECASE)


def parse_totals(text: str) -> Totals | None:
    """The totals of a region, where the passage gives some."""
    found = list(_VIOLATIONS.finditer(text))
    region = _REGION.search(text)
    if not found or region is None:
        return None
    first = next((m for m in found if "previous" not in _sentence(text, m.start())), None)
    before = next((m for m in found if "previous" in _sentence(text, m.start())), None)
    if first is None:
        return None
    said = _sentence(text, first.start())
    violations = number(first)
    parts = parse_items(said[said.index(first[0]) + len(first[0]) :])
    if every := re.search(rf",\s*all\s+(?P<noun>{_NOUN})", said, re.IGNORECASE):
        kind, detail = _act(every["noun"])
        parts = (Item(violations, kind, detail),)
    exercise = _EXERCISE.search(said) if _LIVE_FIRE.search(said) else None
    return Totals(
        region["region"],
        violations,
        number(before) if before else None,
        parts,
        number(exercise) if exercise else None,
        bool(exercise and exercise["outside"]),
    )


def _sentence(text: str, at: int) -> str:
    """The sentence that holds a place in the text."""
    start = max((m.end() for m in _BEGINS.finditer(text) if m.end() <= at), default=0)
    end = _ENDS.search(text, at)
    return text[start : end.start() if end else len(text)]


def parse_observed(text: str) -> Observed | None:
    """What was observed, where the passage says so."""
    items = parse_items(text)
    if not items:
        return None
    mode = _MODE.search(text)
    means = "unknown"
    if mode:
        found = next(name for name, words in mode.groupdict().items() if words)
        means = {"both": "heard_and_seen"}.get(found, found)
    return Observed(parse_standpoint(text), means, items)


def parse_items(text: str) -> tuple[Item, ...]:
    """The acts that a text counts, in order."""
    found = list(_ITEM.finditer(text)) if _ANY_NOUN.search(text) else []
    if not found:
        return ()
    ends = [match.start() for match in found[1:]] + [len(text)]
    items = [_item(match, text[match.end() : end]) for match, end in zip(found, ends, strict=True)]
    # What an item leaves unsaid, the next one says.
    for place in range(len(items) - 2, -1, -1):
        items[place] = _completed(items[place], items[place + 1])
    return tuple(items)


def _item(match: re.Match[str], tail: str) -> Item:
    kind, detail = _act(match["noun"])
    # A full stop ends what is said of an item, but not the one in "12.7mm".
    tail = re.split(r"\.(?:\s|$)", tail, maxsplit=1)[0]
    said = match["quality"] + " " + tail
    weapon = _WEAPON.search(tail)
    words = (weapon["words"] or weapon["more"]) if weapon else ""
    span = _RANGE.search(tail)
    return Item(
        number(match),
        kind,
        detail_of(said) or detail,
        weapon_of(words or tail),
        words.strip(),
        calibre_of(tail),
        _range(span) if span else None,
        _winds(span["winds"]) if span and span["winds"] else (),
    )


def _completed(item: Item, following: Item) -> Item:
    if item.range_km is None:
        item = replace(item, range_km=following.range_km, winds=following.winds)
    small = {"burst", "shot"}
    if item.weapon_class == "unknown" and item.kind in small and following.kind in small:
        item = replace(item, weapon_class=following.weapon_class, weapon_text=following.weapon_text)
    return item


def _act(noun: str) -> tuple[str, str]:
    word = " ".join(noun.lower().split())
    singular = word.removesuffix("es") if word.endswith("flashes") else word.removesuffix("s")
    return ACTS[singular]


def _range(match: re.Match[str]) -> tuple[float, float]:
    scale = 0.001 if match["unit"].lower() == "m" else 1.0
    near = float(match["near"]) * scale
    return near, float(match["far"]) * scale if match["far"] else near


def _winds(text: str) -> tuple[str, ...]:
    return tuple(wind(word) for word in re.findall(_WIND, text, re.IGNORECASE))


def parse_standpoint(text: str) -> Standpoint | None:
    """Where the monitors stood, where a sentence says so."""
    match = _OBSERVER.search(text)
    return _standpoint(match["place"], match["where"] or "") if match else None


def parse_position(text: str) -> Standpoint:
    """The same from the cell of a table: a name, and in brackets where that is."""
    place, _, where = text.partition("(")
    return _standpoint(place, where.rstrip(") "))


def parse_location(text: str) -> tuple[tuple[float, float], tuple[str, ...]] | None:
    """Range and winds of a cell such as ``2-4km SW``."""
    span = _RANGE.search(text)
    return (_range(span), _winds(span["winds"] or "")) if span else None


def _standpoint(name: str, where: str) -> Standpoint:
    beside = _BESIDE.search(where)
    place = re.sub(r"^[\"“”]?\w*[\"”]?-controlled\s+", "", name.strip())
    if beside is None:
        return Standpoint(place)
    return Standpoint(place, float(beside["km"]), wind(beside["wind"]), beside["anchor"].strip())

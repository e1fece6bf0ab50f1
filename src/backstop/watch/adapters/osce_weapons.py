"""Weapons that the OSCE mission saw where they must not be, from the text of its daily reports.

The reports list them by the side that holds the ground: "in violation of withdrawal lines, in a
government-controlled area, the SMM saw two self-propelled howitzers (2S1 Gvozdika, 122mm) near
Popasna (69km west of Luhansk)". The side is that of the ground: whose weapon it is the mission
does not say, so it stays an interpretation and the record notes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from backstop.watch.adapters.osce_sentence import Standpoint, parse_position
from backstop.watch.adapters.osce_words import NUMBER, Number, calibre_of, number, weapon_of

_LINES = re.compile(r"violation of (?:the |their )?(?:respective )?withdrawal lines", re.IGNORECASE)
_STORES = re.compile(r"outside (?:of )?(?:the )?designated (?:weapons? )?storage", re.IGNORECASE)
_SEEN = re.compile(r"\b(?:saw|spotted|observed|seen)\b", re.IGNORECASE)
_NOUN = (
    r"(?:howitzers?|mortars?|tanks?|launch(?:er)? (?:rocket )?systems?|guns?|missile systems?"
    r"|rocket launchers?|artillery pieces?)"
)
#: Words that do not stand inside the name of a weapon.
_BETWEEN = r"(?:the|a|an|and|of|SMM|Mission|saw|seen|spotted|observed|area|areas)\b"
_ARM = re.compile(
    rf"\b{NUMBER}\s+(?P<kind>(?:(?!{_BETWEEN})[\w-]+\s+){{0,5}}?{_NOUN})\b"
    r"\s*(?:\((?P<type>[^)]*)\))?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:near|in|at|outside|of)\s+(?P<place>[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*)"
    r"\s*\((?P<where>[^)]*km\b[^)]*)\)"
)
_CONTROL = re.compile(
    r"(?P<other>non-government-controlled|not controlled by the Government"
    r"|[\"“](?:DPR|LPR)[\"”]-controlled)|(?P<own>government-controlled)",
    re.IGNORECASE,
)

#: Whose ground the mission says it is -> the party as the agreements name it.
GOVERNMENT, FORMATIONS = "Ukrainian Armed Forces", "armed formations"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Weapons of one type seen in one place."""

    kind: str
    number: Number
    weapon_class: str
    weapon_text: str
    calibre_mm: float | None
    standpoint: Standpoint | None
    party: str
    """Whose ground it is; empty where the passage does not say."""


def parse_sightings(text: str) -> tuple[Sighting, ...]:
    """The weapons that a passage lists; none where it is about something else."""
    lines, stores = _LINES.search(text), _STORES.search(text)
    if not (lines or stores) or not _SEEN.search(text):
        return ()
    kind = "weapon_in_violation_of_withdrawal_line" if lines else "weapon_outside_storage"
    found = []
    marks = list(_ARM.finditer(text))
    for number_of, match in enumerate(marks, start=1):
        end = marks[number_of].start() if number_of < len(marks) else len(text)
        place = _PLACE.search(text, match.end(), end)
        control = list(_CONTROL.finditer(text, 0, place.end() if place else match.end()))
        # What the bracket of the place says goes before the heading of the list.
        here = _CONTROL.search(place["where"]) if place else None
        said = here or (control[-1] if control else _only(list(_CONTROL.finditer(text))))
        words = f"{match['kind']} {match['type'] or ''}"
        found.append(
            Sighting(
                kind,
                number(match),
                _class_of(words),
                (match["type"] or match["kind"]).strip(),
                calibre_of(words),
                parse_position(f"{place['place']} ({place['where']})") if place else None,
                "" if said is None else GOVERNMENT if said["own"] else FORMATIONS,
            )
        )
    return _placed(found)


def _only(found: list[re.Match[str]]) -> re.Match[str] | None:
    """The side where a passage names just one, behind the list."""
    return found[0] if len(found) == 1 else None


def _placed(found: list[Sighting]) -> tuple[Sighting, ...]:
    """ "Two howitzers and a tank near Popasna": what one leaves unsaid, the next one says."""
    for place in range(len(found) - 2, -1, -1):
        if found[place].standpoint is None:
            behind = found[place + 1]
            found[place] = replace(
                found[place],
                standpoint=behind.standpoint,
                party=behind.party or found[place].party,
            )
    return tuple(found)


def _class_of(words: str) -> str:
    lower = words.lower()
    if "tank" in lower and "anti-tank" not in lower:
        return "tank"
    if "tochka" in lower:
        return "tactical_missile"
    if "surface-to-air" in lower or "anti-aircraft" in lower:
        return "air_defence"
    if "rocket" in lower and "grenade" not in lower:
        return "mlrs"
    return weapon_of(words)

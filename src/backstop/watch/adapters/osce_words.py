"""The words of the OSCE mission's reports: numbers, acts, weapons, times of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backstop.watch.adapters.cells import MONTHS
from backstop.watch.moment import Moment, between, days, zone_of

#: The mission's zone: its reports give all times in Eastern European (Summer) Time.
ZONE = "Europe/Kyiv"
#: A reporting day ends at 19:30.
DAY_ENDS = time(19, 30)

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: n for n, word in enumerate(_UNITS)}
_NUMBERS |= {word: 10 * n for n, word in enumerate(_TENS, start=2)}
_NUMBERS |= {
    f"{ten}-{one}": 10 * n + m
    for n, ten in enumerate(_TENS, start=2)
    for m, one in enumerate(_UNITS[1:10], start=1)
}
_NUMBERS |= {"a": 1, "an": 1, "no": 0}
_LONGEST_FIRST = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
#: A number in figures or words, with what qualifies it. The letters that it can begin with stand
#: first, because to try a hundred words at every letter of a text is most of what reading it takes.
NUMBER = (
    r"(?=[\daefmnostz])"
    r"(?:(?P<least>at least|more than|over)\s+|(?P<about>about|around|approximately|some)\s+)?"
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+|(?:{_LONGEST_FIRST})(?![\w-]))"
)
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?:\s+(?P<year>\d{4}))?"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a report gives it."""

    n: int
    at_least: bool = False
    about: bool = False


def number(match: re.Match[str]) -> Number:
    """The number that ``NUMBER`` found."""
    words = match["n"].lower()
    value = _NUMBERS[words] if words in _NUMBERS else int(words.replace(",", ""))
    # "More than 20" is at least 21.
    least = (match["least"] or "").lower()
    return Number(value + (least in {"more than", "over"}), bool(least), bool(match["about"]))


#: Kinds of act by the noun that names them, and what more the noun says.
ACTS = {
    "explosion": ("explosion", ""),
    "burst": ("burst", ""),
    "shot": ("shot", ""),
    "round": ("shot", ""),
    "projectile": ("projectile_in_flight", ""),
    "muzzle flash": ("muzzle_flash", ""),
    "illumination flare": ("illumination_flare", ""),
    "flare": ("illumination_flare", ""),
    "airburst": ("explosion", "airburst"),
}
#: Weapon classes by words, the more telling first.
WEAPONS = (
    ("heavy-machine-gun", "heavy_machine_gun"),
    ("heavy machine-gun", "heavy_machine_gun"),
    ("heavy machine gun", "heavy_machine_gun"),
    ("small-arms", "small_arms"),
    ("small arms", "small_arms"),
    ("infantry fighting vehicle", "ifv_apc"),
    ("armoured personnel carrier", "ifv_apc"),
    ("anti-aircraft", "air_defence"),
    ("automatic-grenade-launcher", "grenade_launcher"),
    ("automatic grenade launcher", "grenade_launcher"),
    ("grenade launcher", "grenade_launcher"),
    ("rocket-propelled grenade", "grenade_launcher"),
    ("anti-tank", "anti_tank"),
    ("multiple launch rocket", "mlrs"),
    ("mortar", "mortar"),
    ("artillery", "artillery"),
    ("howitzer", "artillery"),
    ("tank", "tank"),
)
_DETAILS = (
    ("undetermined", "undetermined"), ("outgoing", "outgoing"), ("impact", "impact"),
    ("incoming", "impact"), ("airburst", "airburst"),
)  # fmt: skip


def weapon_of(words: str) -> str:
    """The weapon class that words name, or ``unknown``."""
    lower = words.lower()
    return next((kind for word, kind in WEAPONS if word in lower), "unknown")


def detail_of(words: str) -> str:
    """What is said of a round: outgoing, impact, airburst, undetermined; or nothing."""
    lower = words.lower()
    return next((detail for word, detail in _DETAILS if word in lower), "")


def calibre_of(words: str) -> float | None:
    """The calibre in millimetres, where one is named."""
    match = re.search(r"(\d{2,3}(?:\.\d+)?)\s?mm\b", words)
    return float(match[1]) if match else None


#: Parts of the day as the reports divide it; the hours are judgement but for the end at 19:30.
_PARTS = {
    "morning": (time(5), time(12), 0),
    "afternoon": (time(12), time(19, 30), 0),
    "day": (time(6), time(19, 30), 0),
    "evening": (time(17), time(23, 59), 0),
    "night": (time(19, 30), time(7), 1),
    "evening and night": (time(17), time(7), 1),
}
_PART = re.compile(
    r"during the (?P<part>evening and night|day|night|evening|morning|afternoon)s?"
    rf"(?: (?:on|of|of the))? (?P<first>\d{{1,2}})(?:\s?[-–]\s?(?P<last>\d{{1,2}}))? {_MONTH}",
    re.IGNORECASE,
)
_EVENINGS = re.compile(
    r"between the evenings of (?P<first>\d{1,2})(?: (?P<from_month>[A-Z]\w+))? and "
    rf"(?P<last>\d{{1,2}}) {_MONTH}"
)
_ON = re.compile(rf"\b(?:on|of|at) (?P<first>\d{{1,2}})(?P<last>) {_MONTH}", re.IGNORECASE)


def time_said(text: str, *, year: int) -> Moment | None:
    """The time that a passage states, or nothing."""
    if match := _EVENINGS.search(text):
        return _evenings(match, year)
    if match := _PART.search(text):
        return _part(match, year)
    if match := _ON.search(text):
        day = _day(match, match["first"], year)
        return days(day, day, ZONE)
    return None


def evening(day: date) -> datetime:
    """The end of the reporting day, 19:30 in the mission's zone."""
    return datetime.combine(day, DAY_ENDS, zone_of(ZONE))


def _evenings(match: re.Match[str], year: int) -> Moment:
    end = _day(match, match["last"], year)
    named = match["from_month"]
    month = MONTHS[named[:3].lower()] if named else end.month
    start = date(end.year - (month > end.month), month, int(match["first"]))
    return between(evening(start), evening(end))


def _part(match: re.Match[str], year: int) -> Moment:
    begins, ends, later = _PARTS[match["part"].lower()]
    end = _day(match, match["last"] or match["first"], year)
    # "The night of 10-11 September" begins on the 10th.
    start = end - timedelta(days=1) if match["last"] else end
    if later and not match["last"]:
        end += timedelta(days=1)
    zone = zone_of(ZONE)
    moment = between(datetime.combine(start, begins, zone), datetime.combine(end, ends, zone))
    return Moment(moment.earliest, moment.latest, moment.best, "part-of-day", ZONE, moment.edtf)


def _day(match: re.Match[str], number_text: str, year: int) -> date:
    month = MONTHS[match["month"][:3].lower()]
    try:
        return date(int(match["year"] or year), month, int(number_text))
    except ValueError as error:
        raise ValueError(f"{match[0]!r}: {error}") from None

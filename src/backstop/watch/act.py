"""What was done: kind, count with its rule, weapon, direction, effect."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backstop.watch.part import Part
from backstop.watch.quick import quickly_made
from backstop.watch.vocabulary import DETAILS, DIRECTIONS, EFFECTS, KINDS, WEAPON_CLASSES, known

#: No count of anything in a ceasefire, and no number of dead, is larger. A longer figure is a
#: number of another kind in the wrong column; beyond 2^53 JSON would not even hold it.
LARGEST_COUNT = 1_000_000_000
#: How a counting rule is written: a name and a version.
_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*@[0-9]+")


@quickly_made
@dataclass(frozen=True, slots=True)
class Count:
    """A number and the rule it was counted by; without the rule it means nothing.

    ``low`` and ``high`` bound what the source allows: "at least 91" is n 91, low 91, no high.
    """

    n: int
    """The figure as given."""
    rule: str
    """Name and version of the counting rule, e.g. ``each-round-or-burst@1``."""
    at_least: bool = False
    """Whether the source says that there were more."""
    uncertain: bool = False
    """Whether the source says that it is not sure ("about", "several")."""
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.n <= LARGEST_COUNT:
            raise ValueError(_no_count("count", self.n))
        if not _RULE.fullmatch(self.rule):
            raise ValueError(f"counting rule {self.rule!r} has no version (name@1)")
        low = self.n if self.low is None else self.low
        high = self.n if self.high is None else self.high
        if not low <= self.n <= high <= LARGEST_COUNT:
            raise ValueError(f"count {self.n} lies outside its own range {low} to {high}")


@quickly_made
@dataclass(frozen=True, slots=True)
class Figure:
    """People: the best estimate between a low and a high one."""

    best: int
    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.best <= self.high:
            raise ValueError(f"low {self.low}, best {self.best}, high {self.high} are out of order")
        if self.high > LARGEST_COUNT:
            raise ValueError(_no_count("number of people", self.high))


@quickly_made
@dataclass(frozen=True, slots=True)
class Casualties:
    """People killed and injured; an incident with five dead is one incident."""

    killed: Figure | None = None
    injured: Figure | None = None
    killed_civilian: int | None = None
    """Those among the killed who were civilians, in the best estimate."""
    killed_by_party: tuple[tuple[str, int], ...] = ()
    """Combatants killed, by party, in the best estimate."""
    killed_unknown: int | None = None
    """Killed of unknown party or status, in the best estimate."""

    def __post_init__(self) -> None:
        for people in (
            self.killed_civilian, self.killed_unknown, *(n for _, n in self.killed_by_party),
        ):  # fmt: skip
            if people is not None and not 0 <= people <= LARGEST_COUNT:
                raise ValueError(_no_count("number of people", people))


def _no_count(what: str, n: int) -> str:
    if n < 0:
        return f"{what} {n} is negative"
    return f"{what} {float(n):.3g} is beyond {LARGEST_COUNT:,}; is it in the right column?"


@quickly_made
@dataclass(frozen=True, slots=True)
class Act(Part):
    """One kind of act."""

    kind: str
    """From the vocabulary, e.g. ``explosion``."""
    detail: str = ""
    """Undetermined, impact, outgoing or airburst, for an explosion."""
    count: Count | None = None
    weapon_class: str = "unknown"
    """From the vocabulary."""
    weapon_text: str = ""
    """As the source wrote it."""
    calibre_mm: float | None = None
    direction: str = "unknown"
    """In or out, seen from the observer's side; both; unknown."""
    bearing_deg: float | None = None
    """Direction of fire or flight, degrees clockwise from true north."""
    effects: tuple[str, ...] = ()
    """Impact, crater, damage, casualty."""
    casualties: Casualties | None = None

    def __post_init__(self) -> None:
        known(KINDS, self.kind, "kind of act")
        known(DETAILS, self.detail, "detail of the act")
        known(WEAPON_CLASSES, self.weapon_class, "weapon class")
        known(DIRECTIONS, self.direction, "direction")
        for effect in self.effects:
            known(EFFECTS, effect, "effect")
        if self.calibre_mm is not None and not 0 < self.calibre_mm < 2000:
            raise ValueError(f"calibre {self.calibre_mm} mm")
        if self.bearing_deg is not None and not 0 <= self.bearing_deg < 360:
            raise ValueError(f"bearing {self.bearing_deg} is not in 0 to 360 degrees")

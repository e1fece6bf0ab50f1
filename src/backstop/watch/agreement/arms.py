"""What weapon an act may have been done with, and whether a clause means it.

A record often leaves class, type or calibre open. Then every weapon that fits what it says is
tried; where all of them lead to the same answer, the answer does not depend on which it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backstop.watch.act import Act
from backstop.watch.agreement.agreement import Agreement, System
from backstop.watch.agreement.clause import Weapons
from backstop.watch.vocabulary import WEAPON_CLASSES

#: What a source may mean that says "heavy weapon" and no more: judgement.
_HEAVY = frozenset({
    "tank", "mortar", "artillery", "mlrs", "tactical_missile", "anti_tank", "air_defence",
})  # fmt: skip
_CLASSES = WEAPON_CLASSES - {"unknown", "heavy_weapon"}


@dataclass(frozen=True, slots=True)
class Arm:
    """A weapon that is known in all that clauses ask for."""

    weapon_class: str
    system: str
    """Id of its type; empty for a type that the agreement does not name."""
    calibre_mm: float


def possible_arms(act: Act, agreement: Agreement) -> tuple[Arm, ...]:
    """Every weapon that the record leaves possible, as far as clauses tell weapons apart."""
    named = recognised(act.weapon_text, agreement.systems)
    found: dict[Arm, None] = {}
    for weapon_class in _classes(act, named):
        systems: list[System | None] = [named] if named else [None]
        if named is None:
            systems += [one for one in agreement.systems if one.weapon_class == weapon_class]
        for system in systems:
            for calibre_mm in _calibres(act, system, agreement):
                found[Arm(weapon_class, system.id if system else "", calibre_mm)] = None
    return tuple(found)


def recognised(text: str, systems: Sequence[System]) -> System | None:
    """The type of weapon that a text names, the longest name first."""
    if not text:
        return None
    names = sorted(((name, one) for one in systems for name in one.names), key=lambda x: -len(x[0]))
    for name, system in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
            return system
    return None


def _classes(act: Act, named: System | None) -> Iterable[str]:
    """Classes the weapon may be of; a type that is named settles a vague one."""
    if act.weapon_class not in {"unknown", "heavy_weapon"}:
        return (act.weapon_class,)
    if named is not None:
        return (named.weapon_class,)
    return sorted(_CLASSES if act.weapon_class == "unknown" else _HEAVY)


def _calibres(act: Act, system: System | None, agreement: Agreement) -> Iterator[float]:
    """The calibre that is known, or one for each interval that clauses tell apart."""
    own = None if system is None else system.calibre_mm
    if act.calibre_mm is not None:
        if own is None or own == act.calibre_mm or act.weapon_text:
            yield act.calibre_mm
        return
    if own is not None:
        yield own
        return
    bounds = sorted({
        bound
        for clause in agreement.clauses
        for one in clause.weapons
        for bound in one.calibre_bounds_mm
    })  # fmt: skip
    yield from bounds
    yield from ((low + high) / 2 for low, high in pairwise([0.0, *bounds, 4000.0]))


def means(wanted: Sequence[Weapons], arm: Arm) -> bool:
    """Whether a clause means a weapon; one that names none means all."""
    return not wanted or any(_matches(one, arm) for one in wanted)


def _matches(wanted: Weapons, arm: Arm) -> bool:
    if wanted.classes and arm.weapon_class not in wanted.classes:
        return False
    if arm.system in wanted.but_not or (wanted.systems and arm.system not in wanted.systems):
        return False
    return wanted.holds_calibre(arm.calibre_mm)

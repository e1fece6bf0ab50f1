"""Other people's codes in our words; codes are text, because ``010`` is not ``10``.

The tables are ``data/watch/crosswalk.csv`` and ``data/watch/precision.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from backstop.scenario.files import shipped_text


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one foreign code means in the mission's vocabulary."""

    kind: str
    detail: str
    weapon_class: str
    plover: str
    """PLOVER event type and mode, for CAMEO codes."""


@lru_cache(maxsize=1024)
def meaning_of(scheme: str, code: str) -> Meaning:
    """The meaning of a code; ``ValueError`` where the table has none."""
    found = crosswalk(scheme).get(code.strip())
    if found is None:
        raise ValueError(f"code {code[:60]!r} is not in the {scheme} table of crosswalk.csv")
    return found


@cache
def crosswalk(scheme: str) -> Mapping[str, Meaning]:
    """All codes of a scheme (``acled``, ``ucdp``, ``viina``, ``cameo``), in the table's order."""
    return {
        code: Meaning(row["kind"], row["detail"], row["weapon_class"], row["plover"])
        for code, row in _codes("crosswalk.csv", scheme)
    }


@lru_cache(maxsize=1024)
def plover_of(kind: str, weapon_class: str) -> str:
    """PLOVER's event type, and mode, of an act in our words; empty where the table has none.

    What all CAMEO codes of that kind agree on, of those with that weapon where there are any. The
    map is that of 2021 (openeventdata/PLOVER), with the modes of the manual of 2023.
    """
    rows = [one for one in crosswalk("cameo").values() if one.kind == kind]
    same = [one for one in rows if one.weapon_class == weapon_class] or rows
    told = [one.plover.partition(" ") for one in same]
    types, modes = {one for one, _, _ in told}, {mode for _, _, mode in told}
    if len(types) != 1:
        return ""
    return " ".join([*types, *(modes if len(modes) == 1 else ())]).strip()


@lru_cache(maxsize=1024)
def radius_m(scheme: str, code: str) -> float:
    """How far a place of that precision code may be off, 68 %, in metres."""
    found = _radii(scheme).get(code.strip())
    if found is None:
        raise ValueError(f"precision code {code[:20]!r} is unknown to {scheme}")
    return found


@cache
def _radii(scheme: str) -> Mapping[str, float]:
    return {code: float(row["radius_m"]) for code, row in _codes("precision.csv", scheme)}


def _codes(file: str, scheme: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each code of a scheme in a shipped table, with its row, in the table's order."""
    for row in csv.DictReader(shipped_text("watch", file).splitlines()):
        if row["scheme"] == scheme:
            yield row["code"], row

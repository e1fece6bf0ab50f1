"""Battles of CDB90, the US Army Concepts Analysis Agency's database, as coded.

Source: Helmbold, R. L. (CAA, 1990/91), in the copy of github.com/jrnold/CDB90, folder `src-data`.
The tidy tables of that repository lost every negative code, so that no attacker was ever beaten;
only the table as coded is read here, and the active periods, whose times are sound.
"""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

MINUTES_PER_DAY = 1440.0
#: Codes of CDB90 for "not known": strengths and losses, and distances.
UNKNOWN_COUNT = -1.0
UNKNOWN_KM = -9999.0
#: How far a defender in each posture (POST1) is fortified: prepared and fortified defence; the
#: others, hasty defence, delay and withdrawal, are not.
WORKS_SHARE = {"PD": 0.5, "FD": 1.0}


@dataclass(frozen=True, slots=True)
class Battle:
    """One battle, in the words of its coders; None where they did not know."""

    number: int
    """Serial number (ISQNO)."""
    war: str
    """War, as coded."""
    campaign: str
    """Campaign, as coded: battles of one campaign are not independent."""
    name: str
    """Name of the battle."""
    year: int
    """Year in which it began."""
    attacker_troops: float
    """Attacker's total personnel (STRA)."""
    defender_troops: float
    """Defender's total personnel (STRD)."""
    attacker_losses: float | None
    """Attacker's battle casualties (CASA)."""
    defender_losses: float | None
    """Defender's battle casualties (CASD)."""
    days_least: float
    """Shortest duration of the active periods that the recorded hours allow, in days."""
    days_most: float
    """Longest duration of the active periods, in days."""
    days_dated: int
    """Calendar days from the first to the last, both counted."""
    won: int
    """1 the attacker won, -1 he lost, 0 neither (WINA)."""
    advance_km: float | None
    """Distance the attacker advanced, negative where he was driven back (KMDA)."""
    front_km: float | None
    """Width of the attacker's front at the start (WOFA1)."""
    works_share: float = 0.0
    """How far the defender was fortified, 0 to 1, by his posture (POST1)."""

    @property
    def days(self) -> float:
        """Active duration in days: the middle of what the recorded hours allow."""
        return (self.days_least + self.days_most) / 2

    @property
    def ratio(self) -> float:
        """Attacker's troops to the defender's."""
        return self.attacker_troops / self.defender_troops


def read_battles(folder: Path, *, since: int = 1939) -> list[Battle]:
    """Battles that began in a year or later, with both sides' strength and a duration.

    Parameters
    ----------
    folder : Path
        Holds `cdb90_odd.csv` (or another part of the table as coded) and `active_periods.csv`.
    since : int
        First year.

    Returns
    -------
    list of Battle
        In the order of the table.
    """
    durations = _durations(folder / "active_periods.csv")
    with (folder / "cdb90_odd.csv").open(encoding="latin-1", newline="") as table:
        rows = list(csv.DictReader(table))
    found = (_battle(row, durations) for row in rows if _year(row) >= since)
    return [battle for battle in found if battle is not None]


def _battle(row: dict[str, str], durations: dict[int, tuple[float, float]]) -> Battle | None:
    number = int(row["ISQNO"])
    attackers = _count(row["STRA"])
    defenders = _count(row["STRD"])
    least, most = durations.get(number, (0.0, 0.0))
    if not attackers or not defenders or most <= 0:
        return None
    advance = float(row["KMDA"])
    return Battle(
        number=number,
        war=row["WAR"].strip(),
        campaign=(row["CAMPGN"] or row["WAR"]).strip(),
        name=row["NAME"].strip(),
        year=_year(row),
        attacker_troops=attackers,
        defender_troops=defenders,
        attacker_losses=_count(row["CASA"]),
        defender_losses=_count(row["CASD"]),
        days_least=least / MINUTES_PER_DAY,
        days_most=most / MINUTES_PER_DAY,
        days_dated=_dated(row),
        won=int(row["WINA"]),
        advance_km=None if advance <= UNKNOWN_KM else advance,
        front_km=_count(row["WOFA1"]),
        works_share=WORKS_SHARE.get(row["POST1"].strip(), 0.0),
    )


def _durations(path: Path) -> dict[int, tuple[float, float]]:
    """Minutes of all active periods of a battle: least and most."""
    least: dict[int, float] = defaultdict(float)
    most: dict[int, float] = defaultdict(float)
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            number = int(row["isqno"])
            # One battle has a period without an end, coded as a minimum above its maximum.
            pair = sorted((float(row["duration_min"] or 0), float(row["duration_max"] or 0)))
            least[number] += pair[0]
            most[number] += pair[1]
    return {number: (least[number], most[number]) for number in most}


def _year(row: dict[str, str]) -> int:
    return int(float(row["ATPBYR1"])) if row["ATPBYR1"] else 0


def _dated(row: dict[str, str]) -> int:
    last = min(int(row["NOATP"]), 10)
    begin = _date(row, "B", 1)
    end = _date(row, "E", last)
    return max(1, (end - begin).days + 1)


def _date(row: dict[str, str], edge: str, period: int) -> datetime.date:
    year, month, day = (int(float(row[f"ATP{edge}{part}{period}"])) for part in ("YR", "MN", "DA"))
    return datetime.date(year, month, day)


def _count(text: str) -> float | None:
    """A count, or None where it is not known."""
    value = float(text) if text else UNKNOWN_COUNT
    return None if value <= UNKNOWN_COUNT else value

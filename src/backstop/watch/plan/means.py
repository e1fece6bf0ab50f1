"""The means of monitoring in every world, and how many a chance of detection takes.

The rule is that of the sizing stage (Koopman 1946), worked out again here because one stage does
not ask another; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backstop.scenario.regime import Means
from backstop.scenario.scenario import Case
from backstop.watch.plan.draws import Floats, Lookup
from backstop.watch.plan.table import SIZED, PlanTable

#: Bisection steps and the most effort, as in sizing: one violation in 10^13 is missed.
_STEPS, _MOST_EFFORT = 50, 30.0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMeans:
    """The means in every world."""

    names: tuple[str, ...]
    inside: frozenset[str]
    """Those that need access."""
    mix: Mapping[str, Floats]
    reach_km: Mapping[str, Floats]
    night: Mapping[str, Floats]
    people: Mapping[str, Floats]
    """People for one, on duty and off."""
    flown: Mapping[str, Floats]
    """Share of its effort that interference leaves."""

    @classmethod
    def of(
        cls, case: Case, draws: Lookup, table: PlanTable, values: Mapping[str, Floats]
    ) -> DrawnMeans:
        rules: dict[str, Means] = {m.id: m for m in case.scenario.sizing.monitoring.means}
        left = 1.0 - draws["sizing.monitoring.jamming_share"]
        held: dict[str, dict[str, Floats]] = {}
        inside = set()
        for one in table.means:
            sized = one.id in SIZED
            if sized and one.id not in rules:
                continue
            get, base = (draws, f"sizing.monitoring.means[{one.id}]") if sized else (
                values, f"means[{one.id}]"
            )  # fmt: skip
            number = {
                name: get[f"{base}.{name}"]
                for name in ("reach_km", "night_effect", "people", "shift_factor")
            }
            if rules[one.id].needs_access if sized else bool(one.needs_access):
                inside.add(one.id)
            jammed = one.id == "uav" if sized else one.jammed
            held[one.id] = {
                **number,
                "mix": draws[f"{base}.mix"] if sized else np.zeros_like(left),
                "flown": left if jammed else np.ones_like(left),
            }
        return cls(
            names=tuple(held),
            inside=frozenset(inside),
            mix={name: one["mix"] for name, one in held.items()},
            reach_km={name: one["reach_km"] for name, one in held.items()},
            night={name: one["night_effect"] for name, one in held.items()},
            people={name: one["people"] * one["shift_factor"] for name, one in held.items()},
            flown={name: one["flown"] for name, one in held.items()},
        )

    def for_chance(
        self, wanted: Floats, line_km: Floats, access: Floats, night_share: Floats
    ) -> tuple[dict[str, Floats], dict[tuple[str, bool], Floats]]:
        """Units and effort of each means that reach the chance on every kilometre.

        Where no effort does, the most that sizing tries is taken: it says that none suffices.
        """
        units = {name: np.zeros_like(wanted) for name in self.names}
        effort = {(name, entered): np.zeros_like(wanted) for name in self.names
                  for entered in (True, False)}  # fmt: skip
        for entered, part in ((True, access), (False, 1.0 - access)):
            used = [one for one in self.names if entered or one not in self.inside]
            total = sum((self.mix[one] for one in used), np.zeros_like(wanted))
            if not bool(np.all(total > 0)):
                continue
            parts = {one: self.mix[one] / total for one in used}
            day = sum((parts[one] * self.flown[one] for one in used), np.zeros_like(wanted))
            dark = sum(
                (parts[one] * self.flown[one] * self.night[one] for one in used),
                np.zeros_like(wanted),
            )
            needed = _effort_for(wanted, day, dark, night_share)
            for one in used:
                effort[one, entered] = needed * parts[one] * self.flown[one]
                km = line_km * part
                units[one] = units[one] + km * needed * parts[one] / self.reach_km[one]
        return units, effort

    def add(
        self,
        name: str,
        more: float,
        *,
        line_km: Floats,
        access: Floats,
        units: dict[str, Floats],
        effort: dict[tuple[str, bool], Floats],
    ) -> None:
        """More units of one means, spread evenly over where it can work."""
        assert name in self.names, f"no means {name!r}"
        assert more >= 0
        units[name] = units[name] + more
        where = access if name in self.inside else np.ones_like(access)
        km = np.maximum(line_km * where, 1e-9)
        added = more * self.reach_km[name] / km * self.flown[name]
        effort[name, True] = effort[name, True] + added
        if name not in self.inside:
            effort[name, False] = effort[name, False] + added


def _effort_for(wanted: Floats, day: Floats, dark: Floats, night_share: Floats) -> Floats:
    """The least effort per km and day that reaches the chance; the most where none does."""
    low, high = np.zeros_like(wanted), np.full_like(wanted, _MOST_EFFORT)
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        seen = (1.0 - night_share) * -np.expm1(-middle * day)
        seen = seen + night_share * -np.expm1(-middle * dark)
        enough = seen >= wanted
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.where(wanted <= 0.0, 0.0, high)

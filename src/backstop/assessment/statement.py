"""From a design and its supplies to the problem that sourcing solves.

The planning case takes every quantity at its middle and the nations that are more likely than
not to come; pools are then whole units, demands tenths of a unit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.supply import Supply
from backstop.assessment.worlds import Futures
from backstop.scenario.capability import Capability
from backstop.scenario.design import Design, Requirement
from backstop.scenario.scenario import Case
from backstop.scenario.theatre import Location
from backstop.sourcing.problem import (
    Coupling,
    Framework,
    Incompatible,
    Lift,
    Line,
    Nation,
    Pool,
    Problem,
)

#: Effectiveness points of one unit: demands are kept to a tenth of a unit.
POINTS = 10
#: Lift is counted in tenths of the scenario's lift unit.
LOADS = 10
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """Months of the plan as rotations: each as long as a tour."""

    tour_months: int
    rotations: int
    dwell: int
    """Rotations a unit rests after each it serves."""

    @classmethod
    def of(cls, design: Design, *, horizon_months: int, dwell_months: float) -> Calendar:
        """The calendar of a design; the last rotation may reach past the horizon."""
        tour = design.rotation.tour_months
        rotations = max(1, -(-horizon_months // tour))
        return cls(tour, rotations, round(dwell_months / tour))

    def active(self, requirement: Requirement, rotation: int) -> bool:
        """Whether a requirement runs for at least half of a rotation."""
        start, end = rotation * self.tour_months, (rotation + 1) * self.tour_months
        until = requirement.to_month if requirement.to_month is not None else end
        return 2 * (min(end, until) - max(start, requirement.from_month)) >= self.tour_months

    def first(self, days: float) -> int:
        """The rotation in which a unit that arrives after so many days serves for the most part."""
        return int(self.firsts(np.array(days)))

    def lasting(self, months: float) -> int | None:
        """Rotations that so many months cover for the most part; None for ever."""
        return int(self.spans(np.array(months))) if np.isfinite(months) else None

    def spans(self, months: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for an array of months, of any shape; infinite for ever."""
        return np.floor(months / self.tour_months + 0.5)

    def firsts(self, days: NDArray[np.float64]) -> NDArray[np.int64]:
        """The same for an array of days, of any shape."""
        return np.floor(days / (self.tour_months * DAYS_PER_MONTH) + 0.5).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """The numbers of one case: every quantity at its middle, or as one world has it."""

    futures: Futures
    world: int | None = None
    """Place of the world among those drawn; None for the planning case."""

    def __getitem__(self, path: str) -> float:
        """One quantity."""
        if self.world is None:
            return self.futures.central(path)
        return float(self.futures[path][self.world])

    def units(self, supply: Supply) -> float:
        """Units of a pool that come when called."""
        return supply.central if self.world is None else float(supply.units[self.world])

    def notice_days(self, supply: Supply) -> float:
        """A pool's notice to move."""
        if self.world is None:
            return supply.central_notice_days
        return float(supply.notice_days[self.world])

    def endurance_months(self, supply: Supply) -> float:
        """For how long a pool is kept up; infinite when it does not end."""
        if self.world is None:
            return supply.central_endurance_months
        return float(supply.endurance_months[self.world])


@dataclass(frozen=True, slots=True)
class Statement:
    """The planning case of a design."""

    case: Case
    calendar: Calendar
    problem: Problem
    willing: frozenset[tuple[str, str]]
    """Nation and question for which the planning case counts on the nation."""


def calendar_of(case: Case, numbers: Numbers) -> Calendar:
    """The calendar of a case."""
    return Calendar.of(
        case.design,
        horizon_months=case.scenario.file.sourcing.horizon_months,
        dwell_months=numbers[f"designs[{case.design.id}].rotation.dwell_months"],
    )


def usable(
    supply: Supply, requirements: Sequence[Requirement], places: dict[str, Location]
) -> tuple[list[Requirement], list[tuple[Requirement, str]]]:
    """Requirements of the supply's capability it may serve, and those a caveat bars it from."""
    open_, barred = [], []
    for requirement in requirements:
        if requirement.capability != supply.capability.id:
            continue
        place = places[requirement.location]
        caveat = next((c for c in supply.offer.caveats if c in (place.id, place.kind)), None)
        if caveat is None:
            open_.append(requirement)
        else:
            barred.append((requirement, caveat))
    return open_, barred


def question(capability: Capability, place: Location) -> str:
    """What a nation answers when it sends this capability to this place."""
    return capability.question_outside if place.kind == "outside" else capability.question


def state(
    case: Case,
    numbers: Numbers,
    *,
    supplies: Sequence[Supply],
    willing: Collection[tuple[str, str]],
    open_conditions: Collection[str],
    lead_days: float,
) -> Statement:
    """One case as a sourcing problem.

    Parameters
    ----------
    numbers
        The planning case, or one world.
    willing
        Nation and question: whom the case counts on for what.
    open_conditions
        Conditions that hold.
    lead_days
        Days until the mandate stands; notice to move starts with it.
    """
    calendar = calendar_of(case, numbers)
    places = {place.id: place for place in case.scenario.file.theatre.locations}
    lines = _lines(case, numbers, calendar, places)
    pools = []
    for supply in supplies:
        if not set(supply.offer.conditions) <= set(open_conditions):
            continue
        pool = _pool(case, numbers, supply, calendar, places, willing, lead_days)
        if pool is not None:
            pools.append(pool)
    problem = Problem(
        lines=lines,
        pools=tuple(pools),
        nations=_nations(case, numbers, pools),
        rotations=calendar.rotations,
        rotation_months=calendar.tour_months,
        incompatible=_incompatible(case, pools),
        framework=_framework(case, numbers, pools),
        lift=_lift(numbers, calendar),
        couplings=_couplings(case, numbers, lines),
    )
    return Statement(case, calendar, problem, frozenset(willing))


def _lines(
    case: Case, numbers: Numbers, calendar: Calendar, places: dict[str, Location]
) -> tuple[Line, ...]:
    capabilities = {c.id: c for c in case.scenario.file.capabilities}
    lines = []
    for requirement in case.design.requirements:
        units = numbers[f"designs[{case.design.id}].requirements[{requirement.id}].units"]
        manoeuvre = capabilities[requirement.capability].manoeuvre
        place = places[requirement.location]
        lines.append(
            Line(
                id=requirement.id,
                capability=requirement.capability,
                location=requirement.location,
                required=tuple(
                    round(POINTS * units) * calendar.active(requirement, rotation)
                    for rotation in range(calendar.rotations)
                ),
                tier=requirement.tier,
                sector=place.id if place.sector and manoeuvre else None,
                manoeuvre=manoeuvre,
            )
        )
    return tuple(lines)


def _pool(
    case: Case,
    numbers: Numbers,
    supply: Supply,
    calendar: Calendar,
    places: dict[str, Location],
    willing: Collection[tuple[str, str]],
    lead_days: float,
) -> Pool | None:
    may, barred = usable(supply, case.design.requirements, places)
    capability = supply.capability

    def comes(requirement: Requirement) -> bool:
        asked = question(capability, places[requirement.location])
        return (supply.nation.iso3, asked) in willing

    lines = tuple(r.id for r in may if comes(r))
    units = round(numbers.units(supply))
    if not units or not (lines or barred):
        return None
    base = f"capabilities[{capability.id}]"
    months = calendar.tour_months
    return Pool(
        id=supply.offer.id,
        nation=supply.nation.iso3,
        capability=capability.id,
        units=units,
        lines=lines,
        dwell=calendar.dwell,
        first_rotation=calendar.first(lead_days + numbers.notice_days(supply)),
        endurance=calendar.lasting(numbers.endurance_months(supply)),
        effectiveness=POINTS,
        troops_per_unit=round(numbers[f"{base}.troops_per_unit"]),
        cost_usd_m=numbers[f"{base}.cost_usd_m_per_unit_year"] * months / 12,
        lift_loads=round(LOADS * numbers[f"{base}.lift_per_unit"]),
        barred=tuple((r.id, caveat) for r, caveat in barred if comes(r)),
    )


def _nations(case: Case, numbers: Numbers, pools: Sequence[Pool]) -> tuple[Nation, ...]:
    coming = {pool.nation for pool in pools}
    share = numbers["sourcing.cap_share_of_army"]
    found = []
    for nation in case.scenario.nations:
        if nation.iso3 in coming:
            path = f"nations[{nation.iso3}]"
            cap = round(share * numbers[f"{path}.army_personnel"])
            gdp = numbers[f"{path}.gdp_usd_bn"]
            found.append(Nation(id=nation.iso3, gdp_usd_bn=gdp, troops_cap=cap))
    return tuple(found)


def _incompatible(case: Case, pools: Sequence[Pool]) -> tuple[Incompatible, ...]:
    coming = {pool.nation for pool in pools}
    pairs = case.scenario.file.sourcing.incompatible
    return tuple(Incompatible(p.a, p.b) for p in pairs if {p.a, p.b} <= coming)


def _framework(case: Case, numbers: Numbers, pools: Sequence[Pool]) -> Framework | None:
    manoeuvre = {c.id for c in case.scenario.file.capabilities if c.manoeuvre}
    eligible = tuple(sorted({p.nation for p in pools if p.capability in manoeuvre and p.lines}))
    if not eligible:
        return None
    percent = round(100 * numbers["sourcing.framework_share"])
    return Framework(eligible=eligible, least_share_percent=percent)


def _lift(numbers: Numbers, calendar: Calendar) -> Lift:
    loads = round(LOADS * numbers["sourcing.lift_units_per_relief"])
    price = numbers["sourcing.extra_lift_usd_m"] / LOADS
    return Lift((loads,) * calendar.rotations, extra_loads=10 * loads, extra_usd_m_per_load=price)


def _couplings(case: Case, numbers: Numbers, lines: Sequence[Line]) -> tuple[Coupling, ...]:
    asked = {line.capability for line in lines}
    found = []
    for rule in case.scenario.file.sourcing.couplings:
        if {rule.capability, rule.needs} <= asked:
            units = numbers[f"sourcing.couplings[{rule.id}].units_per_enabler"]
            found.append(Coupling(rule.id, (rule.capability,), rule.needs, max(1, round(units))))
    return tuple(found)

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

    def firsts(self, days: NDArray[np.float64]) -> NDArray[np.int64]:
        """The same for an array of days, of any shape."""
        return np.floor(days / (self.tour_months * DAYS_PER_MONTH) + 0.5).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Statement:
    """The planning case of a design."""

    case: Case
    calendar: Calendar
    problem: Problem
    willing: frozenset[tuple[str, str]]
    """Nation and question for which the planning case counts on the nation."""


def calendar_of(case: Case, futures: Futures) -> Calendar:
    """The calendar of the planning case."""
    return Calendar.of(
        case.design,
        horizon_months=case.scenario.file.sourcing.horizon_months,
        dwell_months=futures.central(f"designs[{case.design.id}].rotation.dwell_months"),
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
    futures: Futures,
    *,
    supplies: Sequence[Supply],
    willing: Collection[tuple[str, str]],
    open_conditions: Collection[str],
    lead_days: float,
) -> Statement:
    """The planning case as a sourcing problem.

    Parameters
    ----------
    willing
        Nation and question: whom the planning case counts on for what.
    open_conditions
        Conditions that hold in the planning case.
    lead_days
        Days until the mandate stands; notice to move starts with it.
    """
    calendar = calendar_of(case, futures)
    places = {place.id: place for place in case.scenario.file.theatre.locations}
    lines = _lines(case, futures, calendar, places)
    pools = []
    for supply in supplies:
        if not set(supply.offer.conditions) <= set(open_conditions):
            continue
        pool = _pool(case, futures, supply, calendar, places, willing, lead_days)
        if pool is not None:
            pools.append(pool)
    problem = Problem(
        lines=lines,
        pools=tuple(pools),
        nations=_nations(case, futures, pools),
        rotations=calendar.rotations,
        rotation_months=calendar.tour_months,
        incompatible=_incompatible(case, pools),
        framework=_framework(case, futures, pools),
        lift=_lift(futures, calendar),
        couplings=_couplings(case, futures, lines),
    )
    return Statement(case, calendar, problem, frozenset(willing))


def _lines(
    case: Case, futures: Futures, calendar: Calendar, places: dict[str, Location]
) -> tuple[Line, ...]:
    capabilities = {c.id: c for c in case.scenario.file.capabilities}
    lines = []
    for requirement in case.design.requirements:
        units = futures.central(f"designs[{case.design.id}].requirements[{requirement.id}].units")
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
    futures: Futures,
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
    units = round(supply.central)
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
        first_rotation=calendar.first(lead_days + supply.central_notice_days),
        effectiveness=POINTS,
        troops_per_unit=round(futures.central(f"{base}.troops_per_unit")),
        cost_usd_m=futures.central(f"{base}.cost_usd_m_per_unit_year") * months / 12,
        lift_loads=round(LOADS * futures.central(f"{base}.lift_per_unit")),
        barred=tuple((r.id, caveat) for r, caveat in barred if comes(r)),
    )


def _nations(case: Case, futures: Futures, pools: Sequence[Pool]) -> tuple[Nation, ...]:
    coming = {pool.nation for pool in pools}
    share = futures.central("sourcing.cap_share_of_army")
    found = []
    for nation in case.scenario.nations:
        if nation.iso3 in coming:
            path = f"nations[{nation.iso3}]"
            cap = round(share * futures.central(f"{path}.army_personnel"))
            gdp = futures.central(f"{path}.gdp_usd_bn")
            found.append(Nation(id=nation.iso3, gdp_usd_bn=gdp, troops_cap=cap))
    return tuple(found)


def _incompatible(case: Case, pools: Sequence[Pool]) -> tuple[Incompatible, ...]:
    coming = {pool.nation for pool in pools}
    pairs = case.scenario.file.sourcing.incompatible
    return tuple(Incompatible(p.a, p.b) for p in pairs if {p.a, p.b} <= coming)


def _framework(case: Case, futures: Futures, pools: Sequence[Pool]) -> Framework | None:
    manoeuvre = {c.id for c in case.scenario.file.capabilities if c.manoeuvre}
    eligible = tuple(sorted({p.nation for p in pools if p.capability in manoeuvre and p.lines}))
    if not eligible:
        return None
    percent = round(100 * futures.central("sourcing.framework_share"))
    return Framework(eligible=eligible, least_share_percent=percent)


def _lift(futures: Futures, calendar: Calendar) -> Lift:
    loads = round(LOADS * futures.central("sourcing.lift_units_per_relief"))
    price = futures.central("sourcing.extra_lift_usd_m") / LOADS
    return Lift((loads,) * calendar.rotations, extra_loads=10 * loads, extra_usd_m_per_load=price)


def _couplings(case: Case, futures: Futures, lines: Sequence[Line]) -> tuple[Coupling, ...]:
    asked = {line.capability for line in lines}
    found = []
    for rule in case.scenario.file.sourcing.couplings:
        if {rule.capability, rule.needs} <= asked:
            units = futures.central(f"sourcing.couplings[{rule.id}].units_per_enabler")
            found.append(Coupling(rule.id, (rule.capability,), rule.needs, max(1, round(units))))
    return tuple(found)

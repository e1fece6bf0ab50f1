"""The plan: which nation's units serve where and when, as rows, CSV and a chart in text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import Programme


@dataclass(frozen=True, slots=True, order=True)
class Deployment:
    """``count`` units of one pool on one line in one rotation."""

    nation: str
    unit: str
    requirement: str
    rotation: int
    count: int


@dataclass(frozen=True, slots=True)
class Use:
    """What a nation deploys against what it has.

    ``peak_units`` and ``peak_troops`` are the most in theatre in one rotation;
    ``pool_share`` is the use of what the dwell rule lets its stock serve over the horizon
    (1.0 is every turn taken).
    """

    nation: str
    units: int
    stock: int
    peak_units: int
    peak_troops: int
    unit_rotations: int
    pool_share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Deployments in canonical order: by nation, unit, requirement and rotation."""

    deployments: tuple[Deployment, ...]
    rotations: int

    def counts(self) -> dict[tuple[str, str, int], int]:
        """Return units by pool, line and rotation; what is absent is zero."""
        return {(d.unit, d.requirement, d.rotation): d.count for d in self.deployments}

    def csv(self) -> str:
        """Return the plan as CSV text with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("nation", "unit", "requirement", "rotation", "count"))
        for d in self.deployments:
            writer.writerow((d.nation, d.unit, d.requirement, d.rotation, d.count))
        return text.getvalue()

    def gantt(self) -> tuple[str, ...]:
        """Return a chart in plain text: a row for each unit and requirement.

        A column is a rotation; a figure is the units in theatre, a dot none.
        """
        rows: dict[tuple[str, str], list[int]] = {}
        for d in self.deployments:
            row = rows.setdefault((d.unit, d.requirement), [0] * self.rotations)
            row[d.rotation] += d.count
        left = max((len(f"{unit} > {line}") for unit, line in rows), default=4)
        width = max((len(str(n)) for row in rows.values() for n in row), default=1)
        width = max(width, len(str(self.rotations - 1)))
        head = " ".join(str(t).rjust(width) for t in range(self.rotations))
        text = ["unit".ljust(left) + "  " + head]
        for (unit, line), row in rows.items():
            cells = " ".join((str(n) if n else ".").rjust(width) for n in row)
            text.append(f"{unit} > {line}".ljust(left) + "  " + cells)
        return tuple(text)


def plan_of(programme: Programme, *, values: Sequence[int]) -> Plan:
    """Read the plan out of a solution."""
    owner = {pool.id: pool.nation for pool in programme.problem.pools}
    found = (
        Deployment(owner[key.who], key.who, key.where, key.rotation, values[number])
        for key, number in programme.of_kind("x")
        if values[number]
    )
    return Plan(tuple(sorted(found)), programme.problem.rotations)


def values_of(programme: Programme, *, plan: Plan) -> list[int]:
    """Return the ``x`` of a plan as values of a programme; other variables are left at zero.

    Deployments the programme has no variable for (a nation that withdrew) are dropped.
    """
    values = [0] * len(programme.model.names)
    counts = plan.counts()
    for key, number in programme.of_kind("x"):
        values[number] = counts.get((key.who, key.where, key.rotation), 0)
    return values


def filled(plan: Plan, *, problem: Problem) -> dict[tuple[str, int], int]:
    """Return the points a plan fills by line and rotation, no more than the line asks for."""
    worth = {pool.id: pool.effectiveness for pool in problem.pools}
    points: dict[tuple[str, int], int] = {}
    for d in plan.deployments:
        place = (d.requirement, d.rotation)
        points[place] = points.get(place, 0) + worth[d.unit] * d.count
    return {
        (line.id, t): min(required, points.get((line.id, t), 0))
        for line in problem.lines
        for t, required in enumerate(line.required)
    }


def use(plan: Plan, *, problem: Problem) -> tuple[Use, ...]:
    """Return each nation's use of its pools, in order of its id."""
    pools = {pool.id: pool for pool in problem.pools}
    rows = []
    for nation in problem.nations:
        own = [pool for pool in problem.pools if pool.nation == nation.id]
        units, troops = [0] * plan.rotations, [0] * plan.rotations
        for d in plan.deployments:
            if d.nation == nation.id:
                units[d.rotation] += d.count
                troops[d.rotation] += d.count * pools[d.unit].troops_per_unit
        turns = sum(p.stock * -(-plan.rotations // (1 + p.dwell)) for p in own)
        rows.append(
            Use(
                nation=nation.id,
                units=sum(p.units for p in own),
                stock=sum(p.stock for p in own),
                peak_units=max(units),
                peak_troops=max(troops),
                unit_rotations=sum(units),
                pool_share=sum(units) / turns if turns else 0.0,
            )
        )
    return tuple(rows)

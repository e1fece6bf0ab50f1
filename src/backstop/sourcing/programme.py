"""The integer programme of sourcing: who serves where and when, as variables with names.

Units of one pool are identical, so the model counts them: ``x[pool, line, rotation]``. Rest is
a sliding window over the pool, exact for identical units: over any 1 + dwell rotations in a row
no more deployments than the stock. Nothing is rounded nation by nation, so two nations can hold
one slot in turn.

With ``wraps`` the rotations close into a ring: the plan repeats for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.problem import Pool, Problem

Key = tuple[str, str, int]
"""Pool, line, rotation."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The model and the numbers of its variables.

    Attributes
    ----------
    deploy
        Units of a pool on a line in a rotation.
    shortfall
        Missing quanta of a line in a rotation; ``quantum`` gives the points of one.
    missing
        One where a sector-year has no framework nation.
    presence
        One where a nation is in a place (a sector, or None for the theatre) in a rotation.
    extra
        Extra loads of lift bought in a rotation.
    """

    problem: Problem
    model: IntegerModel
    wraps: bool
    explains: bool
    deploy: dict[Key, int] = field(default_factory=dict)
    shortfall: dict[tuple[str, int], int] = field(default_factory=dict)
    quantum: dict[tuple[str, int], int] = field(default_factory=dict)
    missing: dict[tuple[str, int], int] = field(default_factory=dict)
    leads: dict[tuple[str, str, int], int] = field(default_factory=dict)
    presence: dict[tuple[str, str | None, int], int] = field(default_factory=dict)
    extra: dict[int, int] = field(default_factory=dict)

    def tier_objective(self, tier: int) -> dict[int, int]:
        """Shortfall points of a tier; the first tier carries the missing framework nations."""
        tiers = {line.id: line.tier for line in self.problem.lines}
        terms = {
            variable: self.quantum[key]
            for key, variable in self.shortfall.items()
            if tiers[key[0]] == tier
        }
        rule = self.problem.framework
        if tier == 1 and rule is not None and rule.penalty:
            terms |= dict.fromkeys(self.missing.values(), rule.penalty)
        return terms

    def cost_objective(self) -> dict[int, int]:
        """Cost in thousand dollars: units, presence in theatre, and extra lift."""
        pools = {pool.id: pool.cost_usd_k for pool in self.problem.pools}
        terms = {v: pools[pool] for (pool, _, _), v in self.deploy.items() if pools[pool]}
        fees = {n.id: round(n.presence_cost_usd_m * 1000) for n in self.problem.nations}
        for (nation, place, _), variable in self.presence.items():
            if place is None and fees[nation]:
                terms[variable] = fees[nation]
        if self.problem.lift is not None and self.problem.lift.extra_usd_k:
            terms |= dict.fromkeys(self.extra.values(), self.problem.lift.extra_usd_k)
        return terms


def cap_of_pool(problem: Problem, pool: Pool) -> int:
    """Return the most units of one pool that the national caps let into theatre at a time."""
    nation = next(n for n in problem.nations if n.id == pool.nation)
    most = pool.stock
    if nation.units_cap is not None:
        most = min(most, nation.units_cap)
    if nation.troops_cap is not None and pool.troops_per_unit:
        most = min(most, nation.troops_cap // pool.troops_per_unit)
    return most


def by_pool(programme: Programme) -> Mapping[str, Mapping[int, list[tuple[str, int]]]]:
    """Return for each pool and rotation the ``(line, variable)`` pairs of its deployments."""
    table: dict[str, dict[int, list[tuple[str, int]]]] = {}
    for (pool, line, rotation), variable in programme.deploy.items():
        table.setdefault(pool, {}).setdefault(rotation, []).append((line, variable))
    return table

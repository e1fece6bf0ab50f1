"""The integer programme of sourcing: who serves where and when, as variables with names.

Units of one pool are identical, so the model counts them: ``x[pool, line, rotation]``. Rest is
a sliding window over the pool, exact for identical units: over any 1 + dwell rotations in a row
no more deployments than the stock. Nothing is rounded nation by nation, so two nations can hold
one slot in turn.

With ``wraps`` the rotations close into a ring: the plan repeats for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.problem import Pool, Problem

THEATRE = ""
"""The place that is the whole theatre, where a sector's name would stand."""


class Key(NamedTuple):
    """What a variable stands for: its kind, who, where, and the (first) rotation it concerns."""

    kind: str
    who: str
    where: str
    rotation: int


@dataclass(frozen=True, slots=True)
class Programme:
    """The model and what its variables mean.

    The kinds of variable are ``x`` (units of a pool on a line), ``short`` (missing quanta of a
    line; ``quantum`` gives the points of one), ``missing`` (a sector-year without framework
    nation), ``lead`` and ``brings`` (a nation that leads a sector-year and the points it brings
    to it), ``present`` (a nation in a sector, or in the theatre) and ``extra`` (loads of lift
    bought).
    """

    problem: Problem
    model: IntegerModel
    wraps: bool
    explains: bool
    keys: list[Key] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    quantum: dict[Key, int] = field(default_factory=dict)

    def add(self, key: Key, *, upper: int) -> int:
        """Add the variable of a key to the model and return its number."""
        where = [part for part in (key.who, key.where, str(key.rotation)) if part]
        number = self.model.variable(f"{key.kind}[{','.join(where)}]", upper=upper)
        self.keys.append(key)
        self.numbers[key] = number
        return number

    def of_kind(self, kind: str) -> Iterator[tuple[Key, int]]:
        """Yield the variables of one kind with their keys, in the model's order."""
        return ((key, number) for key, number in self.numbers.items() if key.kind == kind)

    def empty_plan(self) -> list[int]:
        """Return the values of the plan that deploys nothing: all short, no framework nation."""
        values = [0] * len(self.keys)
        for kind in ("short", "missing"):
            for _, number in self.of_kind(kind):
                values[number] = self.model.upper[number]
        return values

    def tier_objective(self, tier: int) -> dict[int, int]:
        """Shortfall points of a tier; the first tier carries the missing framework nations."""
        tiers = {line.id: line.tier for line in self.problem.lines}
        short = self.of_kind("short")
        terms = {number: self.quantum[key] for key, number in short if tiers[key.who] == tier}
        rule = self.problem.framework
        if tier == 1 and rule is not None and rule.penalty:
            terms |= {number: rule.penalty for _, number in self.of_kind("missing")}
        return terms

    def cost_objective(self) -> dict[int, int]:
        """Cost in thousand dollars: units, presence in theatre, and extra lift."""
        prices = {pool.id: pool.cost_usd_k for pool in self.problem.pools}
        fees = {n.id: round(n.presence_cost_usd_m * 1000) for n in self.problem.nations}
        load = self.problem.lift.extra_usd_k if self.problem.lift is not None else 0
        terms = {number: prices[key.who] for key, number in self.of_kind("x")}
        terms |= {n: fees[key.who] for key, n in self.of_kind("present") if key.where == THEATRE}
        terms |= {number: load for _, number in self.of_kind("extra")}
        return {number: price for number, price in terms.items() if price}


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
    for key, number in programme.of_kind("x"):
        table.setdefault(key.who, {}).setdefault(key.rotation, []).append((key.where, number))
    return table

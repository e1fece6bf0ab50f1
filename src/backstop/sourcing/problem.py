"""What sourcing is asked: lines of a statement of requirements, national pools, and the rules.

Everything a caller resolves beforehand (caveats to allowed lines, conditions to open pools,
notice to move to a first rotation) arrives resolved, so that this stage knows no scenario.
Counts are integers throughout: a plan can then be checked exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

MOST_ROTATIONS = 120
MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement of requirements, free of nationality.

    Parameters
    ----------
    required
        What the line asks for in each rotation, in effectiveness points; a standard unit is
        worth what its pool's ``effectiveness`` says. Zero in a rotation means not asked for.
    tier
        1 is filled before 2, and so on.
    manoeuvre
        Whether the line counts towards a framework nation's share and the sustainable size.
    """

    id: str
    capability: str
    location: str
    required: tuple[int, ...]
    tier: int = 1
    sector: str | None = None
    manoeuvre: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Identical units of one nation and capability.

    Parameters
    ----------
    units, committed
        What the nation has, and how many of those other commitments take out of the pool
        (their own rotation included); the rest is the stock that may serve here.
    dwell
        Rotations a unit rests after each rotation it serves: 3 is a dwell of 1:3, a pool of
        four for each unit deployed.
    first_rotation
        The first rotation the notice to move allows, counted from 0.
    endurance
        Rotations from the first one for which the nation keeps the offer up; None for ever.
    effectiveness
        Points one unit adds to a line.
    lift_loads
        Strategic lift one unit takes in a rotation, in the same loads as ``Lift``.
    lines
        The lines it may serve, caveats applied.
    barred
        ``(line, caveat)`` pairs: lines of its capability that a caveat closes. They play no
        part in a plan and name the caveat in a reason.
    """

    id: str
    nation: str
    capability: str
    units: int
    lines: tuple[str, ...]
    dwell: int = 3
    committed: int = 0
    first_rotation: int = 0
    endurance: int | None = None
    effectiveness: int = 10
    troops_per_unit: int = 1
    cost_usd_m: float = 0.0
    lift_loads: int = 0
    barred: tuple[tuple[str, str], ...] = ()

    @property
    def stock(self) -> int:
        """Units free to serve here."""
        return max(0, self.units - self.committed)

    def stands_in(self, rotation: int) -> bool:
        """Whether the offer stands in a rotation."""
        kept = self.endurance is None or rotation < self.first_rotation + self.endurance
        return kept and rotation >= self.first_rotation

    def later(self, rotations: int) -> Pool:
        """The same pool for a plan that begins so many rotations later."""
        gone = max(0, rotations - self.first_rotation)
        left = None if self.endurance is None else max(0, self.endurance - gone)
        return replace(self, first_rotation=max(0, self.first_rotation - rotations), endurance=left)

    @property
    def cost_usd_k(self) -> int:
        """Cost of one unit for one rotation in whole thousand dollars."""
        return round(self.cost_usd_m * 1000)


@dataclass(frozen=True, slots=True)
class Nation:
    """A contributor: its economy, its ceilings in theatre at a time, what presence costs.

    ``troops_cap`` and ``units_cap`` limit what is in theatre in any one rotation; None is no
    limit. ``presence_cost_usd_m`` is paid for each rotation with any unit in theatre (the
    national support element).
    """

    id: str
    gdp_usd_bn: float
    troops_cap: int | None = None
    units_cap: int | None = None
    presence_cost_usd_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Two nations that will not serve side by side, in one theatre or in one sector."""

    one: str
    other: str
    scope: Literal["theatre", "sector"] = "sector"


@dataclass(frozen=True, slots=True)
class Framework:
    """Each sector has, each year, one eligible nation with a least share of its manoeuvre.

    A sector-year without one costs ``penalty`` points in the first stage.
    """

    eligible: tuple[str, ...]
    least_share_percent: int = 35
    penalty: int = 20


@dataclass(frozen=True, slots=True)
class Lift:
    """Strategic lift each rotation, and extra lift that can be bought at a price."""

    loads: tuple[int, ...]
    extra_loads: int = 0
    extra_usd_m_per_load: float = 0.0

    @property
    def extra_usd_k(self) -> int:
        """Price of one extra load in whole thousand dollars."""
        return round(self.extra_usd_m_per_load * 1000)


@dataclass(frozen=True, slots=True)
class Coupling:
    """No more than ``per_enabler`` units of the limited capabilities for each enabling unit."""

    id: str
    limited: tuple[str, ...]
    enabler: str
    per_enabler: int


@dataclass(frozen=True, slots=True)
class Problem:
    """All that sourcing needs, in canonical order: sorted by id, whatever order it came in.

    Raises
    ------
    AssertionError
        When a record refers to what is not there, a count is negative or a length is wrong.
        The scenario layer reports a person's mistakes before they come this far.
    """

    lines: tuple[Line, ...]
    pools: tuple[Pool, ...]
    nations: tuple[Nation, ...]
    rotations: int
    rotation_months: int = 6
    incompatible: tuple[Incompatible, ...] = ()
    framework: Framework | None = None
    lift: Lift | None = None
    couplings: tuple[Coupling, ...] = ()

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "lines", tuple(sorted(self.lines, key=lambda line: line.id)))
        pools = (
            replace(p, lines=tuple(sorted(p.lines)), barred=tuple(sorted(p.barred)))
            for p in self.pools
        )
        set_(self, "pools", tuple(sorted(pools, key=lambda pool: pool.id)))
        set_(self, "nations", tuple(sorted(self.nations, key=lambda nation: nation.id)))
        pairs = {
            Incompatible(min(i.one, i.other), max(i.one, i.other), i.scope)
            for i in self.incompatible
        }
        ordered = sorted(pairs, key=lambda i: (i.one, i.other, i.scope))
        set_(self, "incompatible", tuple(ordered))
        if self.framework is not None:
            eligible = tuple(sorted(set(self.framework.eligible)))
            set_(self, "framework", replace(self.framework, eligible=eligible))
        couplings = (replace(c, limited=tuple(sorted(c.limited))) for c in self.couplings)
        set_(self, "couplings", tuple(sorted(couplings, key=lambda c: c.id)))
        _check(self)

    @property
    def rotations_per_year(self) -> int:
        """Whole rotations in a year, at least one."""
        return max(1, 12 // self.rotation_months)

    @property
    def years(self) -> tuple[tuple[int, ...], ...]:
        """The rotations of each year; the last year may be short."""
        step = self.rotations_per_year
        starts = range(0, self.rotations, step)
        return tuple(tuple(range(s, min(s + step, self.rotations))) for s in starts)

    @property
    def tiers(self) -> tuple[int, ...]:
        """The tiers in use, the first always among them."""
        return tuple(sorted({1, *(line.tier for line in self.lines)}))

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors that any line names."""
        return tuple(sorted({line.sector for line in self.lines if line.sector is not None}))

    @property
    def required(self) -> int:
        """Points asked for over all lines and rotations."""
        return sum(sum(line.required) for line in self.lines)

    @property
    def turn(self) -> int:
        """Rotations of one turn of the longest dwell rule, in whole years."""
        year = self.rotations_per_year
        longest = 1 + max((pool.dwell for pool in self.pools), default=0)
        return -(-longest // year) * year

    def between(self, start: int, stop: int) -> Problem:
        """Return the problem of the rotations from ``start`` up to ``stop``, taken alone."""
        lift = self.lift
        if lift is not None:
            lift = replace(lift, loads=lift.loads[start:stop])
        lines = (replace(line, required=line.required[start:stop]) for line in self.lines)
        pools = (pool.later(start) for pool in self.pools)
        return replace(
            self, rotations=stop - start, lift=lift, lines=tuple(lines), pools=tuple(pools)
        )

    def without(self, nation: str) -> Problem:
        """Return the same problem with no pool of ``nation``."""
        return replace(self, pools=tuple(p for p in self.pools if p.nation != nation))


def _check(problem: Problem) -> None:
    assert 1 <= problem.rotations <= MOST_ROTATIONS, "rotations out of range"
    assert problem.rotation_months >= 1, "a rotation lasts at least a month"
    for name, ids in (
        ("line", [line.id for line in problem.lines]),
        ("pool", [pool.id for pool in problem.pools]),
        ("nation", [nation.id for nation in problem.nations]),
        ("coupling", [coupling.id for coupling in problem.couplings]),
    ):
        assert len(ids) == len(set(ids)), f"two of one {name} id"
    for line in problem.lines:
        assert len(line.required) == problem.rotations, f"{line.id}: one number a rotation"
        assert all(isinstance(r, int) and r >= 0 for r in line.required), f"{line.id}: required"
        assert line.tier >= 1, f"{line.id}: tiers count from 1"
    _check_pools(problem)
    _check_rules(problem)


def _check_pools(problem: Problem) -> None:
    lines = {line.id: line for line in problem.lines}
    nations = {nation.id for nation in problem.nations}
    for pool in problem.pools:
        assert pool.nation in nations, f"{pool.id}: unknown nation {pool.nation}"
        lasting = pool.endurance or 0
        for count in (pool.units, pool.committed, pool.dwell, pool.first_rotation, lasting):
            assert isinstance(count, int), f"{pool.id}: {count} is no count"
            assert 0 <= count <= MOST_UNITS, f"{pool.id}: {count} out of range"
        assert pool.effectiveness >= 1, f"{pool.id}: effectiveness"
        assert pool.troops_per_unit >= 0, f"{pool.id}: troops"
        assert 0 <= pool.cost_usd_m < math.inf, f"{pool.id}: cost"
        assert pool.lift_loads >= 0, f"{pool.id}: lift"
        closed = [line for line, _ in pool.barred]
        assert len(set(pool.lines)) == len(pool.lines), f"{pool.id}: a line twice"
        assert not set(closed) & set(pool.lines), f"{pool.id}: a line both open and barred"
        for line in (*pool.lines, *closed):
            assert line in lines, f"{pool.id}: unknown line {line}"
            assert lines[line].capability == pool.capability, f"{pool.id}: {line} asks for another"


def _check_rules(problem: Problem) -> None:
    nations = {nation.id for nation in problem.nations}
    capabilities = {line.capability for line in problem.lines}
    for nation in problem.nations:
        assert 0 <= nation.gdp_usd_bn < math.inf, f"{nation.id}: gdp"
        assert min(nation.troops_cap or 0, nation.units_cap or 0) >= 0, f"{nation.id}: cap"
        assert nation.presence_cost_usd_m >= 0, f"{nation.id}: presence cost"
    for pair in problem.incompatible:
        assert {pair.one, pair.other} <= nations, "incompatible pair: unknown nation"
        assert pair.one != pair.other, "incompatible pair: one nation twice"
    if problem.framework is not None:
        assert set(problem.framework.eligible) <= nations, "framework nation not there"
        assert 0 < problem.framework.least_share_percent <= 100, "framework share"
        assert problem.framework.penalty >= 0, "framework penalty"
    if problem.lift is not None:
        assert len(problem.lift.loads) == problem.rotations, "lift: one number a rotation"
        assert min(*problem.lift.loads, problem.lift.extra_loads) >= 0, "lift"
        assert problem.lift.extra_usd_m_per_load >= 0, "lift price"
    for coupling in problem.couplings:
        assert coupling.per_enabler >= 0, f"{coupling.id}: ratio"
        assert coupling.enabler in capabilities, f"{coupling.id}: no line asks for its enabler"
        assert coupling.enabler not in coupling.limited, f"{coupling.id}: limits itself"

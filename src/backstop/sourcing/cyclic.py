"""What can be sustained for ever: the rotations close into a ring.

A plan of one period, 1 + dwell rotations long, that fits its own repetition can be kept up
without end. The ring answers what twelve rotations answer, in a fraction of the work, and the
duals of its relaxation name the bottleneck.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, minimise, relax
from backstop.sourcing.horizon import build
from backstop.sourcing.plan import Plan, values_of
from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import Staged, fill

LONGEST_RING = 24
SIZE_NODES = 50
SIZE_GAP = 0.005


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A pool or rule that holds the steady state down.

    ``relief`` is the shortfall in points over one period that one more unit, or one step of the
    rule, would take away at the margin (the dual of the relaxation).
    """

    rule: str
    who: str
    capability: str
    relief: float


@dataclass(frozen=True, slots=True)
class Steady:
    """The plan that repeats for ever, stage by stage, and what limits it, worst first."""

    staged: Staged
    bottlenecks: tuple[Bottleneck, ...]

    @property
    def coverage(self) -> float:
        """Share of the required points that can be filled for ever."""
        programme = self.staged.programme
        required = programme.problem.required
        short = sum(
            programme.quantum[key] * self.staged.values[n] for key, n in programme.of_kind("short")
        )
        return 1.0 - short / required if required else 1.0


@dataclass(frozen=True, slots=True)
class Size:
    """Troops on manoeuvre lines that a plan keeps in theatre, and the most any plan could."""

    troops: int
    bound: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """The largest force for ever, for two years, and for a single rotation."""

    steady_state: Size
    two_years: Size
    surge: Size


def ring(problem: Problem, *, lasting: int | None = None) -> Problem:
    """Return one period of the steady state: every unit ready, the demand at its highest.

    Offers that end have no part in what is kept up for ever; with ``lasting`` those have that
    stand for so many rotations.

    The period is the least common multiple of each pool's 1 + dwell and of a year, so that
    every pool's rest fits it exactly; when that grows past ``LONGEST_RING`` it is the longest
    rest alone, a plan that holds but may not be the best. Lift is what the last rotation has.
    """
    period = math.lcm(problem.rotations_per_year, *(1 + pool.dwell for pool in problem.pools))
    if period > LONGEST_RING:
        period = problem.turn
    lift = problem.lift
    if lift is not None:
        lift = replace(lift, loads=(lift.loads[-1],) * period)
    lines = (replace(line, required=(max(line.required),) * period) for line in problem.lines)
    pools = (
        replace(pool, first_rotation=0, endurance=None)
        for pool in problem.pools
        if pool.endurance is None or (lasting is not None and pool.endurance >= lasting)
    )
    return replace(problem, rotations=period, lift=lift, lines=tuple(lines), pools=tuple(pools))


def sustain(problem: Problem, *, effort: Effort | None = None, near: Plan | None = None) -> Steady:
    """Find the least shortfall that can be kept up for ever, and its bottlenecks.

    ``near`` is a plan of the whole horizon; where its last turn can be repeated the search
    begins there, and mostly has only to prove it.
    """
    programme = build(ring(problem), wraps=True)
    start = None if near is None else _last_turn(programme, near)
    return Steady(fill(programme, effort=effort or Effort(), start=start), bottlenecks(programme))


def _last_turn(programme: Programme, near: Plan) -> list[int] | None:
    period = programme.problem.rotations
    first = near.rotations - period
    turn = tuple(
        replace(d, rotation=d.rotation - first) for d in near.deployments if d.rotation >= first
    )
    values = completed(programme, values=values_of(programme, plan=Plan(turn, period)))
    return None if first < 0 or violations(programme.model, values=values) else values


def bottlenecks(programme: Programme) -> tuple[Bottleneck, ...]:
    """Read the duals of the relaxation of the first tier that is short at all."""
    problem = programme.problem
    for tier in problem.tiers:
        relaxed = relax(programme.model, objective=programme.tier_objective(tier))
        if relaxed.objective > 1e-6:
            break
    capability = {pool.id: pool.capability for pool in problem.pools}
    relief: dict[tuple[str, str, str], float] = {}
    for row, dual in zip(programme.model.rows, relaxed.duals, strict=True):
        rule, _, who = row.group.partition(":")
        if rule in ("line", "presence", "stage") or abs(dual) < 1e-6:
            continue
        pool = row.name.partition("[")[2].split(",")[0] if rule == "dwell" else ""
        key = (rule, who, capability.get(pool, ""))
        relief[key] = relief.get(key, 0.0) + abs(float(dual))
    found = (Bottleneck(*key, value) for key, value in relief.items())
    return tuple(sorted(found, key=lambda b: (-round(b.relief, 6), b.rule, b.who, b.capability)))


def size(problem: Problem) -> Sizes:
    """Find the largest force on manoeuvre lines, whatever the lines ask for.

    The lines' demand and the framework rule are left out; dwell, caps, caveats, incompatible
    nations, lift and couplings hold, and every unit counts as ready. Where no line is marked
    as manoeuvre, all lines count. Offers that end count where they last as long. Two years are
    four half-year rotations: with a dwell of 1:3 that is one whole period, hence the same size as
    for ever where no offer ends.
    """
    open_ended = _unlimited(problem)
    two_years = min(2 * problem.rotations_per_year, ring(problem).rotations)
    return Sizes(
        _largest(build(ring(open_ended), wraps=True)),
        _largest(build(_ready(open_ended, two_years))),
        _largest(build(_ready(open_ended, 1))),
    )


def _unlimited(problem: Problem) -> Problem:
    held: dict[str, int] = {}
    for pool in problem.pools:
        for line in pool.lines:
            held[line] = held.get(line, 0) + pool.stock * pool.effectiveness
    lines = (
        replace(line, required=(held.get(line.id, 0),) * problem.rotations)
        for line in problem.lines
    )
    return replace(problem, lines=tuple(lines), framework=None)


def _ready(problem: Problem, rotations: int) -> Problem:
    """Return a horizon of some rotations of the steady state that need not repeat."""
    period = ring(problem, lasting=rotations)
    assert rotations <= period.rotations
    return period.between(0, rotations)


def _largest(programme: Programme) -> Size:
    """Raise the level of troops that every rotation reaches as far as it goes."""
    problem, model = programme.problem, programme.model
    pools = {pool.id: pool for pool in problem.pools}
    counted = {line.id for line in problem.lines if line.manoeuvre}
    counted = counted or {line.id for line in problem.lines}
    step = math.gcd(*(p.troops_per_unit for p in problem.pools if counted & set(p.lines))) or 1
    there: dict[int, list[tuple[int, int]]] = {t: [] for t in range(problem.rotations)}
    for key, number in programme.of_kind("x"):
        if key.where in counted:
            there[key.rotation].append((number, pools[key.who].troops_per_unit // step))
    most = min(sum(w * model.upper[v] for v, w in terms) for terms in there.values())
    level = model.variable("level", upper=most)
    for rotation, terms in there.items():
        name = f"level[{rotation}]"
        model.row(name, group="level", terms=[*terms, (level, -1)], lower=0)
    limits = Limits(SIZE_NODES, SIZE_GAP)
    start = [*programme.empty_plan(), 0]
    answer = minimise(model, objective={level: -1}, start=start, limits=limits)
    assert answer.objective is not None
    bound = -answer.bound if answer.bound is not None else most
    return Size(-answer.objective * step, min(bound, most) * step)

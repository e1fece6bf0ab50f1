"""The next most valuable pledge: what the duals suggest, confirmed by solving again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstop.sourcing.completion import completed
from backstop.sourcing.cyclic import ring
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, minimise, relax
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import value_of
from backstop.sourcing.plan import plan_of, values_of
from backstop.sourcing.problem import Nation, Pool, Problem
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import Staged

ANYONE = "any nation"


@dataclass(frozen=True, slots=True)
class Pledge:
    """Units that one more pledge would bring, and what they are worth.

    ``promised`` is the relaxation's estimate and ``relief`` the confirmed fall of the
    first-tier shortfall, both in points over one period of the steady state; ``proven`` says
    whether both solves were optimal. ``nation`` is ``any nation`` for a pool without caveats
    that nobody holds yet.
    """

    nation: str
    capability: str
    units: int
    promised: float
    relief: int
    proven: bool


def next_pledges(
    problem: Problem, *, steady: Staged, candidates: int = 4, effort: Effort | None = None
) -> tuple[Pledge, ...]:
    """Rank more units of each pool, and of each capability, by dual value; confirm the first.

    A pledge is as many units as keep one deployed for ever: 1 + dwell.

    Parameters
    ----------
    steady
        The steady state of ``problem`` as solved by ``sustain``.
    candidates
        How many are solved again.

    Returns
    -------
    The confirmed pledges that help, best first.
    """
    effort = effort or Effort()
    period = ring(problem)
    objective = steady.programme.tier_objective(1)
    if not value_of(objective, steady.values):
        return ()
    offers = sorted(_offers(steady.programme, period), key=lambda o: (-round(o[0], 6), o[1].id))
    found = []
    for promised, pool in offers[:candidates]:
        if promised <= 1e-6:
            break
        found.append(_confirmed(period, steady, promised, pool, effort))
    helpful = (pledge for pledge in found if pledge.relief > 0)
    return tuple(sorted(helpful, key=lambda p: (-p.relief, p.nation, p.capability)))


def _offers(programme: Programme, period: Problem) -> Iterator[tuple[float, Pool]]:
    """Yield pledges with their worth to the relaxation: held pools, and new ones of anyone."""
    relaxed = relax(programme.model, objective=programme.tier_objective(1))
    per_unit: dict[str, float] = {}
    best: dict[str, float] = {}
    capability = {line.id: line.capability for line in period.lines}
    short = {f"{k.who},{k.rotation}": programme.quantum[k] for k, _ in programme.of_kind("short")}
    for row, dual in zip(programme.model.rows, relaxed.duals.tolist(), strict=True):
        place = row.name.partition("[")[2].removesuffix("]")
        if row.name.startswith("dwell["):
            pool = place.split(",")[0]
            per_unit[pool] = per_unit.get(pool, 0.0) + abs(dual)
        elif row.name.startswith("cover["):
            # A row was divided by its quantum: the dual is for that many points.
            name = capability[place.rpartition(",")[0]]
            best[name] = max(best.get(name, 0.0), abs(dual) / short[place])
    for pool_ in period.pools:
        units = 1 + pool_.dwell
        more = replace(pool_, units=pool_.units + units)
        yield units * per_unit.get(pool_.id, 0.0), more
    for name, value in sorted(best.items()):
        new = _new_pool(period, name)
        yield value * new.units * new.effectiveness, new


def _new_pool(period: Problem, capability: str) -> Pool:
    """Return a typical pool of a capability, open to every line and held by nobody yet."""
    held = [pool for pool in period.pools if pool.capability == capability]
    held = held or [Pool("", "", capability, 0, (), dwell=period.turn - 1, effectiveness=1)]
    typical = sorted(held, key=lambda pool: (pool.effectiveness, pool.id))[len(held) // 2]
    lines = tuple(line.id for line in period.lines if line.capability == capability)
    return replace(
        typical,
        id=f"{ANYONE}.{capability}",
        nation=ANYONE,
        units=1 + typical.dwell,
        committed=0,
        lines=lines,
        barred=(),
    )


def _confirmed(
    period: Problem, steady: Staged, promised: float, pool: Pool, effort: Effort
) -> Pledge:
    pools = (*(p for p in period.pools if p.id != pool.id), pool)
    nations = period.nations
    if pool.nation == ANYONE:
        nations = (*nations, Nation(ANYONE, 0.0))
    programme = build(replace(period, pools=pools, nations=nations), wraps=True)
    plan = plan_of(steady.programme, values=steady.values)
    start = completed(programme, values=values_of(programme, plan=plan))
    if violations(programme.model, values=start):
        start = programme.empty_plan()
    objective = programme.tier_objective(1)
    limits = Limits(effort.proof_nodes)
    answer = minimise(programme.model, objective=objective, start=start, limits=limits)
    assert answer.objective is not None
    return Pledge(
        nation=pool.nation,
        capability=pool.capability,
        units=1 + pool.dwell,
        promised=promised,
        relief=steady.proofs[0].objective - answer.objective,
        proven=steady.proofs[0].optimal and answer.status == "optimal",
    )

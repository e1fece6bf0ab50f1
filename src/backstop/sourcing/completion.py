"""What follows from who deploys where: shortfalls, presence, framework nations, extra lift."""

from __future__ import annotations

from collections.abc import Sequence

from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import THEATRE, Programme


def completed(programme: Programme, *, values: Sequence[int]) -> list[int]:
    """Return values whose ``x`` are as given and whose other variables follow from them.

    The result breaks a row only when the deployments themselves break a rule.
    """
    problem = programme.problem
    done = [0] * len(programme.model.names)
    points: dict[tuple[str, int], int] = {}
    loads = [0] * problem.rotations
    pools = {pool.id: pool for pool in problem.pools}
    there: set[tuple[str, str, int]] = set()
    sectors = {line.id: line.sector for line in problem.lines}
    for key, number in programme.of_kind("x"):
        done[number] = count = values[number]
        if count:
            pool = pools[key.who]
            place = (key.where, key.rotation)
            points[place] = points.get(place, 0) + count * pool.effectiveness
            loads[key.rotation] += count * pool.lift_loads
            there.add((pool.nation, THEATRE, key.rotation))
            there.add((pool.nation, sectors[key.where] or THEATRE, key.rotation))
    required = {line.id: line.required for line in problem.lines}
    for key, number in programme.of_kind("short"):
        gap = required[key.who][key.rotation] - points.get((key.who, key.rotation), 0)
        done[number] = max(0, -(-gap // programme.quantum[key]))
    for key, number in programme.of_kind("present"):
        done[number] = int((key.who, key.where, key.rotation) in there)
    for key, number in programme.of_kind("extra"):
        assert problem.lift is not None
        done[number] = max(0, loads[key.rotation] - problem.lift.loads[key.rotation])
    _frameworks(programme, done)
    return done


def _frameworks(programme: Programme, done: list[int]) -> None:
    """Name the leader of each sector-year: who brings most, if that is share enough."""
    problem = programme.problem
    for key, missing in programme.of_kind("missing"):
        assert problem.framework is not None
        year = next(y for y in problem.years if y[0] == key.rotation)
        brought = _brought(programme, done, key.where, year)
        total = sum(brought.values())
        leaders = {
            lead.who: number
            for lead, number in programme.of_kind("lead")
            if (lead.where, lead.rotation) == (key.where, key.rotation)
        }
        best = max(sorted(leaders), key=lambda n: brought.get(n, 0), default=None)
        own = brought.get(best, 0) if best is not None else 0
        if best is None or not own or 100 * own < problem.framework.least_share_percent * total:
            done[missing] = 1
            continue
        done[leaders[best]] = 1
        brings = next(
            number
            for k, number in programme.of_kind("brings")
            if (k.who, k.where, k.rotation) == (best, key.where, key.rotation)
        )
        done[brings] = min(own, programme.model.upper[brings])


def _brought(
    programme: Programme, done: list[int], sector: str, year: tuple[int, ...]
) -> dict[str, int]:
    problem: Problem = programme.problem
    pools = {pool.id: pool for pool in problem.pools}
    lines = {line.id for line in problem.lines if line.sector == sector and line.manoeuvre}
    brought: dict[str, int] = {}
    for key, number in programme.of_kind("x"):
        if key.where in lines and key.rotation in year:
            pool = pools[key.who]
            points = done[number] * pool.effectiveness
            brought[pool.nation] = brought.get(pool.nation, 0) + points
    return brought

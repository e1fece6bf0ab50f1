"""Builds the horizon model, and with its ends joined the ring that can repeat for ever."""

from __future__ import annotations

from backstop.sourcing import rows
from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.problem import Line, Pool, Problem
from backstop.sourcing.programme import Key, Programme, cap_of_pool


def build(problem: Problem, *, wraps: bool = False, explains: bool = False) -> Programme:
    """Build the model of a problem.

    Parameters
    ----------
    wraps
        Close the rotations into a ring.
    explains
        Keep the lines that caveats bar, closed by rows of their own, and state the stock apart
        from the dwell rule and caps, so that each rule can be lifted and its effect seen.
    """
    programme = Programme(problem, IntegerModel(), wraps, explains)
    _deployments(programme)
    rows.cover(programme)
    rows.dwell(programme)
    rows.presence(programme)
    rows.caps(programme)
    rows.incompatible(programme)
    rows.framework(programme)
    rows.lift(programme)
    rows.couplings(programme)
    if explains:
        rows.stock(programme)
        rows.caveats(programme)
    return programme


def _deployments(programme: Programme) -> None:
    problem = programme.problem
    lines = {line.id: line for line in problem.lines}
    for pool in problem.pools:
        closed = tuple(line for line, _ in pool.barred) if programme.explains else ()
        for name in sorted((*pool.lines, *closed)):
            for rotation in range(problem.rotations):
                most = _most(programme, pool, lines[name], rotation)
                if most > 0 and pool.stands_in(rotation):
                    programme.add(Key("x", pool.id, name, rotation), upper=most)


def _most(programme: Programme, pool: Pool, line: Line, rotation: int) -> int:
    """Return the most units of a pool that a line can use: never more than it asks for."""
    wanted = -(-line.required[rotation] // pool.effectiveness)
    most = min(pool.stock, wanted)
    return most if programme.explains else min(most, cap_of_pool(programme.problem, pool))

"""Fix and optimise: free a part of a turn, hold the rest, begin from what there is.

The parts are the lines that are not manoeuvre and those that are, half the rotations, and two
sectors at a time. Parts that cut across nations and rotations get out of corners that a run of
rotations does not, and a search of the whole turn at once may not find a plan at all.

Source: Helber and Sahling (2010), "A fix-and-optimize approach for the multi-level capacitated
lot sizing problem", International Journal of Production Economics 123, 247-256.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.programme import Programme

PARTS = 4
"""A turn is searched by pairs of this many runs of rotations."""


def searched(
    model: IntegerModel,
    *,
    objective: Mapping[int, int],
    values: Sequence[int],
    parts: Sequence[Collection[int]],
    rounds: int,
    limits: Limits,
    goal: int | None = None,
) -> list[int]:
    """Free one part after the other, round after round while it helps.

    Parameters
    ----------
    parts
        The variables that are free in each solve.
    limits
        Where each solve ends; at the root of its tree most is gained.
    goal
        A value that no plan is below: a plan that has it is returned at once.
    """
    best = list(values)
    for _ in range(rounds):
        before = value_of(objective, best)
        for free in parts:
            if value_of(objective, best) == goal:
                return best
            held = {n: value for n, value in enumerate(best) if n not in free}
            answer = minimise(model, objective=objective, start=best, fixed=held, limits=limits)
            best = list(answer.values)
        if value_of(objective, best) == before:
            break
    return best


def parts_of(programme: Programme, span: range) -> Iterator[frozenset[int]]:
    """Yield the variables to free: by kind of line, by rotations, by sectors."""
    problem = programme.problem
    lines = frozenset(line.id for line in problem.lines)
    manoeuvre = frozenset(line.id for line in problem.lines if line.manoeuvre)
    if manoeuvre and manoeuvre != lines:
        yield _free(programme, span, lines - manoeuvre)
        yield _free(programme, span, manoeuvre)
    size = -(-len(span) // PARTS)
    runs = [span[start : start + size] for start in range(0, len(span), size)]
    for pair in combinations(runs, min(2, len(runs))):
        yield _free(programme, frozenset(t for run in pair for t in run), lines)
    for sectors in combinations(problem.sectors, min(2, len(problem.sectors))):
        chosen = frozenset(line.id for line in problem.lines if line.sector in sectors)
        if chosen and chosen != lines:
            yield _free(programme, span, chosen)


def _free(
    programme: Programme, rotations: Collection[int], lines: frozenset[str]
) -> frozenset[int]:
    """Return the variables of some lines in some rotations, and what follows from them."""
    problem = programme.problem
    years = {year[0] for year in problem.years if set(year) & set(rotations)}
    led = {line.sector for line in problem.lines if line.manoeuvre and line.id in lines}
    free = set()
    for number, key in enumerate(programme.keys):
        if key.kind in ("lead", "brings", "missing"):
            chosen = key.rotation in years and key.where in led
        elif key.kind in ("x", "short"):
            line = key.where if key.kind == "x" else key.who
            chosen = key.rotation in rotations and line in lines
        else:
            chosen = key.rotation in rotations
        if chosen:
            free.add(number)
    return frozenset(free)

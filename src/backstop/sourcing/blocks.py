"""Blocks of rotations: a plan built turn by turn, and a bound from each turn taken alone.

Only the dwell rule ties one rotation to the next. Cut the horizon into turns (1 + dwell
rotations, whole years) and forget the windows that cross a cut: what is left falls apart into
small problems, and the sum of their least shortfalls is a proven bound for the whole. Repeating
one turn's plan breaks no window, so the bound is often reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.parts import parts_of, searched
from backstop.sourcing.programme import Key, Programme

TRIED = 600
"""Nodes of the search for a later tier before it is lessened part by part."""
PASSES = 2
"""How often a tier's search goes over all parts of a turn, as long as that helps."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A feasible plan, and for each tier a proven bound (None where the blocks prove nothing)."""

    values: tuple[int, ...]
    bounds: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class _Solved:
    """One block taken alone: its plan, and objective and bound tier by tier."""

    plan: Mapping[Key, int]
    objectives: tuple[int, ...]
    bounds: tuple[int, ...]


def roll(programme: Programme, *, nodes: int, start: Sequence[int] | None = None) -> Blocks:
    """Plan turn after turn, least shortfall of each tier first, and bound every tier.

    ``start`` is a feasible plan to do no worse than, in the first tier where they differ.
    """
    cuts = spans(programme)
    alone = _alone(programme, cuts, nodes)
    values = programme.empty_plan()
    for span, solved in zip(cuts, alone, strict=True):
        values = _fit(programme, values, span, solved, nodes)
    if start is not None and _worths(programme, start) < _worths(programme, values):
        values = list(start)
    bounds: dict[int, int | None] = {}
    exact = True
    for number, tier in enumerate(programme.problem.tiers):
        total = sum(solved.bounds[number] for solved in alone)
        bounds[tier] = total if exact else None
        # A later tier was bounded with the earlier ones at their least in each block, which a
        # plan of the whole may leave only where their sum is what the whole plan reaches.
        exact = exact and total == value_of(programme.tier_objective(tier), values)
        exact = exact and all(s.objectives[number] == s.bounds[number] for s in alone)
    return Blocks(tuple(values), bounds)


def spans(programme: Programme) -> list[range]:
    """Cut the horizon into turns; the last may be short."""
    turn, rotations = programme.problem.turn, programme.problem.rotations
    return [range(s, min(s + turn, rotations)) for s in range(0, rotations, turn)]


def _worths(programme: Programme, values: Sequence[int]) -> list[int]:
    tiers = programme.problem.tiers
    return [value_of(programme.tier_objective(tier), values) for tier in tiers]


def _alone(programme: Programme, cuts: list[range], nodes: int) -> list[_Solved]:
    """Solve each block by itself; one that equals an earlier block is not solved again."""
    known: list[tuple[Programme, _Solved]] = []
    result = []
    for span in cuts:
        block = build(programme.problem.between(span.start, span.stop))
        same = next((solved for other, solved in known if alike(block, other)), None)
        if same is None:
            previous = known[-1][1].plan if known else None
            same = _solve(block, previous, nodes)
            known.append((block, same))
        result.append(same)
    return result


def alike(one: Programme, other: Programme) -> bool:
    """Whether two programmes are the same model."""
    return (
        one.keys == other.keys
        and one.model.upper == other.model.upper
        and one.model.rows == other.model.rows
        and one.quantum == other.quantum
    )


def _solve(block: Programme, previous: Mapping[Key, int] | None, nodes: int) -> _Solved:
    values = block.empty_plan()
    if previous is not None:
        repeated = _moved(block, block.empty_plan(), previous, 0)
        if not violations(block.model, values=repeated):
            values = repeated
    values, bounds = lexicographic(block, block.model, values, nodes=nodes)
    plan = dict(zip(block.keys, values, strict=True))
    return _Solved(plan, tuple(_worths(block, values)), bounds)


def lexicographic(
    programme: Programme,
    model: IntegerModel,
    values: list[int],
    *,
    tiers: Sequence[int] | None = None,
    span: range | None = None,
    nodes: int,
) -> tuple[list[int], tuple[int, ...]]:
    """Lessen each tier's shortfall in turn without giving up an earlier tier's.

    With a ``span`` all other rotations are held. What one tier's search leaves of the next is
    arbitrary, often all of it, and the bound is mostly there long before a plan that reaches it: a
    later tier that a short search does not prove is lessened part by part.
    """
    fixed = {} if span is None else _held(programme, values, span)
    staged, bounds = model.copy(), []
    for tier in programme.problem.tiers if tiers is None else tiers:
        objective = programme.tier_objective(tier)
        bound = 0
        if value_of(objective, values) > 0:
            later = tier != programme.problem.tiers[0]
            for most in (min(nodes, TRIED), nodes) if later else (nodes,):
                answer = minimise(
                    staged, objective=objective, start=values, fixed=fixed, limits=Limits(most)
                )
                values, bound = list(answer.values), max(bound, answer.bound or 0)
                if later and value_of(objective, values) > bound:
                    values = lessened(
                        programme, staged, objective=objective, values=values, goal=bound, span=span
                    )
                if value_of(objective, values) == bound or most == nodes:
                    break
        keep(staged, objective, value_of(objective, values), name=f"tier-{tier}")
        bounds.append(bound)
    return values, tuple(bounds)


def lessened(
    programme: Programme,
    staged: IntegerModel,
    *,
    objective: Mapping[int, int],
    values: Sequence[int],
    goal: int,
    span: range | None = None,
) -> list[int]:
    """Lessen an objective part by part down to a goal; nothing outside the span is freed."""
    whole = range(programme.problem.rotations)
    outside = frozenset(_held(programme, values, whole if span is None else span))
    return searched(
        staged,
        objective=objective,
        values=values,
        parts=[part - outside for part in parts_of(programme, whole if span is None else span)],
        rounds=PASSES,
        limits=Limits(1, near=True),
        goal=goal,
    )


def mend(
    programme: Programme, model: IntegerModel, values: list[int], tiers: Sequence[int]
) -> list[int]:
    """Lessen some tiers of a plan turn after turn, with all other turns held.

    Each solve ends at the root of its tree: this is for a good plan to begin from, not a proof.
    """
    for span in spans(programme) if tiers else ():
        values, _ = lexicographic(programme, model, values, tiers=tiers, span=span, nodes=1)
    return values


def _held(programme: Programme, values: Sequence[int], span: range) -> dict[int, int]:
    """The variables outside a span, at their values."""
    return {n: values[n] for n, key in enumerate(programme.keys) if key.rotation not in span}


def keep(model: IntegerModel, objective: Mapping[int, int], value: int, *, name: str) -> None:
    """Add the row that later stages may not worsen this objective."""
    if objective:
        model.row(f"keep[{name}]", group="stage", terms=objective.items(), upper=value)


def _fit(
    programme: Programme, values: list[int], span: range, solved: _Solved, nodes: int
) -> list[int]:
    """Give a block its plan: its own if that fits what went before, else the best that does."""
    least = [
        a + b
        for a, b in zip(
            _worths(
                programme, _moved(programme, values, dict.fromkeys(solved.plan, 0), span.start)
            ),
            solved.objectives,
            strict=True,
        )
    ]
    best = values
    for candidate in _candidates(programme, values, span, solved):
        if violations(programme.model, values=candidate):
            continue
        if _worths(programme, candidate) < _worths(programme, best):
            best = candidate
    if _worths(programme, best) <= least:
        return best
    return lexicographic(programme, programme.model, best, span=span, nodes=nodes)[0]


def _candidates(
    programme: Programme, values: list[int], span: range, solved: _Solved
) -> list[list[int]]:
    """Return the block's own plan, and the plan of the block before it once more."""
    own = _moved(programme, values, solved.plan, span.start)
    back = programme.problem.turn
    if span.start < back:
        return [own]
    previous = {
        key._replace(rotation=key.rotation - span.start + back): values[number]
        for number, key in enumerate(programme.keys)
        if span.start - back <= key.rotation < span.start
    }
    return [own, _moved(programme, values, previous, span.start)]


def _moved(
    programme: Programme, values: Sequence[int], plan: Mapping[Key, int], by: int
) -> list[int]:
    """Return ``values`` with a block's plan written over it, ``by`` rotations later."""
    moved = list(values)
    for key, value in plan.items():
        number = programme.numbers.get(key._replace(rotation=key.rotation + by))
        if number is not None:
            moved[number] = value
    return moved

"""Cost, turn by turn: a cheap turn that is repeated, and a bound from each turn taken alone.

A turn is 1 + dwell rotations in whole years. A plan of one turn may be repeated for ever, so it
is worth a thorough search, part by part.
"""

from __future__ import annotations

from collections.abc import Sequence

from backstop.sourcing.blocks import spans
from backstop.sourcing.bound import bound_of_cost, kept, moved
from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.parts import parts_of, searched
from backstop.sourcing.polish import GOOD_GAP
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged

PASSES = 3
"""How often one round of effort goes over all parts, as long as that helps; a search that stays
near the plan is quick enough for it."""


def cheaper(staged: Staged, *, effort: Effort) -> tuple[tuple[int, ...], Proof]:
    """Lessen the cost of a plan without giving up any of what it fills.

    Returns
    -------
    The values and the proof of the stage: cost in thousand dollars and a proven bound.
    """
    values = list(staged.values)
    for span in spans(staged.programme):
        values = _searched(staged, values, span, PASSES * effort.cost_rounds)
    bound = bound_of_cost(staged, values)
    return tuple(values), Proof("cost", _cost(staged.programme, values), bound)


def _searched(staged: Staged, values: list[int], span: range, rounds: int) -> list[int]:
    """Search one turn: as the last there is, then repeated to the end, if such a plan holds.

    Else, or when that is no cheaper, with all that comes before and after it held.
    """
    programme = staged.programme
    if span.stop < programme.problem.rotations:
        repeated = _repeated(staged, values, programme, values, span)
        if repeated is not None:
            short = build(programme.problem.between(0, span.stop))
            first = moved(short, programme, repeated, 0)
            found = _search(short, kept(short, first), first, span, rounds)
            whole = _repeated(staged, repeated, short, found, span)
            if whole is not None and _cost(programme, whole) < _cost(programme, values):
                return whole
    return _search(programme, staged.model, values, span, rounds)


def _search(
    programme: Programme, model: IntegerModel, values: list[int], span: range, rounds: int
) -> list[int]:
    """Free one part of a turn after the other, for a lower cost."""
    return searched(
        model,
        objective=programme.cost_objective(),
        values=values,
        parts=list(parts_of(programme, span)),
        rounds=rounds,
        limits=Limits(1, GOOD_GAP, near=True),
    )


def _repeated(
    staged: Staged, values: Sequence[int], source: Programme, found: Sequence[int], span: range
) -> list[int] | None:
    """Return a plan that is ``found`` up to the end of a turn, and then that turn repeated.

    None when such a plan breaks a rule or is shorter of anything than ``values``.
    """
    programme = staged.programme
    written = list(values)
    for key, number in programme.of_kind("x"):
        behind = max(0, key.rotation - span.start) // len(span) * len(span)
        other = source.numbers.get(key._replace(rotation=key.rotation - behind))
        written[number] = found[other] if other is not None else 0
    written = completed(programme, values=written)
    goal = _worths(programme, staged.values)
    worse = any(a > b for a, b in zip(_worths(programme, written), goal, strict=True))
    return None if worse or violations(programme.model, values=written) else written


def _worths(programme: Programme, values: Sequence[int]) -> list[int]:
    return [value_of(programme.tier_objective(tier), values) for tier in programme.problem.tiers]


def _cost(programme: Programme, values: Sequence[int]) -> int:
    return value_of(programme.cost_objective(), values)

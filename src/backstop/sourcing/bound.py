"""A bound of the cost: each turn taken alone, with the rest between turns priced.

Only the dwell windows that cross a cut tie one turn to the next. Forget them, and the least costs
of the turns add up to a bound; charge for breaking them instead, and the bound can only grow.
With a price ``w`` on each window ``sum of x <= stock`` every plan that keeps to the windows costs::

    c x  >=  c x + sum over windows of w (sum of x - stock)

and the right-hand side falls apart into turns, whose cutting planes say more in a few nodes than
those of the whole do in many. The prices are the duals of the relaxation of the whole, in whole
thousand dollars, so that the objective stays one of integers; any prices that are not negative
give a bound that holds.

Source: Geoffrion (1974), "Lagrangean relaxation for integer programming", Mathematical
Programming Study 2, 82-114.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backstop.sourcing.blocks import alike, keep, spans
from backstop.sourcing.certificate import certified_bound
from backstop.sourcing.completion import completed
from backstop.sourcing.highs import Limits, minimise, multipliers
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.programme import Programme
from backstop.sourcing.stages import Staged


def bound_of_cost(staged: Staged, values: Sequence[int]) -> int:
    """Return a cost in thousand dollars that no plan as full as this one is below.

    The turns are used where every such plan is short of the same in each of them.
    """
    programme = staged.programme
    objective = programme.cost_objective()
    duals = multipliers(staged.model, objective=objective)
    bound = certified_bound(staged.model, objective=objective, duals=duals)
    if not staged.apart:
        return bound
    turns = [_turn(programme, values, span) for span in spans(programme)]
    if all(_same(turns[0], turn) for turn in turns[1:]):
        # One turn repeated breaks no window: there is nothing to charge for.
        duals = [0.0] * len(duals)
    prices, constant = _priced(staged, objective, duals)
    known: list[tuple[_Turn, dict[int, int], int]] = []
    total = -constant
    for span, turn in zip(spans(programme), turns, strict=True):
        own = _own(programme, turn[0], prices, span.start)
        found = (w for other, p, w in known if p == own and _same(other, turn))
        worth = next(found, None)
        if worth is None:
            limits = Limits(1, near=True)
            answer = minimise(turn[1], objective=own, start=turn[2], limits=limits)
            worth = max(0, answer.bound or 0)
            known.append((turn, own, worth))
        total += worth
    return max(bound, total)


def kept(programme: Programme, values: Sequence[int]) -> IntegerModel:
    """Return the model in which nothing may become shorter than in a plan."""
    model = programme.model.copy()
    for tier in programme.problem.tiers:
        objective = programme.tier_objective(tier)
        keep(model, objective, value_of(objective, values), name=f"tier-{tier}")
    return model


def moved(programme: Programme, source: Programme, values: Sequence[int], start: int) -> list[int]:
    """Return the part of a plan that a shorter programme from rotation ``start`` on covers."""
    part = programme.empty_plan()
    for key, number in programme.of_kind("x"):
        part[number] = values[source.numbers[key._replace(rotation=key.rotation + start)]]
    return completed(programme, values=part)


_Turn = tuple[Programme, IntegerModel, list[int]]
"""A turn alone, its model with the shortfalls kept, and a plan of it."""


def _turn(programme: Programme, values: Sequence[int], span: range) -> _Turn:
    alone = build(programme.problem.between(span.start, span.stop))
    start = moved(alone, programme, values, span.start)
    return alone, kept(alone, start), start


def _same(one: _Turn, other: _Turn) -> bool:
    return alike(one[0], other[0]) and one[1].rows == other[1].rows


def _priced(
    staged: Staged, objective: Mapping[int, int], duals: Sequence[float]
) -> tuple[dict[int, int], int]:
    """Return the objective with the windows that cross a cut charged for, and what they allow."""
    programme = staged.programme
    turn = programme.problem.turn
    prices, constant = dict(objective), 0
    for row, dual in zip(staged.model.rows, duals, strict=True):
        if not row.name.startswith("dwell[") or row.upper is None:
            continue
        price = max(0, round(-dual))
        crossed = {programme.keys[variable].rotation // turn for variable, _ in row.terms}
        if price and len(crossed) > 1:
            constant += price * row.upper
            for variable, coefficient in row.terms:
                prices[variable] = prices.get(variable, 0) + price * coefficient
    return prices, constant


def _own(
    programme: Programme, alone: Programme, prices: Mapping[int, int], start: int
) -> dict[int, int]:
    """Return the part of an objective that falls into a turn."""
    whole = (
        (number, programme.numbers[key._replace(rotation=key.rotation + start)])
        for key, number in alone.numbers.items()
    )
    return {number: prices[other] for number, other in whole if other in prices}

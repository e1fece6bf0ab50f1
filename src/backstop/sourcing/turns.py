"""Cost, turn by turn: a cheap turn that is repeated, and a bound from each turn taken alone.

A turn is 1 + dwell rotations in whole years. A plan of one turn may be repeated for ever, so it
is worth a thorough search: free a part of the turn, hold the rest, begin from what there is. The
parts are the lines that are not manoeuvre and those that are, half the rotations, and two sectors
at a time; parts that cut across nations and rotations get out of corners that a run of rotations
does not.

The bound cuts the dwell rule between turns. What is left falls apart into small models, whose
cutting planes say more in a few nodes than those of the whole do in many.

Source: Helber and Sahling (2010), "A fix-and-optimize approach for the multi-level capacitated
lot sizing problem", International Journal of Production Economics 123, 247-256.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from backstop.sourcing.blocks import alike, keep, spans
from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.polish import GOOD_GAP, least
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged

PARTS = 4
"""A turn is searched by pairs of this many runs of rotations."""
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
    bound = _bound(staged, values)
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
            first = _moved(short, programme, repeated, 0)
            found = _search(short, _kept(short, first), first, span, rounds)
            whole = _repeated(staged, repeated, short, found, span)
            if whole is not None and _cost(programme, whole) < _cost(programme, values):
                return whole
    return _search(programme, staged.model, values, span, rounds)


def _search(
    programme: Programme, model: IntegerModel, values: list[int], span: range, rounds: int
) -> list[int]:
    """Free one part of a turn after the other, round after round while it helps.

    Each solve ends at the root of its tree, where most is gained.
    """
    objective, limits = programme.cost_objective(), Limits(1, GOOD_GAP, near=True)
    parts = list(_parts(programme, span))
    for _ in range(rounds):
        before = values
        for free in parts:
            held = {n: value for n, value in enumerate(values) if n not in free}
            answer = minimise(model, objective=objective, start=values, fixed=held, limits=limits)
            values = list(answer.values)
        if values == before:
            break
    return values


def _parts(programme: Programme, span: range) -> Iterator[frozenset[int]]:
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


def _bound(staged: Staged, values: Sequence[int]) -> int:
    """Return a cost in thousand dollars that no plan as full as this one is below.

    Where every such plan is short of the same in each turn, the least costs of the turns add up.
    """
    programme = staged.programme
    bound = least(staged.model, objective=programme.cost_objective())
    if not staged.apart:
        return bound
    known: list[tuple[Programme, IntegerModel, int]] = []
    total = 0
    for span in spans(programme):
        turn = build(programme.problem.between(span.start, span.stop))
        start = _moved(turn, programme, values, span.start)
        model = _kept(turn, start)
        same = (worth for p, m, worth in known if alike(p, turn) and m.rows == model.rows)
        worth = next(same, None)
        if worth is None:
            objective, limits = turn.cost_objective(), Limits(1, near=True)
            answer = minimise(model, objective=objective, start=start, limits=limits)
            worth = max(0, answer.bound or 0)
            known.append((turn, model, worth))
        total += worth
    return max(bound, total)


def _kept(programme: Programme, values: Sequence[int]) -> IntegerModel:
    """Return the model in which nothing may become shorter than in a plan."""
    model = programme.model.copy()
    worths = _worths(programme, values)
    for tier, worth in zip(programme.problem.tiers, worths, strict=True):
        keep(model, programme.tier_objective(tier), worth, name=f"tier-{tier}")
    return model


def _moved(programme: Programme, source: Programme, values: Sequence[int], start: int) -> list[int]:
    """Return the part of a plan that a shorter programme from rotation ``start`` on covers."""
    moved = programme.empty_plan()
    for key, number in programme.of_kind("x"):
        moved[number] = values[source.numbers[key._replace(rotation=key.rotation + start)]]
    return completed(programme, values=moved)


def _worths(programme: Programme, values: Sequence[int]) -> list[int]:
    return [value_of(programme.tier_objective(tier), values) for tier in programme.problem.tiers]


def _cost(programme: Programme, values: Sequence[int]) -> int:
    return value_of(programme.cost_objective(), values)

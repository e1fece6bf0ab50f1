"""A better plan from one at hand: window by window, or the whole at the root of its tree.

Fix and optimise frees a window of the plan, three rotations or eight nations, and holds the rest.
Every step keeps a feasible plan and never makes it worse; the proven bound comes from the linear
relaxation of the whole.

Source: Helber and Sahling (2010), "A fix-and-optimize approach for the multi-level capacitated
lot sizing problem", International Journal of Production Economics 123, 247-256.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstop.sourcing.certificate import certified_bound
from backstop.sourcing.highs import Limits, minimise, multipliers
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.programme import Key, Programme
from backstop.sourcing.proof import Proof

ROTATIONS_FREE = 3
NATIONS_FREE = 8
GOOD_GAP = 0.002
"""A window this near its own bound is left: the next one gains more."""
WHOLE_GAP = 0.02
"""Where a search over the whole plan ends."""
WHOLE_WORK = 10_000
"""Nodes times variables of a search over the whole: the root alone where there are many."""


@dataclass(frozen=True, slots=True)
class Search:
    """Rounds over all windows, and the nodes and gap at which each window is left."""

    rounds: int
    nodes: int
    gap: float


def polish(
    programme: Programme,
    model: IntegerModel,
    *,
    name: str,
    objective: Mapping[int, int],
    values: Sequence[int],
    search: Search,
) -> tuple[tuple[int, ...], Proof]:
    """Lessen an objective window by window.

    Returns
    -------
    The improved values and the proof of the stage: its value and a proven bound.
    """
    best = list(values)
    bound = least(model, objective=objective)
    for _ in range(search.rounds):
        before = value_of(objective, best)
        for free in windows(programme):
            if value_of(objective, best) == bound:
                break
            held = {n: best[n] for n, key in enumerate(programme.keys) if key not in free}
            limits = Limits(search.nodes, search.gap)
            answer = minimise(model, objective=objective, start=best, fixed=held, limits=limits)
            best = list(answer.values)
        if value_of(objective, best) == before:
            break
    return tuple(best), Proof(name, value_of(objective, best), bound)


def at_once(
    model: IntegerModel, *, name: str, objective: Mapping[int, int], values: Sequence[int]
) -> tuple[tuple[int, ...], Proof]:
    """Lessen an objective over the whole plan, with little search below the root.

    For changes against a signed plan this finds far fewer than windows do: a unit that is kept
    frees its place in every other rotation of its rest.

    Returns
    -------
    The improved values and the proof of the stage: its value and a proven bound.
    """
    bound = least(model, objective=objective)
    best = tuple(values)
    if value_of(objective, best) > bound:
        limits = Limits(max(1, WHOLE_WORK // len(model.names)), WHOLE_GAP)
        best = minimise(model, objective=objective, start=best, limits=limits).values
    return best, Proof(name, value_of(objective, best), bound)


def least(model: IntegerModel, *, objective: Mapping[int, int]) -> int:
    """Return a whole number no plan is below, by the relaxation's duals in exact arithmetic."""
    duals = multipliers(model, objective=objective)
    return certified_bound(model, objective=objective, duals=duals)


def windows(programme: Programme) -> Iterator[frozenset[Key]]:
    """Yield the sets of keys to free: runs of rotations, then groups of nations."""
    problem = programme.problem
    for start in range(0, problem.rotations, ROTATIONS_FREE):
        span = range(start, start + ROTATIONS_FREE)
        yield frozenset(key for key in programme.keys if key.rotation in span)
    owner = {pool.id: pool.nation for pool in problem.pools}
    names = [nation.id for nation in problem.nations]
    groups = -(-len(names) // NATIONS_FREE)
    for group in range(groups):
        chosen = frozenset(names[group::groups])
        yield frozenset(key for key in programme.keys if _belongs(key, owner, chosen))


def _belongs(key: Key, owner: Mapping[str, str], chosen: frozenset[str]) -> bool:
    if key.kind == "x":
        return owner[key.who] in chosen
    if key.kind in ("present", "lead", "brings"):
        return key.who in chosen
    return True

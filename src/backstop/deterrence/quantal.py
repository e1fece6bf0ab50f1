"""The logit agent quantal response equilibrium of any tree with perfect recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from backstop.deterrence.branch import Place, correct, follow
from backstop.deterrence.recall import check_recall
from backstop.deterrence.system import FloatArray, Point, System, evaluate, system
from backstop.deterrence.tree import Tree
from backstop.errors import InputError, Problem

#: Player and information set, by label.
SetName: TypeAlias = tuple[str, str]
ByAction: TypeAlias = MappingProxyType[str, float]

#: Largest residual, in probability, at which a play counts as an equilibrium.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Multiplicity:
    """What is known about other equilibria at the same rationality."""

    proven_unique: bool
    """True where backward induction leaves no other (every information set is one node), or where
    λ is 0."""
    folds: int
    """How often the principal branch turned back in λ before it first reached this one; after a
    fold there are at least three equilibria somewhere below."""
    restarts: int
    """How many searches were started elsewhere."""
    found: int
    """Different equilibria found, the one returned included. One is no proof that it is alone."""


@dataclass(frozen=True, slots=True)
class Play:
    """How a game is played at one rationality."""

    tree: Tree
    rationality: float
    """λ as asked for."""
    reached: float
    """λ at which the answer stands; below ``rationality`` where the branch was lost."""
    choice: MappingProxyType[SetName, ByAction]
    """Probability of each action at each information set of a player."""
    expected: MappingProxyType[SetName, ByAction]
    """Expected payoff of each action to its player, given that the set is reached."""
    log_reach: MappingProxyType[SetName, float]
    """Natural logarithm of the probability that each set is reached."""
    value: MappingProxyType[str, float]
    """Expected payoff of each player from the start."""
    residual: float
    """Largest difference between a choice probability and the response to all others."""
    iterations: int
    """Newton corrections along the branch."""
    converged: bool
    """Whether λ was reached and the residual is below 1e-9."""
    multiplicity: Multiplicity


def solve(tree: Tree, *, rationality: float, restarts: int = 8) -> Play:
    """Logit agent quantal response equilibrium on the principal branch.

    Every information set is an agent of its own; it takes action ``a`` with probability
    ``exp(λ EU[a]) / Σ exp(λ EU)``, where ``EU`` is its player's expected payoff given that the set
    is reached, beliefs by Bayes' rule (McKelvey & Palfrey 1998, "Quantal response equilibria for
    extensive form games", Experimental Economics 1). Of several equilibria it is the one that is
    joined to uniform play at λ = 0; as λ grows it goes to a sequential equilibrium.

    Parameters
    ----------
    tree
        Any number of players and chance moves, perfect recall.
    rationality
        λ, 0 or more, in units of one over payoff.
    restarts
        Searches for other equilibria from random starts (the same each time).

    Raises
    ------
    InputError
        λ negative or not finite, imperfect recall, a tree too large, an information set of
        probability zero by chance.
    """
    return path(tree, rationalities=[rationality], restarts=restarts)[0]


def path(tree: Tree, *, rationalities: Sequence[float], restarts: int = 0) -> tuple[Play, ...]:
    """Equilibria on the principal branch at several λ, in ascending order, for one walk.

    Parameters
    ----------
    tree, restarts
        As for `solve`.
    rationalities
        Values of λ, ascending.

    Raises
    ------
    InputError
        As for `solve`; also when the values do not ascend.
    """
    for value in rationalities:
        if not np.isfinite(value) or value < 0:
            _refuse(f"is {value}; give a number that is finite and not negative")
    if any(b < a for a, b in pairwise(rationalities)):
        _refuse("has values that fall; give them in ascending order")
    check_recall(tree)
    game = system(tree)
    places = follow(game, [float(value) * game.scale for value in rationalities])
    return tuple(
        _play(tree, game, value, place, restarts)
        for value, place in zip(rationalities, places, strict=True)
    )


def _refuse(message: str) -> None:
    raise InputError([Problem("solve", 0, 0, "rationality", message)])


def _play(tree: Tree, game: System, asked: float, place: Place, restarts: int) -> Play:
    point = evaluate(game, place.odds, slope=False)
    player = np.array([tree.sets[i].player - 1 for i in game.sets])
    expected = game.scale * point.expected + game.middle[player][game.owner]
    weight = np.exp(game.log_chance + game.uses @ point.log_probability)
    value = game.scale * (weight @ game.payoff) + game.middle
    residual = _residual(game, point, place.rationality)
    names = [tree.set_names[i] for i in game.sets]
    return Play(
        tree=tree,
        rationality=float(asked),
        reached=float(asked) if place.reached else place.rationality / game.scale,
        choice=_by_action(tree, game, np.exp(point.log_probability)),
        expected=_by_action(tree, game, expected),
        log_reach=MappingProxyType(dict(zip(names, _log_reach(game, point).tolist(), strict=True))),
        value=MappingProxyType(dict(zip(tree.player_names, value.tolist(), strict=True))),
        residual=residual,
        iterations=place.corrections,
        converged=place.reached and residual <= TOLERANCE,
        multiplicity=_multiplicity(tree, game, place, restarts),
    )


def _by_action(tree: Tree, game: System, values: FloatArray) -> MappingProxyType[SetName, ByAction]:
    names, found = tree.set_names, {}
    for number, index in enumerate(game.sets):
        own = values[game.first[number] : game.first[number + 1]].tolist()
        labelled = dict(zip(tree.action_names(index), own, strict=True))
        found[names[index]] = MappingProxyType(labelled)
    return MappingProxyType(found)


def _residual(game: System, point: Point, rationality: float) -> float:
    """Largest |p - softmax(λ EU)|."""
    starts = game.first[:-1]
    odds = rationality * point.expected
    odds -= np.maximum.reduceat(odds, starts)[game.owner]
    wanted = np.exp(odds)
    wanted /= np.add.reduceat(wanted, starts)[game.owner]
    return float(np.max(np.abs(np.exp(point.log_probability) - wanted)))


def _log_reach(game: System, point: Point) -> FloatArray:
    """Logarithm of the probability that each set is reached."""
    weight = (game.log_chance + game.uses @ point.log_probability)[game.columns]
    sets = game.owner[game.rows]
    starts = game.starts[game.first[:-1]]
    top = np.maximum.reduceat(weight, starts)
    return np.asarray(top + np.log(np.add.reduceat(np.exp(weight - top[sets]), starts)))


def _multiplicity(tree: Tree, game: System, place: Place, restarts: int) -> Multiplicity:
    visits = np.bincount([n.move for n in tree.nodes if n.move >= 0], minlength=len(tree.sets))
    unique = place.rationality == 0 or bool(np.all(visits[list(game.sets)] == 1))
    searches = 0 if unique or not place.reached else restarts
    random = np.random.Generator(np.random.Philox(0))
    found = [place.odds]
    for _ in range(searches):
        # Small starts find mixed equilibria, large ones those near a pure play.
        reach = min(place.rationality, 40.0) * random.random() ** 2
        start = random.uniform(-reach, reach, game.unknowns)
        other = correct(game, Place(place.rationality, start))
        if other is not None and all(_differ(game, other.odds, known) for known in found):
            found.append(other.odds)
    return Multiplicity(unique, place.folds, searches, len(found))


def _differ(game: System, one: FloatArray, other: FloatArray) -> bool:
    a, b = (np.exp(evaluate(game, odds, slope=False).log_probability) for odds in (one, other))
    return bool(np.max(np.abs(a - b)) > 1e-6)

"""A tree as arrays, and the equations whose solutions are its logit agent equilibria.

The unknowns are log-odds: ``y[a] = log p[a] - log p[first]`` for every action of a player but the
first of its information set. In equilibrium ``y[a] = λ (EU[a] - EU[first])``. Beliefs are ratios of
path probabilities and are taken in logarithms, so that a set which is reached with probability
``exp(-100000)`` is as well defined as any other (Turocy 2010, "Computing sequential equilibria
using agent quantal response equilibria", Economic Theory 42).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf, log
from operator import add
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from backstop.deterrence.tree import CHANCE, NONE, Tree
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

#: Dense algebra: beyond this many numbers a matrix takes gigabytes and a step minutes.
_MOST_ACTIONS = 1_000
_MOST_ENTRIES = 30_000_000


@dataclass(frozen=True, slots=True)
class System:
    """Plays, actions and payoffs of a game. Payoffs are shifted and scaled to a range of one."""

    sets: tuple[int, ...]
    """Index in `Tree.sets` of each players' information set, in the order of the actions."""
    first: IntArray
    """Index of the first action of each set, and the number of actions at the end."""
    owner: IntArray
    """Set of each action, shape (actions,)."""
    free: IntArray
    """Actions whose log-odds are unknown: all but the first of each set, shape (unknowns,)."""
    uses: FloatArray
    """1 where a play takes an action, shape (plays, actions)."""
    log_chance: FloatArray
    """Logarithm of what chance gives to each play, shape (plays,)."""
    payoff: FloatArray
    """Scaled payoffs, shape (plays, players)."""
    rows: IntArray
    """Action of each pair (action, play that takes it), ascending, shape (pairs,)."""
    columns: IntArray
    """Play of each pair, shape (pairs,)."""
    starts: IntArray
    """First pair of each action, shape (actions,)."""
    own_payoff: FloatArray
    """Scaled payoff of the action's player in each pair, shape (pairs,)."""
    scale: float
    """Range of the payoffs of the player for whom it is largest; λ is multiplied by it."""
    middle: FloatArray
    """Subtracted from the payoffs of each player, shape (players,)."""

    @property
    def unknowns(self) -> int:
        """How many log-odds there are to find."""
        return len(self.free)


@dataclass(frozen=True, slots=True)
class Point:
    """What follows from log-odds: probabilities, expected payoffs, and how they change."""

    log_probability: FloatArray
    """Of each action, shape (actions,)."""
    expected: FloatArray
    """Scaled expected payoff of each action given that its set is reached, shape (actions,)."""
    gain: FloatArray
    """Expected payoff less that of the set's first action, for the unknowns, shape (unknowns,)."""
    slope: FloatArray
    """Derivative of the gain by the unknowns, shape (unknowns, unknowns)."""


def system(tree: Tree) -> System:
    """Arrays of a tree.

    Raises
    ------
    InputError
        A tree too large for dense algebra, or an information set that chance never lets be
        reached, at which no belief follows from Bayes' rule.
    """
    index, first = _actions(tree)
    uses, log_chance, payoffs = _plays(tree, index)
    middle, scale, scaled = _scaled(payoffs, len(tree.players))
    pairs = np.nonzero(uses.T)
    rows, columns = pairs[0], pairs[1]
    counts = np.bincount(rows, minlength=uses.shape[1])
    owner = np.repeat(np.arange(len(index)), np.diff(first))
    _check_reached(tree, index, owner, counts)
    player = np.array([tree.sets[i].player - 1 for i in index], dtype=np.intp)
    return System(
        sets=tuple(index),
        first=first,
        owner=owner,
        free=np.setdiff1d(np.arange(first[-1]), first[:-1]),
        uses=uses,
        log_chance=log_chance,
        payoff=scaled,
        rows=rows,
        columns=columns,
        starts=np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp),
        own_payoff=scaled[columns, player[owner[rows]]] if len(rows) else np.zeros(0),
        scale=scale,
        middle=middle,
    )


def evaluate(game: System, odds: FloatArray, *, slope: bool = True) -> Point:
    """Expected payoffs at log-odds ``odds``, shape (unknowns,).

    With ``w`` the probability of a play given that it takes action ``a`` of set ``I``,
    ``EU[a] = Σ w u`` is the expected payoff of ``a`` given that ``I`` is reached, and
    ``d EU[a] / d log p[b] = Σ w (u - EU[a]) 1{the play takes b}``.
    """
    full = np.zeros(int(game.first[-1]))
    full[game.free] = odds
    starts = game.first[:-1]
    top = np.maximum.reduceat(full, starts)[game.owner]
    total = np.add.reduceat(np.exp(full - top), starts)
    log_p = full - top - np.log(total)[game.owner]
    weight = (game.log_chance + game.uses @ log_p)[game.columns]
    weight = np.exp(weight - np.maximum.reduceat(weight, game.starts)[game.rows])
    weight /= np.add.reduceat(weight, game.starts)[game.rows]
    expected = np.add.reduceat(weight * game.own_payoff, game.starts)
    base = starts[game.owner[game.free]]
    change = np.zeros((0, 0))
    if slope:
        spread = np.zeros(game.uses.shape[::-1])
        spread[game.rows, game.columns] = weight * (game.own_payoff - expected[game.rows])
        by_log = spread @ game.uses
        by_log -= np.exp(log_p) * np.add.reduceat(by_log, starts, axis=1)[:, game.owner]
        change = by_log[game.free][:, game.free] - by_log[base][:, game.free]
    return Point(log_p, expected, expected[game.free] - expected[base], change)


def _actions(tree: Tree) -> tuple[list[int], IntArray]:
    index = [i for i, s in enumerate(tree.sets) if s.player != CHANCE]
    sizes = [len(tree.sets[i].actions) for i in index]
    if sum(sizes) > _MOST_ACTIONS:
        _refuse(tree, f"{sum(sizes):,} actions; at most {_MOST_ACTIONS:,} can be solved")
    if not index:
        _refuse(tree, "no player ever moves; there is nothing to solve")
    return index, np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)


def _plays(
    tree: Tree, index: list[int]
) -> tuple[FloatArray, FloatArray, list[tuple[Fraction, ...]]]:
    """Which actions each play takes, what chance gives it, and what it pays, exactly."""
    place = {found: number for number, found in enumerate(index)}
    sizes = [len(tree.sets[i].actions) for i in index]
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    ends = sum(node.move == NONE for node in tree.nodes)
    if ends * int(first[-1]) > _MOST_ENTRIES:
        _refuse(tree, f"{ends:,} plays of {first[-1]:,} actions; the tree is too large to solve")
    logs, earned = [0.0], [(Fraction(0),) * len(tree.players)]
    parents = tree.parents()
    taken: list[int] = []
    played: list[int] = []
    plays: list[int] = []
    for number, (parent, action) in enumerate(parents):
        node = tree.nodes[number]
        if number:
            move = tree.sets[tree.nodes[parent].move]
            logs.append(logs[parent] + (_log(move.chances[action]) if move.chances else 0.0))
            earned.append(earned[parent])
        if node.outcome != NONE:
            pays = tree.outcomes[node.outcome].payoffs
            earned[number] = tuple(map(add, earned[number], pays))
        if node.move == NONE and logs[number] > -inf:
            steps = _steps(tree, parents, number)
            taken.extend(int(first[place[move]]) + action for move, action in steps)
            played.extend([len(plays)] * (len(taken) - len(played)))
            plays.append(number)
    uses = np.zeros((len(plays), int(first[-1])))
    uses[played, taken] = 1.0
    return uses, np.array([logs[n] for n in plays]), [earned[n] for n in plays]


def _steps(tree: Tree, parents: list[tuple[int, int]], number: int) -> Iterator[tuple[int, int]]:
    """Information sets of players and actions on the way to a node, last first."""
    parent, action = parents[number]
    while parent != NONE:
        move = tree.nodes[parent].move
        if tree.sets[move].player != CHANCE:
            yield move, action
        parent, action = parents[parent]


def _log(chance: Fraction) -> float:
    """Logarithm of a fraction that may be too small for a float."""
    return log(chance.numerator) - log(chance.denominator) if chance else -inf


def _scaled(
    payoffs: list[tuple[Fraction, ...]], players: int
) -> tuple[FloatArray, float, FloatArray]:
    """Middle of each player's payoffs, the largest range, and payoffs in those terms."""
    low = [min(row[i] for row in payoffs) for i in range(players)]
    high = [max(row[i] for row in payoffs) for i in range(players)]
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    scale = max(b - a for a, b in zip(low, high, strict=True)) or Fraction(1)
    scaled = [[float((u - m) / scale) for u, m in zip(row, middle, strict=True)] for row in payoffs]
    return np.array([float(m) for m in middle]), float(scale), np.array(scaled)


def _check_reached(tree: Tree, index: list[int], owner: IntArray, counts: IntArray) -> None:
    names = tree.set_names
    never = sorted({int(s) for s in owner[counts == 0]})
    if never:
        raise InputError(
            [
                Problem(
                    tree.title or "tree",
                    0,
                    0,
                    f"{names[index[s]][0]}, information set {names[index[s]][1]}",
                    "is reached only by an event of probability zero, so that no belief at it "
                    "follows from Bayes' rule; leave the branch out or give it some probability",
                )
                for s in never
            ]
        )


def _refuse(tree: Tree, message: str) -> NoReturn:
    raise InputError([Problem(tree.title or "tree", 0, 0, "", message)])

"""Perfect recall: at every information set a player knows what it knew and did before."""

from __future__ import annotations

from backstop.deterrence.tree import CHANCE, NONE, Tree
from backstop.errors import InputError, Problem

#: How many violations are listed; one file can have thousands, of one and the same kind.
_LISTED = 20


def check_recall(tree: Tree) -> None:
    """Raise unless every player has perfect recall (Kuhn 1953).

    The nodes of one information set must be reached by one and the same sequence of the owner's
    own information sets and actions. Sequences are numbered as they are met, so that the check
    takes one walk whatever the depth.

    Raises
    ------
    InputError
        Each information set at which its owner has forgotten something, with the line of the
        node that shows it and what to do.
    """
    problems: list[Problem] = []
    numbers: dict[tuple[int, int, int], int] = {}
    pasts: list[dict[int, int]] = []
    first: dict[int, int] = {}
    for index, (parent, action) in enumerate(tree.parents()):
        past = _past(tree, pasts, numbers, parent, action)
        pasts.append(past)
        move = tree.nodes[index].move
        if move == NONE or tree.sets[move].player == CHANCE:
            continue
        own = past.get(tree.sets[move].player, 0)
        if first.setdefault(move, own) != own and len(problems) < _LISTED:
            problems.append(_forgotten(tree, index))
    if problems:
        raise InputError(problems)


def _past(
    tree: Tree,
    pasts: list[dict[int, int]],
    numbers: dict[tuple[int, int, int], int],
    parent: int,
    action: int,
) -> dict[int, int]:
    """Number of each player's own sequence up to a node; a copy only where it grows."""
    if parent == NONE:
        return {}
    before = pasts[parent]
    move = tree.nodes[parent].move
    player = tree.sets[move].player
    if player == CHANCE:
        return before
    key = (before.get(player, 0), move, action)
    return before | {player: numbers.setdefault(key, len(numbers) + 1)}


def _forgotten(tree: Tree, index: int) -> Problem:
    node = tree.nodes[index]
    player, label = tree.set_names[node.move]
    return Problem(
        tree.title or "tree",
        node.line,
        1 if node.line else 0,
        f"{player}, information set {label}",
        "is reached by different moves of its own player, who would have forgotten them "
        "(imperfect recall); split the set by those moves, or give them to another player",
    )

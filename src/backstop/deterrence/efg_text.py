"""Writing a tree in Gambit's .efg format."""

from __future__ import annotations

from backstop.deterrence.efg_words import quoted
from backstop.deterrence.number import written
from backstop.deterrence.tree import CHANCE, NONE, Node, Tree


def write_efg(tree: Tree) -> str:
    """The tree as text in Gambit's .efg format (Gambit 16, "File formats").

    Information sets and outcomes are defined in full at every node, so that any reader takes
    them, and numbers are exact: ``read_efg(write_efg(tree)) == tree``.

    Parameters
    ----------
    tree
        The game to write.

    Returns
    -------
    The text of the file, nodes in preorder.
    """
    players = " ".join(quoted(player) for player in tree.players)
    head = [f"EFG 2 R {quoted(tree.title)} {{ {players} }}", quoted(tree.comment), ""]
    return "\n".join([*head, *(_node(tree, node) for node in tree.nodes), ""])


def _node(tree: Tree, node: Node) -> str:
    outcome = _outcome(tree, node)
    if node.move == NONE:
        return f"t {quoted(node.label)} {outcome}"
    found = tree.sets[node.move]
    if found.player == CHANCE:
        events = zip(found.actions, found.chances, strict=True)
        actions = " ".join(f"{quoted(name)} {written(chance)}" for name, chance in events)
        owner = f"c {quoted(node.label)}"
    else:
        actions = " ".join(map(quoted, found.actions))
        owner = f"p {quoted(node.label)} {found.player}"
    return f"{owner} {found.number} {quoted(found.label)} {{ {actions} }} {outcome}"


def _outcome(tree: Tree, node: Node) -> str:
    if node.outcome == NONE:
        return "0"
    outcome = tree.outcomes[node.outcome]
    payoffs = ", ".join(map(written, outcome.payoffs))
    return f"{outcome.number} {quoted(outcome.label)} {{ {payoffs} }}"

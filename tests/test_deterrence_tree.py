"""Trees: grown from nested decisions, checked, and refused where a player forgets."""

from __future__ import annotations

from fractions import Fraction

import pytest

from backstop.deterrence.grow import Chance, Decision, End, grow
from backstop.deterrence.number import exact, written
from backstop.deterrence.recall import check_recall
from backstop.deterrence.tree import Tree, distinct
from backstop.errors import InputError
from deterrence_games import horse, random_tree


def test_a_tree_is_flat_and_in_preorder():
    tree = horse()
    assert [s.label for s in tree.sets] == ["one", "three", "two"]
    assert [n.move for n in tree.nodes] == [0, 1, -1, -1, 2, 1, -1, -1, -1]
    assert tree.parents()[5] == (4, 0)
    assert tree.set_names == (("1", "one"), ("3", "three"), ("2", "two"))


def test_labels_become_nonempty_and_different():
    assert distinct(["x", "x", "x_1", ""]) == ("x_2", "x_3", "x_1", "_1")


@pytest.mark.parametrize(
    ("chances", "message"),
    [((1.2, -0.2), "outside [0, 1]"), ((0.3, 0.3), "sum to 0.6"), (("nan", 0), "not a number")],
)
def test_probabilities_that_are_none_are_refused(chances, message):
    events = {str(i): (p, End(str(i), (0, 0))) for i, p in enumerate(chances)}
    with pytest.raises(InputError, match=r"(?s)" + message.replace("[", r"\[")):
        grow("bad", players=("A", "B"), root=Chance("dice", events))


def test_every_mistake_of_a_tree_is_told_at_once():
    one = Decision("B", "J", {"x": End("x", (0, 1)), "y": End("y", (1, 1))})
    other = Decision("B", "J", {"x": End("x", (0, 2)), "z": End("z", (1,))})
    with pytest.raises(InputError) as caught:
        grow("bad", players=("A", "B"), root=Decision("A", "I", {"l": one, "r": other}))
    text = str(caught.value)
    assert "same actions" in text
    assert "pays differently" in text
    assert "pays 1 players, the game has 2" in text


def test_an_unknown_player_is_named():
    with pytest.raises(InputError, match="'C', who is not a player"):
        grow("bad", players=("A",), root=Decision("C", "I", {"l": End("l", (1,))}))


def test_a_player_who_forgets_its_own_move_is_refused():
    def later(name: str) -> Decision:
        return Decision("A", "later", {k: End(name + k, (1, 0)) for k in "xy"})

    root = Decision("A", "first", {"l": later("l"), "r": later("r")})
    with pytest.raises(InputError, match=r"A, information set later.*imperfect recall"):
        check_recall(grow("forgets", players=("A", "B"), root=root))


def test_an_absent_minded_driver_is_refused():
    """Piccione & Rubinstein 1997: the same set twice on one way."""
    again = Decision("A", "exit", {"off": End("b", (4,)), "on": End("c", (1,))})
    root = Decision("A", "exit", {"off": End("a", (0,)), "on": again})
    with pytest.raises(InputError, match="imperfect recall"):
        check_recall(grow("driver", players=("A",), root=root))


@pytest.mark.parametrize("seed", range(20))
def test_random_trees_have_perfect_recall(seed):
    check_recall(random_tree(seed))


def test_thirty_thousand_moves_in_a_row_are_no_recursion():
    rest: Decision | End = End("end", (1,))
    for move in range(30_000):
        rest = Decision("A", f"m{move}", {"on": rest})
    tree = grow("long", players=("A",), root=rest)
    check_recall(tree)
    assert isinstance(tree, Tree)
    assert len(tree.nodes) == 30_001


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/3", Fraction(1, 3)), ("-.5e1", Fraction(-5)), ("+1.50", Fraction(3, 2)), (0.1, "0.1")],
)
def test_numbers_are_exact(text, value):
    assert exact(text) == Fraction(value)
    assert exact(written(exact(text))) == exact(text)


@pytest.mark.parametrize("text", ["1/0", "1e999999999", "9" * 2000, "0x1", "1e200", float("nan")])
def test_numbers_that_are_none_or_endless_are_refused(text):
    with pytest.raises(ValueError, match=r"number|zero|1e100"):
        exact(text)

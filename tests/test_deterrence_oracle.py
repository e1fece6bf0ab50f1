"""Against Gambit (pygambit 16.7, GPL; Savani & Turocy 2024): reading, writing and equilibria."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from backstop.deterrence import read_efg, write_efg
from backstop.deterrence.crisis_tree import crisis_tree
from backstop.deterrence.quantal import path
from backstop.deterrence.recall import check_recall
from backstop.errors import InputError
from deterrence_games import beer_quiche, centipede, crises, horse, poker, random_tree

gambit = pytest.importorskip("pygambit", reason="pygambit is not installed (group `oracle`)")
qre = pytest.importorskip("pygambit.qre")

CATALOGUE = sorted(Path(gambit.__file__).parent.rglob("catalog_data/**/*.efg"))


def _apart(tree, rationalities, *, first_step=0.03, max_accel=1.1):
    """Largest difference between our choices and Gambit's, sets and actions matched by label."""
    game = gambit.read_efg(io.StringIO(write_efg(tree)))
    settings = {"first_step": first_step, "max_accel": max_accel}
    theirs = qre.logit_solve_lambda(game, list(rationalities), **settings)
    labels = [(s.player.label, s.label, a.label) for s in game.infosets for a in s.actions]
    ours = path(tree, rationalities=rationalities)
    assert all(play.converged for play in ours)
    return max(
        abs(play.choice[player, name][action] - point[place])
        for play, point in zip(ours, theirs, strict=True)
        for place, (player, name, action) in enumerate(labels)
    )


@pytest.mark.parametrize("seed", range(12))
def test_random_games_agree_with_gambit(seed):
    assert _apart(random_tree(seed), [0.5, 2.0, 8.0]) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12, 300))
def test_many_random_games_agree_with_gambit(seed):
    assert _apart(random_tree(seed), [0.5, 2.0, 8.0, 20.0]) < 1e-8


@pytest.mark.parametrize(
    "tree", [horse(), poker(), centipede(), beer_quiche()], ids=lambda tree: tree.title
)
def test_textbook_games_agree_with_gambit(tree):
    assert _apart(tree, [0.5, 2.0, 8.0]) < 1e-8


@pytest.mark.parametrize(
    ("types", "games"),
    [
        (1, 10),
        pytest.param(2, 4, marks=pytest.mark.slow),
        pytest.param(3, 4, marks=pytest.mark.slow),
    ],
)
def test_crisis_games_agree_with_gambit(types, games):
    asked = crises(games, types=types, seed=50)
    for game in range(games):
        rationality = float(asked.rationality[game])
        assert _apart(crisis_tree(asked, game=game), [rationality]) < 1e-8


@pytest.mark.parametrize("file", CATALOGUE, ids=lambda path: path.stem)
def test_gambits_catalogue_is_read_as_gambit_reads_it(file):
    text = file.read_text(encoding="utf-8")
    tree, game = read_efg(text), gambit.read_efg(io.StringIO(text))
    assert read_efg(write_efg(tree)) == tree
    assert tree.title == game.title
    assert list(tree.player_names) == [p.label for p in game.players]
    # What Gambit makes of our file and of the original is the same game.
    again = gambit.read_efg(io.StringIO(write_efg(tree)))
    assert read_efg(again.to_efg()) == read_efg(game.to_efg())
    try:
        check_recall(tree)
        recalls = True
    except InputError:
        recalls = False
    assert recalls == game.is_perfect_recall


@pytest.mark.parametrize("seed", range(10))
def test_gambit_reads_what_we_write(seed):
    tree = random_tree(seed)
    game = gambit.read_efg(io.StringIO(write_efg(tree)))
    assert [s.label for s in game.infosets] == [s for p, s in sorted(_sets(tree))]
    assert len(game.outcomes) == len(tree.outcomes)


def _sets(tree):
    """Player number and label of the players' sets, players in order, sets as first met."""
    found = [(s.player, s.number, s.label) for s in tree.sets if s.player]
    return [((player, number), label) for player, number, label in sorted(found)]


@pytest.mark.slow
def test_where_gambits_first_steps_are_too_long_short_ones_agree_with_us():
    """A branch with a sharp turn: with its default steps Gambit leaves it, with short ones not."""
    tree = random_tree(481)
    assert _apart(tree, [5.0, 8.0], first_step=0.003, max_accel=1.01) < 1e-8

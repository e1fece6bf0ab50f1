"""The generic solver: textbook games, invariances, closed forms and bad input."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, inf, isfinite, nan

import numpy as np
import pytest

from backstop.deterrence import read_efg, solve
from backstop.deterrence.answers import explain_play
from backstop.deterrence.grow import Chance, Decision, End, grow
from backstop.deterrence.quantal import path
from backstop.deterrence.tree import Tree
from backstop.errors import InputError
from deterrence_games import beer_quiche, centipede, horse, poker, random_tree


def _regret(play):
    """Most that a choice taken with some probability loses against the best of its set."""
    return max(
        max(play.expected[name].values()) - play.expected[name][action]
        for name, actions in play.choice.items()
        for action, chance in actions.items()
        if chance > 1e-3
    )


@pytest.mark.parametrize("seed", range(12))
def test_every_choice_is_the_softmax_of_its_expected_payoffs(seed):
    play = solve(random_tree(seed), rationality=6.0, restarts=0)
    assert play.converged
    for name, actions in play.choice.items():
        weights = {a: exp(6.0 * play.expected[name][a]) for a in actions}
        for action, chance in actions.items():
            assert chance == pytest.approx(weights[action] / sum(weights.values()), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_without_rationality_every_choice_is_uniform(seed):
    play = solve(random_tree(seed), rationality=0.0)
    for actions in play.choice.values():
        assert list(actions.values()) == pytest.approx([1 / len(actions)] * len(actions))
    assert play.multiplicity.proven_unique


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("k", [Fraction(1, 50), Fraction(7)])
def test_only_rationality_times_payoff_counts(seed, k):
    tree = random_tree(seed)
    outcomes = [replace(o, payoffs=tuple(k * u for u in o.payoffs)) for o in tree.outcomes]
    one = solve(tree, rationality=5.0, restarts=0)
    other = solve(replace(tree, outcomes=tuple(outcomes)), rationality=float(5 / k), restarts=0)
    _same(one, other)


@pytest.mark.parametrize("seed", range(8))
def test_a_constant_added_to_a_players_payoffs_changes_nothing(seed):
    tree = random_tree(seed)
    ends = {n.outcome for n in tree.nodes if n.move < 0}
    outcomes = [
        replace(o, payoffs=(o.payoffs[0] + 100, *o.payoffs[1:])) if i in ends else o
        for i, o in enumerate(tree.outcomes)
    ]
    one = solve(tree, rationality=5.0, restarts=0)
    other = solve(replace(tree, outcomes=tuple(outcomes)), rationality=5.0, restarts=0)
    _same(one, other)
    assert other.value["P0"] == pytest.approx(one.value["P0"] + 100)


def _same(one, other):
    for name, actions in one.choice.items():
        assert dict(other.choice[name]) == pytest.approx(dict(actions), abs=1e-9)


@pytest.mark.parametrize("seed", [3, 14, 15])
def test_a_path_is_the_same_as_one_walk_a_rationality(seed):
    tree = random_tree(seed)
    for play in path(tree, rationalities=[0.5, 3.0, 30.0]):
        _same(play, solve(tree, rationality=play.rationality, restarts=0))


def test_myersons_poker_goes_to_its_equilibrium():
    """Myerson 1991, section 4.2: Fred raises black with 1/3, Alice meets with 2/3."""
    play = solve(poker(), rationality=1e6)
    assert play.converged
    assert play.choice["Fred", "black"]["Raise"] == pytest.approx(1 / 3, abs=1e-4)
    assert play.choice["Alice", "raised"]["Meet"] == pytest.approx(2 / 3, abs=1e-4)
    assert play.value["Fred"] == pytest.approx(1 / 3, abs=1e-4)


def test_seltens_horse_goes_to_a_perfect_equilibrium():
    """Selten 1975: in the perfect equilibria 1 and 2 pass on, and 3 plays L with at most 1/4."""
    play = solve(horse(), rationality=1e6)
    assert play.converged
    assert play.choice["1", "one"]["C"] == pytest.approx(1, abs=1e-4)
    assert play.choice["2", "two"]["c"] == pytest.approx(1, abs=1e-4)
    assert play.choice["3", "three"]["L"] <= 0.25 + 1e-4


@pytest.mark.parametrize(
    "tree", [horse(), poker(), centipede(), beer_quiche()], ids=lambda t: t.title
)
def test_as_rationality_grows_nobody_regrets(tree):
    plays = path(tree, rationalities=[10.0, 100.0, 1e4, 1e6])
    assert all(play.converged for play in plays)
    assert _regret(plays[-1]) < 1e-4


def test_the_centipede_is_a_backward_induction_of_softmaxes():
    """McKelvey & Palfrey 1998, section 4: perfect information leaves one agent equilibrium."""
    lam, take, value = 2.0, {}, (6.4, 1.6)
    for move, payoffs in reversed([*enumerate([(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2)])]):
        own = move % 2
        p = 1 / (1 + exp(lam * (value[own] - payoffs[own])))
        take[f"move {move + 1}"] = p
        value = tuple(p * u + (1 - p) * v for u, v in zip(payoffs, value, strict=True))
    play = solve(centipede(), rationality=lam)
    assert play.multiplicity.proven_unique
    for name, p in take.items():
        player = "One" if name in ("move 1", "move 3") else "Two"
        assert play.choice[player, name]["take"] == pytest.approx(p, abs=1e-12)
    assert play.value["One"] == pytest.approx(value[0])


def _deterrence(p_hard: float, *, threat: float, sq: float = 0.0) -> Tree:
    """The Unilateral Deterrence Game against a hard challenger; ``threat`` is its conflict."""

    def answer(kind: str, conflict: float) -> Decision:
        last = {
            "press": End(f"{kind} conflict", (threat, conflict)),
            "back": End(f"{kind} back", (-1, 1)),
        }
        deny = Decision("Challenger", "last", last)
        return Decision("Defender", kind, {"concede": End(f"{kind} lost", (1, -0.6)), "deny": deny})

    def opening(kind: str, conflict: float) -> Decision:
        ends = {"cooperate": End(f"{kind} quo", (sq, 0)), "defect": answer(kind, conflict)}
        return Decision("Challenger", "first", ends)

    p = Fraction(p_hard).limit_denominator(1000)
    kinds = {"hard": (p, opening("hard", -0.2)), "soft": (1 - p, opening("soft", -1.0))}
    return grow("Deterrence", players=("Challenger", "Defender"), root=Chance("type", kinds))


@pytest.mark.parametrize("threat", [-0.5, -0.9])
def test_unilateral_deterrence_holds_above_the_credibility_threshold(threat):
    """Zagare & Kilgour 1993, ISQ 37; 2000, "Perfect Deterrence", chapter 5: a hard challenger is
    deterred where the defender's credibility exceeds (best - quo) / (best - conflict)."""
    edge = 1.0 / (1.0 - threat)
    chances = [
        solve(_deterrence(p, threat=threat), rationality=400.0, restarts=0).choice[
            "Challenger", "first"
        ]["defect"]
        for p in (edge - 0.05, edge + 0.05)
    ]
    assert chances[0] > 0.999
    assert chances[1] < 0.001


def test_a_challenger_that_would_back_down_is_deterred_by_anybody():
    """The same source: an incredible challenger leaves the status quo whatever the defender is."""
    play = solve(_deterrence(0.05, threat=-1.4), rationality=400.0, restarts=0)
    assert play.choice["Challenger", "first"]["defect"] < 0.001


def test_a_game_with_several_equilibria_says_so():
    """Stag hunt at high rationality: three logit equilibria (McKelvey & Palfrey 1995)."""

    def second(pay: dict[str, tuple[int, int]], name: str) -> Decision:
        return Decision("B", "b", {k: End(name + k, v) for k, v in pay.items()})

    root = Decision(
        "A",
        "a",
        {
            "stag": second({"stag": (4, 4), "hare": (0, 3)}, "s"),
            "hare": second({"stag": (3, 0), "hare": (3, 3)}, "h"),
        },
    )
    play = solve(grow("Stag hunt", players=("A", "B"), root=root), rationality=5.0, restarts=40)
    assert play.multiplicity.found == 3
    assert not play.multiplicity.proven_unique


def test_a_game_with_a_symmetry_is_followed_through_its_crossing():
    """Matching on one of two sides: the branch stays even where two others leave it."""

    def second(name: str, good: str) -> Decision:
        return Decision("B", "b", {k: End(name + k, (k == good,) * 2) for k in "lr"})

    root = Decision("A", "a", {"l": second("l", "l"), "r": second("r", "r")})
    play = solve(grow("Meet", players=("A", "B"), root=root), rationality=50.0)
    assert play.converged
    assert play.choice["A", "a"]["l"] == pytest.approx(0.5)
    assert play.multiplicity.found > 1


@pytest.mark.parametrize("value", [-1.0, nan, inf])
def test_a_rationality_that_is_none_is_refused(value):
    with pytest.raises(InputError, match="rationality"):
        solve(horse(), rationality=value)


def test_values_that_fall_are_refused():
    with pytest.raises(InputError, match="ascending"):
        path(horse(), rationalities=[2.0, 1.0])


@pytest.mark.parametrize("seed", range(10))
def test_a_million_answers_or_says_how_far_it_got(seed):
    play = solve(random_tree(seed), rationality=1e6, restarts=0)
    assert play.converged == (play.reached == 1e6 and play.residual <= 1e-9)
    numbers = [p for actions in play.choice.values() for p in actions.values()]
    assert all(isfinite(p) for p in numbers)
    assert 0 < play.reached <= 1e6


def test_a_set_that_chance_never_reaches_is_refused():
    tree = read_efg(
        'EFG 2 R "x" { "A" } c "" 1 "" { "l" 0 "r" 1 } 0 '
        'p "" 1 1 "never" { "a" "b" } 0 t "" 0 t "" 0 p "" 1 2 "here" { "a" "b" } 0 t "" 0 t "" 0'
    )
    with pytest.raises(InputError, match=r"A, information set never.*probability zero"):
        solve(tree, rationality=1.0)


def test_a_tree_too_large_is_refused():
    rest: Decision | End = End("end", (1,))
    for move in range(4_000):
        rest = Decision("A", f"m{move}", {"on": rest, "off": End(f"e{move}", (0,))})
    with pytest.raises(InputError, match="at most 1,000"):
        solve(grow("long", players=("A",), root=rest), rationality=1.0)


def test_a_game_of_equal_payoffs_stays_uniform():
    root = Decision("A", "a", {"l": End("l", (1, 1)), "r": End("r", (1, 1))})
    play = solve(grow("same", players=("A", "B"), root=root), rationality=1e6)
    assert play.choice["A", "a"]["l"] == 0.5


def test_what_explains_a_play_can_be_redone():
    play = solve(horse(), rationality=3.0)
    answers = explain_play(play)
    assert len(answers) == 6
    by_set = [a for a in answers if a.information_set == "three"]
    weights = np.exp([3.0 * a.expected for a in by_set])
    assert [a.probability for a in by_set] == pytest.approx(weights / weights.sum())

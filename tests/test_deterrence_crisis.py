"""The crisis game: shapes, invariances, the collective curve, bad input and what is reported."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from backstop.deterrence import read_efg, write_efg
from backstop.deterrence.answers import explain_crisis, explain_play, response_gap
from backstop.deterrence.crisis import OUTCOMES, HonourCurves, Utilities, solve_crises
from backstop.deterrence.crisis_tree import crisis_tree
from backstop.deterrence.quantal import solve
from backstop.deterrence.recall import check_recall
from backstop.errors import InputError
from deterrence_games import crises

CHOICES = (
    "opening",
    "respond",
    "escalate",
    "honour_escalated",
    "press_escalated",
    "honour_attacked",
    "press_attacked",
)


def _same(one, other, *, tolerance=1e-9):
    for name in (*CHOICES, "outcome"):
        assert np.max(np.abs(getattr(one, name) - getattr(other, name))) < tolerance, name


def _changed(utilities: Utilities, change) -> Utilities:
    """The same game with both players' utilities put through a function."""
    return replace(
        utilities, challenger=change(utilities.challenger), guarantor=change(utilities.guarantor)
    )


@pytest.mark.parametrize("types", [1, 3, 5])
def test_every_choice_answers_its_expected_utilities(types):
    asked = crises(60, types=types, seed=1)
    plays = solve_crises(asked)
    assert plays.converged.all()
    assert max(response_gap(asked, plays, game=g) for g in range(60)) < 1e-8


@pytest.mark.parametrize("types", [1, 2, 3])
def test_probabilities_and_values_add_up(types):
    asked = crises(50, types=types, seed=2)
    plays = solve_crises(asked)
    assert plays.outcome.sum(axis=1) == pytest.approx(1)
    assert plays.opened.sum(axis=1) == pytest.approx(1)
    assert plays.outcome[:, 0] == pytest.approx(plays.opened[:, 0])
    assert plays.outcome[:, 1:8].sum(axis=1) == pytest.approx(plays.opened[:, 1])
    attacked = plays.outcome[:, 8:].sum(axis=1)
    assert plays.outcome[:, 9:].sum(axis=1) == pytest.approx(attacked * plays.honoured_given_attack)


@pytest.mark.parametrize("types", [1, 3])
def test_without_rationality_every_choice_is_uniform(types):
    plays = solve_crises(crises(20, types=types, seed=3, rationality=0.0))
    assert plays.opening == pytest.approx(1 / 3)
    for name in CHOICES[1:]:
        assert getattr(plays, name) == pytest.approx(0.5)


@pytest.mark.parametrize("k", [0.01, 20.0])
def test_only_rationality_times_utility_counts(k):
    asked = crises(40, types=3, seed=4)
    scaled = replace(_changed(asked, lambda u: k * u), rationality=asked.rationality / k)
    _same(solve_crises(asked), solve_crises(scaled))


def test_a_constant_added_to_a_type_changes_nothing():
    asked = crises(40, types=3, seed=5)
    shifted = _changed(asked, lambda u: u + np.array([0.5, -2.0, 7.0])[:, None])
    _same(solve_crises(asked), solve_crises(shifted))


def test_types_with_equal_payoffs_play_as_one():
    one = crises(40, types=1, seed=6)
    prior = np.tile([0.2, 0.5, 0.3], (40, 1))
    three = replace(
        _changed(one, lambda u: np.repeat(u, 3, axis=1)),
        prior_challenger=prior,
        prior_guarantor=prior,
    )
    plays, single = solve_crises(three), solve_crises(one)
    assert plays.outcome == pytest.approx(single.outcome, abs=1e-9)
    assert plays.opening == pytest.approx(np.repeat(single.opening, 3, axis=1), abs=1e-9)


def test_types_may_be_renumbered():
    asked = crises(40, types=3, seed=7)
    order = [2, 0, 1]
    turned = replace(
        _changed(asked, lambda u: np.ascontiguousarray(u[:, order])),
        prior_challenger=asked.prior_challenger[:, order],
        prior_guarantor=asked.prior_guarantor[:, order],
    )
    one, other = solve_crises(asked), solve_crises(turned)
    assert other.outcome == pytest.approx(one.outcome, abs=1e-9)
    assert other.opening == pytest.approx(one.opening[:, order], abs=1e-9)


def test_a_type_that_nobody_is_changes_nothing():
    asked = crises(40, types=2, seed=8)
    third = crises(40, types=3, seed=9)
    more = replace(
        third,
        challenger=np.concatenate([asked.challenger, third.challenger[:, :1]], axis=1),
        guarantor=np.concatenate([asked.guarantor, third.guarantor[:, :1]], axis=1),
        prior_challenger=np.pad(asked.prior_challenger, [(0, 0), (0, 1)]),
        prior_guarantor=np.pad(asked.prior_guarantor, [(0, 0), (0, 1)]),
        attributed=asked.attributed,
        rationality=asked.rationality,
    )
    assert solve_crises(more).outcome == pytest.approx(solve_crises(asked).outcome, abs=1e-9)


def test_a_game_does_not_depend_on_its_batch():
    asked = crises(30, types=3, seed=10)
    whole = solve_crises(asked)
    names = Utilities.__dataclass_fields__
    part = Utilities(**{name: getattr(asked, name)[7:9] for name in names})
    for name in CHOICES:
        assert np.array_equal(getattr(solve_crises(part), name), getattr(whole, name)[7:9])


@pytest.mark.parametrize("types", [1, 3])
def test_a_flat_curve_is_a_chance_move(types):
    asked = crises(5, types=types, seed=11)
    flat = HonourCurves(-1.0, 1.0, np.full((5, 4), 0.37))
    plays = solve_crises(asked, honour=flat)
    for game in range(5):
        tree = crisis_tree(asked, game=game, honour=0.37)
        play = solve(tree, rationality=float(asked.rationality[game]), restarts=0)
        opening = [play.choice["Challenger", f"C1_{i}"] for i in range(types)]
        found = np.array([list(actions.values()) for actions in opening])
        assert plays.opening[game] == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("types", [1, 3])
def test_a_collective_curve_is_answered(types):
    asked = crises(60, types=types, seed=12)
    x = np.linspace(-16, 16, 65)
    steep = np.linspace(0.2, 3.0, 60)[:, None]
    curves = HonourCurves(-16.0, 16.0, 0.1 + 0.9 / (1 + np.exp(-steep * (x - 1))))
    plays = solve_crises(asked, honour=curves)
    assert plays.converged.all()
    assert max(response_gap(asked, plays, game=g, honour=curves) for g in range(60)) < 1e-8


def test_the_logistic_curve_is_nearly_plain_logit():
    asked = crises(60, types=3, seed=13)
    x = np.linspace(-30, 30, 1201)
    curves = HonourCurves(-30.0, 30.0, np.tile(1 / (1 + np.exp(-x)), (60, 1)))
    _same(solve_crises(asked), solve_crises(asked, honour=curves), tolerance=2e-5)


def test_a_curve_goes_through_its_points_and_never_falls():
    rough = np.sort(np.random.Generator(np.random.Philox(3)).uniform(0, 1, (2, 9)), axis=1)
    curves = HonourCurves(-2.0, 2.0, rough)
    assert curves.at(np.linspace(-2, 2, 9), game=1) == pytest.approx(rough[1])
    fine = curves.at(np.linspace(-3, 3, 5001), game=1)
    assert np.all(np.diff(fine) >= -1e-15)
    assert (fine[0], fine[-1]) == (rough[1, 0], rough[1, -1])


@pytest.mark.parametrize("types", [1, 3])
@pytest.mark.parametrize("rationality", [1e3, 1e6])
def test_a_very_large_rationality_gives_an_answer_or_says_so(types, rationality):
    plays = solve_crises(crises(30, types=types, seed=14, rationality=rationality))
    for name in (*CHOICES, "outcome", "residual", "reached"):
        assert np.isfinite(getattr(plays, name)).all(), name
    assert np.all(plays.reached <= rationality)
    assert not np.any(plays.converged & (plays.reached < rationality))


def test_a_probe_that_is_never_or_always_attributed_is_solved():
    asked = replace(crises(2, types=3, seed=15), attributed=np.array([0.0, 1.0]))
    plays = solve_crises(asked)
    assert plays.converged.all()
    assert plays.outcome[0, [1, 3]] == pytest.approx(0)
    assert plays.outcome[1, [2, 4]] == pytest.approx(0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attributed": np.array([0.5, 1.2])}, "attributed: has a probability outside"),
        ({"attributed": np.array([0.5, np.nan])}, "attributed: has a probability outside"),
        ({"rationality": np.array([1.0, -1.0])}, "rationality: has a λ outside"),
        ({"rationality": np.array([1.0, np.inf])}, "rationality: has a λ outside"),
        ({"prior_guarantor": np.array([[0.5, 0.4], [0.5, 0.5]])}, "does not sum to 1"),
        ({"challenger": np.full((2, 2, 11), np.inf)}, "challenger: has a utility"),
        ({"challenger": np.zeros((2, 2, 10))}, "give float64 of shape"),
        ({"rationality": np.ones(3)}, "give float64 of shape"),
    ],
)
def test_arrays_that_are_no_games_are_refused(change, message):
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        solve_crises(replace(crises(2, types=2, seed=16), **change))


@pytest.mark.parametrize(
    ("curve", "message"),
    [
        (HonourCurves(-1, 1, np.array([[0.5, 0.4], [0, 1]])), "falls"),
        (HonourCurves(-1, 1, np.array([[0.5, 1.4], [0, 1]])), "outside"),
        (HonourCurves(1, -1, np.array([[0.5, 0.6], [0, 1]])), "low must be below high"),
        (HonourCurves(-1, 1, np.zeros((3, 2))), "one curve a game"),
    ],
)
def test_curves_that_are_none_are_refused(curve, message):
    with pytest.raises(InputError, match=message):
        solve_crises(crises(2, types=2, seed=16), honour=curve)


def test_no_games_are_no_error():
    empty = crises(0, types=3, seed=1)
    plays = solve_crises(empty)
    assert plays.outcome.shape == (0, len(OUTCOMES))
    assert plays.convergence.games == 0


def test_the_tree_of_a_game_is_a_file_of_perfect_recall():
    tree = crisis_tree(crises(2, types=3, seed=17), game=1)
    check_recall(tree)
    assert read_efg(write_efg(tree)) == tree
    labels = {label for player, label in tree.set_names if player}
    assert labels == {
        f"{stage}_{kind}"
        for stage in ("C1", "G1a", "G1m", "C2a", "C2m", "G2a", "G2m", "C3a", "C3m", "G3", "C4")
        for kind in range(3)
    }


def test_a_crisis_and_its_tree_explain_the_same():
    asked = crises(3, types=3, seed=18)
    plays = solve_crises(asked)
    play = solve(crisis_tree(asked, game=2), rationality=float(asked.rationality[2]), restarts=0)
    known = {(a.information_set, a.action): a for a in explain_play(play)}
    found = explain_crisis(asked, plays, game=2)
    assert len(found) == len(known) == 69
    for answer in found:
        other = known[answer.information_set, answer.action]
        assert answer.expected == pytest.approx(other.expected, abs=1e-9)
        assert answer.probability == pytest.approx(other.probability, abs=1e-9)


def test_a_choice_that_nobody_ever_makes_is_still_explained():
    """At this rationality whole openings underflow to 0: the belief after them is the prior."""
    asked = crises(30, types=3, seed=23)
    asked = replace(asked, rationality=np.full(30, 1e6))
    plays = solve_crises(asked)
    assert (plays.opening[:, :, 1].max(axis=1) == 0).any()
    for game in range(30):
        for one in explain_crisis(asked, plays, game=game):
            assert np.isfinite([one.expected, one.probability]).all()


def test_convergence_adds_up_and_is_told_in_a_sentence():
    record = solve_crises(crises(50, types=3, seed=19)).convergence
    assert record.games == 50
    assert "50 of 50 crisis games were solved" in record.sentence
    both = record + replace(record, lost=1)
    assert (both.games, both.lost) == (100, 1)
    assert "at most 0.01" in both.sentence


def test_importing_the_stage_loads_neither_numba_nor_scipy():
    code = (
        "import sys, backstop.deterrence.crisis, backstop.deterrence.quantal;"
        "print({'numba', 'scipy'} & sys.modules.keys())"
    )
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "set()"

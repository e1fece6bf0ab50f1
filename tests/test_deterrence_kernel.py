"""The kernel against the generic solver, which knows nothing of the crisis game."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.deterrence.branch import follow
from backstop.deterrence.crisis import HonourCurves, solve_crises
from backstop.deterrence.crisis_tree import crisis_tree, play_choices
from backstop.deterrence.quantal import solve
from backstop.deterrence.system import evaluate, system
from deterrence_games import crises


def _apart(asked, plays, game):
    """Largest difference between a game's choices and those of the generic solver."""
    tree = crisis_tree(asked, game=game)
    play = solve(tree, rationality=float(asked.rationality[game]), restarts=0)
    assert play.converged
    return max(
        abs(
            play.choice["Challenger" if name[0] == "C" else "Guarantor", name][action]
            - getattr(plays, field)[game][index]
        )
        for name, action, field, index in play_choices(asked.challenger.shape[1])
    )


@pytest.mark.parametrize(("types", "games"), [(1, 20), (2, 10), (3, 6), (5, 2)])
def test_the_kernel_agrees_with_the_generic_solver(types, games):
    asked = crises(games, types=types, seed=20 + types)
    plays = solve_crises(asked)
    assert max(_apart(asked, plays, game) for game in range(games)) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize(("types", "games"), [(1, 1500), (2, 600), (3, 600), (5, 40)])
def test_the_kernel_agrees_on_thousands_of_games(types, games):
    asked = crises(games, types=types, seed=100 + types)
    plays = solve_crises(asked)
    assert plays.converged.all()
    assert max(_apart(asked, plays, game) for game in range(games)) < 1e-8


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rationality=st.floats(0, 60),
    scale=st.sampled_from([0.1, 1.0, 3.0]),
)
def test_the_kernel_agrees_at_any_rationality(seed, rationality, scale):
    asked = crises(1, types=2, seed=seed, rationality=rationality)
    asked.challenger[:] *= scale
    plays = solve_crises(asked)
    if plays.converged[0]:
        assert _apart(asked, plays, 0) < 1e-7


def test_a_branch_that_folds_is_followed_to_its_first_crossing():
    """A few random games in a thousand turn back in λ on their way."""
    asked = crises(4_000, types=3, seed=7)
    plays = solve_crises(asked)
    folded = np.flatnonzero(plays.folds)
    assert len(folded) >= 2
    assert max(_apart(asked, plays, game) for game in folded[:4]) < 1e-8


@pytest.mark.parametrize("types", [1, 3])
def test_a_collective_curve_agrees_with_the_generic_branch(types):
    """The generic continuation takes any response; here the curve where the guarantor honours."""
    asked = crises(6, types=types, seed=31)
    x = np.linspace(-16, 16, 65)
    curve = 0.05 + 0.9 / (1 + np.exp(-0.7 * (x - 2)))
    curves = HonourCurves(-16.0, 16.0, np.tile(curve, (6, 1)))
    plays = solve_crises(asked, honour=curves)
    for game in range(6):
        tree = crisis_tree(asked, game=game)
        arrays = system(tree)
        names = [tree.set_names[arrays.sets[s]][1] for s in arrays.owner[arrays.free]]
        honours = np.array([name.startswith(("G2", "G3")) for name in names])

        def odds(gains, honours=honours, game=game):
            p = curves.at(gains, game=game)
            step = 1e-6
            rise = curves.at(gains + step, game=game) - curves.at(gains - step, game=game)
            slope = rise / (2 * step) / (p * (1 - p))
            return np.where(honours, np.log(p / (1 - p)), gains), np.where(honours, slope, 1.0)

        lam = float(asked.rationality[game]) * arrays.scale
        (place,) = follow(arrays, [lam], response=odds)
        assert place.reached
        chances = np.exp(evaluate(arrays, place.odds).log_probability)[arrays.free]
        for name, chance in zip(names, chances, strict=True):
            if name.startswith("G3"):
                found = plays.honour_attacked[game, int(name[-1])]
                assert found == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize("rationality", [1e4, 1e5, 1e6])
def test_games_at_a_very_large_rationality_are_followed(rationality):
    """Where a choice turns within the last digits of what it depends on; a fifth was lost before.

    The generic solver has other unknowns, log-odds, and loses its own digits elsewhere.
    """
    asked = crises(300, types=3, seed=3, rationality=rationality)
    plays = solve_crises(asked)
    assert plays.converged.mean() >= 0.98
    assert plays.residual[plays.converged].max() <= 1e-6
    compared = 0
    for game in np.flatnonzero(plays.again & plays.converged)[:6]:
        play = solve(crisis_tree(asked, game=game), rationality=rationality, restarts=0)
        if play.converged:
            compared += 1
            assert _apart(asked, plays, game) < 1e-7
    assert compared >= 2


def test_what_is_put_down_to_rounding_is_bounded_and_grows_with_rationality():
    """At the λ that are reckoned with nothing is: the tolerance of 1e-10 stands."""
    asked = crises(1_000, types=3, seed=9, rationality=400.0)
    plays = solve_crises(asked)
    assert np.array_equal(plays.converged, plays.residual <= 1e-10)

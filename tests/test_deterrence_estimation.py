"""Strategic logit and probit: they find what is there, and know when they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit

from backstop.deterrence import estimate, left_out
from backstop.deterrence.estimation import BLOCKS, Crises, _Task, predict, separated
from backstop.deterrence.validation import outcomes
from backstop.errors import InputError

TRUE = {
    "status_quo": np.array([0.8]),
    "capitulation": np.array([0.4, 0.9]),
    "war": np.array([-0.6, 1.1]),
    "resist": np.array([0.3, -1.2]),
}


def simulated(cases: int, *, link: str = "logit", seed: int = 1, true=TRUE) -> Crises:
    """Cases played with agents' own errors on every action, not with the fitted formula."""
    draw = np.random.default_rng(seed)

    def block(name: str) -> np.ndarray:
        width = len(true[name])
        columns = draw.normal(size=(cases, width))
        # A constant in every utility but that of the status quo, which would say the same again.
        if name != "status_quo":
            columns[:, 0] = 1.0
        return columns

    matrix = {name: block(name) for name in BLOCKS}
    value = {name: matrix[name] @ true[name] for name in BLOCKS}
    error = draw.gumbel(size=(4, cases)) if link == "logit" else draw.normal(size=(4, cases))
    resists = value["resist"] + error[0] > error[1]
    difference = value["resist"]
    p = expit(difference) if link == "logit" else _phi(difference / np.sqrt(2))
    expected = p * value["war"] + (1 - p) * value["capitulation"]
    attacks = expected + error[2] > value["status_quo"] + error[3]
    return Crises(attacked=attacks, resisted=resists & attacks, **matrix)


def _phi(z: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("penalty", ["none", "logf", "ridge"])
def test_parameters_of_four_thousand_simulated_crises_are_recovered(link, penalty):
    fitted = estimate(simulated(4_000, link=link), link=link, penalty=penalty)
    assert fitted.converged
    assert not fitted.separated
    for name in BLOCKS:
        off = (fitted.coefficients[name] - TRUE[name]) / fitted.errors[name]
        assert (np.abs(off) < 3.5).all(), name
        assert (fitted.errors[name] < 0.3).all(), name


def test_standard_errors_cover_the_truth_as_often_as_they_say():
    """Two standard errors hold about 95 % of 40 replications of 500 crises."""
    inside = []
    for seed in range(40):
        fitted = estimate(simulated(500, seed=seed), penalty="none")
        for name in BLOCKS:
            inside += list(np.abs(fitted.coefficients[name] - TRUE[name]) < 2 * fitted.errors[name])
    assert 0.90 < np.mean(inside) < 0.99


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("penalty", ["none", "logf", "ridge"])
def test_the_gradient_is_the_slope_of_the_likelihood(link, penalty):
    task = _Task(simulated(60, link=link), link, penalty, 1.0)
    beta = np.random.default_rng(2).normal(size=7)
    numeric = approx_fprime(beta, lambda b: task._loss(b)[0], 1e-7)
    assert task._loss(beta)[1] == pytest.approx(numeric, abs=1e-4)


def test_backward_induction_starts_near_the_answer():
    """The start is already likelier than nothing known, and the fit is likelier still."""
    task = _Task(simulated(1_000), "logit", "none", 1.0)
    start, (best, _) = task.backward_induction(), task.fit()
    blank, begun, ended = (task.likelihood(b)[0] for b in (np.zeros(7), start, best))
    assert blank < begun <= ended + 1e-9
    assert ended - begun < 0.2 * (ended - blank)


def test_rationality_cannot_be_estimated_beside_the_utilities():
    with pytest.raises(InputError, match="only the product"):
        estimate(simulated(200), rationality="free")
    for bad in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="above 0"):
            estimate(simulated(200), rationality=bad)


def test_utilities_stated_for_another_rationality_predict_the_same():
    data = simulated(400)
    one, eight = estimate(data), estimate(data, rationality=8.0)
    for name in BLOCKS:
        assert eight.coefficients[name] * 8 == pytest.approx(one.coefficients[name])
    assert predict(eight, data)[0] == pytest.approx(predict(one, data)[0])


def _apart() -> Crises:
    data = simulated(80)
    resist = data.resist.copy()
    resist[:, 1] = np.where(data.resisted, 1.0, -1.0) * (0.5 + np.abs(resist[:, 1]))
    return Crises(
        data.attacked, data.resisted, data.status_quo, data.capitulation, data.war, resist
    )


def test_separated_cases_need_a_penalty_and_get_finite_answers_with_one():
    data = _apart()
    assert separated(data)
    with pytest.raises(InputError, match="tells the cases apart"):
        estimate(data, penalty="none")
    for penalty in ("logf", "ridge"):
        fitted = estimate(data, penalty=penalty)
        assert fitted.separated
        assert fitted.converged
        for name in BLOCKS:
            assert np.isfinite(fitted.coefficients[name]).all()
            assert (np.abs(fitted.coefficients[name]) < 20).all()
            assert np.isfinite(fitted.errors[name]).all()


def test_a_stronger_penalty_shrinks_slopes_and_leaves_constants_free():
    data = simulated(150)
    weak, strong = (estimate(data, penalty="ridge", strength=s) for s in (0.1, 1e4))
    slopes = {"status_quo": 0, "capitulation": 1, "war": 1, "resist": 1}
    for name, place in slopes.items():
        assert abs(strong.coefficients[name][place]) < 0.05
        assert abs(strong.coefficients[name][place]) < abs(weak.coefficients[name][place])
    # Without slopes the constant says how often the attacked resisted, unshrunk.
    share = data.resisted[data.attacked].mean()
    assert strong.coefficients["resist"][0] == pytest.approx(np.log(share / (1 - share)), abs=0.01)


def test_the_order_of_cases_does_not_matter():
    data = simulated(120)
    other = data.take(np.random.default_rng(3).permutation(120))
    one, two = estimate(data), estimate(other)
    for name in BLOCKS:
        assert one.coefficients[name] == pytest.approx(two.coefficients[name], abs=1e-4)


def test_cases_that_say_nothing_are_refused():
    data = simulated(30)
    every, none = np.ones(30, dtype=bool), np.zeros(30, dtype=bool)
    blocks = {name: getattr(data, name) for name in BLOCKS}
    for attacked, resisted in ((every, data.resisted), (none, none), (data.attacked, none)):
        with pytest.raises(InputError, match=r"case|resisted"):
            estimate(Crises(attacked=attacked, resisted=resisted, **blocks))
    with pytest.raises(InputError, match="not finite"):
        Crises(data.attacked, data.resisted, **{**blocks, "war": blocks["war"] * np.nan})
    with pytest.raises(InputError, match="one row"):
        Crises(data.attacked, data.resisted, **{**blocks, "war": blocks["war"][:-1]})


def _huth_sized(cases: int, seed: int) -> Crises:
    """21 parameters as in the published model, few of them with any effect."""
    true = {
        "status_quo": np.array([0.3, 0.0, 0.0, 0.0]),
        "capitulation": np.array([0.2, 0.4, 0.0, 0.0, 0.0]),
        "war": np.array([-0.4, 0.4, 0.0, 0.0, 0.0, 0.0]),
        "resist": np.array([0.2, -0.4, 0.0, 0.0, 0.0, 0.0]),
    }
    assert sum(map(len, true.values())) == 21
    return simulated(cases, seed=seed, true=true)


@pytest.mark.slow
def test_left_one_out_58_crises_with_21_parameters_lose_to_base_rates():
    """Why the estimates are no point forecasts: even fitted by their own true form they lose."""
    lost = [left_out(_huth_sized(58, seed), penalty="ridge", strength=0.1) for seed in range(4)]
    assert all(one.parameters == 21 and one.cases == 58 for one in lost)
    assert np.mean([one.log_score - one.base_log_score for one in lost]) < -0.1
    assert np.mean([one.brier - one.base_brier for one in lost]) > 0


@pytest.mark.slow
def test_with_enough_cases_the_same_model_beats_base_rates():
    """The comparison can be won: few parameters, strong effects, 150 cases."""
    assert left_out(simulated(150), penalty="ridge", strength=0.1).beats_base_rates


def test_outcomes_are_told_apart():
    data = simulated(50)
    found = outcomes(data)
    assert set(found) == {0, 1, 2}
    assert ((found == 0) == ~data.attacked).all()
    assert ((found == 2) == (data.attacked & data.resisted)).all()

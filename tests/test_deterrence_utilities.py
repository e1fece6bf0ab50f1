"""What outcomes are worth: every number can be redone by hand, and published orders come out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from backstop.deterrence.crisis import OUTCOMES
from backstop.deterrence.stage import deter
from backstop.deterrence.stakes import Stakes
from backstop.deterrence.utilities import (
    CHALLENGER,
    GUARANTOR,
    War,
    challenger_utilities,
    guarantor_utilities,
    reneging_cost,
    resolve_factors,
)
from deterrence_cases import answer, case, draw, prospects, with_terms


def stakes(worlds: int = 8) -> Stakes:
    base = case()
    return Stakes.of(base, draw(base, worlds=worlds))


def central() -> Stakes:
    """Every number at its middle, one world."""
    terms = case().scenario.file.deterrence
    assert terms is not None
    found = {}

    def walk(record, prefix):
        for name in type(record).model_fields:
            value = getattr(record, name)
            if hasattr(value, "central"):
                found[prefix + name] = np.array([value.central])
            elif hasattr(type(value), "model_fields"):
                walk(value, f"{prefix}{name}.")

    walk(terms, "")
    return Stakes(found)


def war(worlds: int = 1, **changes: float) -> War:
    base = {
        "taken_alone": 0.35, "taken": 0.1, "challenger_loss_alone": 0.15, "challenger_loss": 0.3,
        "guarantor_loss": 0.2, "protected_loss_alone": 0.3, "protected_loss": 0.2, "presence": 1.0,
        "engaged": 1.0,
        "fatigue": 1.0,
    }  # fmt: skip
    return War(**{name: np.full(worlds, v) for name, v in {**base, **changes}.items()})


def test_every_utility_is_what_its_printed_formula_gives_by_hand():
    explained = answer(case("package")).explanation
    assert len(explained.lines) == 2 * 3 * len(OUTCOMES)
    for line in explained.lines:
        by_hand = eval(line.formula, {"__builtins__": {}}, dict(line.terms))
        assert by_hand == pytest.approx(line.utility, abs=1e-12), line


def test_every_choice_is_the_softmax_of_utilities_by_hand():
    """The last choices of the tree, redone from the printed numbers alone."""
    told = answer(case("tripwire")).explanation
    value = {(line.player, line.type, line.outcome): line.utility for line in told.lines}
    checked = 0
    for choice in told.choices:
        for branch in ("attack", "escalated"):
            after = "attack" if branch == "attack" else "escalation"
            if choice.place.startswith("honoured after") and after in choice.place:
                press, retreat = (
                    value["challenger", choice.type, f"{branch}_{end}"]
                    for end in ("pressed", "retreated")
                )
                wanted = expit(told.rationality * (press - retreat))
                assert choice.probabilities["press"] == pytest.approx(wanted, abs=1e-9)
                checked += 1
    assert checked == 6


def test_the_formulas_name_every_outcome_in_order():
    assert tuple(CHALLENGER) == tuple(GUARANTOR) == OUTCOMES


def test_status_quo_is_0_a_free_prize_is_1_and_a_total_loss_is_minus_1():
    free = {path: np.zeros(1) for path in stakes(1).values}
    nothing = Stakes(free)
    all_of_it = war(taken_alone=1.0, taken=1.0)
    one = np.ones((1, 1))
    own = challenger_utilities(nothing, all_of_it, one)[0, 0]
    other = guarantor_utilities(nothing, all_of_it, one, formality="none")[0, 0]
    place = {name: number for number, name in enumerate(OUTCOMES)}
    assert own[place["comply"]] == other[place["comply"]] == 0
    assert own[place["attack_reneged"]] == 1
    assert other[place["attack_reneged"]] == -1


def test_a_token_force_is_no_war_with_the_guarantor():
    """Direct combat costs the challenger as much of it as comes."""
    numbers, one = stakes(1), np.ones((1, 1))
    place = OUTCOMES.index("attack_pressed")
    full, half, token = (
        challenger_utilities(numbers, war(engaged=share), one)[0, 0, place]
        for share in (1.0, 0.5, 0.0)
    )
    assert full < half < token
    assert token - full == pytest.approx(float(numbers["challenger.cost_of_direct_combat"][0]))
    assert half == pytest.approx((full + token) / 2)


def test_a_treaty_moves_public_support_by_29_points_and_troops_by_3():
    """45 to 74 % for a treaty ally (Tomz, Weeks and Bansak 2023); about 3 points for troops in
    place (Musgrave and Ward 2018), through the cost of reneging at the median rationality."""
    mean, rationality, start = central(), 8.0, 0.45

    def support(formality: str, presence: float) -> float:
        cost = float(reneging_cost(mean, np.array([presence]), formality=formality)[0])
        return float(expit(logit(start) + rationality * cost))

    nothing = support("none", 0.0)
    assert nothing == pytest.approx(0.45)
    assert support("treaty", 0.0) - nothing == pytest.approx(0.29, abs=0.01)
    assert support("none", 1.0) - nothing == pytest.approx(0.03, abs=0.005)
    steps = [support(f, 0.0) for f in ("none", "political", "binding", "treaty")]
    assert steps == sorted(steps)
    assert support("none", 1.0) - nothing < support("binding", 0.0) - nothing


def test_a_force_enters_only_through_the_campaign_and_the_cost_of_reneging():
    """Slantchev 2005: with the same war and the same troops' cost, presence changes nothing."""
    numbers = stakes(1)
    factor = np.ones((1, 1))
    without = Stakes({**numbers.values, "guarantor.reneging.troops": np.zeros(1)})
    for presence in (0.0, 1.0):
        scene = war(presence=presence)
        assert guarantor_utilities(without, scene, factor, formality="none") == pytest.approx(
            guarantor_utilities(without, war(presence=0.5), factor, formality="none")
        )
        assert challenger_utilities(numbers, scene, factor) == pytest.approx(
            challenger_utilities(numbers, war(presence=0.5), factor)
        )
    more, less = (
        guarantor_utilities(numbers, war(presence=p), factor, formality="none")[0, 0]
        for p in (1.0, 0.0)
    )
    changed = {OUTCOMES[i] for i in np.flatnonzero(more != less)}
    assert changed == {"attack_reneged", "escalated_reneged", "probe_ignored_attributed"}


@settings(max_examples=30, deadline=None)
@given(spread=st.floats(0, 3), types=st.integers(1, 9))
def test_types_are_medians_of_equal_slices_and_the_last_bears_most(spread, types):
    found = resolve_factors(np.array([spread]), types=types)[0]
    assert found.shape == (types,)
    assert (np.diff(found) <= 1e-12).all()
    assert np.log(found).mean() == pytest.approx(0, abs=1e-9)
    if types == 1:
        assert found[0] == 1


def test_no_spread_makes_three_types_of_one():
    """Types with equal payoffs are one type."""
    base = with_terms(case(), challenger__resolve_spread=0.0, guarantor__resolve_spread=0.0)
    three, one = answer(base, types=3), answer(base, types=1)
    assert three.survival["2"].mean == pytest.approx(one.survival["2"].mean, abs=2e-4)
    assert three.honoured_given_attack.mean == pytest.approx(one.honoured_given_attack.mean, 1e-3)


def test_rationality_and_the_scale_of_utility_cannot_be_told_apart():
    """(λ, u) and (λ/k, k·u) give the same crisis."""
    base, k = case(), 4.0
    numbers = {path: float(v[0]) for path, v in central().values.items()}
    prize = prospects(years=2.0)
    plain = with_terms(base, **{_name(p): v for p, v in numbers.items()})
    scaled = {
        path: v * k
        for path, v in numbers.items()
        if path.split(".")[-1].startswith("cost_of") or "reneging" in path
    }
    scaled["rationality"] = numbers["rationality"] / k
    # The war itself is a share of the prize, so a fourth of it stands for the same at four times.
    small = type(prize)(
        **{name: getattr(prize, name) for name in prize.__dataclass_fields__}
        | {"taken": prize.taken / k}
    )
    plain = with_terms(plain, challenger__probe_gain=numbers["challenger.probe_gain"] / k)
    bigger = with_terms(
        plain,
        **{_name(p): v for p, v in scaled.items()},
        challenger__probe_gain=numbers["challenger.probe_gain"],
    )
    one = deter(plain, prospects=small, worlds=draw(plain), horizon_years=2.0)
    other = deter(bigger, prospects=prize, worlds=draw(bigger), horizon_years=2.0)
    assert other.per_quarter.attack.mean == pytest.approx(one.per_quarter.attack.mean, rel=1e-3)
    assert other.survival["2"].mean == pytest.approx(one.survival["2"].mean, rel=1e-3)


def _name(path: str) -> str:
    return path.replace(".", "__")

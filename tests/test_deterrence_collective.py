"""The coalition's answer: exact against brute force and quadrature, and its traps."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit, ndtr, ndtri
from scipy.stats import norm

from backstop.deterrence.collective import (
    COARSE,
    LIMIT,
    POINTS,
    collective,
    pivotal_unanimity,
)
from backstop.deterrence.factor import node_count, nodes
from backstop.deterrence.members import PARTS, Members, Rule, parts
from backstop.deterrence.willingness import Temper, chances, offsets
from backstop.errors import InputError

RULES = (
    Rule("opt-in", 1),
    Rule("opt-in", 3),
    Rule("k-of-n", 4),
    Rule("unanimity"),
    Rule("weighted", 13),
    Rule("lead-nation"),
)
X = np.linspace(-LIMIT, LIMIT, POINTS)


def temper(worlds: int = 1, **changes: float) -> Temper:
    names = ("rho", "position_share", "absent", "caveat", "lead_pull", "backstop_pull", "follow")
    base = {**dict.fromkeys(names, 0.0), "position_share": 1.0, "automatic": 0.0, **changes}
    return Temper(
        backstop=np.full(worlds, bool(base.pop("backstop", False))),
        **{name: np.full(worlds, value) for name, value in base.items()},
    )


def members(count: int, *, seed: int = 1, worlds: int = 1, leads: int = 2) -> Members:
    draw = np.random.default_rng(seed)
    return Members(
        names=tuple(f"M{i}" for i in range(count)),
        position=draw.uniform(0.05, 0.95, (worlds, count)),
        weight=parts(draw.random(count)),
        in_place=draw.random(count) < 0.5,
        lead=np.arange(count) < leads,
        caveat=draw.random(count),
    )


def brute(who: Members, rule: Rule, mood: Temper, x: float, factor: float = 0.0):
    """P(rule), and the joint chances of strength and number, over all 2^n coalitions."""
    off = {pull: offsets(who, mood, pull=pull)[0] for pull in (False, True)}
    rho = float(mood.rho[0])

    def p(pull: bool) -> np.ndarray:
        own = expit(x + off[pull])
        return ndtr((ndtri(own) + np.sqrt(rho) * factor) / np.sqrt(1 - rho))

    before, after = p(False), p(True)
    strength, number = np.zeros(int(who.weight.sum()) + 1), np.zeros(len(who) + 1)
    for votes in product((False, True), repeat=len(who)):
        yes = np.array(votes, dtype=bool)
        goes = bool((yes & who.lead).any())
        own = np.where(who.lead | (not goes), before, after)
        mass = float(np.prod(np.where(yes, own, 1 - own)))
        if passes(who, rule, yes):
            strength[int(who.weight[yes].sum())] += mass
            number[int(yes.sum())] += mass
    return strength, number


def passes(who: Members, rule: Rule, yes: np.ndarray) -> bool:
    match rule.kind:
        case "opt-in" | "k-of-n":
            return int(yes.sum()) >= rule.need
        case "unanimity":
            return bool(yes.all())
        case "weighted":
            return int(who.weight[yes].sum()) >= rule.need
        case _:
            return bool((yes & who.lead).any())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}-{rule.need}")
@pytest.mark.parametrize("pull", [0.0, 1.2])
def test_each_rule_is_exact_against_all_coalitions_of_nine(rule, pull):
    who, mood = members(9), temper(lead_pull=pull, absent=0.3, caveat=0.7)
    found = collective(who, rule=rule, temper=mood)
    for k in (24, 32, 40):
        strength, _ = brute(who, rule, mood, X[k])
        assert found.probability[0, k] == pytest.approx(strength.sum(), abs=1e-8)
    for k in (6, 8, 10):
        strength, number = brute(who, rule, mood, found.coarse[k])
        assert found.strength[0, k] == pytest.approx(strength / strength.sum(), abs=1e-7)
        assert found.number[0, k] == pytest.approx(number / number.sum(), abs=1e-7)


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 10),
    seed=st.integers(0, 10_000),
    need=st.integers(1, 10),
    pull=st.floats(0, 3),
)
def test_any_small_coalition_is_exact(count, seed, need, pull):
    who, mood = members(count, seed=seed, leads=seed % 3), temper(lead_pull=pull)
    for rule in (Rule("opt-in", need), Rule("weighted", 2 * need), Rule("lead-nation")):
        found = collective(who, rule=rule, temper=mood)
        strength, _ = brute(who, rule, mood, 0.0)
        assert found.probability[0, POINTS // 2] == pytest.approx(strength.sum(), abs=1e-8)


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}-{rule.need}")
def test_correlation_agrees_with_adaptive_quadrature(rule, rho):
    who, mood = members(5, seed=4), temper(rho=rho, lead_pull=0.8)
    found = collective(who, rule=rule, temper=mood)

    def integrand(factor: float) -> float:
        return float(brute(who, rule, mood, 0.5, factor)[0].sum() * norm.pdf(factor))

    wanted, _ = quad(integrand, -8, 8, epsabs=1e-9, limit=200)
    assert found.probability[0, POINTS // 2 + 1] == pytest.approx(wanted, abs=1e-6)


def test_sixty_members_at_the_highest_correlation_integrate_to_their_margins():
    who, mood = members(60, leads=0), temper(rho=0.8)
    found = collective(who, rule=Rule("opt-in", 1), temper=mood)
    k = COARSE // 2
    own = expit(found.coarse[k] + offsets(who, mood, pull=False)[0])
    mean = float(found.number[0, k] @ np.arange(61)) * found.probability[0, POINTS // 2]
    assert mean == pytest.approx(own.sum(), abs=1e-5)


def test_nodes_are_a_distribution_and_a_high_correlation_is_refused():
    factor, weight = nodes(int(node_count(np.array([0.5]), 20)[0]))
    assert weight.sum() == pytest.approx(1)
    assert weight @ factor == pytest.approx(0, abs=1e-12)
    assert weight @ factor**2 == pytest.approx(1, abs=1e-6)
    with pytest.raises(InputError, match=r"at most 0\.8"):
        node_count(np.array([0.9]), 20)


def test_correlation_helps_unanimity_and_hurts_the_first_volunteer():
    who = members(12, leads=0)
    loose, tied = temper(rho=0.0), temper(rho=0.6)
    middle = POINTS // 2
    for rule, sign in ((Rule("unanimity"), 1), (Rule("opt-in", 1), -1)):
        low = collective(who, rule=rule, temper=loose).probability[0, middle]
        high = collective(who, rule=rule, temper=tied).probability[0, middle]
        assert sign * (high - low) > 0


def test_the_automatic_share_adds_as_tau_plus_the_rest_times_the_rule():
    who, rule = members(7), Rule("k-of-n", 5)
    bare = collective(who, rule=rule, temper=temper()).probability
    found = collective(who, rule=rule, temper=temper(automatic=0.2)).probability
    assert found == pytest.approx(0.2 + 0.8 * bare, abs=1e-9)


def test_whoever_is_drawn_in_counts_as_there():
    who, mood = members(6), temper(automatic=1.0)
    found = collective(who, rule=Rule("unanimity"), temper=mood)
    assert found.number[0, 0, int(who.in_place.sum())] == pytest.approx(1, abs=1e-4)
    assert found.strength[0, 0, int(who.weight[who.in_place].sum())] == pytest.approx(1, abs=1e-4)


def test_nobody_in_place_leaves_nothing_to_draw_in():
    who = members(4)
    away = Members(who.names, who.position, who.weight, who.in_place & False, who.lead, who.caveat)
    without = collective(away, rule=Rule("opt-in"), temper=temper()).probability
    found = collective(away, rule=Rule("opt-in"), temper=temper(automatic=0.5)).probability
    assert np.array_equal(found, without)


def test_a_coalition_of_none_never_honours():
    nobody = members(0, leads=0)
    for rule in RULES:
        found = collective(nobody, rule=rule, temper=temper(automatic=0.5, rho=0.3))
        assert not found.probability.any()
        assert np.isfinite(found.strength).all()
        assert found.number.sum(axis=2) == pytest.approx(1)


def test_sixty_one_members_are_refused_and_sixty_are_not():
    with pytest.raises(InputError, match="at most 60"):
        members(61)
    found = collective(members(60), rule=Rule("k-of-n", 30), temper=temper(rho=0.3))
    assert np.isfinite(found.probability).all()


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_probabilities_outside_their_range_are_refused(bad):
    who = members(3)
    position = who.position.copy()
    position[0, 1] = bad
    with pytest.raises(InputError, match="between 0 and 1"):
        Members(who.names, position, who.weight, who.in_place, who.lead, who.caveat)
    with pytest.raises(InputError, match="between 0 and 1"):
        temper(automatic=bad)
    with pytest.raises(InputError, match="between 0 and 1"):
        temper(rho=bad)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(6)), rho=st.sampled_from([0.0, 0.4]))
def test_the_order_of_members_does_not_matter(order, rho):
    who, mood = members(6), temper(rho=rho, lead_pull=0.9, automatic=0.1, follow=0.5)
    places = np.array(order)
    shuffled = Members(
        tuple(who.names[i] for i in order),
        who.position[:, places],
        who.weight[places],
        who.in_place[places],
        who.lead[places],
        who.caveat[places],
    )
    for rule in (Rule("opt-in", 2), Rule("weighted", 10)):
        one = collective(who, rule=rule, temper=mood)
        other = collective(shuffled, rule=rule, temper=mood)
        assert other.probability == pytest.approx(one.probability, abs=1e-12)
        assert other.strength == pytest.approx(one.strength, abs=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}-{rule.need}")
def test_the_curve_never_falls_and_keeps_within_its_bounds(rule):
    mood = temper(rho=0.5, lead_pull=1.0, follow=2.0, automatic=0.1)
    found = collective(members(8), rule=rule, temper=mood).probability
    assert (np.diff(found, axis=1) >= 0).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_one_member_alone_answers_by_the_logistic_function():
    who = Members(
        ("A",), np.array([[0.5]]), np.array([PARTS]), np.array([True]), np.array([False]),
        np.zeros(1),
    )  # fmt: skip
    found = collective(who, rule=Rule("unanimity"), temper=temper(rho=0.7))
    assert found.probability[0] == pytest.approx(expit(X), abs=1e-8)


def test_every_offset_has_its_sign():
    """Each offset has its sign: a caveat and absence lower the odds, leads and backstop raise."""
    who = members(4)
    plain = offsets(who, temper(), pull=False)
    assert (offsets(who, temper(caveat=1), pull=False) <= plain).all()
    away = ~who.in_place
    assert (offsets(who, temper(absent=0.12), pull=False)[0, away] < plain[0, away]).all()
    assert (offsets(who, temper(lead_pull=1), pull=True)[0, ~who.lead] > plain[0, ~who.lead]).all()
    backed = offsets(who, temper(backstop_pull=1, backstop=True), pull=False)
    assert backed == pytest.approx(plain + 1)


def test_pivotal_votes_under_unanimity_collapse_to_coin_flips():
    """32 members who would gain a whole prize at λ = 8: P(all) is 2e-10, not near 1."""
    p, everybody = pivotal_unanimity(32, gain=1.0, rationality=8.0)
    assert p == pytest.approx(0.5, abs=1e-6)
    assert everybody == pytest.approx(2.0**-32, rel=1e-4)
    assert everybody == pytest.approx(2e-10, rel=0.2)
    # The same members deciding for what the deed is worth to them.
    assert float(expit(8.0)) ** 32 == pytest.approx(0.989, abs=0.001)


def test_members_who_wait_for_each_other_have_a_lowest_and_a_highest_answer():
    """Strong complements: nobody comes because nobody comes, or all come because all come."""
    who = Members(
        tuple("ABCDEFGH"), np.full((1, 8), 0.5), parts(np.ones(8)), np.ones(8, bool),
        np.zeros(8, bool), np.zeros(8),
    )  # fmt: skip
    found = collective(who, rule=Rule("k-of-n", 5), temper=temper(follow=8.0))
    assert found.several.all()
    k = int(np.argmin(np.abs(X + 4)))
    assert found.probability[0, k] < 0.01
    assert found.highest[0, k] > 0.95
    weak = collective(who, rule=Rule("k-of-n", 5), temper=temper(follow=1.0))
    assert not weak.several.any()


@settings(max_examples=20, deadline=None)
@given(follow=st.floats(0, 12), x=st.floats(-10, 10), seed=st.integers(0, 50))
def test_both_ends_are_fixed_points_and_in_order(follow, x, seed):
    who, mood = members(5, seed=seed), temper(follow=follow)
    at = np.array([x])
    low, high = (chances(who, at, temper=mood, pull=False, highest=h)[0, 0] for h in (False, True))
    assert (high >= low - 1e-9).all()
    for p in (low, high):
        expected = (p.sum() - p) / 4
        again = expit(x + offsets(who, mood, pull=False)[0] + follow * expected)
        # A tangency is reached slowly; everywhere else this is far smaller.
        assert again == pytest.approx(p, abs=2e-3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_parts_of_a_force_add_up_and_are_off_by_at_most_one(shares):
    found = parts(shares)
    total = sum(shares)
    assert found.sum() == (PARTS if total > 0 else 0)
    if total > 0 and len(shares) <= PARTS:
        assert (np.abs(found - np.array(shares) / total * PARTS) < 2).all()
        big = np.array(shares) / total * PARTS >= 1
        assert (found[big] >= 1).all()

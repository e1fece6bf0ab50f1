"""With everything else off, the same code is Lanchester's, and follows Engel's Iwo Jima."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backstop.campaign import engine
from backstop.campaign import parameters as at
from backstop.campaign.inputs import Inputs, Waves
from backstop.campaign.reference import run_one
from campaign_cases import KEY, plain


def rows(*, attacker: float, defender: float, a: float, b: float, p: float, q: float) -> dict:
    """Own loss = rate × enemy^p × own^q a step: ``a`` kills defenders, ``b`` kills attackers."""
    return {
        at.ATTACKER_LINE: attacker,
        at.PROTECTED_LINE: defender,
        at.DEFENDER_RATE: np.log2(a),
        at.ATTACKER_RATE: np.log2(b),
        at.ENEMY_POWER: p,
        at.OWN_POWER: q - 1,
    }


def path(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Both strengths at the end of each step, and the kernel's losses agree with them."""
    _, one = run_one(inputs, key=KEY, checkpoints=(inputs.days,))
    notes = engine.run(inputs, key=KEY, checkpoints=(inputs.days,)).notes[0, :, 0]
    assert notes[at.ATTACKER_LOSS] == one.lost[-1, 0]
    return one.attacker.sum(axis=1), one.protected.sum(axis=1)


def test_lanchesters_square_law() -> None:
    """b D² - a A² is constant (Lanchester 1916), as far as a step of a day allows."""
    a, b, first, second = 2e-3, 1e-3, 100.0, 120.0
    start = rows(attacker=first, defender=second, a=a, b=b, p=1, q=0)
    attacker, defender = path(plain(start, days=300))
    constant = b * defender**2 - a * attacker**2
    begun = b * second**2 - a * first**2
    scale = b * second**2
    assert attacker[-1] < 0.85 * first
    assert np.abs(constant - begun).max() < 0.01 * scale


def test_lanchesters_linear_law() -> None:
    """b D - a A is constant, also step by step."""
    a, b, first, second = 2e-5, 1e-5, 100.0, 120.0
    start = rows(attacker=first, defender=second, a=a, b=b, p=1, q=1)
    attacker, defender = path(plain(start, days=300))
    assert attacker[-1] < 0.8 * first
    assert b * defender - a * attacker == pytest.approx(b * second - a * first, abs=1e-7)


def test_the_square_law_against_its_closed_form() -> None:
    """A(t) = A cosh(mt) - sqrt(b/a) D sinh(mt), m = sqrt(ab); the steps converge to it."""
    a, b, first, second, days = 0.04, 0.02, 100.0, 90.0, 20
    m = np.sqrt(a * b)
    exact = first * np.cosh(m * days) - np.sqrt(b / a) * second * np.sinh(m * days)
    errors = []
    for steps in (10, 100):
        start = rows(attacker=first, defender=second, a=a / steps, b=b / steps, p=1, q=0)
        attacker, _ = path(plain(start, days=days * steps))
        errors.append(abs(attacker[-1] - exact))
    assert errors[0] < 0.002 * first
    assert errors[1] < 0.15 * errors[0]


STEPS = 20
#: Engel 1954: 54,000 Americans landed on the first day, 6,000 on the third and 13,000 on the
#: sixth; a Japanese puts .0544 of them out of action a day, an American .0106 Japanese. His curve
#: is the solution of these equations; it is integrated here with SciPy to 1e-9.
JAPAN, LANDINGS = 21_500.0, {1: 54_000.0, 3: 6_000.0, 6: 13_000.0}
KILLS_US, KILLS_JAPAN = 0.0544, 0.0106


def engel(day: int) -> tuple[float, float]:
    """Solution of Engel's equations at the end of a day."""
    from scipy.integrate import solve_ivp

    state = np.array([0.0, JAPAN])
    for begun in range(1, day + 1):
        state[0] += LANDINGS.get(begun, 0.0)
        solved = solve_ivp(
            lambda _, x: [-KILLS_US * x[1], -KILLS_JAPAN * x[0]], (0, 1), state, rtol=1e-9
        )
        state = solved.y[:, -1]
    return float(state[0]), float(state[1])


def iwo_jima(days: int) -> tuple[float, float]:
    """The same through the campaign's attrition, in steps of a twentieth of a day.

    One run a day, begun with the strengths at its morning and who lands on it; units are thousands
    of men on one kilometre.
    """
    start = rows(
        attacker=JAPAN / 1000,
        defender=0.0,
        a=KILLS_US / STEPS,
        b=KILLS_JAPAN / STEPS,
        p=1,
        q=0,
    )
    base = plain(start, days=days * STEPS)
    strength = base.world.copy()
    japan, us = JAPAN / 1000, 0.0
    for day in range(1, days + 1):
        us += LANDINGS.get(day, 0.0) / 1000
        strength[at.ATTACKER_LINE], strength[at.PROTECTED_LINE] = japan, us
        waves = Waves.none(sectors=1, worlds=1)
        inputs = replace(base, days=STEPS, world=strength, waves=waves)
        notes = engine.run(inputs, key=KEY, checkpoints=(STEPS,)).notes[0, :, 0]
        japan -= float(notes[at.ATTACKER_LOSS])
        us -= float(notes[at.PROTECTED_LOSS])
    return us * 1000, japan * 1000


def test_iwo_jima() -> None:
    """Engel's equations with his coefficients and landings, day by day."""
    for day in (1, 3, 6, 15, 28):
        assert iwo_jima(day) == pytest.approx(engel(day), rel=2e-3, abs=30)


def ground(rows: dict, *, works: float = 0.0, days: int = 1) -> np.ndarray:
    """Depth at the end of each day on a kilometre of line, without luck or losses."""
    base = {at.ATTACKER_LINE: 1.0, at.PROTECTED_LINE: 1.0, at.SPEED: -6.0}
    inputs = plain({**base, **rows}, days=days)
    sector = inputs.sector.copy()
    sector[at.WORKS] = works
    _, one = run_one(replace(inputs, sector=sector), key=KEY, checkpoints=(days,))
    return one.front_km[:, 0].astype(float)


def test_ground_is_taken_on_days_of_assault_and_on_no_other() -> None:
    """Tempo falls as .8^t, and half of it is asked for: the first four days, .8^3 = .51."""
    fading = {at.TEMPO_FLOOR: 0.0, at.TEMPO_KEEP: 0.8, at.ASSAULT: -1.0}
    gained = np.diff(ground(fading, days=10), prepend=0.0)
    assert (gained[:4] > 0).all()
    assert not gained[4:].any()


def test_whether_there_is_an_assault_does_not_ask_who_defends() -> None:
    luck = {at.LOSS_SPREAD: 1.0, at.ASSAULT: 0.3, at.SPEED_DEFENDER: 1.0}
    moved = [
        np.diff(ground({**luck, at.PROTECTED_LINE: force}, days=60), prepend=0.0)
        for force in (0.1, 10.0)
    ]
    assert ((moved[0] > 0) == (moved[1] > 0)).all()
    assert 10 < (moved[0] > 0).sum() < 50
    assert (moved[0] >= moved[1]).all()


def test_an_assault_is_thrown_back_by_luck_alone() -> None:
    """Luck is normal with spread 1: below -.6745 lies a quarter of days, whoever defends."""
    luck = {at.SPEED_DAY: 1.0, at.REPULSE: -0.6745, at.SPEED_DEFENDER: 1.0}
    moved = [
        np.diff(ground({**luck, at.PROTECTED_LINE: force}, days=400), prepend=0.0)
        for force in (0.1, 10.0)
    ]
    assert ((moved[0] > 0) == (moved[1] > 0)).all()
    assert np.mean(moved[0] == 0) == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize("reason", [{at.REPULSE: 1.0}, {at.ASSAULT: 1.0}])
def test_a_day_without_ground_has_its_own_losses(reason: dict) -> None:
    """The attacker loses four times what he otherwise does, the defender half."""
    rates = {at.ATTACKER_RATE: -8.0, at.DEFENDER_RATE: -6.0, at.ENEMY_POWER: 0.5}
    forces = {at.ATTACKER_LINE: 2.0, at.PROTECTED_LINE: 1.0, at.SPEED: -6.0}
    factors = {at.REPULSED_ATTACKER: 2.0, at.REPULSED_DEFENDER: -1.0}
    lost = []
    for rows in ({}, reason):
        _, one = run_one(
            plain({**rates, **forces, **factors, **rows}, days=1), key=KEY, checkpoints=(1,)
        )
        lost.append(one.lost[0])
    assert lost[1][0] / lost[0][0] == pytest.approx(4.0, rel=1e-5)
    assert lost[1][1] / lost[0][1] == pytest.approx(0.5, rel=1e-5)


def test_works_slow_an_attack_by_covers_own_exponent() -> None:
    """Works double the cover: the odds of moving fall to 2^-1.5, whatever numbers count for."""
    power = {at.SPEED_COVER: 1.5, at.SPEED_DEFENDER: 0.3}
    part = [ground(power, works=works)[0] for works in (0.0, 1.0)]
    odds = [moved / (1 - moved) for moved in part]  # top speed is 1
    assert odds[1] / odds[0] == pytest.approx(2**-1.5, rel=1e-5)


def test_a_bent_line_thins_the_defence_and_leaves_its_works_alone() -> None:
    """On the second day the line is longer by a hundred times the depth; numbers count with .5."""
    power = {at.SPEED_COVER: 3.0, at.SPEED_DEFENDER: 0.5, at.FLANK: 100.0}
    first, second = ground(power, days=2)
    odds = [x / (1 - x) for x in (first, second - first)]
    assert odds[1] / odds[0] == pytest.approx((1 + 100 * first) ** 0.5, rel=1e-4)


def test_works_fall_with_the_ground_lost_and_are_dug_again() -> None:
    """2 km deep; a fifth of what is missing is dug a day. Cover is 1 + works, exponent 1."""
    dug = {at.SPEED: -2.0, at.SPEED_COVER: 1.0, at.WORKS_DEPTH: 0.5, at.DIG: 0.2}
    found = ground(dug, works=1.0, days=6)
    depth, works = 0.0, 1.0
    for day in range(6):
        odds = 2**-2.0 / (1 + works)
        moved = odds / (1 + odds)
        depth, works = depth + moved, max(works - moved / 2, 0)
        works += 0.2 * (1 - works)
        assert found[day] == pytest.approx(depth, rel=1e-5)

"""With everything else off, the same code is Lanchester's, and follows Engel's Iwo Jima."""

from __future__ import annotations

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
        inputs = Inputs(base.numbers, STEPS, strength, base.sector, base.weight, waves)
        notes = engine.run(inputs, key=KEY, checkpoints=(STEPS,)).notes[0, :, 0]
        japan -= float(notes[at.ATTACKER_LOSS])
        us -= float(notes[at.PROTECTED_LOSS])
    return us * 1000, japan * 1000


def test_iwo_jima() -> None:
    """Engel's equations with his coefficients and landings, day by day."""
    for day in (1, 3, 6, 15, 28):
        assert iwo_jima(day) == pytest.approx(engel(day), rel=2e-3, abs=30)

"""``--explain``: every probability of a crisis, redone from what is printed."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from backstop.assessment.alone import deter_alone
from backstop.scenario.load import load


def _curve(x: float, points: list[float], honour: list[float]) -> float:
    """The monotone cubic of Fritsch and Butland (1984), written out again."""
    if x <= points[0]:
        return honour[0]
    if x >= points[-1]:
        return honour[-1]
    step = points[1] - points[0]
    place = min(int((x - points[0]) / step), len(points) - 2)
    t = (x - points[place]) / step
    rises = [b - a for a, b in pairwise(honour)]

    def slope(at: int) -> float:
        left = rises[at - 1] if at > 0 else 0.0
        right = rises[at] if at < len(rises) else 0.0
        return 2 * left * right / (left + right) if left + right > 0 else 0.0

    a, b, rise = slope(place), slope(place + 1), rises[place]
    return honour[place] + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)))


def _redone(choice: dict, rationality: float, curve: dict) -> list[float]:
    expected = np.array(list(choice["expected"].values()))
    if choice["by"] == "curve":
        gain = rationality * (choice["expected"]["honour"] - choice["expected"]["renege"])
        honour = _curve(gain, curve["x"], curve["honour"])
        return [honour, 1 - honour]
    odds = np.exp(rationality * (expected - expected.max()))
    return list(odds / odds.sum())


@pytest.fixture(scope="module", params=["tripwire", "package", "monitors"])
def crisis(request):
    case = load("ukraine-2025").design(request.param)
    answer = deter_alone(
        case, worlds=200, seed=3, threads=1, horizon_years=0.25, types=3, explained=5
    )
    return answer["explanation"]


def test_every_choice_follows_from_the_printed_expected_utilities(crisis):
    for choice in crisis["choices"]:
        redone = _redone(choice, crisis["rationality"], crisis["curve"])
        assert list(choice["probabilities"].values()) == pytest.approx(redone, abs=1e-6)


def test_every_utility_follows_from_its_formula_and_terms(crisis):
    for line in crisis["utilities"]:
        value = eval(line["formula"], {"__builtins__": {}}, dict(line["terms"]))
        assert value == pytest.approx(line["utility"], abs=1e-9)


def test_expected_utilities_follow_from_the_printed_utilities(crisis):
    """The last choices of all: press or retreat is between two printed utilities."""
    printed = {(u["player"], u["type"], u["outcome"]): u["utility"] for u in crisis["utilities"]}
    for choice in crisis["choices"]:
        if choice["place"] == "honoured after an attack":
            kind = choice["type"]
            assert choice["expected"] == {
                "press": printed["challenger", kind, "attack_pressed"],
                "retreat": printed["challenger", kind, "attack_retreated"],
            }


def test_outcomes_add_up_to_the_opening(crisis):
    openings = [c for c in crisis["choices"] if c["place"] == "opening"]
    comply = np.mean([c["probabilities"]["comply"] for c in openings])
    assert crisis["outcomes"]["comply"] == pytest.approx(comply)
    assert math.fsum(crisis["outcomes"].values()) == pytest.approx(1.0)

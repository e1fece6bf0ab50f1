"""The exact row check finds what a solver's tolerances could hide."""

from __future__ import annotations

import pytest

from backstop.errors import SolverFailed
from backstop.sourcing.exact import Violation, demand_exact, violations
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import fill
from sourcing_cases import standing


def test_a_sound_plan_breaks_nothing() -> None:
    staged = fill(build(standing(4, required=1)), effort=Effort())
    assert violations(staged.model, values=staged.values) == ()


def test_one_deployment_too_many_is_caught_and_named() -> None:
    staged = fill(build(standing(4, required=2)), effort=Effort())
    numbers = [number for _, number in staged.programme.of_kind("x")]
    idle = next(number for number in numbers if staged.values[number] == 0)
    corrupted = list(staged.values)
    corrupted[idle] += 1
    broken = violations(staged.model, values=corrupted)
    assert broken
    assert {(v.group, v.by) for v in broken} == {("dwell:A", 1)}
    with pytest.raises(SolverFailed, match=r"exact row check.*dwell\[A.brigade"):
        demand_exact(staged.model, values=corrupted)


def test_one_too_little_among_ten_to_the_twenty_is_seen() -> None:
    """A float has no room for this difference; an integer does."""
    model = IntegerModel()
    x = model.variable("x", upper=10**20)
    model.row("least", group="test", terms=[(x, 1)], lower=10**20)
    assert violations(model, values=[10**20]) == ()
    assert violations(model, values=[10**20 - 1]) == (Violation("least", "test", 1),)

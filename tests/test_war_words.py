"""The page of the crisis in words: small runs, short horizons, nobody and one member."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from backstop.assessment.alone import deter_alone
from backstop.assessment.drivers import Outcome, drivers
from backstop.futures.figures import futures, percent, years
from backstop.report.render import as_text
from backstop.report.stage import deter_page
from backstop.report.war import points
from backstop.scenario.load import load


@cache
def played(design: str, worlds: int, horizon: float) -> dict[str, Any]:
    case = load("ukraine-2025").design(design)
    return deter_alone(
        case, worlds=worlds, seed=1, threads=1, horizon_years=horizon, types=2, explained=0
    )


def words(body: dict[str, Any]) -> str:
    return " ".join(as_text(deter_page(body, explain=False), width=200).split())


# --- what moves it most --------------------------------------------------------------------------


def test_a_small_run_names_three_assumptions_and_says_which_are_not_told_from_chance():
    """Before, a run of 200 futures named one or two."""
    body = played("tripwire", 120, 1.0)
    found = body["drivers"]
    assert len(found) == 3
    for one in found:
        told = abs(one["effect"]) > 4 / np.sqrt(120)
        assert one["told_from_chance"] == told
        assert ("in 120 futures that is not told from chance" in one["sentence"]) != told
        assert one["sentence"] in words(body)
    assert not all(one["told_from_chance"] for one in found)


def test_what_is_named_beyond_chance_is_named_first_and_the_strongest_of_the_rest_follow():
    draw = np.random.default_rng(5)
    inputs = [(f"number {i}", draw.normal(size=400)) for i in range(40)]
    outcome = Outcome("o", "it", inputs[7][1] + draw.normal(size=400) * 0.5, percent)
    (alone,) = drivers(inputs, outcomes=[outcome], most=3)
    found = drivers(inputs, outcomes=[outcome], most=3, least=3)
    assert found[0] == alone
    assert [one.told_from_chance for one in found] == [True, False, False]
    ranks = [np.argsort(np.argsort(values)) for _, values in inputs]
    target = np.argsort(np.argsort(outcome.values))
    sizes = [abs(np.corrcoef(rank, target)[0, 1]) for rank in ranks]
    strongest = sorted(range(40), key=lambda i: -sizes[i])[:3]
    assert [one.path for one in found] == [f"number {i}" for i in strongest]


def test_no_more_are_named_than_asked_for_where_many_move_it():
    draw = np.random.default_rng(6)
    inputs = [(f"number {i}", draw.normal(size=400)) for i in range(6)]
    outcome = Outcome("o", "it", np.sum([values for _, values in inputs], axis=0), percent)
    found = drivers(inputs, outcomes=[outcome], most=2, least=1)
    assert [one.told_from_chance for one in found] == [True, True]


@pytest.mark.parametrize("worlds", [1, 12])
def test_from_a_handful_of_futures_nothing_is_named(worlds):
    body = played("tripwire", worlds, 1.0)
    assert body["drivers"] == []
    assert f"cannot be told from {futures(worlds)}:" in words(body)


# --- one of a thing ------------------------------------------------------------------------------

_ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (futures|years|days|months|members|points|quarters)\b")


@pytest.mark.parametrize("design", ["tripwire", "monitors", "package"])
@pytest.mark.parametrize("horizon", [0.0027, 0.25, 1.0, 3.0])
def test_one_of_a_thing_is_said_of_one(design, horizon):
    text = words(played(design, 1, horizon))
    assert not _ONE_OF_MANY.search(text)
    assert "1 future, seed 1" in text
    assert f"it stands after {years(horizon)} with" in text


def test_a_horizon_of_a_day_is_told_in_days_and_without_an_empty_table():
    text = words(played("tripwire", 1, 0.0027))
    assert "Within 1 day, given that the ceasefire stands" in text
    assert "no guarantee" not in text


def test_counts_are_exact_and_spans_are_rounded():
    assert [futures(n) for n in (1, 2, 12_345)] == ["1 future", "2 futures", "12,345 futures"]
    assert [years(x) for x in (1, 2.5, 0.25, 14 / 365, 0.0027, 1e-6)] == [
        "1 year", "2.5 years", "0.25 years", "14 days", "1 day", "1 day",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((0.03, 0.03, 0.03), "+3 points"),
        ((0.0, 0.01, 0.04), "+1 point (0 to +4)"),
        ((-0.02, -0.01, 0.0), "-1 point (-2 to 0)"),
        ((0.01, 0.08, 0.22), "+8 points (+1 to +22)"),
    ],
)
def test_points_of_a_difference(span, said):
    assert points(dict(zip(("p05", "mean", "p95"), span, strict=True))) == said


# --- nobody, and one -----------------------------------------------------------------------------


def test_where_nobody_is_asked_to_fight_no_member_is_made_up():
    """Before, the page of the monitors said that 0 of 1 members fight."""
    body = played("monitors", 1, 1.0)
    assert body["members"] == []
    assert body["members_given_honoured"] == [1.0]
    text = words(body)
    assert "Nobody is asked to fight if it is attacked" in text
    assert "members fight" not in text
    assert "Direct combat" not in text


def test_one_member_is_no_share_of_one():
    body = played("tripwire", 1, 1.0)
    lone = {**body, "members": ["POL"], "members_given_honoured": [0.0, 1.0]}
    assert "Then its one member fights with 100 %." in words(lone)


def test_every_number_of_members_is_counted():
    body = played("package", 1, 1.0)
    assert len(body["members_given_honoured"]) == len(body["members"]) + 1
    assert sum(body["members_given_honoured"]) == pytest.approx(1.0)

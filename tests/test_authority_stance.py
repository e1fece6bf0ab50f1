"""From positions to chances."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from backstop.authority import StanceDraws, chances, latest
from backstop.scenario.body import BodyLibrary, StanceTable
from backstop.scenario.position import Position
from backstop.scenario.quantity import Quantity

WORLDS = 4


def position(actor: str, stance: str, day: str, **more: object) -> Position:
    row = {"actor": actor, "question": "q", "stance": stance, "date": day, "confidence": "high"}
    return Position.model_validate({**row, **more})


@pytest.fixture(scope="module")
def table() -> StanceTable:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text)).stances


@pytest.fixture(scope="module")
def draws(table: StanceTable) -> StanceDraws:
    def central(path: str, quantity: Quantity) -> np.ndarray:
        assert path.startswith("stances.")
        return np.full(WORLDS, quantity.central)

    return StanceDraws.of(table, central)


def test_the_table_says_what_a_stance_is_worth(draws: StanceDraws) -> None:
    worth = {name: float(stance.yes[0]) for name, stance in draws.stances.items()}
    assert worth["support"] == worth["commit"] == 0.95
    assert worth["lean_yes"] == 0.7
    assert worth["unknown"] == worth["undecided"] == 0.5
    assert worth["reluctant"] == 0.3
    assert worth["refuse"] == worth["oppose"] == 0.03
    assert worth["veto"] == 0.01


def test_the_last_position_on_or_before_the_day_counts() -> None:
    rows = [
        position("CZE", "reluctant", "2025-02-20"),
        position("CZE", "lean_yes", "2025-08-21"),
        position("CZE", "refuse", "2026-01-06"),
    ]
    held = latest(rows, as_of=date(2025, 12, 31))
    assert held[("CZE", "q")].stance == "lean_yes"
    assert latest(rows, as_of=date(2025, 1, 1)) == {}


def test_a_month_counts_from_its_last_day() -> None:
    rows = [position("BEL", "lean_yes", "2025-08"), position("BEL", "refuse", "2025-08-20")]
    assert latest(rows, as_of=date(2025, 8, 25))[("BEL", "q")].stance == "refuse"
    assert latest(rows, as_of=date(2025, 8, 31))[("BEL", "q")].stance == "lean_yes"


def test_of_two_on_one_day_the_better_attested_counts() -> None:
    rows = [
        position("USA", "refuse", "2025-08-19", confidence="low"),
        position("USA", "lean_yes", "2025-08-19", confidence="medium"),
    ]
    assert latest(rows, as_of=date(2025, 9, 1))[("USA", "q")].stance == "lean_yes"


@settings(max_examples=30, deadline=None)
@given(
    order=st.permutations(
        [
            ("A", "refuse", "2025-01-02"),
            ("A", "commit", "2025-01-02"),
            ("A", "lean_yes", "2024"),
            ("B", "veto", "2025-03"),
            ("B", "support", "2025-03-31"),
        ]
    )
)
def test_order_of_rows_does_not_matter(order: list[tuple[str, str, str]]) -> None:
    held = latest([position(*row) for row in order], as_of=date(2025, 12, 31))
    assert {k: v.stance for k, v in held.items()} == {("A", "q"): "commit", ("B", "q"): "support"}


def test_a_condition_mixes_or_switches(draws: StanceDraws) -> None:
    held = latest(
        [position("DEU", "conditional", "2025-03-01", conditions="us-backstop;ceasefire")],
        as_of=date(2025, 12, 31),
    )
    state = {"us-backstop": np.array([1.0, 1.0, 0.0, 0.5]), "ceasefire": np.array([1.0, 0, 1, 1])}
    got = chances([("DEU", "q")], positions=held, draws=draws, conditions=state)[("DEU", "q")]
    met, unmet = 0.8, 0.1
    assert got.yes == pytest.approx([met, unmet, unmet, (met + unmet) / 2])
    silent = draws.stances["conditional"].abstains[0]
    assert got.abstain == pytest.approx((1 - got.yes) * silent)


def test_a_friendlier_stance_never_objects_more_often(draws: StanceDraws) -> None:
    """In the shipped table, at its middle: otherwise goodwill would hinder a consensus."""
    order = ("veto", "refuse", "reluctant", "unknown", "lean_yes", "commit")
    objects = [
        float(((1 - draws.stances[name].yes) * (1 - draws.stances[name].abstains))[0])
        for name in order
    ]
    assert objects == sorted(objects, reverse=True)


def test_an_unnamed_condition_and_an_unknown_actor(draws: StanceDraws) -> None:
    held = latest([position("TUR", "conditional", "2025-03-01")], as_of=date(2025, 12, 31))
    got = chances([("TUR", "q"), ("MLT", "q")], positions=held, draws=draws, conditions={})
    assert got[("TUR", "q")].yes[0] == pytest.approx(0.45 * 0.8 + 0.55 * 0.1)
    assert got[("MLT", "q")].yes[0] == 0.5
    assert got[("MLT", "q")].accepts[0] == pytest.approx(0.975)


def test_a_firm_refusal_does_not_soften_when_its_condition_fails(draws: StanceDraws) -> None:
    held = latest(
        [position("RUS", "veto", "2025-03-01", conditions="ceasefire")], as_of=date(2025, 12, 31)
    )
    state = {"ceasefire": np.array([1.0, 0.0, 1.0, 0.0])}
    got = chances([("RUS", "q")], positions=held, draws=draws, conditions=state)[("RUS", "q")]
    assert got.yes[1] <= got.yes[0]


def test_a_table_without_unknown_or_with_full_correlation_is_refused(table: StanceTable) -> None:
    data = table.model_dump(exclude_none=True)
    data["stances"].pop("unknown")
    with pytest.raises(ValidationError, match="'unknown' is needed"):
        StanceTable.model_validate(data)
    with pytest.raises(ValidationError, match=r"above 0\.95"):
        StanceTable.model_validate({**table.model_dump(exclude_none=True), "rho": 0.99})

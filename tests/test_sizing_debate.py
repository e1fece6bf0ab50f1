"""Published figures beside the computed one, with a sentence made of the differences."""

from __future__ import annotations

import pytest

from backstop.futures.range import Range
from backstop.scenario.debate import DebateFigure
from backstop.sizing.debate import Computed, debate
from backstop.sizing.words import people
from sizing_cases import missions

TRIPWIRE = Computed(
    regime="presence",
    deployed=Range(9_000, 10_000, 11_000, 10_000),
    line="line of contact",
    covered_km=0.0,
    line_km=1_100.0,
    pool_to_deployed=4.0,
    gross_ratio=2.0,
)
ARMISTICE = Computed(
    regime="separation",
    deployed=Range(55_000, 66_000, 77_000, 66_000),
    line="line of contact",
    covered_km=1_200.0,
    line_km=1_200.0,
    pool_to_deployed=4.0,
    gross_ratio=2.0,
)


def sentence(computed: Computed, **figure: object) -> str:
    record = DebateFigure.model_validate({"id": "x", "who": "They", **figure})
    (entry,) = debate([record], computed=computed, missions=missions())
    return entry.why_different


def test_swps_150_000_is_a_line_force_of_136_a_kilometre_and_not_a_presence() -> None:
    """SWP, January 2025, over the 1,100 km of the New York Times."""
    text = sentence(TRIPWIRE, figure=150_000, regime="separation", line_km=1_100)
    assert "136 troops per km over 1,100 km" in text
    assert "2.5 times the density of IFOR Bosnia (56 per km)" in text
    assert "where this design is a presence, which mans no line" in text
    assert "15 times this design's 10,000 (9,000 to 11,000)" in text


def test_a_pool_is_brought_back_to_theatre_before_it_is_compared() -> None:
    """The Times, April 2025: 256,000 is the pool behind 64,000."""
    text = sentence(TRIPWIRE, figure=256_000, regime="presence", basis="pool")
    assert "whole rotation pool" in text
    assert "4 for one deployed keeps 64,000 in theatre" in text
    assert "6.4 times this design's 10,000" in text


def test_combat_troops_are_grossed_up_before_they_are_compared() -> None:
    text = sentence(TRIPWIRE, figure=5_000, regime="presence", counts="combat")
    assert "at 2 for one are 10,000" in text
    assert "inside this design's range of 9,000 to 11,000" in text


def test_another_length_of_line_is_named_with_the_designs_own_density() -> None:
    text = sentence(ARMISTICE, figure=100_000, regime="separation", line_km=1_000)
    assert "spreads 100 troops per km over 1,000 km" in text
    assert "where this design takes 55 per km" in text
    assert "assumes 1,000 km, where this design counts 1,200 km (line of contact)" in text


def test_the_precedent_itself_is_named_as_such() -> None:
    text = sentence(ARMISTICE, figure=60_000, regime="separation", line_km=1_080)
    assert "the density of IFOR Bosnia" in text
    assert "times the density" not in text


def test_numbers_that_meet_across_regimes_meet_in_number_only() -> None:
    text = sentence(TRIPWIRE, figure=10_000, regime="monitoring", line_km=1_100)
    assert "monitoring mission" in text
    assert "in number only" in text


def test_a_range_is_shown_as_published_and_compared_at_its_middle() -> None:
    figure = DebateFigure.model_validate(
        {
            "id": "iiss",
            "who": "IISS",
            "figure": {"low": 60_000, "high": 100_000},
            "regime": "presence",
            "source": "iiss",
        }
    )
    (entry,) = debate([figure], computed=TRIPWIRE, missions=missions())
    assert entry.shown == "60,000 to 100,000"
    assert entry.figure == 80_000
    assert "8 times" in entry.why_different
    assert entry.to_dict()["sources"] == ["iiss"]


@pytest.mark.parametrize(
    ("figure", "words"), [(2_000, "20% of this design's"), (820, "8.2% of this design's")]
)
def test_small_figures_are_shares(figure: int, words: str) -> None:
    assert words in sentence(TRIPWIRE, figure=figure, regime="presence")


def test_the_same_question_has_the_same_answer() -> None:
    ask = {"figure": 150_000, "regime": "separation", "line_km": 1_100}
    assert sentence(TRIPWIRE, **ask) == sentence(TRIPWIRE, **ask)


@pytest.mark.parametrize(("troops", "shown"), [(0, "0"), (62_812, "62,800"), (987, "987")])
def test_computed_numbers_have_three_figures(troops: float, shown: str) -> None:
    assert people(troops) == shown

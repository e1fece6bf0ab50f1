"""Classify first: monitors, peacekeepers, tripwires and armies are not on one scale."""

from __future__ import annotations

import numpy as np
import pytest

from backstop.futures import quantities
from backstop.sizing.regime import classify, manned_km
from sizing_cases import concept, table

HALF = np.full(64, 0.5)


@pytest.mark.parametrize(
    ("task", "stationing", "consent", "regime"),
    [
        ("none", "rear", 0.9, "none"),
        ("observe", "front", 0.9, "monitoring"),
        ("interpose", "front", 0.8, "interposition"),
        ("interpose", "front", 0.2, "separation"),
        ("separate", "front", 0.2, "separation"),
        ("deter", "front", 0.0, "separation"),
        ("deter", "rear", 0.0, "presence"),
        ("deter", "outside", 0.0, "presence"),
        ("hold", "front", 0.0, "holding"),
        ("hold", "rear", 0.0, "presence"),
    ],
)
def test_regime(task: str, stationing: str, consent: float, regime: str) -> None:
    case = concept(task=task, stationing=stationing, consent_share=consent)
    assert classify(case, consent_needed=HALF).name == regime


def test_the_reason_names_the_share_of_worlds_in_which_consent_suffices() -> None:
    consent = np.where(np.arange(64) < 48, 0.7, 0.3)
    case = concept(task="interpose", stationing="front", consent_share=consent)
    assert "75% of worlds" in classify(case, consent_needed=HALF).because


def test_a_force_that_mans_no_line_is_measured_against_the_whole_line() -> None:
    rear = concept(covered_share=0.0)
    assert np.all(manned_km(rear, regime=classify(rear, consent_needed=HALF)) == 1_200)
    front = concept(task="separate", stationing="front", covered_share=0.5)
    assert np.all(manned_km(front, regime=classify(front, consent_needed=HALF)) == 600)


def test_the_shipped_bands_are_those_of_the_published_missions() -> None:
    bands = {row.id: row.troops_per_km.support() for row in table().densities}
    assert bands["monitoring"] == (1, 15)
    assert bands["interposition"] == (15, 90)
    assert bands["holding"] == (175, 700)
    low, high = bands["separation"]
    assert low < 60_000 / 1_080 < high


def test_every_shipped_number_names_a_source_it_has_or_says_that_it_is_a_judgement() -> None:
    known = {source.id for source in table().sources}
    for place in quantities(table()):
        says = place.quantity.note.lower()
        assert set(place.quantity.source) <= known, place.path
        assert place.quantity.source or "judgement" in says or "by definition" in says, place.path

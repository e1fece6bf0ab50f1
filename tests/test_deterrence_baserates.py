"""Published durations: what stands beside the model's own curve."""

from __future__ import annotations

import json

import pytest

from backstop.deterrence import base_rates
from backstop.deterrence.baserates import (
    BASE_RATES,
    PEACEKEEPERS_HAZARD_RATIO,
    WEIBULL_SHAPE,
    WHY_NOT,
    peacekeepers_interval,
    weibull,
)

GROUPS = {group.id: group for group in BASE_RATES}


def test_half_of_the_truces_after_the_cold_war_failed_within_a_year():
    """Refit of Fortna's data: S(1) = .51, S(5) = .27 of 45 truces."""
    truces = GROUPS["truces"]
    assert (truces.spells, truces.failures) == (45, 33)
    assert truces.survival[1.0] == 0.510
    assert truces.survival[5.0] == 0.266


@pytest.mark.parametrize("group", BASE_RATES, ids=lambda group: group.id)
def test_every_curve_falls_and_has_more_spells_than_failures(group):
    shares = list(group.survival.values())
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] <= shares[0] <= 1
    assert group.failures < group.spells
    assert "Fortna" in group.source


def test_the_hazard_falls_with_time():
    """Shape .53: the second year is safer than the first."""
    first = weibull(1, anchor_years=1, anchor=0.51)
    second = weibull(2, anchor_years=1, anchor=0.51) / first
    assert first == pytest.approx(0.51)
    assert second > first
    assert WEIBULL_SHAPE < 1
    # The published curve is not far from the hazard of that shape.
    assert weibull(2, anchor_years=1, anchor=0.51) == pytest.approx(0.399, abs=0.03)


def test_the_effect_of_peacekeepers_is_not_distinguishable_from_none():
    low, high = peacekeepers_interval()
    assert low < PEACEKEEPERS_HAZARD_RATIO < 1 < high


def test_the_page_says_why_they_do_not_transfer():
    told = base_rates()
    assert json.loads(json.dumps(told)) == told
    for reason in ("civil wars", "consent", "Missions went where peace was hardest", "small"):
        assert reason in WHY_NOT
    assert told["why_not"] == WHY_NOT

"""The methods one by one, against published figures and by what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sizing.methods.analogue import NEAREST, analogue, distance
from backstop.sizing.methods.frontage import frontage
from backstop.sizing.methods.package import package
from backstop.sizing.methods.population import population
from backstop.sizing.methods.unit_frontage import unit_frontage
from backstop.sizing.regime import Regime
from sizing_cases import concept, factors, fixed, missions, same

SEPARATION = Regime("separation", "")
HOLDING = Regime("holding", "")
PRESENCE = Regime("presence", "")


def test_bosnias_density_on_bosnias_line_is_ifors_60_000() -> None:
    """US Congressional Research Service, RS21774: nearly 60,000 troops in IFOR."""
    line = concept(task="separate", stationing="front", line_km=1_080.0)
    pinned = fixed({"densities[separation].troops_per_km": 60_000 / 1_080})
    estimate = frontage(line, factors=pinned, regime=SEPARATION)
    assert estimate.applies
    assert same(estimate.troops) == pytest.approx(60_000)
    shipped = frontage(line, factors=factors(), regime=SEPARATION).troops
    assert shipped is not None
    assert shipped.min() < 60_000 < shipped.max()


def test_frontage_adds_the_reserve_once_to_the_covered_line() -> None:
    line = concept(line_km=1_000.0, covered_share=0.5, reserve_share=0.2)
    pinned = fixed({"densities[separation].troops_per_km": 50.0})
    assert same(frontage(line, factors=pinned, regime=SEPARATION).troops) == pytest.approx(30_000)


def test_a_presence_gets_no_density_but_sees_what_the_line_would_take() -> None:
    estimate = frontage(concept(covered_share=0.0), factors=factors(), regime=PRESENCE)
    assert not estimate.applies
    assert estimate.troops is None
    medians = [float(np.median(reading.troops)) for reading in estimate.readings]
    assert medians == sorted(medians)
    assert medians[0] > 0


def test_one_brigade_for_seven_kilometres_is_570_to_710_troops_a_kilometre() -> None:
    """CSIS, Forward Defense (2024), with brigades of 4,000 to 5,000."""
    for brigade, density in ((4_000, 571), (5_000, 714)):
        pinned = fixed({"brigade_troops": brigade})
        line = concept(line_km=1_000.0)
        dense = unit_frontage(line, factors=pinned, regime=HOLDING).readings[0]
        assert dense.name == "dense"
        assert same(dense.troops) / 1_000 == pytest.approx(density, abs=1)


def test_ten_brigades_hold_the_200_km_of_the_jfo() -> None:
    """Cohen and O'Brien (CSIS, 2024): ten brigades, about 20 km each."""
    pinned = fixed({"brigade_troops": 4_500.0})
    estimate = unit_frontage(concept(line_km=200.0), factors=pinned, regime=HOLDING)
    jfo = next(reading for reading in estimate.readings if reading.name == "jfo-2022")
    assert same(jfo.troops) == pytest.approx(10 * 4_500)


def test_brigades_are_combat_troops_and_only_for_holding() -> None:
    assert unit_frontage(concept(), factors=factors(), regime=HOLDING).basis == "combat"
    assert not unit_frontage(concept(), factors=factors(), regime=SEPARATION).applies


@pytest.mark.parametrize(("people_m", "troops"), [(30.0, 600_000), (33.0, 660_000)])
def test_twenty_per_thousand_is_600_000_to_660_000_and_the_wrong_mission(
    people_m: float, troops: int
) -> None:
    """Quinlivan's 20 per 1,000 on the people under Ukraine's control."""
    estimate = population(concept(population_m=people_m), factors=factors())
    assert same(estimate.troops) == pytest.approx(troops)
    assert not estimate.applies
    assert "wrong mission" in estimate.because.lower()
    assert "Friedman" in estimate.because


def test_the_three_scalings_of_bosnia_disagree_by_an_order_of_magnitude() -> None:
    line = concept(task="separate", stationing="front")
    estimate = analogue(line, missions=missions(), regime=SEPARATION)
    by_name = {reading.name: same(reading.troops) for reading in estimate.readings}
    assert by_name["per km of line"] == pytest.approx(1_200 * 60_000 / 1_080)
    assert by_name["per km²"] == pytest.approx(488_000 * 60_000 / 51_129)
    assert by_name["per 1,000 people"] == pytest.approx(31 / 3.49 * 60_000)
    assert max(by_name.values()) > 8 * min(by_name.values())
    assert estimate.sources == ("mission:ifor",)


def test_the_nearest_missions_are_the_most_alike() -> None:
    line = concept(
        task="interpose", stationing="front", mandate="unsc-vi", consent_share=1.0, line_km=180.0
    )
    alike = [m for m in missions() if m.kind == "interposition"]
    nearest = min(alike, key=lambda mission: distance(line, mission))
    assert nearest.id == "undof" or nearest.id == "unficyp"
    estimate = analogue(line, missions=missions(), regime=Regime("interposition", ""))
    assert all(len(reading.because.split(", ")) <= NEAREST for reading in estimate.readings)


def test_the_order_of_the_missions_changes_nothing() -> None:
    line = concept(task="interpose", stationing="front")
    regime = Regime("interposition", "")
    one = analogue(line, missions=missions(), regime=regime)
    other = analogue(line, missions=missions()[::-1], regime=regime)
    assert one.to_dict() == other.to_dict()


def test_a_presence_is_compared_with_deterrents_as_they_were() -> None:
    estimate = analogue(concept(), missions=missions(), regime=PRESENCE)
    strengths = {m.strength.central for m in missions() if m.kind == "deterrent" and m.strength}
    assert estimate.troops is not None
    assert set(estimate.troops) <= strengths


def test_a_package_is_a_whole_force_and_leads_only_where_no_line_is_manned() -> None:
    assert package(concept(), regime=PRESENCE).applies
    assert package(concept(), regime=PRESENCE).basis == "total"
    assert not package(concept(), regime=SEPARATION).applies
    assert package(concept(package_troops=None), regime=PRESENCE).troops is None


positive = st.floats(1.0, 5_000.0)


@settings(max_examples=40, deadline=None)
@given(short=positive, more=positive, covered=st.floats(0, 1), reserve=st.floats(0, 1))
def test_more_line_never_needs_fewer_troops(
    short: float, more: float, covered: float, reserve: float
) -> None:
    for method, regime in ((frontage, SEPARATION), (unit_frontage, HOLDING)):
        sizes = [
            method(
                concept(line_km=km, covered_share=covered, reserve_share=reserve),
                factors=factors(),
                regime=regime,
            ).troops
            for km in (short, short + more)
        ]
        assert sizes[0] is not None
        assert sizes[1] is not None
        assert np.all(sizes[1] >= sizes[0])


@settings(max_examples=40, deadline=None)
@given(low=st.floats(0, 1), high=st.floats(0, 1))
def test_more_reserve_never_needs_fewer_troops(low: float, high: float) -> None:
    low, high = sorted((low, high))
    sizes = [
        frontage(concept(reserve_share=share), factors=factors(), regime=SEPARATION).troops
        for share in (low, high)
    ]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert np.all(sizes[1] >= sizes[0])

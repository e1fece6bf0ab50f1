"""From the record to the deterrence stage: the rate of incidents with losses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backstop.monitoring.known import Held, Known, Moment
from backstop.monitoring.lessons import for_deterrence
from backstop.scenario.load import load
from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import NOBODY, Actors, Attribution
from backstop.watch.moment import days
from backstop.watch.place import Place
from backstop.watch.record import Observation

FIRST = date(2021, 1, 1)


def known(*deaths: int, source: str = "ucdp-ged", every: int = 10) -> Known:
    records = []
    for n, dead in enumerate(deaths):
        day = FIRST + timedelta(days=every * n)
        act = Act(
            "armed_clash",
            count=Count(1, "ucdp-lethal-event@1"),
            casualties=Casualties(killed=Figure(dead, dead, dead)),
        )
        name = source if n else "ucdp-ged"
        records.append(
            Observation(source=name, source_record_id=str(n), occurred=days(day, day), act=act)
        )
    at = datetime(2025, 6, 1, tzinfo=UTC)
    held = tuple(Held(n, at, str(n), one) for n, one in enumerate(records))
    return Known(Moment(len(held), at, bytes(32)), held)


def test_the_rate_a_year_is_that_of_incidents_with_losses_only():
    # 73 incidents ten days apart, over 721 days: 37 a year; as many more without a death.
    found = for_deterrence(known(*[1] * 73))
    assert found["incidents"] == 73
    assert found["range"]["p50"] == pytest.approx(73 / 721 * 365.25, rel=0.02)
    assert found["range"]["p05"] < 37 < found["range"]["p95"]
    half = for_deterrence(known(*[1, 0] * 73))
    assert half["incidents"] == 73
    assert half["range"]["p50"] == pytest.approx(found["range"]["p50"] / 2, rel=0.02)


def test_two_sources_that_were_not_fused_give_no_rate():
    found = for_deterrence(known(1, 1, 1, source="acled"))
    assert found["range"] is None
    assert "not fused" in found["why"]


def test_the_setting_is_one_that_a_scenario_takes():
    found = for_deterrence(known(*[1] * 73))
    scenario = load("ukraine-2025", overrides=[found["set"]])
    assert scenario.file.deterrence is not None
    assert str(scenario.file.deterrence.passing.incidents_per_year)


def pinned(*shares: float | None, region: str = "") -> Known:
    """Deadly incidents a quarter apart, each assessed as the red party's with a chance, or not."""
    records = []
    for n, share in enumerate(shares):
        day = FIRST + timedelta(days=92 * n)
        parties = (("red", share), ("blue", 1 - share)) if share is not None else None
        actors = Actors(assessed=Attribution(parties, ("crater analysis",))) if parties else NOBODY
        act = Act("armed_clash", casualties=Casualties(killed=Figure(1, 1, 1)))
        records.append(
            Observation(
                source="post",
                source_record_id=str(n),
                occurred=days(day, day),
                act=act,
                actors=actors,
                place=Place(region=region or ("north" if n % 3 else "south")),
            )
        )
    at = datetime(2025, 6, 1, tzinfo=UTC)
    held = tuple(Held(n, at, str(n), one) for n, one in enumerate(records))
    return Known(Moment(len(held), at, bytes(32)), held)


def test_a_quarter_counts_as_probed_where_a_deadly_incident_is_pinned_on_the_challenger():
    found = for_deterrence(pinned(0.9, 0.2, None, 0.5, 0.8), challenger="red")["challenger"]
    assert found["probed"] == 3
    assert found["quarters"] == pytest.approx((4 * 92 + 1) / (365.25 / 4))
    scenario = load("ukraine-2025", overrides=found["set"])
    assert scenario.file.deterrence is not None
    passing = scenario.file.deterrence.passing
    assert passing.probed_quarters is not None
    assert passing.probed_quarters.central == 3
    assert passing.watched_quarters is not None
    assert passing.watched_quarters.central == pytest.approx(4.041, abs=0.001)


def test_a_party_that_nobody_assessed_teaches_nothing_and_says_why():
    assert for_deterrence(pinned(0.9, 0.9))["challenger"]["set"] == []
    found = for_deterrence(pinned(0.9, 0.9), challenger="green")["challenger"]
    assert found["set"] == []
    assert "green" in found["why"]
    assert "blue, red" in found["why"]


def test_rates_are_told_by_sector_most_first():
    found = for_deterrence(pinned(*[0.9] * 9))
    assert list(found["by_sector"]) == ["north", "south"]
    north, south = (found["by_sector"][name]["p50"] for name in ("north", "south"))
    assert north == pytest.approx(2 * south, rel=0.15)
    assert north + south == pytest.approx(found["range"]["p50"], rel=0.1)

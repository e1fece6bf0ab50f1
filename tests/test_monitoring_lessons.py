"""From the record to the deterrence stage: the rate of incidents with losses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backstop.monitoring.known import Held, Known, Moment
from backstop.monitoring.lessons import for_deterrence
from backstop.scenario import override
from backstop.scenario.load import load
from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.moment import days
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
    scenario = load("ukraine-2025", overrides=override.parse([found["set"]]))
    assert scenario.file.deterrence is not None
    assert str(scenario.file.deterrence.passing.incidents_per_year)

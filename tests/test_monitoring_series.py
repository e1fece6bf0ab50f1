"""Counts over time from a record: units, exposure, what is left out and what is said of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backstop.monitoring.known import Held, Known, Moment
from backstop.monitoring.series import ALL, ELSEWHERE, Unit, region_series, units
from backstop.watch.act import Act, Count
from backstop.watch.moment import days
from backstop.watch.place import Place
from backstop.watch.record import Effort, Entry, Observation, Tally

RULE = "each-round-or-burst@1"
SEEN = Unit("observation", "smm", RULE)


def known(*records: Entry) -> Known:
    at = datetime(2025, 6, 1, tzinfo=UTC)
    held = tuple(Held(n, at, f"smm/{n}", one) for n, one in enumerate(records))
    return Known(Moment(len(held), at, bytes(32)), held)


def seen(name: str, day: int, *, region: str = "North", n: int = 1, last: int | None = None):
    return Observation(
        source="smm",
        source_record_id=name,
        occurred=days(date(2025, 1, day), date(2025, 1, last or day)),
        place=Place(region=region),
        act=Act("explosion", count=Count(n, RULE)),
    )


def effort(day: int, hours: float, *, region: str = "North", last: int | None = None):
    return Effort(
        source="smm",
        source_record_id=f"effort-{region}-{day}",
        occurred=days(date(2025, 1, day), date(2025, 1, last or day)),
        place=Place(region=region),
        kind="patrol",
        hours=hours,
    )


def test_counts_are_added_by_day_and_region_and_days_between_are_zeros():
    found = known(*(seen(f"a{d}", d, n=3) for d in (1, 1, 4)), seen("b", 2, region="South", n=9))
    made = region_series(found, SEEN, zone="UTC")
    assert made.regions[ALL].counts.tolist() == [6, 9, 0, 3]
    assert made.regions["North"].counts.tolist() == [6, 0, 0, 3]
    assert made.regions["South"].counts.tolist() == [0, 9, 0, 0]
    assert any("No effort is recorded" in note for note in made.notes)


def test_effort_is_the_exposure_and_a_day_without_any_is_unobserved():
    found = known(seen("a", 1), seen("b", 4), effort(1, 12), effort(2, 24), effort(4, 48))
    made = region_series(found, SEEN, zone="UTC")
    assert made.regions["North"].exposure.tolist() == [0.5, 1.0, 0.0, 2.0]


def test_effort_over_several_days_is_spread_over_them():
    found = known(seen("a", 1), seen("b", 3), effort(1, 72, last=3))
    assert region_series(found, SEEN, zone="UTC").regions["North"].exposure.tolist() == [1, 1, 1]


def test_effort_that_does_not_cover_what_was_counted_is_not_used_and_said_not_to_be():
    made = region_series(known(seen("a", 1), seen("b", 2), effort(1, 12)), SEEN, zone="UTC")
    assert made.regions["North"].exposure.tolist() == [1.0, 1.0]
    assert any("incomplete" in note for note in made.notes)


def test_what_is_known_to_no_single_day_is_left_out_and_counted():
    made = region_series(known(seen("a", 1), seen("b", 2, last=9)), SEEN, zone="UTC")
    assert made.left_out == 1
    assert made.regions["North"].counts.sum() == 1


def test_a_day_is_that_of_the_missions_zone():
    late = Observation(
        source="smm",
        source_record_id="late",
        occurred=_instant(datetime(2025, 1, 1, 23, 0, tzinfo=UTC)),
        place=Place(region="North"),
        act=Act("explosion", count=Count(1, RULE)),
    )
    for zone, day in (("UTC", "2025-01-01"), ("Europe/Kyiv", "2025-01-02")):
        made = region_series(known(late), SEEN, zone=zone)
        assert str(made.regions["North"].reporting_dates[0]) == day


def _instant(when):
    from backstop.watch.moment import instant

    return instant(when)


def test_regions_with_next_to_nothing_are_taken_together():
    many = [seen(f"n{d}", d) for d in range(1, 20)]
    found = known(*many, seen("e", 1, region="East"), seen("w", 2, region="West"))
    made = region_series(found, SEEN, zone="UTC")
    assert set(made.regions) == {ALL, "North", ELSEWHERE}
    assert made.regions[ELSEWHERE].counts.sum() == 2
    assert any("East, West" in note for note in made.notes)


def tally(end: int, n: int, *, previous: int | None = None, start: int | None = None):
    period = days(date(2025, 1, start or end), date(2025, 1, end))
    return Tally(
        source="smm",
        source_record_id=f"t{end}",
        occurred=period,
        period=period,
        place=Place(region="North"),
        kind="ceasefire_violation",
        count=Count(n, RULE),
        previous=None if previous is None else Count(previous, RULE),
    )


def test_the_figure_for_the_period_before_is_taken_where_there_is_no_report_on_it():
    made = region_series(
        known(tally(3, 7, previous=5), tally(4, 8, previous=6)),
        Unit("tally", "smm", RULE),
        zone="UTC",
    )
    series = made.regions["North"]
    # The second report gives 6 for the third, whose own report says 7: that one stands.
    assert series.counts.tolist() == [5, 7, 8]
    assert [str(d) for d in series.reporting_dates] == ["2025-01-02", "2025-01-03", "2025-01-04"]


def test_figures_of_two_units_are_never_added():
    ranked = units(known(tally(1, 500), seen("a", 1), seen("b", 2)))
    assert list(ranked) == [SEEN, Unit("tally", "smm", RULE)]
    assert list(ranked.values()) == [2, 1]


@pytest.mark.parametrize("name", ["observation:smm:each-round-or-burst@1"])
def test_a_unit_is_called_by_its_three_names(name):
    assert SEEN.name == name

"""Uncertain time: EDTF in and out, bounds, days of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.edtf import edtf_of, moment_of, read_edtf
from backstop.watch.moment import between, days, instant, zone_of

#: Examples of the Library of Congress, "Extended Date/Time Format (EDTF) Specification" (2019),
#: with the first and last day that they allow.
EXAMPLES = [
    ("1985-04-12", "1985-04-12", "1985-04-12", "day"),
    ("1985-04", "1985-04-01", "1985-04-30", "month"),
    ("1985", "1985-01-01", "1985-12-31", "year"),
    ("1964/2008", "1964-01-01", "2008-12-31", "interval"),
    ("2004-06/2006-08", "2004-06-01", "2006-08-31", "interval"),
    ("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08", "interval"),
    ("2001-21", "2001-03-01", "2001-05-31", "interval"),
    ("2001-34", "2001-04-01", "2001-06-30", "interval"),
    ("1984?", "1984-01-01", "1984-12-31", "year"),
    ("201X", "2010-01-01", "2019-12-31", "interval"),
    ("20XX", "2000-01-01", "2099-12-31", "interval"),
    ("2004-XX", "2004-01-01", "2004-12-31", "year"),
    ("1985-04-XX", "1985-04-01", "1985-04-30", "month"),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", "year"),
    ("156X-12-25", "1560-12-25", "1569-12-25", "interval"),
    ("15XX-12-25", "1500-12-25", "1599-12-25", "interval"),
    ("1984-1X", "1984-10-01", "1984-12-31", "interval"),
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", "interval"),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", "interval"),
    ("2000-02-XX", "2000-02-01", "2000-02-29", "month"),
]


@pytest.mark.parametrize(("text", "first", "last", "precision"), EXAMPLES)
def test_published_examples_have_their_bounds(text, first, last, precision):
    moment = moment_of(text)
    bounds = (str(moment.first_day), str(moment.last_day), moment.precision)
    assert bounds == (first, last, precision)


@pytest.mark.parametrize("text", [
    *(text for text, *_ in EXAMPLES), "1985-04-12T23:20:30Z", "1985-04-12T23:20:30+04:30",
    "2004-06-11%", "1984~/2004-06", "1985-04-12/..", "../1985", "1985-04-12/", "/1985-04-12",
    "2004-?06-11", "?2004-06-~11", "[..1760-12-03]", "[1760-01,1760-02,1760-12..]",
])  # fmt: skip
def test_what_is_read_is_written_again(text):
    assert str(read_edtf(text)) == text


def test_a_mark_behind_a_part_is_about_all_parts_before_it():
    """Level 2: 2004-06~-11 is about the year and month, so both bear the mark when written."""
    assert str(read_edtf("2004-06~-11")) == "~2004-~06-11"
    assert read_edtf("2004-06~-11") == read_edtf("~2004-~06-11")


@pytest.mark.parametrize(("text", "uncertain", "approximate"), [
    ("1984?", True, False), ("2004-06~", False, True), ("2004-06-11%", True, True),
    ("1984~/2004-06", False, True), ("2004-06-11", False, False),
])  # fmt: skip
def test_doubt_is_kept(text, uncertain, approximate):
    moment = moment_of(text)
    assert (moment.uncertain, moment.approximate) == (uncertain, approximate)


def test_an_approximate_day_reaches_a_day_further_and_an_uncertain_one_does_not():
    about, doubted = moment_of("2004-06-11~"), moment_of("2004-06-11?")
    assert (str(about.first_day), str(about.last_day)) == ("2004-06-10", "2004-06-12")
    assert (str(doubted.first_day), str(doubted.last_day)) == ("2004-06-11", "2004-06-11")


@pytest.mark.parametrize("text", [
    "1985-13", "1985-02-30", "2004-06-11/2004-06-10/x", "yesterday", "../..", "1985-04-12T25:00:00",
    "", "2004-1", "[]", "20044",
])  # fmt: skip
def test_what_is_no_edtf_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        moment_of(text)


@pytest.mark.parametrize("text", ["1985-04-12/..", "/1985", "[1985..]"])
def test_an_open_end_bounds_nothing(text):
    with pytest.raises(ValueError, match="open at one end"):
        moment_of(text)


def test_an_interval_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends before it begins"):
        moment_of("2008/1964")


def test_beyond_the_calendar_is_an_error_of_the_person():
    with pytest.raises(ValueError, match="beyond the years"):
        moment_of("9999-12-31")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_days_hold_their_own_bounds(first, length):
    moment = days(first, first + timedelta(days=length), "Europe/Kyiv")
    assert (moment.first_day, moment.last_day) == (first, first + timedelta(days=length))
    assert moment.earliest <= moment.best <= moment.latest
    assert moment_of(edtf_of(moment), zone="Europe/Kyiv").earliest == moment.earliest


def test_a_day_is_the_day_of_its_zone():
    """On 27 March 2022 clocks in Kyiv went forward: that day had 23 hours."""
    moment = days(date(2022, 3, 27), date(2022, 3, 27), "Europe/Kyiv")
    assert moment.earliest == datetime(2022, 3, 26, 22, tzinfo=UTC)
    assert moment.latest - moment.earliest == timedelta(hours=23)


def test_a_reporting_period_is_no_calendar_day():
    """The OSCE mission's day ended at 19:30 in Kyiv."""
    zone = zone_of("Europe/Kyiv")
    period = between(
        datetime(2022, 2, 17, 19, 30, tzinfo=zone), datetime(2022, 2, 18, 19, 30, tzinfo=zone)
    )
    assert (period.first_day, period.last_day) == (date(2022, 2, 17), date(2022, 2, 18))
    assert period.edtf == "2022-02-17T19:30+02:00/2022-02-18T19:30+02:00"


def test_a_minute_has_bounds_and_an_instant_has_none():
    noon = datetime(2022, 2, 18, 12, tzinfo=UTC)
    assert instant(noon).earliest == instant(noon).latest
    assert instant(noon, precision="minute").latest - noon == timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+2", "../../etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(ValueError, match=r"."):
        zone_of(zone)


def test_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        instant(datetime(2022, 2, 18, 12))

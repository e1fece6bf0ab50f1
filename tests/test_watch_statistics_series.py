"""Counts with exposure: reporting periods, weeks, and what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch.statistics import aggregate, count_series, daily, periods, weekly
from watch_statistics_cases import FIRST, made, needs_smm, violations


def test_a_reporting_period_is_named_after_the_day_on_which_it_ends():
    # SMM daily report 39/2022 covers 17 February 19:30 to 18 February 19:30.
    series = periods([1566], starts=["2022-02-17T19:30"], ends=["2022-02-18T19:30"])
    assert str(series.reporting_dates[0]) == "2022-02-18"


def test_a_calendar_day_is_named_after_itself():
    assert [str(d) for d in made([1, 2]).reporting_dates] == ["2020-01-01", "2020-01-02"]


def test_exposure_is_the_length_in_days_unless_stated():
    series = periods([152], starts=["2022-01-05T19:30"], ends=["2022-01-09T19:30"])
    assert series.exposure.tolist() == [4.0]
    assert made([1], length_days=1 / 24).exposure.tolist() == pytest.approx([1 / 24])


def test_events_are_counted_by_day_and_quiet_days_are_zeros():
    days = [dt.date(2020, 1, 2), dt.date(2020, 1, 2), dt.date(2020, 2, 1), dt.date(2019, 12, 31)]
    series = daily(days, first=FIRST, last=dt.date(2020, 1, 4))
    assert series.counts.tolist() == [0, 2, 0, 0]


def test_weeks_begin_where_they_are_told_and_parts_of_weeks_are_left_out():
    series = made(range(20))
    weeks = weekly(series, anchor=dt.date(2020, 1, 6))  # a Monday
    assert weeks.counts.tolist() == [sum(range(5, 12)), sum(range(12, 19))]
    assert weeks.exposure.tolist() == [7.0, 7.0]
    assert [str(d) for d in weeks.reporting_dates] == ["2020-01-12", "2020-01-19"]


def test_an_unobserved_day_shortens_the_exposure_of_its_week_and_not_the_week():
    week = weekly(made([1, 0, 2, 0, 0, 3, 0], exposure=[1, 0, 1, 1, 1, 1, 0.5]))
    assert week.exposure.tolist() == [5.5]
    assert week.length_days.tolist() == [7.0]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 9))
def test_adding_up_keeps_every_count_of_the_whole_runs(counts, each):
    whole = len(counts) // each * each
    if whole:
        runs = aggregate(made(counts), periods_each=each)
        assert runs.counts.sum() == sum(counts[:whole])
        assert len(runs) == whole // each
    else:
        with pytest.raises(InputError, match="no whole run"):
            aggregate(made(counts), periods_each=each)


@pytest.mark.parametrize(
    ("counts", "exposure", "words"),
    [
        ([1, -2], None, r"counts\[1\]: -2 is negative"),
        ([1, np.nan], None, r"counts\[1\]: nan is not a finite number"),
        ([np.inf], None, "not a finite number"),
        ([1.5], None, r"1.5 is not a whole number"),
        ([10**12], None, "above 1,000,000,000"),
        ([], None, "at least one period"),
        (["a"], None, "not a list of numbers"),
        ([[1, 2]], None, "one a period"),
        ([1, 2], [1, -1], r"exposure\[1\]: -1 is negative; write 0 where nobody looked"),
        ([1, 2], [1, np.nan], "not a finite number"),
        ([1, 2], [1], "has shape"),
        ([3, 2], [0, 1], r"counts\[0\]: 3 stands where the exposure is 0"),
    ],
)
def test_what_is_no_count_is_refused_with_its_place(counts, exposure, words):
    with pytest.raises(InputError, match=words):
        made(counts, exposure=exposure)


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        made([-1, 2.5, np.nan], exposure=[1, -1, 1])
    assert {p.path for p in caught.value.problems} == {
        "counts[0]",
        "counts[1]",
        "counts[2]",
        "exposure[1]",
    }


def test_periods_that_overlap_or_run_backwards_are_refused():
    with pytest.raises(InputError, match=r"starts\[1\].*before the last period's end"):
        periods([1, 1], starts=["2020-01-01", "2020-01-01T12:00"], ends=["2020-01-02"] * 2)
    with pytest.raises(InputError, match=r"ends\[0\].*not after the start"):
        periods([1], starts=["2020-01-02"], ends=["2020-01-02"])
    with pytest.raises(InputError, match="without a start or an end"):
        periods([1], starts=["NaT"], ends=["2020-01-02"])
    with pytest.raises(InputError, match="shorter than a minute"):
        count_series([1], first=FIRST, length_days=0)
    with pytest.raises(InputError, match="before the first day"):
        daily([], first=FIRST, last=dt.date(2019, 1, 1))


@needs_smm
def test_the_missions_27_reports_make_27_periods_of_one_to_four_days():
    series = violations("donetsk", with_previous=False)
    assert len(series) == 27
    assert set(series.length_days) == {1.0, 2.0, 4.0}
    assert str(series.reporting_dates[-1]) == "2022-02-22"

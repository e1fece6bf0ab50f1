"""The quiet stretch that the sequential test learns from is the record's, not a guess."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from backstop.errors import InputError
from backstop.monitoring.quiet import quiet_stretch
from backstop.monitoring.status import _changes
from backstop.watch.statistics import learn_reference, watch_sectors
from watch_statistics_cases import FIRST, made, scattered


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def stretch(counts, **more):
    series = made(counts)
    return quiet_stretch(series, _changes(series)["changes"], **more)


def test_it_ends_before_the_first_rise():
    found = stretch(scattered(1, [1.0] * 200 + [8.0] * 40))
    assert found.first == day(0)
    assert day(190) <= found.last <= day(199)
    assert "first rise" in found.because
    assert "5 %" in found.because


def test_it_begins_when_the_fighting_has_died_down():
    """A truce: 20 a day, then 1, then 6."""
    found = stretch(scattered(2, [20.0] * 60 + [1.0] * 150 + [6.0] * 60))
    assert abs((found.first - day(60)).days) <= 3
    assert abs((found.last - day(209)).days) <= 6


def test_without_a_rise_the_first_half_measures_the_second():
    found = stretch(scattered(3, [2.0] * 100))
    assert (found.first, found.last) == (day(0), day(49))
    assert "no rise" in found.because


def test_what_was_before_the_agreement_is_no_measure_of_quiet():
    counts = scattered(4, [0.2] * 100 + [3.0] * 100)
    whole, since = stretch(counts), stretch(counts, begins=day(110))
    assert whole.last < day(100)
    assert since.first >= day(110)
    assert "came into force" in since.because


def test_an_agreement_after_the_record_changes_nothing():
    counts = scattered(4, [0.2] * 100)
    assert stretch(counts, begins=day(500)) == stretch(counts)


def test_a_short_record_takes_what_a_reference_needs_and_a_shorter_one_is_refused():
    assert quiet_stretch(made([1] * 20), None).last >= day(7)
    with pytest.raises(InputError, match="7 observed periods"):
        quiet_stretch(made([1] * 7), None)


@pytest.mark.slow
@pytest.mark.parametrize("size", [np.inf, 1.0])
def test_false_alarms_stay_below_what_is_stated(size):
    """One a year is stated; records of two quiet years, with and without scatter."""
    alarms, years = 0, 0.0
    for seed in range(20):
        series = made(scattered(seed, np.full(730, 2.0), size=size))
        found = quiet_stretch(series, _changes(series)["changes"])
        after = series.where(series.reporting_dates > np.datetime64(found.last))
        reference = learn_reference(series.between(found.first, found.last))
        result = watch_sectors({"a": (after, reference)}, false_alarms_per_year=1.0)
        alarms, years = alarms + len(result.sectors[0].alarms), years + len(after) / 365.25
    # Twenty years: 31 or more would be seen once in a hundred times if the rate were one a year.
    assert alarms <= years + 2.33 * np.sqrt(years)


def test_the_sentence_reaches_the_person(monkeypatch, capsys, tmp_path):
    from watch_cli_cases import mission_with, patrols, row, runner

    watch = runner(monkeypatch, capsys)
    mission = mission_with(tmp_path / "m")
    first = date(2025, 1, 1)
    table, mapping = patrols(tmp_path, *(row(n, str(first + timedelta(n))) for n in range(60)))
    watch("intake", mission, table, "--mapping", mapping)
    shown = " ".join(watch("status", mission, "--quick").out.split())
    assert "its first half is the measure of the second" in shown


def test_the_osce_missions_record_was_quiet_until_the_middle_of_february_2022(
    monkeypatch, capsys, tmp_path
):
    from watch_cases import raw_file
    from watch_cli_cases import mission_with, runner

    watch = runner(monkeypatch, capsys)
    mission = mission_with(tmp_path / "m")
    watch("intake", mission, raw_file("osce", "smm_daily_counts.csv"))
    found = watch("status", mission, "--quick", "--json").body["breakdown"]
    assert {one["quiet"]["last"] for one in found["sectors"]} == {"2022-02-15"}
    # Reports had multiplied by 17 February; the test says so within five days.
    assert {one["onset"] for one in found["sectors"]} <= {"2022-02-16", "2022-02-17", "2022-02-18"}
    assert "2022-02-21" <= found["since"] <= "2022-02-22"

"""Has it broken down? False alarms as stated, breaks found, February 2022."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch.statistics import learn_reference, measure, watch_sectors
from backstop.watch.statistics.detector import detect, log_chance, log_ratio
from backstop.watch.statistics.dispersion import log_likelihood
from watch_statistics_cases import (
    FIRST,
    lethal_events,
    made,
    needs_ged,
    needs_smm,
    scattered,
    violations,
)


def quiet(seed=1, *, days=120, rate=3.0, size=2.0):
    return learn_reference(made(scattered(seed, [rate] * days, size=size)))


def watch(counts, *, reference=None, rate=1.0, **more):
    series = made(counts, **more)
    return watch_sectors(
        {"north": (series, reference or quiet())}, false_alarms_per_year=rate
    ).sectors[0]


def test_the_ratio_is_that_of_the_likelihoods():
    for size in (0.7, np.inf):
        heights = [
            log_likelihood(np.array([5]), mean=np.array([m]), exposure=np.array([2.0]), size=size)[
                0
            ]
            for m in (12.0, 4.0)
        ]
        assert log_ratio(5.0, 2.0, 6.0, 2.0, size) == pytest.approx(heights[0] - heights[1])
        gap = log_chance(5.0, 2.0, 6.0, size) - log_chance(5.0, 2.0, 2.0, size)
        assert gap == pytest.approx(heights[0] - heights[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_the_statistic_is_the_sum_over_all_beginnings(counts):
    """The recursion against the definition, with two kinds of quiet and two multiples."""
    rates, sizes, weights = np.array([1.0, 2.0]), np.array([0.8, 3.0]), np.array([0.3, 0.7])
    n = len(counts)
    array, exposure = np.array(counts), np.linspace(0.5, 2.0, n)
    own = (rates, sizes, np.zeros(2), weights)
    statistic, *_ = detect(array, exposure, np.zeros(n), own, np.array([2.0, 5.0]), np.inf)

    def chance(i, multiples):
        means = exposure * rates[i] * multiples
        return np.exp(log_likelihood(array, mean=means, exposure=exposure, size=sizes[i]).sum())

    under_quiet = sum(weights[i] * chance(i, np.ones(n)) for i in range(2))
    broken = np.mean(
        [
            sum(
                weights[i] * chance(i, np.where(np.arange(n) >= s, multiple, 1.0))
                for i in range(2)
                for s in range(n)
            )
            for multiple in (2.0, 5.0)
        ]
    )
    assert statistic[-1] == pytest.approx(broken / under_quiet, rel=1e-9)


def test_while_quiet_lasts_the_statistic_grows_by_one_a_period_on_average():
    """The martingale behind the guarantee, over 4,000 short runs with a known quiet."""
    own = (np.array([2.0]), np.array([1.5]), np.zeros(1), np.ones(1))
    ends = [
        detect(
            scattered(run, [2.0] * 5, size=1.5),
            np.ones(5),
            np.zeros(5),
            own,
            np.array([1.5]),
            np.inf,
        )[0][-1]
        for run in range(4000)
    ]
    assert np.mean(ends) == pytest.approx(5.0, abs=5 * np.std(ends) / np.sqrt(4000))


def test_false_alarms_stay_below_what_is_stated_and_breaks_are_found():
    """A short baseline learnt anew in each run. Long runs are in the documentation."""
    found = measure(
        rate=3.0, size=2.0, baseline_days=60, false_alarms_per_year=2.0, runs=25, reach_days=120
    )
    assert found.measured_per_year - 2 * found.standard_error < 2.0
    two, five, ten = found.delays
    assert two.days.p50 >= five.days.p50 >= ten.days.p50
    assert five.days.p50 <= 7
    assert ten.days.p50 <= 4
    assert ten.missed == 0.0
    assert found.to_dict()["stated_per_year"] == 2.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "size", "days"), [(240.0, 1.0, 22), (3.0, 2.0, 100), (0.24, 4.0, 400)]
)
def test_false_alarms_are_measured_over_a_hundred_years(rate, size, days):
    found = measure(
        rate=rate,
        size=size,
        baseline_days=days,
        false_alarms_per_year=1.0,
        runs=100,
        multiples=(5.0,),
    )
    assert found.measured_per_year <= 1.0


def test_nobody_looking_raises_nothing_and_settles_nothing():
    counts = np.concatenate((scattered(5, [3.0] * 20), np.zeros(400, int)))
    exposure = np.repeat([1.0, 0.0], [20, 400])
    found = watch(counts, exposure=exposure)
    assert not found.alarm
    assert found.unobserved_days == 400
    assert found.evidence == pytest.approx(watch(counts[:20]).evidence)


def test_twice_the_patrols_are_not_twice_the_violations():
    exposure = np.full(60, 4.0)
    counts = scattered(6, 3.0 * exposure, size=8.0)
    assert not watch(counts, exposure=exposure).alarm
    assert watch(counts).alarm


def test_the_alarm_has_its_date_and_the_break_its_own():
    counts = np.concatenate(
        (scattered(7, [3.0] * 40, size=2.0), scattered(8, [30.0] * 10, size=2.0))
    )
    found = watch(counts)
    broke = FIRST + dt.timedelta(days=40)
    assert broke <= found.since <= broke + dt.timedelta(days=4)
    # Its first two days count 3 and 1, as quiet ones do: nothing tells that it had begun.
    assert abs(found.alarms[0].onset - broke) <= dt.timedelta(days=2)
    assert found.alarms[0].multiple in (5.0, 10.0, 30.0)


def test_a_lull_is_no_breakdown():
    assert not watch([0] * 200).alarm


def test_an_absurd_count_is_an_alarm_and_not_an_overflow():
    assert watch([3, 10**8, 3]).since == FIRST + dt.timedelta(days=1)


def test_sectors_share_the_rate_and_the_first_alarm_is_the_date():
    calm, loud = made([3] * 30), made([3] * 10 + [60] * 20)
    found = watch_sectors(
        {"north": (calm, quiet()), "south": (loud, quiet(2))}, false_alarms_per_year=1.0
    )
    assert [s.false_alarms_per_year for s in found.sectors] == [0.5, 0.5]
    assert [s.alarm for s in found.sectors] == [False, True]
    assert found.since == found.sectors[1].since
    shown = found.to_dict()
    assert set(shown) == {"alarm", "since", "false_alarms_per_year", "sectors"}
    assert shown["since"] == str(found.since)


def test_a_stricter_rate_is_never_earlier():
    counts = np.concatenate(
        (scattered(9, [3.0] * 30, size=2.0), scattered(10, [9.0] * 60, size=2.0))
    )
    reference = quiet()
    dates = [watch(counts, reference=reference, rate=r).since for r in (4.0, 1.0, 0.1)]
    assert dates == sorted(dates)


def test_a_tolerated_rise_is_not_reported():
    counts = scattered(11, [6.0] * 60, size=2.0)
    sectors = {"north": (made(counts), quiet())}
    assert watch_sectors(sectors, false_alarms_per_year=1.0).alarm
    assert not watch_sectors(sectors, false_alarms_per_year=1.0, tolerated=3.0).alarm


def test_a_reference_knows_less_from_less():
    short, long = quiet(days=10), quiet(days=80)
    assert short.rate.p95 - short.rate.p05 > 1.5 * (long.rate.p95 - long.rate.p05)


def test_the_reference_holds_the_truth_as_often_as_it_says():
    """Nine tenths of 100 stretches of 80 days, for the rate and for the size."""
    found = [quiet(100 + run, days=80) for run in range(100)]
    for true, ranges in ((3.0, [r.rate for r in found]), (2.0, [r.size for r in found])):
        assert 0.82 <= np.mean([span.p05 <= true <= span.p95 for span in ranges]) <= 0.98


def test_a_quiet_stretch_without_any_incident_can_be_a_reference():
    reference = learn_reference(made([0] * 60))
    assert reference.rate.p95 < 0.1
    assert not watch([0] * 300, reference=reference).alarm
    assert watch([0] * 30 + [1] * 10, reference=reference).alarm


def test_an_echo_is_learnt_from_a_long_stretch():
    draw = np.random.default_rng(3)
    counts, h = [], 2.0
    for _ in range(600):
        counts.append(draw.poisson(1.0 + 0.6 * h))
        h = 0.5 * h + 0.5 * counts[-1]
    reference = learn_reference(made(counts))
    assert reference.branching.p05 <= 0.6 <= reference.branching.p95
    assert learn_reference(made(counts[:60])).branching.p95 == 0.0


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="a reference level needs 8"):
        learn_reference(made([1] * 7))
    with pytest.raises(InputError, match="names no sector"):
        watch_sectors({})
    sectors = {"north": (made([1]), quiet())}
    for wrong in (0.0, -1.0, np.nan):
        with pytest.raises(InputError, match="false_alarms_per_year"):
            watch_sectors(sectors, false_alarms_per_year=wrong)
    with pytest.raises(InputError, match="tolerated"):
        watch_sectors(sectors, tolerated=0.5)
    with pytest.raises(InputError, match="multiples"):
        watch_sectors(sectors, multiples=(1.0,))


def february(regions, *, learnt_to, with_previous, rate):
    series = violations(*regions, with_previous=with_previous)
    reference = learn_reference(series.between(dt.date(2020, 12, 1), learnt_to))
    watched = series.between(learnt_to + dt.timedelta(days=1), dt.date(2022, 2, 23))
    return watch_sectors({"+".join(regions): (watched, reference)}, false_alarms_per_year=rate)


BOTH = ("donetsk", "luhansk")


@needs_smm
@pytest.mark.parametrize("learnt_to", [dt.date(2021, 12, 31), dt.date(2022, 1, 31)])
@pytest.mark.parametrize("rate", [0.25, 1.0])
@pytest.mark.parametrize("regions", [("donetsk",), ("luhansk",), BOTH])
def test_february_2022_raises_the_alarm_by_region(regions, rate, learnt_to):
    """With the figures that each report gives for the period before it: 45 periods."""
    found = february(regions, learnt_to=learnt_to, with_previous=True, rate=rate)
    assert dt.date(2022, 2, 18) <= found.since <= dt.date(2022, 2, 22)
    assert found.sectors[0].alarms[0].onset in {dt.date(2022, 2, 16), dt.date(2022, 2, 18)}
    assert len(found.sectors[0].alarms) == 1


@needs_smm
@pytest.mark.parametrize("learnt_to", [dt.date(2021, 12, 31), dt.date(2022, 1, 31)])
def test_february_2022_raises_the_alarm_from_the_27_daily_totals_alone(learnt_to):
    """At one false alarm a year on 22 February, its beginning put on the 16th."""
    found = february(BOTH, learnt_to=learnt_to, with_previous=False, rate=1.0)
    assert found.since == dt.date(2022, 2, 22)
    assert found.sectors[0].alarms[0].onset == dt.date(2022, 2, 16)


@needs_smm
def test_27_totals_are_too_few_for_a_false_alarm_every_four_years():
    """What it cannot do: fourteen reports of quiet do not make January 2022 odd enough."""
    found = february(BOTH, learnt_to=dt.date(2021, 12, 31), with_previous=False, rate=0.25)
    assert not found.alarm
    assert found.sectors[0].evidence > 0.3


#: Stretches between the changes found in the same events: quiet by that account.
HELD_OUT = [
    ("2014-09-06", "2014-12-05"),
    ("2015-02-20", "2015-10-15"),
    ("2015-10-16", "2017-01-28"),
    ("2017-02-04", "2019-06-14"),
    ("2019-06-15", "2020-07-22"),
    ("2020-07-23", "2021-01-07"),
    ("2021-01-08", "2021-12-31"),
]


@needs_ged
def test_held_out_halves_of_quiet_stretches_raise_no_more_than_stated():
    """Learnt on the first half of each, watched on the second: 3.5 years, none."""
    alarms, days = 0, 0
    for first, last in HELD_OUT:
        stretch = lethal_events().between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        chosen = np.arange(len(stretch)) < len(stretch) // 2
        reference = learn_reference(stretch.where(chosen))
        found = watch_sectors({"line": (stretch.where(~chosen), reference)})
        alarms, days = alarms + len(found.sectors[0].alarms), days + int((~chosen).sum())
    assert days > 3.5 * 365
    assert alarms <= 3


@needs_ged
@pytest.mark.parametrize(
    ("learnt", "watched", "broke", "days"),
    [
        (("2015-11-01", "2016-11-30"), ("2016-12-01", "2017-03-31"), "2017-01-29", 4),  # Avdiivka
        (("2014-10-01", "2014-12-31"), ("2015-01-01", "2015-02-28"), "2015-01-14", 7),  # Debaltseve
    ],
)
def test_the_battles_of_2015_and_2017_raise_it_within_a_week(learnt, watched, broke, days):
    series = lethal_events()
    reference = learn_reference(series.between(*map(dt.date.fromisoformat, learnt)))
    part = series.between(*map(dt.date.fromisoformat, watched))
    found = watch_sectors({"line": (part, reference)})
    delay = (found.since - dt.date.fromisoformat(broke)).days
    assert 0 <= delay <= days

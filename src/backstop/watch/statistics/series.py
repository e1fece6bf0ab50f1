"""A series of counts with what was watched: the one input of every statistic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.errors import InputError, Problem

#: Times are minutes of local clock time without a zone: a reporting day may end at 19:30.
Minutes = NDArray[np.datetime64]

DAY = np.timedelta64(24 * 60, "m")

#: The largest count accepted for one period. Above it a number is a slip, or a different unit.
LARGEST_COUNT = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class CountSeries:
    """Counts of one act under one counting rule, in reporting periods that do not overlap.

    A reporting period is what the observer reported on, not a calendar day: it has a start and an
    end, may run from 19:30 to 19:30, and may last several days. ``exposure`` is how much watching
    stands behind it, in full observer-days unless the caller counts otherwise; zero means that
    nobody looked, and then there is no rate.
    """

    starts: Minutes
    """When each period began, shape (periods,), in order."""
    ends: Minutes
    """When each period ended, shape (periods,); no period overlaps the next."""
    counts: NDArray[np.int64]
    """Shape (periods,)."""
    exposure: NDArray[np.float64]
    """Shape (periods,); zero where unobserved."""

    def __len__(self) -> int:
        return int(self.counts.size)

    @property
    def observed(self) -> CountSeries:
        """The periods in which somebody looked."""
        return self.where(self.exposure > 0)

    def where(self, chosen: NDArray[np.bool_]) -> CountSeries:
        """The chosen periods; ``chosen`` has shape (periods,)."""
        return CountSeries(
            self.starts[chosen], self.ends[chosen], self.counts[chosen], self.exposure[chosen]
        )

    def between(self, first: dt.date, last: dt.date) -> CountSeries:
        """The periods that end on a date from ``first`` to ``last``, both included."""
        dates = self.reporting_dates
        return self.where((dates >= np.datetime64(first)) & (dates <= np.datetime64(last)))

    @property
    def reporting_dates(self) -> NDArray[np.datetime64]:
        """The date that a period is named after, shape (periods,): that of its last minute.

        A period from 19:30 on the 17th to 19:30 on the 18th is the 18th; one from midnight to
        midnight is the day that it covers.
        """
        return (self.ends - np.timedelta64(1, "m")).astype("datetime64[D]")

    @property
    def length_days(self) -> NDArray[np.float64]:
        """Length of each period in days, shape (periods,)."""
        lengths: NDArray[np.float64] = (self.ends - self.starts) / DAY
        return lengths


def count_series(
    counts: ArrayLike,
    *,
    first: dt.date | dt.datetime,
    length_days: float = 1.0,
    exposure: ArrayLike | None = None,
) -> CountSeries:
    """Equal periods without a gap.

    Parameters
    ----------
    counts : array of integers, shape (periods,)
    first : date or datetime
        When the first period begins; a date means midnight.
    length_days : float
        Length of a period; at least a minute. 1/24 for hourly counts.
    exposure : array of float, shape (periods,), optional
        By default the length of each period, so that rates are per day.

    Raises
    ------
    InputError
        For a count that is negative, fractional, not finite or above a thousand million; for an
        exposure that is negative or not finite; for a count where nobody looked.
    """
    minutes = round(length_days * 24 * 60)
    if minutes < 1:
        _refuse([("length_days", f"{length_days!r} is shorter than a minute")])
    numbers = np.asarray(counts)
    size = numbers.size if numbers.ndim == 1 else 0
    starts = np.datetime64(first, "m") + np.arange(size) * np.timedelta64(minutes, "m")
    return periods(
        numbers, starts=starts, ends=starts + np.timedelta64(minutes, "m"), exposure=exposure
    )


def periods(
    counts: ArrayLike, *, starts: ArrayLike, ends: ArrayLike, exposure: ArrayLike | None = None
) -> CountSeries:
    """Periods of any length, with or without gaps between them.

    Parameters
    ----------
    counts : array of integers, shape (periods,)
    starts, ends : arrays of datetimes, shape (periods,)
    exposure : array of float, shape (periods,), optional
        By default the length of each period in days.

    Raises
    ------
    InputError
        As ``count_series``; and for a period that ends before it begins or overlaps the next.
    """
    begin, end = np.asarray(starts, "datetime64[m]"), np.asarray(ends, "datetime64[m]")
    numbers = np.asarray(counts)
    if numbers.ndim != 1 or not numbers.size or numbers.dtype.kind not in "iufb":
        _refuse([("counts", "is not a list of numbers, one a period, with at least one period")])
    watched = (end - begin) / DAY if exposure is None else np.asarray(exposure, np.float64)
    shapes = {"starts": begin.shape, "ends": end.shape, "exposure": watched.shape}
    wrong = [
        (name, f"has shape {shape}, the counts have {numbers.shape}")
        for name, shape in shapes.items()
        if shape != numbers.shape
    ]
    if wrong:
        _refuse(wrong)
    _check_times(begin, end)
    _check_numbers(numbers.astype(np.float64), watched.astype(np.float64))
    return CountSeries(begin, end, numbers.astype(np.int64), watched.astype(np.float64))


def daily(
    dates: Iterable[dt.date],
    *,
    first: dt.date,
    last: dt.date,
    exposure: ArrayLike | None = None,
) -> CountSeries:
    """Events by calendar day from ``first`` to ``last``; events outside are left out.

    A day without an event counts zero, which is right only where the observer covered it: give
    ``exposure`` zero for days on which nobody looked.
    """
    if last < first:
        _refuse([("last", f"{last} is before the first day, {first}")])
    days = np.array(list(dates), dtype="datetime64[D]")
    place = (days - np.datetime64(first)).astype(np.int64)
    size = (last - first).days + 1
    place = place[(place >= 0) & (place < size)]
    return count_series(np.bincount(place, minlength=size), first=first, exposure=exposure)


def aggregate(
    series: CountSeries, *, periods_each: int, anchor: dt.date | None = None
) -> CountSeries:
    """Runs of consecutive periods added up: daily to weekly with ``periods_each=7``.

    Counts and exposures are summed, so rates keep their unit and a week with three days watched is
    a week with exposure three. Only whole runs are kept: a part of a week at either end would be
    read as a quiet week.

    Parameters
    ----------
    anchor : date, optional
        A reporting date with which a run begins, such as any Monday; by default the first period.
    """
    assert periods_each >= 1, "a run has at least one period"
    offset = 0
    if anchor is not None:
        gap = int((np.datetime64(anchor) - series.reporting_dates[0]).astype(np.int64))
        offset = gap % periods_each
    whole = (len(series) - offset) // periods_each
    if whole < 1:
        _refuse([("periods_each", f"no whole run of {periods_each} in {len(series)} periods")])
    keep = slice(offset, offset + whole * periods_each)
    return CountSeries(
        series.starts[keep][::periods_each],
        series.ends[keep][periods_each - 1 :: periods_each],
        series.counts[keep].reshape(whole, periods_each).sum(axis=1),
        series.exposure[keep].reshape(whole, periods_each).sum(axis=1),
    )


def weekly(series: CountSeries, *, anchor: dt.date | None = None) -> CountSeries:
    """Daily periods added up in sevens; ``anchor`` is a date with which a week begins."""
    return aggregate(series, periods_each=7, anchor=anchor)


def _check_times(starts: Minutes, ends: Minutes) -> None:
    if np.isnat(starts).any() or np.isnat(ends).any():
        _refuse([("starts", "has a period without a start or an end")])
    found = [
        (f"ends[{i}]", f"{ends[i]} is not after the start, {starts[i]}")
        for i in np.flatnonzero(ends <= starts)[:3]
    ]
    found += [
        (f"starts[{i}]", f"{starts[i]} is before the last period's end, {ends[i - 1]}")
        for i in np.flatnonzero(starts[1:] < ends[:-1])[:3] + 1
    ]
    if found:
        _refuse(found)


def _check_numbers(counts: NDArray[np.float64], exposure: NDArray[np.float64]) -> None:
    fractional = np.isfinite(counts) & (counts != np.floor(counts))
    faults: tuple[tuple[str, NDArray[np.float64], NDArray[np.bool_], str], ...] = (
        ("counts", counts, ~np.isfinite(counts), "is not a finite number"),
        ("counts", counts, counts < 0, "is negative"),
        ("counts", counts, fractional, "is not a whole number"),
        ("counts", counts, counts > LARGEST_COUNT, f"is above {LARGEST_COUNT:,}"),
        ("exposure", exposure, ~np.isfinite(exposure), "is not a finite number"),
        ("exposure", exposure, exposure < 0, "is negative; write 0 where nobody looked"),
        (
            "counts",
            counts,
            (counts > 0) & (exposure == 0),
            "stands where the exposure is 0: state the watching that saw it",
        ),
    )
    found = [
        (f"{name}[{i}]", f"{values[i]:g} {text}")
        for name, values, at, text in faults
        for i in np.flatnonzero(at)[:3]
    ]
    if found:
        _refuse(found)


def _refuse(found: list[tuple[str, str]]) -> None:
    raise InputError([Problem("", 0, 0, path, message) for path, message in found])


def day(moment: np.datetime64) -> dt.date:
    """The calendar date of a moment."""
    date: dt.date = moment.astype("datetime64[D]").astype(dt.date)
    return date


def describe(series: CountSeries) -> dict[str, Any]:
    """What a result says of the series that it was computed from."""
    seen = series.observed
    return {
        "first": str(day(series.starts[0])),
        "last": str(series.reporting_dates[-1]),
        "periods": len(series),
        "observed_periods": len(seen),
        "count": int(series.counts.sum()),
        "exposure": float(series.exposure.sum()),
    }

"""Series for the tests of the watch stage's statistics, made and real."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pytest

from backstop.watch.statistics import CountSeries, count_series, daily, periods

RAW = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
GED = RAW / "ucdp" / "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"
SMM = RAW / "osce" / "smm_daily_counts.csv"

FIRST = dt.date(2020, 1, 1)

needs_ged = pytest.mark.skipif(not GED.is_file(), reason="the UCDP events are not beside the code")
needs_smm = pytest.mark.skipif(not SMM.is_file(), reason="the OSCE counts are not beside the code")


def made(counts, *, exposure=None, length_days=1.0) -> CountSeries:
    return count_series(counts, first=FIRST, exposure=exposure, length_days=length_days)


def scattered(seed: int, mean, *, size: float = np.inf):
    """Independent negative-binomial counts."""
    draw = np.random.default_rng(seed)
    mean = np.asarray(mean, float)
    return draw.poisson(mean if np.isinf(size) else draw.gamma(size, mean / size))


def lethal_events() -> CountSeries:
    """Lethal events in Ukraine by day, April 2014 to December 2021, of those known to the day."""
    with gzip.open(GED, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    dates = [
        dt.date.fromisoformat(row["date_start"])
        for row in rows
        if row["date_start"] == row["date_end"]
    ]
    return daily(dates, first=dt.date(2014, 4, 1), last=dt.date(2021, 12, 31))


def violations(*regions: str, with_previous: bool) -> CountSeries:
    """Ceasefire violations by the mission's reporting period, which ends at 19:30.

    Each report also gives the figure of the period before it. Where that period has no report of
    its own here, it can be used; its length is not printed. The mission published no report on
    Sundays, and Monday's covered two days: a period that ended on a Sunday is taken to have two.
    """
    with SMM.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found: dict[dt.datetime, tuple[dt.datetime, int]] = {}
    for row in rows:
        counts = [row[f"{region}_cfv"] for region in regions]
        if all(counts):
            end = dt.datetime.fromisoformat(row["as_of"][:16])
            found[end] = (_evening(row["period_start"]), sum(map(int, counts)))
    for row in rows if with_previous else ():
        counts = [row[f"{region}_prev_cfv"] for region in regions]
        end = _evening(row["period_start"])
        if all(counts) and end not in found:
            length = dt.timedelta(days=2 if end.weekday() == 6 else 1)
            found[end] = (end - length, sum(map(int, counts)))
    ends = sorted(found)
    kept = [e for i, e in enumerate(ends) if i == 0 or found[e][0] >= ends[i - 1]]
    return periods(
        [found[end][1] for end in kept], starts=[found[end][0] for end in kept], ends=kept
    )


def _evening(date: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{date}T19:30")

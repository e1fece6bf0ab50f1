"""How the sequential test performs: false alarms measured, and the delay to a true one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.futures.range import Range
from backstop.futures.streams import Stream
from backstop.watch.statistics.breakdown import DAYS_A_YEAR, watch_sector
from backstop.watch.statistics.random import generator, negative_binomial
from backstop.watch.statistics.reference import learn_reference
from backstop.watch.statistics.series import count_series

#: Where simulated watching begins; any date serves.
_BEGIN = dt.date(2001, 1, 1)
#: Quiet days before a simulated break.
BEFORE = 30


@dataclass(frozen=True, slots=True)
class Delay:
    """Time to the alarm after the rate is multiplied."""

    multiple: float
    days: Range
    """From the first day at the new rate to the alarm, both counted; over runs that alarmed."""
    missed: float
    """Share of runs without an alarm before the watching ended."""

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {"multiple": self.multiple, "days": self.days.to_dict(), "missed": self.missed}


@dataclass(frozen=True, slots=True)
class Performance:
    """What the test did on simulated quiet years and on simulated breakdowns."""

    stated_per_year: float
    measured_per_year: float
    standard_error: float
    years: float
    """Quiet years simulated."""
    delays: tuple[Delay, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "stated_per_year": self.stated_per_year,
            "measured_per_year": self.measured_per_year,
            "standard_error": self.standard_error,
            "years": self.years,
            "delays": [delay.to_dict() for delay in self.delays],
        }


def measure(
    *,
    rate: float,
    size: float,
    baseline_days: int,
    false_alarms_per_year: float,
    years: float = 1.0,
    runs: int = 100,
    multiples: Sequence[float] = (2.0, 5.0, 10.0),
    reach_days: int = 365,
    seed: int = 1,
) -> Performance:
    """Measure false alarms and delays where the truth is known.

    Each run simulates a baseline of daily counts, learns a reference from it, and watches: so that
    errors of the reference count. Independent days of full exposure. For delays, 30 quiet days
    come before the break; alarms in them are not counted and the test goes on.

    Parameters
    ----------
    rate, size : float
        The truth: incidents a day and negative-binomial size.
    baseline_days, reach_days : int
        Length of the baseline, and of the watching after the break.
    years : float
        Quiet years watched in each run.
    """
    trial = _Trial(generator(Stream(seed, "watch.performance")), rate, size, baseline_days)
    quiet_days = round(years * DAYS_A_YEAR)
    false = sum(
        len(trial.alarms(trial.days(quiet_days), at=false_alarms_per_year)) for _ in range(runs)
    )
    watched = runs * quiet_days / DAYS_A_YEAR
    delays = []
    for multiple in multiples:
        waits: list[int] = []
        for _ in range(runs):
            counts = np.concatenate((trial.days(BEFORE), trial.days(reach_days, multiple)))
            raised = trial.alarms(counts, at=false_alarms_per_year)
            waits += [day - BEFORE + 1 for day in raised if day >= BEFORE][:1]
        span = Range.of(waits or [float(reach_days)])
        delays.append(Delay(multiple, span, 1 - len(waits) / runs))
    return Performance(
        stated_per_year=false_alarms_per_year,
        measured_per_year=false / watched,
        standard_error=math.sqrt(max(false, 1)) / watched,
        years=watched,
        delays=tuple(delays),
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """A known truth to draw days from."""

    draw: np.random.Generator
    rate: float
    size: float
    baseline_days: int

    def days(self, count: int, multiple: float = 1.0) -> NDArray[np.int64]:
        """Counts of so many days at a multiple of the rate."""
        mean = np.full(count, self.rate * multiple)
        return negative_binomial(self.draw, mean=mean, shape=np.full(count, self.size))

    def alarms(self, counts: NDArray[np.int64], *, at: float) -> list[int]:
        """Days on which alarms are raised, with a reference learnt for the occasion."""
        reference = learn_reference(count_series(self.days(self.baseline_days), first=_BEGIN))
        series = count_series(counts, first=_BEGIN)
        found = watch_sector(series, reference, sector="", false_alarms_per_year=at)
        return [(alarm.raised - _BEGIN).days for alarm in found.alarms]

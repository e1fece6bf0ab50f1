"""Has it broken down? A sequential test by sector with a stated rate of false alarms."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.watch.statistics.reference import Reference
from backstop.watch.statistics.series import DAY, CountSeries, day

DAYS_A_YEAR = 365.25

#: Rates after a breakdown, in multiples of the quiet rate, that the test is ready for.
MULTIPLES = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm."""

    raised: dt.date
    """Reporting date on which the threshold was passed."""
    onset: dt.date
    """Most likely reporting date on which the new rate began."""
    multiple: float
    """The multiple of the quiet rate, of those tried, that fits best since."""

    def to_dict(self) -> dict[str, Any]:
        """Dates as ISO 8601."""
        return {"raised": str(self.raised), "onset": str(self.onset), "multiple": self.multiple}


@dataclass(frozen=True, slots=True)
class SectorWatch:
    """The test in one sector."""

    sector: str
    alarms: tuple[Alarm, ...]
    """In order; the test begins anew after each."""
    false_alarms_per_year: float
    """At most so many, on average, while the reference holds."""
    threshold: float
    evidence: float
    """The statistic after the last period, as a share of the threshold."""
    unobserved_days: float
    """Days watched over without any exposure: the test stood still."""
    reference: Reference

    @property
    def alarm(self) -> bool:
        """Whether any alarm was raised."""
        return bool(self.alarms)

    @property
    def since(self) -> dt.date | None:
        """Date of the first alarm."""
        return self.alarms[0].raised if self.alarms else None

    def to_dict(self) -> dict[str, Any]:
        """One entry of the contract's ``sectors``."""
        return {
            "sector": self.sector,
            "alarm": self.alarm,
            "since": str(self.since) if self.alarms else None,
            "onset": str(self.alarms[0].onset) if self.alarms else None,
            "alarms": [alarm.to_dict() for alarm in self.alarms],
            "false_alarms_per_year": self.false_alarms_per_year,
            "threshold": self.threshold,
            "evidence": self.evidence,
            "unobserved_days": self.unobserved_days,
            "reference": self.reference.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The test over all sectors."""

    false_alarms_per_year: float
    """At most so many, on average, over all sectors together, while the references hold."""
    sectors: tuple[SectorWatch, ...]

    @property
    def alarm(self) -> bool:
        """Whether any sector raised one."""
        return any(sector.alarm for sector in self.sectors)

    @property
    def since(self) -> dt.date | None:
        """Date of the first alarm in any sector."""
        return min((s.since for s in self.sectors if s.since is not None), default=None)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``breakdown``."""
        return {
            "alarm": self.alarm,
            "since": str(self.since) if self.since is not None else None,
            "false_alarms_per_year": self.false_alarms_per_year,
            "sectors": [sector.to_dict() for sector in self.sectors],
        }


def watch_sectors(
    sectors: Mapping[str, tuple[CountSeries, Reference]],
    *,
    false_alarms_per_year: float = 1.0,
    tolerated: float = 1.0,
    multiples: Sequence[float] = MULTIPLES,
) -> Breakdown:
    """Watch each sector for a rate above its reference, from its first period on.

    The statistic is an e-detector (Shin, Ramdas & Rinaldo 2022) of Shiryaev-Roberts form,

        M(t) = sum over s <= t of P(counts | rate r times quiet from s on) / P(counts | quiet),

    averaged over the multiples r, each probability being averaged over what the reference leaves
    open of rate, scatter and echo. While quiet lasts M(t) - t has mean zero, so the mean number of
    observed periods to a false alarm is at least the threshold, and with the threshold (periods a
    year) / (false alarms a year) the stated rate holds without simulation. It is an average over
    that posterior: where the true rate is at its upper end there are more, at its lower end
    fewer. Sectors share the stated rate equally; it holds however they depend on each other.

    Unobserved periods change nothing: no news is not good news.

    Parameters
    ----------
    sectors : mapping of names to (series, reference)
        The series to watch, after the stretch that the reference was learnt from.
    false_alarms_per_year : float
        Over all sectors together.
    tolerated : float
        Multiple of the quiet rate that still does not count as a breakdown.
    multiples : sequence of float
        Above 1, of the tolerated rate.
    """
    _check(sectors, false_alarms_per_year, tolerated, multiples)
    share = false_alarms_per_year / len(sectors)
    return Breakdown(
        false_alarms_per_year=false_alarms_per_year,
        sectors=tuple(
            watch_sector(
                series,
                reference,
                sector=name,
                false_alarms_per_year=share,
                tolerated=tolerated,
                multiples=multiples,
            )
            for name, (series, reference) in sectors.items()
        ),
    )


def watch_sector(
    series: CountSeries,
    reference: Reference,
    *,
    sector: str,
    false_alarms_per_year: float,
    tolerated: float = 1.0,
    multiples: Sequence[float] = MULTIPLES,
) -> SectorWatch:
    """The test in one sector alone; see ``watch_sectors``."""
    from backstop.watch.statistics.detector import detect

    _check({sector: (series, reference)}, false_alarms_per_year, tolerated, multiples)
    threshold = alarm_threshold(series, false_alarms_per_year=false_alarms_per_year)
    seen = series.observed
    statistic, alarms, onsets, leading = detect(
        seen.counts,
        seen.exposure,
        _past(seen, reference),
        (
            reference.rates * tolerated,
            reference.sizes,
            reference.branchings,
            reference.weights,
        ),
        np.array(multiples, np.float64),
        threshold,
    )
    dates = seen.reporting_dates
    ended = bool(alarms.size) and int(alarms[-1]) == statistic.size - 1
    return SectorWatch(
        sector=sector,
        alarms=tuple(
            Alarm(day(dates[a]), day(dates[o]), tolerated * float(multiples[j]))
            for a, o, j in zip(alarms, onsets, leading, strict=True)
        ),
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        evidence=0.0 if ended or not statistic.size else float(statistic[-1]) / threshold,
        unobserved_days=float(series.length_days[series.exposure == 0].sum()),
        reference=reference,
    )


def alarm_threshold(series: CountSeries, *, false_alarms_per_year: float) -> float:
    """Periods a year over false alarms a year, periods being as short as the shortest one."""
    shortest = float(((series.ends - series.starts) / DAY).min())
    return DAYS_A_YEAR / shortest / false_alarms_per_year


def _past(seen: CountSeries, reference: Reference) -> NDArray[np.float64]:
    """The echo of the periods watched so far, beginning at the quiet rate."""
    from backstop.watch.statistics.echo import echo

    rates = seen.counts / seen.exposure
    observed = np.ones(len(seen), np.bool_)
    return echo(rates, observed, reference.decay, reference.rate.mean)[0]


def _check(
    sectors: Mapping[str, tuple[CountSeries, Reference]],
    false_alarms_per_year: float,
    tolerated: float,
    multiples: Sequence[float],
) -> None:
    found = []
    if not sectors:
        found.append(("sectors", "names no sector"))
    if not (math.isfinite(false_alarms_per_year) and false_alarms_per_year > 0):
        found.append(("false_alarms_per_year", f"{false_alarms_per_year!r} is not above 0"))
    if not (math.isfinite(tolerated) and tolerated >= 1):
        found.append(("tolerated", f"{tolerated!r} is below 1"))
    if not multiples or not all(math.isfinite(m) and m > 1 for m in multiples):
        found.append(("multiples", "are not all above 1"))
    if found:
        raise InputError([Problem("", 0, 0, path, message) for path, message in found])

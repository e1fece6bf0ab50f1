"""Which stretch of a record was quiet: what the sequential test learns its reference from.

Nobody has to guess a number of days. The record's own changes of rate, found at a stated chance of
a false one, say where the level first stopped falling and where it then first rose: what lies in
between was as quiet as it got before it rose. The test watches everything after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backstop.errors import InputError, Problem
from backstop.watch.statistics import CountSeries
from backstop.watch.statistics.reference import ENOUGH


@dataclass(frozen=True, slots=True)
class Quiet:
    """The stretch that a reference is learnt from."""

    first: date
    last: date
    """Reporting dates, both included."""
    because: str


def quiet_stretch(
    series: CountSeries, found: Mapping[str, Any] | None, *, begins: date | None = None
) -> Quiet:
    """The quiet stretch of a series, from its changes of rate.

    Parameters
    ----------
    series : CountSeries
        All regions together.
    found : mapping, optional
        A segmentation as JSON values; None where the series was too short for one.
    begins : date, optional
        The day the agreement came into force: what happened before was no ceasefire. It is left
        aside where the record holds too little from then on.

    Raises
    ------
    InputError
        With fewer observed periods than a reference needs.
    """
    dates = [one.astype(date) for one in series.observed.reporting_dates]
    from_then = [one for one in dates if begins is None or one >= begins]
    since = ""
    if len(from_then) >= 2 * ENOUGH and len(from_then) < len(dates):
        dates, since = from_then, f", counted from {begins}, when the agreement came into force"
    if len(dates) < ENOUGH:
        message = f"{len(dates)} observed periods; a reference level needs {ENOUGH}"
        raise InputError([Problem("the record", 0, 0, "", message)])
    segments = [] if found is None else _from(found["segments"], dates[0])
    changes = [] if found is None else found["changes"][-(len(segments) - 1) :]
    changes = changes if len(segments) > 1 else []
    low = next((n for n, one in enumerate(changes) if not _falls(one)), len(changes))
    first = max(dates[0], date.fromisoformat(segments[low]["first"])) if segments else dates[0]
    inside = [one for one in dates if one >= first]
    if low < len(changes):
        rise = changes[low]
        # Where its date is vague, for want of observations, the likeliest date has to do.
        for vague in ("earliest", "date"):
            last = date.fromisoformat(rise[vague]) - timedelta(days=1)
            quiet = [one for one in inside if one <= last]
            if len(quiet) >= ENOUGH:
                share = found["false_change_share"] if found else 0.0
                why = (
                    f"the record's own: up to the first rise of the rate, about {rise['date']} (a "
                    f"change is found by chance in {100 * share:.0f} % of records without any)"
                )
                return Quiet(first, quiet[-1], why + since)
        why = f"the first {ENOUGH} observed periods, because the rate rose soon after{since}"
        return Quiet(dates[0], dates[ENOUGH - 1], why)
    # No rise: half of it shows what is quiet, the other half is watched.
    half = max(ENOUGH, len(inside) // 2)
    if len(inside) < half or half == len(inside):
        inside, half = dates, ENOUGH
    return Quiet(
        inside[0],
        inside[half - 1],
        f"the record's own: no rise of the rate was found, so its first half is the measure of "
        f"the second{since}",
    )


def _from(segments: Sequence[Mapping[str, Any]], first: date) -> list[Mapping[str, Any]]:
    return [one for one in segments if date.fromisoformat(one["last"]) >= first]


def _falls(change: Mapping[str, Any]) -> bool:
    """Whether the rate is lower after a change; from nothing it can only rise."""
    ratio = change["ratio"]
    return ratio is not None and ratio < 1

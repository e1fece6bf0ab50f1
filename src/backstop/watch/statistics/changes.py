"""Change points: when did the rate of incidents change, and how surely."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.futures.streams import Stream
from backstop.watch.statistics.dispersion import POISSON_FROM, check_size, log_likelihood
from backstop.watch.statistics.rate import Rate, estimate_rate
from backstop.watch.statistics.series import CountSeries, day, describe

Penalty = Literal["bic", "mbic"]

#: Periods that a series is brought down to before its dispersion is estimated.
ENOUGH_PERIODS = 4_000


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """One date on which the rate changed."""

    date: dt.date
    """First reporting date of the new rate."""
    earliest: dt.date
    latest: dt.date
    """Ends of the smallest set of dates that holds the change with the stated probability."""
    dates: int
    """Number of dates in that set; fewer than from earliest to latest where it has holes."""
    gain: float
    """Log-likelihood lost if the two segments beside it were one."""
    ratio: float | None
    """Rate after over rate before; None where nothing was counted before."""

    def to_dict(self) -> dict[str, Any]:
        """Dates as ISO 8601."""
        return {
            "date": str(self.date),
            "earliest": str(self.earliest),
            "latest": str(self.latest),
            "dates": self.dates,
            "gain": self.gain,
            "ratio": self.ratio,
        }


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of constant rate."""

    first: dt.date
    last: dt.date
    """Reporting dates, both included."""
    rate: Rate

    def to_dict(self) -> dict[str, Any]:
        """Dates as ISO 8601 and the rate."""
        return {"first": str(self.first), "last": str(self.last), **self.rate.to_dict()}


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The best partition of a series into stretches of constant rate."""

    changes: tuple[ChangePoint, ...]
    segments: tuple[Segment, ...]
    size: float
    """Negative-binomial size per unit of exposure; infinite for Poisson."""
    penalty: float
    """Log-likelihood that a change must bring."""
    penalty_rule: str
    confidence: float
    """Probability held by each set of dates, given the neighbouring changes."""
    cost: float
    """Minus log-likelihood without terms free of the partition, plus the penalties."""
    described: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The dates of the contract's ``changepoints``, and what stands behind them."""
        return {
            "changepoints": [str(change.date) for change in self.changes],
            "changes": [change.to_dict() for change in self.changes],
            "segments": [segment.to_dict() for segment in self.segments],
            "model": "poisson" if math.isinf(self.size) else "negative-binomial",
            "size": None if math.isinf(self.size) else self.size,
            "penalty": self.penalty,
            "penalty_rule": self.penalty_rule,
            "confidence": self.confidence,
            "cost": self.cost,
            "series": self.described,
        }


def find_changes(
    series: CountSeries,
    *,
    size: float | None = None,
    penalty: float | Penalty = "bic",
    confidence: float = 0.95,
) -> Segmentation:
    """The partition with the least minus log-likelihood plus a penalty for each change.

    A segment with count n and exposure E costs, for size κ per unit of exposure, κE ln(1 + n/κE) +
    n ln(1 + κE/n), in the limit of Poisson n - n ln(n/E). Found exactly by functional pruning
    (Maidstone and others 2017). Unobserved periods tell nothing and are skipped; a change within
    such a gap is dated at its end, and its set of dates covers the gap.

    Each change has a set of dates: with both neighbours held, the posterior of its place under a
    uniform prior over time and Jeffreys' prior for either rate, the most probable places first
    until ``confidence`` is reached. The set does not know that the number of changes may be wrong.

    Parameters
    ----------
    size : float, optional
        Infinite for Poisson. By default the one that makes the penalised likelihood greatest,
        jointly with the partition (``best_size``).
    penalty : "bic", "mbic" or float
        "bic" is ln n for n observed periods (a rate and a date a change; Schwarz 1978), "mbic"
        1.5 ln n (Zhang & Siegmund 2007, without the term of segment lengths). A number comes, for
        instance, from ``penalty_for``.
    """
    from backstop.watch.statistics.pruning import segment

    assert 0 < confidence < 1, f"confidence lies between 0 and 1, not {confidence}"
    seen = series.observed
    if not len(seen):
        raise InputError([Problem("", 0, 0, "exposure", "is 0 throughout: nothing was observed")])
    amount = penalty_value(penalty, observed=len(seen))
    chosen = best_size(seen, penalty=penalty) if size is None else check_size(size)
    starts, cost = segment(seen.counts, seen.exposure, chosen, amount)
    edges = np.concatenate(([0], starts, [len(seen)]))
    stretches = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    return Segmentation(
        changes=tuple(
            _change(seen, edges[k - 1 : k + 2], size=chosen, confidence=confidence)
            for k in range(1, len(edges) - 1)
        ),
        segments=tuple(_stretch(seen, part, chosen, confidence) for part in stretches),
        size=chosen,
        penalty=amount,
        penalty_rule=penalty if isinstance(penalty, str) else "given",
        confidence=confidence,
        cost=float(cost),
        described=describe(series),
    )


def penalty_value(penalty: float | Penalty, *, observed: int) -> float:
    """The penalty of one change, in log-likelihood, for so many observed periods."""
    if isinstance(penalty, str):
        return {"bic": 1.0, "mbic": 1.5}[penalty] * math.log(max(observed, 2))
    if not (math.isfinite(penalty) and penalty >= 0):
        raise InputError([Problem("", 0, 0, "penalty", f"{penalty!r} is not 0 or above")])
    return float(penalty)


def best_size(series: CountSeries, *, penalty: float | Penalty = "bic") -> float:
    """The size κ at which the best partition's penalised likelihood is greatest.

    Jointly, because each alone misleads: with every change taken for scatter κ is too small, with
    scatter taken for changes too large. κ is per unit of exposure, so a long series is first added
    up into at most 4,000 runs of periods, which leaves κ what it is.

    Parameters
    ----------
    series : CountSeries
        With at least one observed period.
    """
    from scipy.optimize import minimize_scalar

    from backstop.watch.statistics.pruning import segment

    seen = series.observed
    each = -(-len(seen) // ENOUGH_PERIODS)
    starts = np.arange(0, len(seen), each)
    counts = np.add.reduceat(seen.counts, starts)
    exposure = np.add.reduceat(seen.exposure, starts)
    amount = penalty_value(penalty, observed=len(seen))

    def loss(log_size: float) -> float:
        value = math.exp(log_size)
        mean = np.ones_like(exposure)
        terms = log_likelihood(counts, mean=mean, exposure=exposure, size=value)
        at_one = value * exposure * np.log1p(mean / (value * exposure))
        at_one += counts * np.log1p(value * exposure / mean)
        return float(segment(counts, exposure, value, amount)[1] - (terms + at_one).sum())

    top = math.log(POISSON_FROM * max(float((counts / exposure).max()), 1e-6))
    grid = np.linspace(top - 18, top, 25)
    losses = [loss(float(point)) for point in grid]
    k = int(np.argmin(losses))
    if k >= len(grid) - 2:
        return math.inf
    bounds = (float(grid[max(k - 1, 0)]), float(grid[k + 1]))
    return math.exp(float(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def penalty_for(
    series: CountSeries,
    *,
    size: float,
    false_alarm_share: float = 0.05,
    runs: int = 199,
    seed: int = 1,
) -> float:
    """The penalty at which a series without any change shows one with the stated chance.

    Simulates ``runs`` series with the same exposures, total rate and size and no change; for each
    finds by bisection the largest penalty that still shows a change; and takes the quantile of
    these. Days that depend on each other within a stretch (echoes) raise the true share; see
    ``fit_self_exciting``.

    Parameters
    ----------
    false_alarm_share : float
        Chance of one or more false changes in the whole series.
    """
    from backstop.watch.statistics.pruning import segment
    from backstop.watch.statistics.random import generator, negative_binomial

    assert 0 < false_alarm_share < 1, "a share lies between 0 and 1"
    seen = series.observed
    mean = seen.exposure * float(seen.counts.sum() / seen.exposure.sum())
    draw = generator(Stream(seed, "watch.changes.penalty"))
    highest = []
    for _ in range(runs):
        counts = negative_binomial(draw, mean=mean, shape=size * seen.exposure)
        low, high = 0.0, 20 * math.log(len(seen) + 1)
        while high - low > 0.02:
            middle = (low + high) / 2
            if segment(counts, seen.exposure, size, middle)[0].size:
                low = middle
            else:
                high = middle
        highest.append(high)
    # The (runs + 1)-th part, so that the share holds for a fresh series too.
    place = math.ceil((1 - false_alarm_share) * (runs + 1)) - 1
    return float(np.sort(highest)[min(place, runs - 1)])


def _stretch(series: CountSeries, part: slice, size: float, confidence: float) -> Segment:
    chosen = np.zeros(len(series), np.bool_)
    chosen[part] = True
    own = series.where(chosen)
    return Segment(
        first=day(own.reporting_dates[0]),
        last=day(own.reporting_dates[-1]),
        rate=estimate_rate(own, size=size, confidence=confidence),
    )


def _change(
    series: CountSeries, edges: NDArray[np.int64], *, size: float, confidence: float
) -> ChangePoint:
    """The change at the middle of three edges, the outer two held."""
    begin, at, end = (int(edge) for edge in edges)
    count = np.concatenate(([0], np.cumsum(series.counts[begin:end]))).astype(np.float64)
    watched = np.concatenate(([0.0], np.cumsum(series.exposure[begin:end])))
    inner = np.arange(1, end - begin)
    weight = place_weights(series, first=begin + 1, stop=end)
    chance = _evidence(count[inner], watched[inner], size)
    chance += _evidence(count[-1] - count[inner], watched[-1] - watched[inner], size)
    chance += np.log(weight)
    share = np.exp(chance - chance.max())
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    needed = int(np.searchsorted(np.cumsum(share[order]), confidence)) + 1
    held = np.sort(inner[order[:needed]]) + begin
    dates = series.reporting_dates
    rates = (count[at - begin] / watched[at - begin], _after(count, watched, at - begin))
    return ChangePoint(
        date=day(dates[at]),
        earliest=day(dates[held[0] - 1] + np.timedelta64(1, "D"))
        if series.starts[held[0]] > series.ends[held[0] - 1]
        else day(dates[held[0]]),
        latest=day(dates[held[-1]]),
        dates=len(np.unique(dates[held])),
        gain=_gain(count, watched, at - begin, size),
        ratio=rates[1] / rates[0] if rates[0] > 0 else None,
    )


def place_weights(series: CountSeries, *, first: int, stop: int) -> NDArray[np.float64]:
    """Prior weight of a change before each period: the time since the last observed one began."""
    gaps = series.starts[first:stop] - series.starts[first - 1 : stop - 1]
    weights: NDArray[np.float64] = gaps / np.timedelta64(1, "m")
    return weights


def _after(count: NDArray[np.float64], watched: NDArray[np.float64], k: int) -> float:
    return float((count[-1] - count[k]) / (watched[-1] - watched[k]))


def _gain(count: NDArray[np.float64], watched: NDArray[np.float64], k: int, size: float) -> float:
    from backstop.watch.statistics.pruning import least_loss

    parted = least_loss(count[k], watched[k], size)
    parted += least_loss(count[-1] - count[k], watched[-1] - watched[k], size)
    return float(least_loss(count[-1], watched[-1], size) - parted)


def _evidence(
    count: NDArray[np.float64], watched: NDArray[np.float64], size: float
) -> NDArray[np.float64]:
    """Log marginal likelihood of segments, the rate integrated out over Jeffreys' prior.

    Poisson: Γ(n + 1/2) / E^(n + 1/2). Negative binomial: B(κE, n + 1/2).
    """
    from scipy.special import betaln, gammaln

    value: NDArray[np.float64]
    if math.isinf(size):
        value = gammaln(count + 0.5) - (count + 0.5) * np.log(watched)
    else:
        value = betaln(size * watched, count + 0.5)
    return value

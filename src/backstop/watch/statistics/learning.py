"""What the record teaches the deterrence stage: the incident rate, and the challenger's type."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.errors import InputError, Problem
from backstop.futures.range import Range
from backstop.watch.statistics.dispersion import check_size, log_likelihood
from backstop.watch.statistics.reference import weighted_range
from backstop.watch.statistics.series import CountSeries, describe

Floats = NDArray[np.float64]

DAYS_A_QUARTER = 365.25 / 4
#: Points of the grid over the logarithm of the rate, and how far it reaches about the middle.
POINTS, REACH = 4_001, 12.0


@dataclass(frozen=True, slots=True, eq=False)
class IncidentRate:
    """Posterior of how many incidents there are, seen or not."""

    rates: Floats
    """True incidents per unit of exposure (a day of full watching), rising, shape (points,)."""
    weights: Floats
    """Posterior weights, shape (points,)."""
    detection: Range
    """Share of incidents that full exposure sees, as it was given."""
    described: dict[str, Any]

    @property
    def per_day(self) -> Range:
        """Incidents a day."""
        return weighted_range(self.rates, self.weights)

    @property
    def per_quarter(self) -> Range:
        """Incidents a quarter, the deterrence stage's period."""
        return weighted_range(self.rates * DAYS_A_QUARTER, self.weights)

    def quantile(self, uniform: ArrayLike) -> Floats:
        """Rates a day at uniform numbers: how worlds draw from the posterior."""
        total = np.cumsum(self.weights) - self.weights / 2
        value: Floats = np.interp(np.asarray(uniform, np.float64), total, self.rates)
        return value

    def to_dict(self) -> dict[str, Any]:
        """Ranges a day and a quarter."""
        return {
            "per_day": self.per_day.to_dict(),
            "per_quarter": self.per_quarter.to_dict(),
            "detection": self.detection.to_dict(),
            "series": self.described,
        }


def incident_rate(
    series: CountSeries,
    *,
    detection: float | Sequence[float] = 1.0,
    size: float = math.inf,
    prior_shape: float = 0.5,
    prior_exposure: float = 0.0,
) -> IncidentRate:
    """Update the incident rate with a record.

    A count over exposure E is Poisson with mean λ d E, d being the chance that an incident is
    detected under full watching; with a Gamma(a, b) prior and d known the posterior is
    Gamma(a + n, b + dE). With scatter the count is negative binomial of shape κE. Several
    values of d, one a world of the monitoring plan, are taken as equally likely beforehand: a
    record alone cannot tell few incidents from poor eyes.

    Parameters
    ----------
    detection : float or sequence of float
        Above 0, at most 1.
    size : float
        Negative-binomial size per unit of exposure, of the counts that are seen.
    prior_shape, prior_exposure : float
        Gamma prior a and b. The default is Jeffreys'.

    Raises
    ------
    InputError
        Also where nothing was observed and the prior alone is improper.
    """
    seen = series.observed
    eyes = _detection(detection)
    _check_prior(prior_shape, prior_exposure, blind=not len(seen))
    count, watched = np.array([seen.counts.sum()]), float(seen.exposure.sum())
    middle = (float(count[0]) + prior_shape) / (watched * float(eyes.mean()) + prior_exposure)
    rates = middle * np.exp(np.linspace(-REACH, REACH, POINTS))
    height = np.full(POINTS, -np.inf)
    for eye in eyes if len(seen) else ():
        terms = log_likelihood(
            count, mean=rates * eye * watched, exposure=np.array([watched]), size=check_size(size)
        )
        height = np.logaddexp(height, terms)
    height = height if len(seen) else np.zeros(POINTS)
    # The grid is even in ln(rate): the density gains one power of the rate.
    height = height + prior_shape * np.log(rates) - prior_exposure * rates
    weights = np.exp(height - height.max())
    kept = weights > 1e-12 * weights.max()
    return IncidentRate(
        rates=rates[kept],
        weights=weights[kept] / weights[kept].sum(),
        detection=Range.of(eyes),
        described=describe(series),
    )


@dataclass(frozen=True, slots=True)
class TypeChance:
    """One type of challenger, before and after the record."""

    type: str
    prior: float
    posterior: float
    log_likelihood: float
    expected: float
    """Incidents that this type would have had seen in the same watching."""
    tail: float
    """Chance under this type of a total at least as far out as the one seen, on its side, twice."""

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "type": self.type,
            "prior": self.prior,
            "posterior": self.posterior,
            "log_likelihood": self.log_likelihood,
            "expected": self.expected,
            "tail": self.tail,
        }


@dataclass(frozen=True, slots=True)
class TypePosterior:
    """What the record says of the challenger's type, among the types given."""

    types: tuple[TypeChance, ...]
    seen: int
    described: dict[str, Any]

    @property
    def posterior(self) -> dict[str, float]:
        """Type to probability, in the order of the prior."""
        return {row.type: row.posterior for row in self.types}

    @property
    def none_fits(self) -> bool:
        """Whether every type would find the total odd (a tail below 1 %)."""
        return all(row.tail < 0.01 for row in self.types)

    def to_dict(self) -> dict[str, Any]:
        """Types, and whether any of them fits."""
        return {
            "types": [row.to_dict() for row in self.types],
            "seen": self.seen,
            "none_fits": self.none_fits,
            "series": self.described,
        }


def challenger_type(
    series: CountSeries,
    *,
    prior: Mapping[str, float],
    rates: Mapping[str, float],
    accidents_per_day: float = 0.0,
    detection: float | Sequence[float] = 1.0,
    size: float = math.inf,
    discount: float = 1.0,
) -> TypePosterior:
    """Update the probabilities of the challenger's types with a record (Bayes).

    Under type k the periods' counts are negative binomial with mean e · d · (rate(k) + accidents).
    The posterior is in proportion to prior · likelihood^discount. It compares the types that were
    named: ``none_fits`` says when the record looks like none of them.

    Parameters
    ----------
    prior : mapping of type to probability
        Adding up to one.
    rates : mapping of type to float
        Incidents a day that each type would choose.
    accidents_per_day : float
        Incidents that nobody chose, the same for every type.
    detection : float or sequence of float
        As for ``incident_rate``.
    size : float
        Negative-binomial size per unit of exposure.
    discount : float
        Above 0, at most 1: how far the periods count as independent news. Where incidents beget
        incidents with branching ratio b, (1 - b)² is the share of independent information in a
        long record's total.
    """
    eyes = _detection(detection)
    _check_types(prior, rates, accidents_per_day, discount)
    seen = series.observed
    heights, rows = [], []
    total = np.array([seen.counts.sum()])
    for name in prior:
        rate = max(rates[name] + accidents_per_day, 1e-12)
        heights.append(_height(seen, rate * eyes, size))
        expected = rate * float(eyes.mean()) * float(seen.exposure.sum())
        rows.append((expected, _tail(int(total[0]), rate * eyes, seen, size)))
    chances = np.array([prior[name] for name in prior])
    with np.errstate(divide="ignore"):
        value = np.log(chances) + discount * np.array(heights)
    share = np.exp(value - value.max())
    share /= share.sum()
    return TypePosterior(
        types=tuple(
            TypeChance(name, prior[name], float(share[i]), heights[i], rows[i][0], rows[i][1])
            for i, name in enumerate(prior)
        ),
        seen=int(total[0]),
        described=describe(series),
    )


def _height(seen: CountSeries, rates: Floats, size: float) -> float:
    """Log-likelihood of the record, averaged over equally likely rates."""
    by_rate = [
        log_likelihood(
            seen.counts, mean=rate * seen.exposure, exposure=seen.exposure, size=size
        ).sum()
        for rate in rates
    ]
    return float(np.logaddexp.reduce(by_rate)) - math.log(len(rates))


def _tail(total: int, rates: Floats, seen: CountSeries, size: float) -> float:
    """Twice the smaller tail of the total, at most one, averaged over the detection's values."""
    from scipy.stats import nbinom, poisson

    watched = float(seen.exposure.sum())
    if watched == 0:
        return 1.0
    low, high = [], []
    for rate in rates:
        mean = float(rate) * watched
        shape = size * watched
        law = poisson(mean) if math.isinf(size) else nbinom(shape, shape / (shape + mean))
        low.append(float(law.cdf(total)))
        high.append(float(law.sf(total - 1)))
    return min(1.0, 2 * min(float(np.mean(low)), float(np.mean(high))))


def _detection(detection: float | Sequence[float]) -> Floats:
    eyes = np.atleast_1d(np.asarray(detection, np.float64))
    if not (eyes.size and np.isfinite(eyes).all() and (eyes > 0).all() and (eyes <= 1).all()):
        message = "is a chance above 0 and at most 1, or several"
        raise InputError([Problem("", 0, 0, "detection", message)])
    return eyes


def _check_prior(shape: float, exposure: float, *, blind: bool) -> None:
    found = []
    if not (math.isfinite(shape) and shape > 0):
        found.append(("prior_shape", f"{shape!r} is not above 0"))
    if not (math.isfinite(exposure) and exposure >= 0):
        found.append(("prior_exposure", f"{exposure!r} is below 0"))
    if blind and exposure == 0:
        found.append(("exposure", "is 0 throughout, and the prior says nothing either"))
    if found:
        raise InputError([Problem("", 0, 0, path, message) for path, message in found])


def _check_types(
    prior: Mapping[str, float], rates: Mapping[str, float], accidents: float, discount: float
) -> None:
    found = []
    if set(prior) != set(rates):
        found.append(("rates", f"name {sorted(rates)}, the prior {sorted(prior)}"))
    if not all(math.isfinite(p) and p >= 0 for p in prior.values()) or not math.isclose(
        sum(prior.values()), 1.0, abs_tol=1e-9
    ):
        found.append(("prior", "is not a set of chances that add up to 1"))
    if not all(math.isfinite(r) and r >= 0 for r in (*rates.values(), accidents)):
        found.append(("rates", "are not all 0 or above"))
    if not 0 < discount <= 1:
        found.append(("discount", f"{discount!r} is not above 0 and at most 1"))
    if found:
        raise InputError([Problem("", 0, 0, path, message) for path, message in found])

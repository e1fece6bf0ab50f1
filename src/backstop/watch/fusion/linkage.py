"""How likely two records are of one act: Fellegi and Sunter's model, fitted without labels by EM.

A pair's fields agree on some level. With m the chance of a level among pairs of one act and u that
among others, fields independent within both, the weight of a pair is

    w = ln(λ / (1 - λ)) + Σ_fields ln(m_level / u_level)                              (1)

and its probability 1 / (1 + exp(-w)). λ, m and u maximise the likelihood of a mixture (EM). Source:
I. P. Fellegi and A. B. Sunter, "A theory for record linkage", Journal of the American Statistical
Association 64 (1969), 1183-1210.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.evidence import Evidence
from backstop.watch.fusion.reports import UNSTATED, Floats

#: Pairs' worth of belief in the levels' prior ratios; a judgement. It decides little beyond some
#: hundred pairs.
BELIEF = 6.0
#: Shares of matches from which EM starts; the best end counts.
STARTS = (0.02, 0.1, 0.3, 0.6, 0.9)
#: No pair is surer than this, in either direction.
UTMOST = 14.0
_ROUNDS, _NEAR = 200, 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Patterns of agreement and how many pairs of each sort show them, shape (patterns,)."""

    patterns: NDArray[np.int8]
    unknown: Floats
    """Pairs of different streams of which nobody has said whether they are one act."""
    other: Floats
    """Pairs known to be of different acts."""
    same: Floats
    """Pairs known to be of one act."""


@dataclass(frozen=True, slots=True)
class Linkage:
    """The fitted model."""

    fields: tuple[str, ...]
    share: float
    """λ: share of one-act pairs among candidate pairs of different streams."""
    m: tuple[tuple[float, ...], ...]
    """By field and level, the chance of the level in pairs of one act."""
    u: tuple[tuple[float, ...], ...]
    """The same in other pairs."""
    log_likelihood: float
    rounds: int
    converged: bool

    def weights(self, patterns: NDArray[np.int8]) -> Floats:
        """Equation (1) for each pattern, within ±``UTMOST``."""
        total = np.full(len(patterns), math.log(self.share / (1 - self.share)))
        for place, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            ratio = np.append(np.log(np.array(m) / np.array(u)), 0.0)
            total += ratio[patterns[:, place]]
        return np.asarray(np.clip(total, -UTMOST, UTMOST))

    def to_dict(self) -> dict[str, object]:
        """The share and, by field, the log-likelihood ratio of each level."""
        ratios = {
            name: [round(math.log(a / b), 3) for a, b in zip(m, u, strict=True)]
            for name, m, u in zip(self.fields, self.m, self.u, strict=True)
        }
        return {"share": self.share, "log_ratios": ratios, "converged": self.converged}


def fit_linkage(evidence: Evidence, tally: Tally, *, near: Linkage | None = None) -> Linkage:
    """Fit (1) by EM, from several starts, or from a fit nearby.

    Pairs of one stream are known not to be of one act, as a stream reports an act once; they anchor
    u. Pairs that a person has judged count as what they were judged to be. ``BELIEF`` draws m and u
    towards the prior ratios, and m / u never rises from a better level to a worse one.
    """
    if near is not None:
        m, u = [np.array(one) for one in near.m], [np.array(one) for one in near.u]
        return _climb(evidence, tally, near.share, m, u)
    u = [
        _shares(tally.patterns[:, place], tally.unknown + tally.other + tally.same, count)
        for place, count in enumerate(evidence.levels)
    ]
    m = [
        _normal(one * np.exp(np.array(prior))) for one, prior in zip(u, evidence.prior, strict=True)
    ]
    best: Linkage | None = None
    for start in STARTS:
        fit = _climb(evidence, tally, start, m, u)
        if best is None or fit.log_likelihood > best.log_likelihood + 1e-9:
            best = fit
    assert best is not None
    return best


def _climb(
    evidence: Evidence, tally: Tally, start: float, m: list[Floats], u: list[Floats]
) -> Linkage:
    # Anchors speak of non-matches within a stream; they never outweigh the pairs across streams.
    anchor = min(1.0, tally.unknown.sum() / max(tally.other.sum(), 1e-300))
    share, before, rounds, likelihood = start, -math.inf, 0, -math.inf
    while rounds < _ROUNDS:
        rounds += 1
        weight = _mixture(tally.patterns, share, m, u)
        chance = 1 / (1 + np.exp(-np.clip(weight.odds, -700, 700)))
        likelihood = float(tally.unknown @ weight.log_total) + weight.prior
        one_act = tally.unknown * chance + tally.same
        others = tally.unknown * (1 - chance) + tally.other * anchor
        total = float(tally.unknown.sum())
        share = float((tally.unknown @ chance + 0.5) / (total + 1.0))
        m, u = _maximise(evidence, tally.patterns, one_act, others)
        if abs(likelihood - before) < _NEAR * (1 + abs(likelihood)):
            break
        before = likelihood
    return Linkage(
        evidence.fields, share,
        tuple(tuple(map(float, one)) for one in m), tuple(tuple(map(float, one)) for one in u),
        likelihood, rounds, rounds < _ROUNDS,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mixed:
    odds: Floats
    log_total: Floats
    prior: float


def _mixture(patterns: NDArray[np.int8], share: float, m: list[Floats], u: list[Floats]) -> _Mixed:
    same = np.full(len(patterns), math.log(share))
    other = np.full(len(patterns), math.log1p(-share))
    for place, (one, two) in enumerate(zip(m, u, strict=True)):
        same += np.append(np.log(one), 0.0)[patterns[:, place]]
        other += np.append(np.log(two), 0.0)[patterns[:, place]]
    # What the beliefs add to the logarithm of the posterior, for the choice among starts.
    prior = 0.5 * (math.log(share) + math.log1p(-share))
    return _Mixed(same - other, np.logaddexp(same, other), prior)


def _maximise(
    evidence: Evidence, patterns: NDArray[np.int8], one_act: Floats, others: Floats
) -> tuple[list[Floats], list[Floats]]:
    m, u = [], []
    for place, (count, prior) in enumerate(zip(evidence.levels, evidence.prior, strict=True)):
        levels = patterns[:, place]
        unlike = _shares(levels, others, count)
        believed = _normal(unlike * np.exp(np.array(prior)))
        stated = levels != UNSTATED
        seen = np.bincount(levels[stated], one_act[stated], count)
        like = _falling((seen + BELIEF * believed) / (seen.sum() + BELIEF), unlike)
        m.append(like)
        u.append(unlike)
    return m, u


def _shares(levels: NDArray[np.int8], weight: Floats, count: int) -> Floats:
    stated = levels != UNSTATED
    seen = np.bincount(levels[stated], weight[stated], count)
    return np.asarray((seen + 0.5) / (seen.sum() + 0.5 * count))


def _normal(values: Floats) -> Floats:
    return np.asarray(values / values.sum())


def _falling(m: Floats, u: Floats) -> Floats:
    """m with m / u made never to rise along the levels: neighbours that do are pooled."""
    pools: list[tuple[float, float, int]] = []
    for like, unlike in zip(m, u, strict=True):
        pool = (float(like), float(unlike), 1)
        while pools and pools[-1][0] * pool[1] < pool[0] * pools[-1][1]:
            a, b, c = pools.pop()
            pool = (a + pool[0], b + pool[1], c + pool[2])
        pools.append(pool)
    ratio = np.repeat([a / b for a, b, _ in pools], [c for _, _, c in pools])
    return np.asarray(ratio * u)

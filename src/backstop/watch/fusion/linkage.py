"""How likely two records are of one act: Fellegi and Sunter's model, fitted without labels by EM.

A pair's fields agree on some level. Pairs fall into strata, one for each two streams. With m the
chance of a level among pairs of one act, u that among pairs of two acts that have nothing to do
with each other, b that among pairs of two acts of one burst, fields independent within each, the
weight of a pair is

    w = ln(λ / (1 - λ)) + Σ ln m - ln[(1 - β) Π u + β Π b] - ln (1 - s)(1 - s') - ln c      (1)

with the sum and the products over fields. s and s' are the shares of the records of its two streams
that have a partner in the other, c how crowded its surroundings are (``rivals``). So exp(w) are the
odds that two records are of one act, against both having no partner; the chance of the pair is that
of being in the matching of the two streams. u, b, β and the expected number of chance pairs come
from ``chance``; λ and m, and u and b once more, maximise the likelihood of the mixture (EM).
Source: I. P. Fellegi and A. B. Sunter, "A theory for record linkage", Journal of the American
Statistical Association 64 (1969), 1183-1210; the third class of pairs, s and c are ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.contest import UTMOST, Contest, Expectation
from backstop.watch.fusion.pooling import falling
from backstop.watch.fusion.reports import UNSTATED, Floats, Integers

#: Pairs' worth of belief in the levels' prior ratios; a judgement. It decides little beyond some
#: hundred pairs.
BELIEF = 6.0
#: Pairs' worth of belief that a stratum's m is that of all, and that its chance pairs are; both
#: judgements.
ALIKE, ALIKE_CHANCE = 50.0, 20.0
#: Weight of the expected pairs of bursts beside the candidate pairs, in b; a judgement. Pairs of
#: one stream show bursts with one stream's resolution, the candidate pairs with that of both.
BURST_ANCHOR = 3.0
#: No more than this share of a stream's records has a partner in another stream; a judgement.
_MOST_MATCHED = 0.95
_ROUNDS, _NEAR = 60, 1e-4

Table = NDArray[np.float64]
"""By stratum and level, rows that add up to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Pairs that look alike are one row: their stratum and levels, shapes (rows,), (rows, fields).

    ``UNSTATED`` is no level.
    """

    fields: tuple[str, ...]
    levels: tuple[int, ...]
    """Number of levels of each field."""
    prior: tuple[tuple[float, ...], ...]
    """Log-likelihood ratio that each level would have before anything is learned."""
    strata: int
    stratum: Integers
    table: NDArray[np.int8]

    def sums(self, field: int, weight: Floats) -> Table:
        """Weight by stratum and level of a field."""
        count, level = self.levels[field], self.table[:, field]
        told = level != UNSTATED
        code = self.stratum[told] * count + level[told]
        flat = np.bincount(code, weight[told], self.strata * count)
        return np.asarray(flat.reshape(self.strata, count))

    def logs(self, tables: Sequence[Table]) -> Floats:
        """Sum of the logarithms of each row's levels."""
        total = np.zeros(len(self.table))
        for field, one in enumerate(tables):
            padded = np.column_stack([np.log(one), np.zeros(len(one))])
            total += padded[self.stratum, self.table[:, field]]
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How many pairs of each sort show each row, shape (rows,)."""

    unknown: Floats
    """Candidate pairs of which nobody has said whether they are one act."""
    other: Floats
    """Pairs declared to be of different acts."""
    same: Floats
    """Pairs declared to be of one act."""
    chance: Floats
    """Expected pairs of unrelated acts."""
    burst: Floats
    """Expected pairs of two acts of one burst."""


@dataclass(frozen=True, slots=True, eq=False)
class Linkage:
    """The fitted model."""

    rows: Rows
    share: Floats
    """λ of each stratum: share of one-act pairs among its candidate pairs."""
    burst: Floats
    """β of each stratum: share of pairs of one burst among those of two acts."""
    matched: Floats
    """s of the two streams of each stratum: share of records with a partner, (strata, 2)."""
    m: tuple[Table, ...]
    """By field, the chances of the levels in pairs of one act."""
    u: tuple[Table, ...]
    """The same in pairs of unrelated acts."""
    b: tuple[Table, ...]
    """The same in pairs of one burst."""
    crowd: Floats
    """ln c of each pair, with the sign it has in (1), shape (pairs,)."""
    matches: Floats
    """Pairs of one act expected in each stratum."""
    rounds: int
    converged: bool

    def weights(self) -> Floats:
        """Equation (1) for each row but for c, within ±``UTMOST``."""
        total = _two_acts(self.rows, self.u, self.b, self.burst)[0]
        odds = _log_odds(self.rows, self.share, self.matched, self.m, total)
        return np.asarray(np.clip(odds, -UTMOST, UTMOST))

    def to_dict(self) -> dict[str, object]:
        """The share and, by field, the log-likelihood ratio of each level, over all strata."""
        ratios = {}
        for name, m, u, b in zip(self.rows.fields, self.m, self.u, self.b, strict=True):
            other = (1 - self.burst)[:, None] * u + self.burst[:, None] * b
            one = self.matches @ m / max(self.matches.sum(), 1e-9)
            two = self.matches @ other / max(self.matches.sum(), 1e-9)
            ratios[name] = [round(math.log(p / q), 3) for p, q in zip(one, two, strict=True)]
        return {
            "share": float(self.share @ self.matches / max(self.matches.sum(), 1e-9)),
            "burst": float(self.burst @ self.matches / max(self.matches.sum(), 1e-9)),
            "expected_matches": round(float(self.matches.sum()), 1),
            "log_ratios": ratios,
            "converged": self.converged,
        }


def fit_linkage(
    rows: Rows,
    tally: Tally,
    contest: Contest,
    weight: Floats,
    *,
    trust: float,
    anchor: float = 1.0,
    start: Linkage | None = None,
) -> Linkage:
    """Fit (1) by EM.

    Parameters
    ----------
    contest : Contest
        The candidate pairs.
    weight : array, shape (pairs,)
        What each of them counts for.
    trust : float
        Belief in each stratum's excess of pairs over those expected by chance: how many pairs an
        excess of one is worth; 0 for none.
    anchor : float
        Weight of the expected chance pairs beside the candidate pairs, in u.
    start : Linkage
        A fit to the same record, to go on from.
    """
    usual = _usual(rows, tally)
    pairs, excess, burst = usual.pairs, usual.excess, usual.burst
    said = trust * excess * pairs
    share = np.clip(excess, 0.02, 0.9) if trust else np.full(rows.strata, 0.2)
    u, b = usual.chance, usual.bursts
    m = [_normal(one * np.exp(np.array(prior))) for one, prior in zip(u, rows.prior, strict=True)]
    if start is not None:
        share, m, u, b = start.share, list(start.m), list(start.u), list(start.b)
    whole = np.bincount(contest.row, minlength=len(rows.table)).astype(np.float64)
    candidates = _by_stratum(rows, whole)
    expectation = Expectation(contest, weight)
    rounds, moved = 0, math.inf
    while rounds < _ROUNDS and moved > _NEAR:
        rounds += 1
        total, unrelated = _two_acts(rows, u, b, burst)
        matched = _matched(share * candidates, contest.ends)
        odds = _log_odds(rows, share, matched, m, total)
        if rounds & (rounds - 1) == 0:
            # Which pairs matter changes little after the first rounds.
            expectation.choose(odds)
        likely = expectation.likely(odds)
        other = tally.unknown - likely
        found = (_by_stratum(rows, likely) + 0.5 + said * excess) / (pairs + 1 + said)
        moved, share = float(np.abs(found - share).max(initial=0.0)), found
        u = _two_sorts(rows, other * unrelated + tally.other, usual.chance, anchor)
        b = _two_sorts(rows, other * (1 - unrelated), usual.bursts, BURST_ANCHOR)
        m = _one_act(rows, likely + tally.same, u, b, burst)
    return Linkage(
        rows, share, burst, _matched(share * candidates, contest.ends), tuple(m), tuple(u),
        tuple(b), expectation.crowd, _by_stratum(rows, likely), rounds, moved <= _NEAR,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Usual:
    """What the pairs of two acts are expected to be, and how many pairs are left."""

    chance: list[Table]
    """By field, the levels of pairs of unrelated acts."""
    bursts: list[Table]
    """The same of pairs of one burst."""
    burst: Floats
    """Share of bursts among pairs of two acts, by stratum."""
    pairs: Floats
    """Candidate pairs of each stratum."""
    excess: Floats
    """Share of them beyond those expected."""


def _usual(rows: Rows, tally: Tally) -> _Usual:
    vague = [_vague(np.array(prior)) for prior in rows.prior]
    chance = [_shares(rows.sums(f, tally.chance + tally.other), v) for f, v in enumerate(vague)]
    bursts = [_shares(rows.sums(f, tally.burst), v) for f, v in enumerate(vague)]
    pairs = _by_stratum(rows, tally.unknown)
    expected = _by_stratum(rows, tally.chance), _by_stratum(rows, tally.burst)
    burst = np.clip(expected[1] / np.maximum(sum(expected), 1e-9), 1e-6, 0.95)
    excess = np.clip((pairs - sum(expected)) / np.maximum(pairs, 1e-9), 0.005, 0.98)
    return _Usual(chance, bursts, burst, pairs, excess)


def _matched(matches: Floats, ends: Floats) -> Floats:
    """Share of the records of either stream that have a partner in the other, (strata, 2)."""
    return np.asarray(np.clip(matches[:, None] / np.maximum(ends, 1), 0.0, _MOST_MATCHED))


def _log_odds(
    rows: Rows, share: Floats, matched: Floats, m: Sequence[Table], two_acts: Floats
) -> Floats:
    """Equation (1) for each row but for c."""
    before = np.log(share / (1 - share)) - np.log1p(-matched).sum(axis=1)
    return np.asarray(before[rows.stratum] + rows.logs(m) - two_acts)


def _two_acts(
    rows: Rows, u: Sequence[Table], b: Sequence[Table], burst: Floats
) -> tuple[Floats, Floats]:
    """Log-chance of each row among pairs of two acts, and the share of it without a burst."""
    calm = rows.logs(u) + np.log1p(-burst)[rows.stratum]
    total = np.logaddexp(calm, rows.logs(b) + np.log(burst)[rows.stratum])
    return total, np.exp(calm - total)


def _by_stratum(rows: Rows, weight: Floats) -> Floats:
    return np.bincount(rows.stratum, weight, rows.strata).astype(np.float64)


def _two_sorts(rows: Rows, weight: Floats, usual: Sequence[Table], anchor: float) -> list[Table]:
    """u or b: what the candidate pairs show, drawn to what is expected."""
    out, count = [], anchor * _by_stratum(rows, weight) + 0.5
    for field, one in enumerate(usual):
        out.append(_normal(rows.sums(field, weight) + one * count[:, None]))
    return out


def _one_act(
    rows: Rows, weight: Floats, u: Sequence[Table], b: Sequence[Table], burst: Floats
) -> list[Table]:
    """m, drawn towards the ratio that all strata have, and that towards the prior's.

    m / u never rises from a better level to a worse one.
    """
    out = []
    for field, prior in enumerate(rows.prior):
        seen = rows.sums(field, weight)
        other = (1 - burst)[:, None] * u[field] + burst[:, None] * b[field]
        size = seen.sum(axis=1, keepdims=True)
        believed = _normal(other.mean(axis=0) * np.exp(np.array(prior)))
        whole = (seen.sum(axis=0) + BELIEF * believed) / (size.sum() + BELIEF)
        usual = (other * (size + 1e-6)).sum(axis=0) / (size + 1e-6).sum()
        drawn = _normal(other * (whole / usual))
        m = (seen + ALIKE * drawn) / (size + ALIKE)
        out.append(_normal(np.array([falling(*two) for two in zip(m, u[field], strict=True)])))
    return out


def _shares(count: Table, vague: Floats) -> Table:
    """Rows of shares, drawn towards that of all strata where a stratum has few pairs."""
    whole = count.sum(axis=0) + 0.5 * vague.size * vague
    return _normal(count + ALIKE_CHANCE * whole / whole.sum())


def _vague(prior: Floats) -> Floats:
    """Chances of the levels before any pair is seen, under which the prior ratios average to 1.

    They lie between even ones, under which the ratios average to more, and such as make all levels
    as likely in pairs of one act, under which they average to less.
    """
    ratio = np.exp(prior)
    far = 1 / ratio / (1 / ratio).sum()
    more, less = float(ratio.mean()), float(ratio @ far)
    even = min(1.0, max(0.0, (1 - less) / (more - less))) if more > less else 0.0
    return np.asarray(even / ratio.size + (1 - even) * far)


def _normal(values: Table) -> Table:
    return np.asarray(values / values.sum(axis=-1, keepdims=True))

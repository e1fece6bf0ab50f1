"""Candidate pairs of different streams, each with the probability that it is of one act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream
from backstop.watch.fusion.chance import Chance, chance_pairs
from backstop.watch.fusion.evidence import Evidence, pattern_codes, weigh
from backstop.watch.fusion.linkage import Linkage, Rows, Tally, fit_linkage
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.reports import UNSTATED, Floats, Integers, Reports
from backstop.watch.fusion.window import Window
from backstop.watch.statistics.random import generator

#: Fits to records weighted at random, whose spread is that of the model.
REFITS = 20
#: Beliefs in the number of chance pairs, taken in turn by the refits: what an excess of one pair
#: over chance is worth, in pairs. The pairs of two acts come together, as many as the acts have
#: reports by as many, so their number varies five to twenty times as much as if each came by itself
#: (in made worlds six to nine times); a judgement. The fields and the excess say independently how
#: many matches there are; where they differ, the interval is to hold both.
TRUST = (0.05, 0.5)
#: Shape of the records' random weights. The product of two then has a variance of two, twice that
#: of a pair that stands for itself in the Bayesian bootstrap, since the pairs of one act come
#: together too.
_SHAPE = 1 / (3**0.5 - 1)
#: Two streams with fewer candidate pairs than this, and all beyond so many, share one stratum.
_LEAST, _STRATA = 20, 24


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Candidate pairs with the probability that each is of one act."""

    pairs: Pairs
    stratum: Integers
    """Number of its two streams, shape (pairs,)."""
    linkage: Linkage
    weight: Floats
    """Log-odds, shape (pairs,)."""
    centres: tuple[Floats, ...]
    """Log-odds by row under the fits to all records, one for each belief in chance."""
    refits: tuple[Floats, ...]
    """The same under fits to records weighted at random, the beliefs taken in turn."""
    row: Integers
    """Row of each pair."""
    moved: bool
    """Whether the record is long enough to count the pairs expected by chance."""

    @property
    def probability(self) -> Floats:
        """Shape (pairs,)."""
        return np.asarray(1 / (1 + np.exp(-self.weight)))


def score_pairs(
    found: Reports,
    *,
    window: Window | None = None,
    same: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    seed: int = 0,
    refits: int = REFITS,
    progress: Callable[[int, int], None] | None = None,
) -> Scored:
    """Candidate pairs of different streams and the probability of each to be of one act.

    ``same`` and ``apart`` are labelled pairs, by number of record; ``progress`` is told how many
    fits of how many are done.
    """
    limits = window or Window()
    pairs = candidate_pairs(found, window=limits, across=True)
    evidence = weigh(found, pairs, window=limits)
    chance = chance_pairs(found, window=limits, expected=len(pairs))
    stratum = _strata(found, pairs, chance.crossed.pairs)
    rows, row, chance_row = _rows(evidence, chance.evidence, stratum, len(pairs))
    sort = _sorts(found, pairs, same, apart)

    def fit(record: Floats | None, trust: float) -> Linkage:
        tally = _tally(rows, pairs, row, sort, chance, chance_row, record)
        # Where no clock can be moved the pairs of one stream are no more than a hint.
        return fit_linkage(rows, tally, trust=trust if chance.moved else 0.0)

    linkage, *others = (fit(None, trust) for trust in TRUST)
    again = []
    for one in range(refits if len(pairs) else 0):
        # A bootstrap over records: a pair counts as much as both of them together.
        numbers = generator(Stream(seed, f"watch.fusion.refit.{one}"))
        record = numbers.standard_gamma(_SHAPE, len(found)) / _SHAPE
        again.append(fit(record, TRUST[one % len(TRUST)]).weights())
        if progress is not None:
            progress(one + 1, refits)
    weights = linkage.weights()
    centres = (weights, *(one.weights() for one in others))
    return Scored(
        pairs, stratum[: len(pairs)], linkage, weights[row], centres, tuple(again), row,
        chance.moved,
    )  # fmt: skip


_UNKNOWN, _OTHER, _SAME = 0, 1, 2


def _sorts(
    found: Reports,
    pairs: Pairs,
    same: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
) -> NDArray[np.int8]:
    sort = np.full(len(pairs), _UNKNOWN, np.int8)
    code = pairs.left.astype(np.int64) * len(found) + pairs.right
    for said, value in ((same, _SAME), (apart, _OTHER)):
        if said:
            named = np.array([a * len(found) + b for a, b in said])
            sort[np.isin(code, named)] = value
    return sort


def _strata(found: Reports, pairs: Pairs, chance: Pairs) -> Integers:
    """Number of the two streams of each candidate pair, then of each chance pair.

    The commonest have numbers of their own, the others share the last.
    """
    count = int(found.stream.max(initial=0)) + 1
    a = found.stream[np.concatenate([pairs.left, chance.left])]
    b = found.stream[np.concatenate([pairs.right, chance.right])]
    code = np.minimum(a, b) * count + np.maximum(a, b)
    names, sizes = np.unique(code[: len(pairs)], return_counts=True)
    order = np.lexsort((names, -sizes))[: _STRATA - 1]
    own = np.sort(names[order[sizes[order] >= _LEAST]])
    place = np.searchsorted(own, code)
    inside = place < own.size
    inside[inside] = own[place[inside]] == code[inside]
    return np.where(inside, place, own.size).astype(np.int64)


def _rows(
    evidence: Evidence, chance: Evidence, stratum: Integers, pairs: int
) -> tuple[Rows, Integers, Integers]:
    """The rows that occur, and the row of each candidate pair and of each chance pair."""
    told = (evidence.table != UNSTATED).any(axis=0)
    both = Evidence(
        tuple(np.array(evidence.fields)[told]),
        tuple(np.array(evidence.levels)[told].tolist()),
        tuple(one for one, here in zip(evidence.prior, told, strict=True) if here),
        np.concatenate([evidence.table[:, told], chance.table[:, told]]),
    )
    strata = int(stratum.max(initial=0)) + 1
    code = pattern_codes(both) * strata + stratum
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    which = which.reshape(-1).astype(np.int64)
    rows = Rows(
        tuple(map(str, both.fields)), both.levels, both.prior, strata, stratum[first],
        both.table[first],
    )  # fmt: skip
    return rows, which[:pairs], which[pairs:]


def _tally(
    rows: Rows,
    pairs: Pairs,
    row: Integers,
    sort: NDArray[np.int8],
    chance: Chance,
    chance_row: Integers,
    record: Floats | None,
) -> Tally:
    def count(which: Integers, weight: Floats) -> Floats:
        return np.bincount(which, weight, len(rows.table)).astype(np.float64)

    ones = np.ones(len(pairs))
    weight = ones if record is None else record[pairs.left] * record[pairs.right]
    expected = chance.crossed.weights(record) * chance.part
    calm, burst = chance.expected(record)
    return Tally(
        unknown=count(row, np.where(sort == _UNKNOWN, weight, 0.0)),
        other=count(row, np.where(sort == _OTHER, weight, 0.0)),
        same=count(row, np.where(sort == _SAME, weight, 0.0)),
        chance=count(chance_row, expected * calm),
        burst=count(chance_row, expected * burst),
    )

"""Candidate pairs of different streams, each with the probability that it is of one act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backstop.futures.streams import Stream
from backstop.watch.fusion.chance import Chance, chance_pairs
from backstop.watch.fusion.contest import OTHER, SAME, UNKNOWN, UTMOST, Contest, contest_of
from backstop.watch.fusion.evidence import Evidence, pattern_codes, weigh
from backstop.watch.fusion.linkage import Linkage, Rows, Tally, fit_linkage
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.reports import UNSTATED, Floats, Integers, Reports
from backstop.watch.fusion.rivals import rivals_of
from backstop.watch.fusion.window import Window
from backstop.watch.statistics.random import generator

#: Fits to records weighted at random, whose spread is that of the model.
REFITS = 20
#: Beliefs in the number of chance pairs, taken in turn by the refits: what an excess of one pair
#: over chance is worth, in pairs. Little: the pairs of two acts come together, as many as the acts
#: have reports by as many, and in hot weeks there are more than the moved clocks show (twice as
#: many in some made worlds). A judgement; the interval is to hold what the two beliefs say.
TRUST = (0.01, 0.05)
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
    contest: Contest
    weight: Floats
    """Log-odds of being of one act, against both records having no partner, shape (pairs,)."""
    centres: tuple[Floats, ...]
    """The same by row, but for the crowd, under the fits to all records, one for each belief in
    chance."""
    refits: tuple[Floats, ...]
    """The same under fits to records weighted at random, the beliefs taken in turn."""
    moved: bool
    """Whether the record is long enough to count the pairs expected by chance."""

    @property
    def probability(self) -> Floats:
        """That each pair is of one act, shape (pairs,)."""
        told = self.contest
        rivals = rivals_of(told.pairs.left, told.pairs.right, told.couple)
        return rivals.chances(self.weight)[0]

    def of_pairs(self, by_row: Floats) -> Floats:
        """Log-odds of each pair from those by row, shape (pairs,)."""
        crowd = self.linkage.crowd
        return np.asarray(np.clip(by_row[self.contest.row] + crowd, -UTMOST, UTMOST))


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
    contest = contest_of(found, pairs, row, stratum[: len(pairs)], rows.strata, sort)

    def fit(
        contest: Contest, record: Floats | None, trust: float, start: Linkage | None = None
    ) -> Linkage:
        ones = np.ones(len(pairs))
        weight = ones if record is None else record[pairs.left] * record[pairs.right]
        tally = _tally(rows, contest, weight, chance, chance_row, record)
        # Where no clock can be moved the pairs of one stream are no more than a hint.
        believed = trust if chance.moved else 0.0
        return fit_linkage(rows, tally, contest, weight, trust=believed, start=start)

    first = fit(contest, None, TRUST[0])
    contest = replace(contest, crowd=first.crowd)
    centres = [first, *(fit(contest, None, trust) for trust in TRUST[1:])]
    again = []
    for one in range(refits if len(pairs) else 0):
        # A bootstrap over records: a pair counts as much as both of them together.
        numbers = generator(Stream(seed, f"watch.fusion.refit.{one}"))
        record = numbers.standard_gamma(_SHAPE, len(found)) / _SHAPE
        which = one % len(TRUST)
        again.append(fit(contest, record, TRUST[which], centres[which]).weights())
        if progress is not None:
            progress(one + 1, refits)
    by_row = tuple(one.weights() for one in centres)
    weight = np.clip(by_row[0][row] + first.crowd, -UTMOST, UTMOST)
    return Scored(
        pairs, stratum[: len(pairs)], centres[0], contest, weight, by_row, tuple(again),
        chance.moved,
    )  # fmt: skip


def _sorts(
    found: Reports,
    pairs: Pairs,
    same: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
) -> NDArray[np.int8]:
    sort = np.full(len(pairs), UNKNOWN, np.int8)
    code = pairs.left.astype(np.int64) * len(found) + pairs.right
    for said, value in ((same, SAME), (apart, OTHER)):
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
    contest: Contest,
    weight: Floats,
    chance: Chance,
    chance_row: Integers,
    record: Floats | None,
) -> Tally:
    def count(which: Integers, weight: Floats) -> Floats:
        return np.bincount(which, weight, len(rows.table)).astype(np.float64)

    def declared(sort: int) -> Floats:
        return count(contest.row, np.where(contest.sort == sort, weight, 0.0))

    expected = chance.crossed.weights(record) * chance.part
    calm, burst = chance.expected(record)
    return Tally(
        unknown=declared(UNKNOWN),
        other=declared(OTHER),
        same=declared(SAME),
        chance=count(chance_row, expected * calm),
        burst=count(chance_row, expected * burst),
    )

"""Pairs that shut each other out: in another stream a record has one partner or none.

Each pair by itself knows nothing of the others. Where acts come close together, two records of one
stream and two of another make four pairs that all look alike, and at most two of them are of one
act. So the pairs of each two streams are one matching of unknown size, and the chance of a pair is
that with which it is in it (as in M. Sadinle, "Bayesian estimation of bipartite matchings for
record linkage", Journal of the American Statistical Association 112 (2017), 600-612).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.reports import Floats, Integers, Reports

#: Numbers of records or of nodes.
Whole = Integers | NDArray[np.int32]

#: Most rounds of messages, and the change at which they have settled.
_ROUNDS, _NEAR = 40, 1e-3
#: Bounds of the shape of a crowd's distribution: below, counts say all; above, next to nothing.
_SHAPES = (0.05, 50.0)


#: How free the left and the right end of each pair is for the other, shape (pairs,) each.
Messages = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Pairs that share a record and are of the same two streams."""

    left: Integers
    """Number of one record among those of its two streams, shape (pairs,). A record may be at the
    left of one pair and at the right of another."""
    right: Integers
    places: int
    """How many such numbers there are."""

    def chances(self, log_odds: Floats, free: Messages | None = None) -> tuple[Floats, Messages]:
        """Chance of each pair to be in the matching, shape (pairs,), and messages to go on from.

        A matching has probability ∝ Π exp(``log_odds``) over its pairs: the odds that two are of
        one act, against both being alone. The chances are those of belief propagation: exact
        where the pairs make no ring, an approximation elsewhere (L. Zdeborova and M. Mezard, "The
        number of matchings in random graphs", Journal of Statistical Mechanics (2006) P05003).
        """
        odds = np.exp(log_odds)
        left, right = (np.ones(odds.size), np.ones(odds.size)) if free is None else free
        for _ in range(_ROUNDS):
            # How likely either end is to be in none of its other pairs.
            mass = self._mass(odds, left, right)
            again = 1 / (1 + np.maximum(mass[self.left] - odds * right, 0.0))
            mass = self._mass(odds, again, right)
            other = 1 / (1 + np.maximum(mass[self.right] - odds * again, 0.0))
            moved = max(
                float(np.abs(a - b).max(initial=0.0)) for a, b in ((again, left), (other, right))
            )
            left, right = again, other
            if moved < _NEAR:
                break
        joint = odds * left * right
        return joint / (1 + joint), (left, right)

    def _mass(self, odds: Floats, left: Floats, right: Floats) -> Floats:
        """What the pairs of each record weigh, each by how free its other end is for it."""
        total = np.bincount(self.left, odds * right, self.places)
        return np.asarray(total + np.bincount(self.right, odds * left, self.places))


def rivals_of(left: Whole, right: Whole, couple: Integers) -> Rivals:
    """Who shuts out whom among pairs of records or nodes; ``couple`` numbers their two streams."""
    couples = int(couple.max(initial=-1)) + 1
    ends = np.concatenate([left, right]).astype(np.int64) * couples + np.tile(couple, 2)
    names, place = np.unique(ends, return_inverse=True)
    one, other = np.split(place.reshape(-1).astype(np.int64), 2)
    return Rivals(one, other, int(names.size))


def couples_of(found: Reports, pairs: Pairs) -> Integers:
    """Number of the two streams of each pair, in either order."""
    count = int(found.stream.max(initial=0)) + 1
    a, b = found.stream[pairs.left], found.stream[pairs.right]
    return np.asarray(np.minimum(a, b) * count + np.maximum(a, b))


@dataclass(frozen=True, slots=True, eq=False)
class Crowds:
    """The records that the pairs of each two streams end in, on either side."""

    couple: Integers
    """Number of the two streams, from nought on, shape (pairs,)."""
    ends: tuple[Integers, Integers]
    """Number of the record among those of its two streams, at either end, shape (pairs,) each."""
    records: tuple[Floats, Floats]
    """How many records each end has, by couple."""

    def shown(self, same: Floats) -> Floats:
        """What to add to the log-odds of each pair for how crowded its surroundings are.

        ``same`` is the chance of each pair to be of one act. Chance pairs are counted over the
        whole record; around a busy place in a busy week there are more. Let a record have n
        candidates in the other stream that are of other acts, beside this pair, and such counts a
        mean of μ and the variance μ + μ²/α. Then (n + α) / (μ + α) times as many are to be expected
        as elsewhere (H. Robbins, "An empirical Bayes approach to statistics", Third Berkeley
        Symposium on Mathematical Statistics and Probability 1 (1956), 157-163). Both ends of a pair
        tell of the same surroundings, so what they say is averaged.
        """
        other, total = 1 - same, np.zeros(same.size)
        for end, records in zip(self.ends, self.records, strict=True):
            count = np.bincount(end, other)
            mean = np.bincount(self.couple, other, records.size) / records
            square = np.bincount(self.couple, other * count[end], records.size) / records
            excess = np.maximum(square - mean**2 - mean, 1e-9)
            shape = np.clip(mean**2 / excess, *_SHAPES)
            more = np.maximum(count[end] - other, 0.0) + shape[self.couple]
            total -= np.log(more / (mean + shape)[self.couple]) / 2
        return total


def crowds_of(found: Reports, pairs: Pairs) -> Crowds:
    """The ends of candidate pairs."""
    names, couple = np.unique(couples_of(found, pairs), return_inverse=True)
    couple = couple.reshape(-1).astype(np.int64)
    swapped = found.stream[pairs.left] > found.stream[pairs.right]
    size = np.bincount(found.stream, minlength=1).astype(np.float64)
    ends = []
    for first in (True, False):
        record = np.where(swapped == first, pairs.right, pairs.left).astype(np.int64)
        code = record * max(names.size, 1) + couple
        ends.append(np.unique(code, return_inverse=True)[1].reshape(-1).astype(np.int64))
    low, high = np.divmod(names, size.size)
    return Crowds(couple, (ends[0], ends[1]), (size[low], size[high]))

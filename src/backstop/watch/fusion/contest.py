"""The candidate pairs while the model is fitted: what each shows, and whom it shuts out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.rivals import Crowds, Messages, Rivals, couples_of, crowds_of, rivals_of

#: What a person has said of a pair.
UNKNOWN, OTHER, SAME = 0, 1, 2
#: No pair is surer than this, in either direction.
UTMOST = 14.0
#: Pairs whose log-odds lie below are taken each by itself: they join in less than one case of 400.
_OPEN = -6.0


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """The candidate pairs of a record."""

    pairs: Pairs
    row: Integers
    """Row of each pair, shape (pairs,)."""
    sort: NDArray[np.int8]
    """What a person has said of it."""
    couple: Integers
    """Number of its two streams."""
    crowds: Crowds
    crowd: Floats | None
    """What its surroundings add to its log-odds; None until that is learned."""
    ends: Floats
    """Records of the one stream and of the other, shape (strata, 2)."""


def contest_of(
    found: Reports,
    pairs: Pairs,
    row: Integers,
    stratum: Integers,
    strata: int,
    sort: NDArray[np.int8],
) -> Contest:
    """The pairs of a record; ``stratum`` is theirs, shape (pairs,)."""
    couple, size = couples_of(found, pairs), np.bincount(found.stream, minlength=1)
    _, first = np.unique(couple, return_index=True)
    one, other = np.divmod(couple[first], size.size)
    ends = np.column_stack(
        [np.bincount(stratum[first], size[end], strata) for end in (one, other)]
    ).astype(np.float64)
    return Contest(pairs, row, sort, couple, crowds_of(found, pairs), None, ends)


@dataclass(slots=True, eq=False)
class Expectation:
    """Chances of the pairs under one fit after another."""

    contest: Contest
    weight: Floats
    """What each pair counts for, shape (pairs,)."""
    crowd: Floats = field(init=False)
    """What its surroundings add to its log-odds."""
    _open: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    _chance: Floats = field(default_factory=lambda: np.zeros(0))
    _closed: Floats = field(default_factory=lambda: np.zeros(0))
    _rivals: Rivals | None = None
    _free: Messages | None = None

    def __post_init__(self) -> None:
        learned = self.contest.crowd
        self.crowd = np.zeros(len(self.contest.pairs)) if learned is None else learned

    def choose(self, log_odds: Floats) -> None:
        """Take up the pairs that matter under these log-odds, by row."""
        told, row = self.contest, self.contest.row
        if told.crowd is None:
            same = (told.sort == SAME).astype(np.float64)
            same[self._open] = self._chance
            self.crowd = told.crowds.shown(same) if self._open.size else self.crowd
        shown = (log_odds[row] + self.crowd > _OPEN) & (told.sort == UNKNOWN)
        shown |= told.sort == SAME
        self._open, self._free = np.flatnonzero(shown), None
        left, right = told.pairs.left[self._open], told.pairs.right[self._open]
        self._rivals = rivals_of(left, right, told.couple[self._open])
        alone = ~shown & (told.sort == UNKNOWN)
        closed = np.bincount(row[alone], self.weight[alone], log_odds.size)
        self._closed = closed.astype(np.float64)

    def likely(self, log_odds: Floats) -> Floats:
        """Pairs of one act expected by row, those that a person has declared left out."""
        assert self._rivals is not None, "choose first"
        told, open_ = self.contest, self._open
        row, unknown = told.row[open_], told.sort[open_] == UNKNOWN
        weight = np.where(unknown, log_odds[row] + self.crowd[open_], UTMOST)
        chance, self._free = self._rivals.chances(np.minimum(weight, UTMOST), self._free)
        self._chance = chance
        counted = np.where(unknown, chance * self.weight[open_], 0.0)
        return np.asarray(
            np.bincount(row, counted, log_odds.size)
            + self._closed / (1 + np.exp(-np.minimum(log_odds, UTMOST)))
        )

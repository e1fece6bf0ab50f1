"""The members of a guarantor: who they are, what each brings, and what moves each one's odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

RuleKind = Literal["opt-in", "k-of-n", "unanimity", "weighted", "lead-nation"]

#: More members than this are no coalition but a general assembly.
MOST_MEMBERS = 60
#: The whole force is counted in this many parts: finer than anybody knows who will come.
PARTS = 24
#: No stated position is taken as more certain than this, either way.
SUREST = 0.999


@dataclass(frozen=True, slots=True)
class Rule:
    """What it takes for the guarantee to be honoured."""

    kind: RuleKind
    """Opt-in: enough members, each for itself; the others as they say."""
    need: int = 1
    """Members needed (opt-in, k of n) or weight needed (weighted)."""

    def __post_init__(self) -> None:
        assert self.need >= 0, "nobody can be needed less than not at all"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A distribution that is asked for: of what, where a sum reaches a threshold."""

    counts: IntArray
    """What each yes adds to the sum that decides, shape (members,)."""
    need: int
    """What that sum has to reach."""
    adds: IntArray
    """What each yes adds to the sum that is asked for, shape (members,)."""
    certain: BoolArray
    """Who says yes for certain, shape (members,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """The members of a guarantor, in any order: nothing depends on it."""

    names: tuple[str, ...]
    """How they are called; 0 to 60 of them."""
    position: FloatArray
    """Chance of a yes that each one's public position is worth, shape (worlds, members)."""
    weight: IntArray
    """What each brings, in parts of the whole force, shape (members,); see `parts`."""
    in_place: BoolArray
    """Whose troops stand in the country, shape (members,)."""
    lead: BoolArray
    """Who leads, shape (members,)."""
    caveat: FloatArray
    """Share of each one's force that may not be used where it is needed, shape (members,)."""
    left_out: int = 0
    """Members beyond those that a game is solved with."""

    def __post_init__(self) -> None:
        count = len(self.names)
        assert self.position.ndim == 2, "positions are (worlds, members)"
        shapes = {"weight": self.weight, "in_place": self.in_place, "lead": self.lead}
        for name, array in {**shapes, "caveat": self.caveat}.items():
            assert array.shape == (count,), f"{name} has one entry a member"
        assert self.position.shape[1] == count, "a position for every member"
        problems = [
            *_faults("members", count <= MOST_MEMBERS, f"at most {MOST_MEMBERS}, not {count}"),
            *_faults("position", _within(self.position), "a probability lies between 0 and 1"),
            *_faults("caveat", _within(self.caveat), "a share lies between 0 and 1"),
            *_faults("weight", bool(np.all(self.weight >= 0)), "a weight is never negative"),
        ]
        if problems:
            raise InputError(problems)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def worlds(self) -> int:
        """The number of worlds."""
        return len(self.position)

    @property
    def log_odds(self) -> FloatArray:
        """Log-odds of the public positions, shape (worlds, members)."""
        sure = np.clip(self.position, 1 - SUREST, SUREST)
        return np.log(sure / (1 - sure))

    @classmethod
    def nobody(cls, worlds: int) -> Members:
        """A guarantor of no members."""
        none = np.zeros(0)
        return cls(
            names=(),
            position=np.zeros((worlds, 0)),
            weight=none.astype(np.int64),
            in_place=none.astype(np.bool_),
            lead=none.astype(np.bool_),
            caveat=none,
        )

    def leads_first(self) -> Members:
        """The same members with the lead nations in front."""
        order = np.argsort(~self.lead, kind="stable")
        return replace(
            self,
            names=tuple(self.names[place] for place in order),
            position=self.position[:, order],
            weight=self.weight[order],
            in_place=self.in_place[order],
            lead=self.lead[order],
            caveat=self.caveat[order],
        )


def _within(array: FloatArray) -> bool:
    return bool(np.all((array >= 0) & (array <= 1)))


def _faults(path: str, fine: bool, message: str) -> Sequence[Problem]:
    return () if fine else (Problem("", 0, 0, path, message),)


def parts(shares: npt.ArrayLike, *, whole: int = PARTS) -> IntArray:
    """Shares of a force as whole parts of it that add up, by largest remainder (Hamilton 1792).

    Nobody who brings something is rounded to nothing unless there are more such members than
    parts; no member is off by more than one part.
    """
    wanted = np.asarray(shares, dtype=np.float64)
    total = float(wanted.sum())
    if total <= 0:
        return np.zeros(wanted.shape, dtype=np.int64)
    exact = wanted / total * whole
    found = np.floor(exact).astype(np.int64)
    left = whole - int(found.sum())
    remainder = exact - found
    remainder[(found == 0) & (wanted > 0)] += 1.0
    found[np.argsort(-remainder, kind="stable")[:left]] += 1
    return found

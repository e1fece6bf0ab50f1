"""What a war would bring, and what stands in the country: the arrays the other stages fill."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.members import BoolArray, IntArray, Members
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Prospects:
    """What an attack in each world and quarter leads to, by the guarantor's strength in it.

    ``levels`` are shares of the sustained force that fight; between two of them outcomes are taken
    as linear. Level 0 is the protected state alone.
    """

    levels: FloatArray
    """Shares of the sustained force, from 0 up, shape (levels,)."""
    taken: FloatArray
    """Expected share of the prize that the challenger takes, shape (worlds, quarters, levels)."""
    challenger_loss: FloatArray
    """Share of its force that the challenger loses, shape (worlds, quarters, levels)."""
    protected_loss: FloatArray
    """Share of its force that the protected state loses, shape (worlds, quarters, levels)."""
    guarantor_loss: FloatArray
    """Share of its whole force that the guarantor loses, shape (worlds, quarters, levels)."""
    presence: FloatArray
    """Share of the sustained force that is there, shape (worlds, quarters)."""
    attribution: FloatArray
    """Probability that a probe is attributed, shape (worlds,)."""
    members: Members
    """Who would come."""
    backstop: BoolArray
    """Whether the backstop acts, shape (worlds,)."""
    delay_days: FloatArray | None = None
    """Days until the guarantor's decision, shape (worlds,); told, not used again: what the delay
    costs is in the outcomes already."""
    first_week_loss: FloatArray | None = None
    """Guarantor's casualties in the first week if it honours with all, shape (worlds,)."""

    def __post_init__(self) -> None:
        problems = [Problem("", 0, 0, f"prospects.{p}", m) for p, m in self._problems()]
        if problems:
            raise InputError(problems)

    @property
    def worlds(self) -> int:
        """The number of worlds."""
        return int(self.taken.shape[0])

    @property
    def quarters(self) -> int:
        """The number of quarters."""
        return int(self.taken.shape[1])

    def _problems(self) -> Iterator[tuple[str, str]]:
        if self.taken.ndim != 3 or 0 in self.taken.shape:
            yield "taken", "has the shape (worlds, quarters, levels), none of them 0"
            return
        worlds, quarters, levels = self.taken.shape
        shapes: dict[str, tuple[int, ...]] = {
            "levels": (levels,),
            "taken": (worlds, quarters, levels),
            "challenger_loss": (worlds, quarters, levels),
            "protected_loss": (worlds, quarters, levels),
            "guarantor_loss": (worlds, quarters, levels),
            "presence": (worlds, quarters),
            "attribution": (worlds,),
            "backstop": (worlds,),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                yield name, f"has the shape {array.shape}, not {shape}"
            elif not bool(np.all((array >= 0) & (array <= 1))):
                # Written so that what is not a number is caught as well.
                yield name, "holds shares and probabilities, between 0 and 1"
        if self.levels[0] != 0 or bool(np.any(np.diff(self.levels) <= 0)):
            yield "levels", "begin at 0 and rise"
        if self.members.worlds != worlds:
            yield "members", f"are given for {self.members.worlds} worlds, not {worlds}"
        for name in ("delay_days", "first_week_loss"):
            array = getattr(self, name)
            if array is not None and (array.shape != (worlds,) or not np.all(np.isfinite(array))):
                yield name, "is one finite number a world"

    def mixture(self, quarter: int, strength: FloatArray, rows: IntArray) -> FloatArray:
        """Weights of the levels that give expectations over who comes, shape (rows, levels).

        Parameters
        ----------
        quarter
        strength
            P(parts of the force), shape (rows, parts + 1); all of it is the sustained force, of
            which ``presence`` is there.
        rows
            The worlds, shape (rows,).
        """
        shares = np.linspace(0.0, 1.0, strength.shape[1])
        level = shares * self.presence[rows, quarter, None]
        # How far each is on from one level to the next: 0 below it, 1 beyond.
        on = [strength.sum(axis=1)]
        for low, high in itertools.pairwise(self.levels):
            way = np.clip((level - low) / (high - low), 0.0, 1.0)
            on.append(np.einsum("rp,rp->r", way, strength))
        reached = np.stack([*on, np.zeros(len(rows))], axis=1)
        return np.asarray(reached[:, :-1] - reached[:, 1:])

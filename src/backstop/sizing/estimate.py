"""What one sizing method answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backstop.futures.range import Range
from backstop.sizing.concept import Floats

Basis = Literal["total", "combat"]
"""Whether a number is a whole force, or the people on the task without support and command."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One of several answers a method gives, when they disagree."""

    name: str
    """What it scales by, or the case it comes from."""
    because: str
    """How it is computed, in words."""
    troops: Floats
    """Shape (worlds,)."""

    def to_dict(self) -> dict[str, object]:
        """The contract's form."""
        troops = Range.of(self.troops).to_dict()
        return {"name": self.name, "because": self.because, "troops": troops}


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A method's answer; it is shown also where the method does not apply."""

    method: str
    """Name of the method."""
    applies: bool
    """Whether it is the right method for the concept's regime."""
    because: str
    """Why it applies, or why not."""
    troops: Floats | None
    """Shape (worlds,); None when it cannot be computed."""
    basis: Basis
    """What is counted."""
    sources: tuple[str, ...] = ()
    """Ids of evidence, or of missions as ``mission:ID``."""
    readings: tuple[Reading, ...] = ()
    """Its parts, where they disagree."""

    def to_dict(self) -> dict[str, object]:
        """The contract's form."""
        return {
            "method": self.method,
            "applies": self.applies,
            "because": self.because,
            "troops": None if self.troops is None else Range.of(self.troops).to_dict(),
            "basis": self.basis,
            "sources": list(self.sources),
            "readings": [reading.to_dict() for reading in self.readings],
        }


def pick(readings: tuple[Reading, ...], *, draw: Floats) -> Floats:
    """In each world the reading its draw falls on; every reading is as likely.

    Parameters
    ----------
    readings : tuple of Reading
        At least one.
    draw : array, shape (worlds,)
        Uniform on [0, 1).

    Returns
    -------
    array, shape (worlds,)
    """
    return mixture(tuple(reading.troops for reading in readings), draw=draw)


def mixture(parts: tuple[Floats, ...], *, draw: Floats) -> Floats:
    """In each world the part its draw falls on; every part is as likely, shape (worlds,)."""
    assert parts, "a mixture needs a part"
    chosen = np.minimum((draw * len(parts)).astype(np.int64), len(parts) - 1)
    mixed: Floats = np.stack(parts)[chosen, np.arange(len(draw))]
    return mixed

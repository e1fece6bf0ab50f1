"""How likely a condition is: a probability, or bounds on one that nobody can compute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """Bounds on a probability; equal where it is known, 0 and 1 where nothing is."""

    low: float
    high: float

    def __post_init__(self) -> None:
        assert -1e-12 <= self.low <= self.high + 1e-12 <= 1 + 2e-12, (self.low, self.high)

    @property
    def known(self) -> bool:
        """Whether it is one number."""
        return self.high - self.low < 1e-9

    def words(self) -> str:
        """As a sentence gives it: ``0.37`` or ``between 0 and 1``."""
        low, high = f"{self.low:.2f}", f"{self.high:.2f}"
        if self.known or low == high:
            return low
        return f"between {self.low:.2g} and {self.high:.2g}"


ALWAYS = Chance(1.0, 1.0)
NEVER = Chance(0.0, 0.0)
#: Nobody can say.
OPEN = Chance(0.0, 1.0)


def given(share: float) -> Chance:
    """A probability that is known."""
    return Chance(share, share)


def all_of(chances: Iterable[Chance]) -> Chance:
    """All of several independent conditions."""
    low = high = 1.0
    for one in chances:
        low, high = low * one.low, high * one.high
    return Chance(low, high)

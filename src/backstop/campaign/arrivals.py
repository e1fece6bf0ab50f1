"""The guarantor's force as it comes into the campaign: wave by wave, in every world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Force types, in the order of every array that has an axis for them.
TYPES = ("manoeuvre", "light", "fires")


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Waves of the guarantor's force in worlds.

    A wave stands where its ``place`` says from its ``day`` to the end. Strength 0 is nobody, and
    a day beyond the horizon (infinity included) is never.
    """

    day: Floats
    """Day from which the wave fights, counted from the attack; 0 or less means that it is there.
    Notice, lift, decision and march are in it. Shape (waves, worlds)."""
    strength: Floats
    """Brigade equivalents by force type, as in ``TYPES``. Shape (waves, types, worlds)."""
    aircraft: Floats
    """Combat aircraft of the wave. Shape (waves, worlds)."""
    place: tuple[str, ...]
    """For each wave a location of the scenario, or a kind of location. A wave at a location of
    kind ``front`` holds the part of the line that belongs to it, one at ``front`` the whole line;
    every other wave is a reserve that goes where the attack is."""
    suppression: Floats
    """Share of the suppression of air defences that the aircraft need. Shape (worlds,)."""
    backstop: Floats
    """How far the backstop's provider does its part of the arms pipeline. Shape (worlds,)."""

    def __post_init__(self) -> None:
        waves, worlds = len(self.place), self.suppression.shape[0]
        assert self.day.shape == self.aircraft.shape == (waves, worlds), "one row a wave"
        assert self.strength.shape == (waves, len(TYPES), worlds), "(waves, types, worlds)"
        assert self.backstop.shape == (worlds,), "(worlds,)"
        assert not np.isnan(self.day).any(), "a day is a number, infinity when it never comes"
        for name in ("strength", "aircraft", "suppression", "backstop"):
            values = getattr(self, name)
            assert np.isfinite(values).all(), f"{name} is finite"
            assert not values.size or values.min() >= 0, f"{name} is not negative"
        for name in ("suppression", "backstop"):
            values = getattr(self, name)
            assert not values.size or values.max() <= 1, f"{name} is a share"

    @classmethod
    def none(cls, worlds: int) -> Self:
        """Nobody comes: no wave, no suppression, no backstop."""
        return cls(
            day=np.zeros((0, worlds)),
            strength=np.zeros((0, len(TYPES), worlds)),
            aircraft=np.zeros((0, worlds)),
            place=(),
            suppression=np.zeros(worlds),
            backstop=np.zeros(worlds),
        )

    @property
    def waves(self) -> int:
        """The number of waves."""
        return len(self.place)

    @property
    def worlds(self) -> int:
        """The number of worlds."""
        return int(self.suppression.shape[0])

    def part(self, start: int, stop: int) -> Arrivals:
        """The same for some of the worlds, by their place."""
        return Arrivals(
            day=self.day[:, start:stop],
            strength=self.strength[:, :, start:stop],
            aircraft=self.aircraft[:, start:stop],
            place=self.place,
            suppression=self.suppression[start:stop],
            backstop=self.backstop[start:stop],
        )

"""Sampled worlds together with what was sampled: the base of each stage's look-up by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backstop.futures.sample import Worlds
from backstop.futures.uncertain import Place


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Values by path, in each world; a fixed quantity is the same in all."""

    worlds: Worlds
    places: Mapping[str, Place] = field(repr=False)
    """Every quantity, by its path; fixed ones need not be among the worlds' values."""

    def __len__(self) -> int:
        return len(self.worlds)

    def __getitem__(self, path: str) -> NDArray[np.float64]:
        """Values of one quantity, shape (worlds,)."""
        place = self.places[path]
        if place.quantity.fixed:
            return np.broadcast_to(np.float64(place.quantity.support()[0]), (len(self),))
        return self.worlds[path]

"""The arrays of a campaign: what the kernel and the reference are given, and what they note."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at

Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """The guarantor's force in the kernel's terms."""

    day: NDArray[np.int32]
    """Day each wave arrives, 0 at the earliest, ``NEVER`` when it does not. (waves, worlds)."""
    value: Single
    """Mass, fire, exposed strength and air of each wave. (waves, ``WAVE_ROWS``, worlds)."""
    share: Single
    """Part of the wave in each sector, and last 1 for a reserve. (waves, sectors + 1)."""

    @classmethod
    def none(cls, *, sectors: int, worlds: int) -> Waves:
        """No wave at all."""
        return cls(
            day=np.zeros((0, worlds), np.int32),
            value=np.zeros((0, at.WAVE_ROWS, worlds), np.float32),
            share=np.zeros((0, sectors + 1), np.float32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Worlds of one campaign. Rows are named in ``parameters``."""

    numbers: NDArray[np.uint32]
    """World numbers, which the random numbers depend on. (worlds,)."""
    days: int
    """Days of the campaign."""
    world: Single
    """(``ROWS``, worlds)."""
    sector: Single
    """(``SECTOR_ROWS``, sectors, worlds)."""
    weight: Single
    """How likely a sector is to be chosen as a main effort, and how forces stand along the line
    before it is; sums to 1. (sectors,)."""
    cell: NDArray[np.int32]
    """The cell of the line each sector lies in, from 0 on. What is in one cell shares its luck and
    is pressed alike. (sectors,)."""
    waves: Waves
    """The guarantor's force."""

    def __post_init__(self) -> None:
        worlds, sectors = self.numbers.shape[0], self.weight.shape[0]
        assert self.days >= 1, "a campaign lasts a day at least"
        assert sectors >= 1, "a line has a sector at least"
        assert self.world.shape == (at.ROWS, worlds), self.world.shape
        assert self.sector.shape == (at.SECTOR_ROWS, sectors, worlds), self.sector.shape
        assert self.cell.shape == (sectors,), self.cell.shape
        assert self.cell[0] == 0, "cells are counted from 0"
        assert set(np.diff(self.cell)) <= {0, 1}, "cells follow each other along the line"
        assert self.waves.share.shape[1] == sectors + 1, self.waves.share.shape
        for array in (self.world, self.sector, self.weight, self.waves.value, self.waves.share):
            assert array.dtype == np.float32, array.dtype
            assert np.isfinite(array).all(), "every number is finite"

    @property
    def worlds(self) -> int:
        """The number of worlds."""
        return int(self.numbers.shape[0])

    @property
    def sectors(self) -> int:
        """The number of sectors."""
        return int(self.weight.shape[0])

    @property
    def cells(self) -> int:
        """The number of cells."""
        return int(self.cell[-1]) + 1

    @property
    def cumulative(self) -> Single:
        """The weights summed along the line; the last is 1. (sectors,)."""
        total = np.cumsum(self.weight.astype(np.float64))
        summed: Single = (total / total[-1]).astype(np.float32)
        return summed

    def one(self, place: int) -> Inputs:
        """One world alone, by its place."""
        here = slice(place, place + 1)
        return Inputs(
            numbers=self.numbers[here],
            days=self.days,
            world=self.world[:, here],
            sector=self.sector[:, :, here],
            weight=self.weight,
            cell=self.cell,
            waves=Waves(self.waves.day[:, here], self.waves.value[:, :, here], self.waves.share),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """What was noted of each world."""

    notes: Single
    """(checkpoints, ``NOTES``, worlds)."""
    ends: Single
    """Days of break-off and collapse, the number of days when there was none. (2, worlds)."""

"""The line cut into sectors: what each has of the stretches, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.draws import Draws, Floats
from backstop.campaign.inputs import Single
from backstop.scenario.campaign import Campaign

#: Widths below this are those of a line that is not there, kilometres.
LEAST_KM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Sectors of equal length along the line, from its first stretch to its last."""

    overlap: Floats
    """Part of each sector that lies in each stretch; rows sum to 1. (sectors, stretches)."""
    weight: Floats
    """How likely each sector is to be attacked; sums to 1. (sectors,)."""
    cell: NDArray[np.int32]
    """The cell each sector lies in. (sectors,)."""
    location: tuple[str, ...]
    """The location each stretch belongs to."""

    @classmethod
    def of(cls, campaign: Campaign, *, cells: float) -> Line:
        """Cut the line into the campaign's sectors, which lie in so many cells, or in as many as
        there are sectors if those are fewer.
        """
        stretches = campaign.stretches
        lengths = np.array([stretch.length_share for stretch in stretches])
        edges = np.concatenate(([0.0], np.cumsum(_shares(lengths))))
        cuts = np.linspace(0.0, 1.0, campaign.sectors + 1)
        low = np.maximum(cuts[:-1, None], edges[None, :-1])
        high = np.minimum(cuts[1:, None], edges[None, 1:])
        overlap = np.maximum(high - low, 0.0) * campaign.sectors
        overlap /= overlap.sum(axis=1, keepdims=True)
        effort = np.array([stretch.effort for stretch in stretches])
        weight = _shares(overlap @ effort)
        count = max(1, min(round(cells), campaign.sectors))
        middle = (np.arange(campaign.sectors) + 0.5) / campaign.sectors
        cell = np.floor(middle * count).astype(np.int32)
        return cls(overlap, weight, cell, tuple(stretch.location for stretch in stretches))

    @property
    def cells(self) -> int:
        """The number of cells."""
        return int(self.cell[-1]) + 1

    def held(self, location: str) -> Floats:
        """How a force at a location stands along the line; sums to 1. (sectors,)."""
        mine = np.array([place == location for place in self.location])
        return _shares(self.overlap[:, mine].sum(axis=1))

    def rows(self, campaign: Campaign, draws: Draws) -> Single:
        """The kernel's rows of sectors. (``SECTOR_ROWS``, sectors, worlds)."""
        sectors, worlds = self.weight.size, len(draws)
        rows = np.empty((at.SECTOR_ROWS, sectors, worlds))
        length = np.maximum(draws[f"theatre.lines[{campaign.line}].length_km"], LEAST_KM)
        rows[at.NARROW] = sectors / length
        grounds = [stretch.ground for stretch in campaign.stretches]
        terrain = [f"battle.terrains[{ground}]" for ground in grounds]
        defence = np.stack([draws[f"{path}.defence"] for path in terrain])
        going = self.overlap @ np.stack([draws[f"{path}.speed_share"] for path in terrain])
        rows[at.TOP_SPEED] = draws["battle.movement.top_km_per_day"] * going
        works = np.stack(
            [
                draws[f"campaign.stretches[{stretch.id}].works_share"]
                for stretch in campaign.stretches
            ]
        )
        # An attack goes where the ground lets it: what counts is the mean of what it lets through.
        bare = 1 / (self.overlap @ (1 / np.maximum(defence, 1e-6)))
        full = np.maximum(defence * (1 + works * draws["battle.works_gain"]), 1e-6)
        rows[at.TERRAIN] = bare
        rows[at.WORKS] = np.maximum(1 / (self.overlap @ (1 / full)) / bare - 1, 0.0)
        rows[at.OBJECTIVE] = draws["campaign.objective_km"]
        return rows.astype(np.float32)


def _shares(amounts: Floats) -> Floats:
    """Amounts as shares of their sum; alike when there is none."""
    total = amounts.sum()
    if total <= 0:
        return np.full(amounts.shape, 1.0 / amounts.size)
    shares: Floats = amounts / total
    return shares

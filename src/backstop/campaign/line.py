"""The line cut into sectors: what each has of the stretches, and what that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
    location: tuple[str, ...]
    """The location each stretch belongs to."""

    @classmethod
    def of(cls, campaign: Campaign) -> Line:
        """Cut the line."""
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
        return cls(overlap, weight, tuple(stretch.location for stretch in stretches))

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
        rows[at.TERRAIN] = self._mixed(draws, [f"{path}.defence" for path in terrain])
        rows[at.TOP_SPEED] = self._mixed(draws, [f"{path}.top_km_per_day" for path in terrain])
        works = [f"campaign.stretches[{stretch.id}].works_share" for stretch in campaign.stretches]
        rows[at.WORKS] = self._mixed(draws, works) * draws["battle.works_gain"]
        rows[at.OBJECTIVE] = draws["campaign.objective_km"]
        return rows.astype(np.float32)

    def _mixed(self, draws: Draws, paths: Sequence[str]) -> Floats:
        """What the stretches' values make of each sector. (sectors, worlds)."""
        mixed: Floats = self.overlap @ np.stack([draws[path] for path in paths])
        return mixed


def _shares(amounts: Floats) -> Floats:
    """Amounts as shares of their sum; alike when there is none."""
    total = amounts.sum()
    if total <= 0:
        return np.full(amounts.shape, 1.0 / amounts.size)
    shares: Floats = amounts / total
    return shares

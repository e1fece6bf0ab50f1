"""One world day by day."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.campaign.inputs import Single
from backstop.campaign.reference import Path


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """What happens in one world, at the end of each day."""

    world: int
    """Its number."""
    front_km: Single
    """Depth lost in each sector. (days, sectors)."""
    deepest_km: Single
    """The greatest mean depth of a cell of the line. (days,)."""
    area_lost_km2: Single
    """Ground lost along the line. (days,)."""
    attacker: Single
    """The attacker's force by type in brigade equivalents, reserves included. (days, 3)."""
    protected: Single
    """The protected state's. (days, 3)."""
    guarantor: Single
    """Mass of the guarantor's force that fights, brigade equivalents. (days,)."""
    losses: Single
    """Soldiers lost to date by attacker, protected state and guarantor. (days, 3)."""
    effort: Single
    """Where the attacker's force is sent, as shares of it. (days, sectors)."""

    @classmethod
    def of(cls, path: Path, *, world: int, width_km: Single, brigade_troops: float) -> Trajectory:
        """From the reference's path."""
        return cls(
            world=world,
            front_km=path.front_km,
            deepest_km=path.deepest_km,
            area_lost_km2=(path.front_km * width_km).sum(axis=1),
            attacker=path.attacker,
            protected=path.protected,
            guarantor=path.guarantor,
            losses=path.lost * path.lost.dtype.type(brigade_troops),
            effort=path.effort,
        )

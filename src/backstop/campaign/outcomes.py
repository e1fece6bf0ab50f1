"""What became of the line in each world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import numpy as np

from backstop.campaign.inputs import Single
from backstop.campaign.trajectory import Trajectory
from backstop.errors import NotFound

#: Days at whose end it is asked whether the line holds.
DAYS: Final = (7, 30, 90, 180)
#: The one of them that a page tells first.
TOLD: Final = 90

#: The arrays of ``Outcomes`` in the order in which the digest takes them.
ARRAYS: Final = (
    "held",
    "deepest_km",
    "area_lost_km2",
    "taken_share",
    "attacker_losses",
    "protected_losses",
    "guarantor_losses",
    "first_week_guarantor_losses",
    "attacker_committed",
    "protected_committed",
    "guarantor_committed",
    "effective_day",
    "break_off_day",
    "collapse_day",
)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Campaigns in different worlds as one; there is at least one part."""
    if len(parts) == 1:
        return parts[0]

    def replay(world: int) -> Trajectory:
        return next(part for part in parts if world in part.numbers).replay(world)

    fields = {name: np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in ARRAYS}
    numbers = np.concatenate([part.numbers for part in parts])
    days = parts[0].horizon_days
    return Outcomes(numbers=numbers, horizon_days=days, _replay=replay, **fields)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """One campaign in many worlds; float32 arrays of shape (worlds,) unless said otherwise."""

    numbers: np.ndarray[tuple[int], np.dtype[np.uint64]]
    """World numbers."""
    horizon_days: int
    """Days that were followed; ``losses``, ground and ``held`` of later days are as of the last."""
    held: Single
    """1 where no cell had been driven back too far at the end of day 7, 30, 90 and 180, else 0.
    (4, worlds)."""
    deepest_km: Single
    """Ground lost in the cell of the line that lost most, as mean depth."""
    area_lost_km2: Single
    """Ground lost along the whole line."""
    taken_share: Single
    """The same as a share of all that the attacker wants."""
    attacker_losses: Single
    """Soldiers the attacker lost."""
    protected_losses: Single
    """Soldiers the protected state lost."""
    guarantor_losses: Single
    """Soldiers the guarantor lost."""
    first_week_guarantor_losses: Single
    """Soldiers the guarantor lost in the first seven days."""
    attacker_committed: Single
    """Soldiers in fighting units that the attacker had at the start or brought in."""
    protected_committed: Single
    """Those of the protected state."""
    guarantor_committed: Single
    """Those of the guarantor, with those that made good its losses."""
    effective_day: Single
    """Day from which half of the guarantor's force fights; the last day when it never does."""
    break_off_day: Single
    """Day the attacker gave up; the last day when he did not."""
    collapse_day: Single
    """Day the defence lost its order; the last day when it did not."""
    _replay: Callable[[int], Trajectory] = field(repr=False)

    def __len__(self) -> int:
        return int(self.numbers.shape[0])

    def days(self) -> tuple[int, ...]:
        """The days that were fought and for which ``held`` is noted: at least the last one."""
        return tuple(day for day in DAYS if day <= self.horizon_days) or (self.horizon_days,)

    def held_at(self, day: int) -> Single:
        """``held`` at the end of one of the ``days``. (worlds,).

        Raises
        ------
        NotFound
            When it is none of them.
        """
        days = self.days()
        if day not in days:
            raise NotFound(f"held is noted for the days {', '.join(map(str, days))}, not {day}")
        held: Single = self.held[days.index(day)]
        return held

    def telling_day(self) -> int:
        """The day for which holding is told where there is room for one: 90, or the last before."""
        return max((day for day in self.days() if day <= TOLD), default=self.days()[0])

    def worn_share(self) -> Single:
        """Losses of the guarantor as a share of the troops that it brought in, those that made good
        its losses counted; 0 where none came. (worlds,).
        """
        came = self.guarantor_committed
        share: Single = np.where(came > 0, self.guarantor_losses / np.where(came > 0, came, 1), 0)
        return share.astype(np.float32)

    def digest(self) -> str:
        """SHA-256 over the outcome arrays in the order of ``ARRAYS``, little-endian float32."""
        total = sha256()
        for name in ARRAYS:
            total.update(np.ascontiguousarray(getattr(self, name), dtype="<f4").tobytes())
        return total.hexdigest()

    def replay(self, world: int) -> Trajectory:
        """The daily trajectory of one world, by its number, run again alone and bit for bit."""
        if world not in self.numbers:
            raise NotFound(f"world {world} is not among the {len(self)} that were run")
        return self._replay(world)

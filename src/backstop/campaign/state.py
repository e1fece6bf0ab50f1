"""The arrays of one block of worlds, as the kernel holds them.

The last axis is the lane: one world each. Named tuples of arrays are what Numba takes apart
without a copy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backstop.campaign.inputs import Single

#: Lanes that a block may have: there is a kernel for each.
WIDTHS = (16, 32)


class Given(NamedTuple):
    """What is given for all blocks; the first axis of those with lanes is the block."""

    numbers: NDArray[np.uint32]
    """World numbers. (blocks, lanes)."""
    world: Single
    """(blocks, ``ROWS``, lanes)."""
    sector: Single
    """(blocks, sectors, ``SECTOR_ROWS``, lanes)."""
    weight: Single
    """(sectors,)."""
    cell: NDArray[np.int32]
    """(sectors,)."""
    cumulative: Single
    """(sectors,)."""
    wave_day: NDArray[np.int32]
    """(blocks, waves, lanes)."""
    wave: Single
    """(blocks, waves, ``WAVE_ROWS``, lanes)."""
    wave_share: Single
    """One wave after the other. (waves × (sectors + 1),)."""


class State(NamedTuple):
    """One block on one day."""

    place: Single
    """What changes in a sector; rows below. (sectors, ``PLACE_ROWS``, lanes)."""
    whole: Single
    """What changes for the whole theatre; rows below. (``WHOLE_ROWS``, lanes)."""
    due: NDArray[np.uint8]
    """Whether any wave of the block arrives on a day. (days,)."""


# Rows of a sector.
#: The attacker's force and the protected state's, by type.
ATTACKER, PROTECTED = 0, 3
#: Ground lost, as depth in kilometres; what lasts of the luck.
FRONT, LUCK = 6, 7
#: Where the attacker's force goes, and what the defender knows of it.
EFFORT, SEEN = 8, 9
#: What pressing hard does to the odds of moving, in powers of two.
PRESS = 10
#: What stands of the works; what is left of what the guarantor exposes here.
STANDING, KEPT = 11, 12
#: The guarantor's force that holds the sector, as it came: the rows of a wave.
HELD = 13
PLACE_ROWS = 18

# Rows of the whole theatre.
#: Tempo above its floor, and log2 of the day's tempo.
TEMPO_ABOVE, TEMPO = 0, 1
#: Mass of the guarantor's force in the fight today; what it keeps of its aircraft.
GUARANTOR, AIR_KEEP = 2, 3
#: Air power of both armies, and what both defenders' and the attacker's aircraft do today.
ATTACKER_AIR, PROTECTED_AIR, AIR_OURS, AIR_THEIRS = 4, 5, 6, 7
#: Whether the attack goes on, and what is left of the defence's order.
ACTIVE, ORDER = 8, 9
#: Share of full fire today.
ATTACKER_SHELLS, DEFENDER_SHELLS = 10, 11
#: The guarantor's reserve today: mass, fire, exposed; and its air power in all.
REAR_TODAY, REAR_AIR = 12, 15
#: Reserves by type, the attacker's and the protected state's; what stands in all sectors, and what
#: goes forward today, likewise.
RESERVE, TOTAL, SENT = 16, 22, 28
#: Losses to date of attacker, protected state and guarantor.
SPENT = 34
#: What is left of what the guarantor's reserve exposes, and the share of it lost today.
REAR_KEPT, REAR_WORN = 37, 38
#: Room for choosing main efforts, and the luck of all sectors.
AXIS = 43
#: The guarantor's reserve as it came, and room for a wave of it: the rows of a wave.
REAR, COME = 50, 55
#: The day's luck of a cell: of advance, and of intensity.
PACE, HEAT = 60, 61
WHOLE_ROWS = 62


def room(*, sectors: int, days: int, lanes: int) -> State:
    """Memory for one block."""
    return State(
        place=np.empty((sectors, PLACE_ROWS, lanes), np.float32),
        whole=np.empty((WHOLE_ROWS, lanes), np.float32),
        due=np.empty(days, np.uint8),
    )

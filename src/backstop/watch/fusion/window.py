"""How far apart two reports of one act may lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backstop.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Window:
    """Both limits are included. They also bound the diameter of a cluster."""

    km: float = 5.0
    """Distance between the points given, at most."""
    days: float = 3.0
    """Pause between the two times given, at most; none where they overlap."""

    def __post_init__(self) -> None:
        # Written so that NaN fails too.
        for name, value in (("window-km", self.km), ("window-days", self.days)):
            if not (math.isfinite(value) and value > 0):
                reason = f"{value} is no window; give a number above 0"
                raise InputError([Problem("fuse", 0, 0, name, reason)])

    @property
    def metres(self) -> float:
        """The distance in metres."""
        return self.km * 1_000

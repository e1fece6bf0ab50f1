"""The numbers a plan depends on, in every world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backstop.futures import Drawn, Worlds, quantities, resolve, sample, uncertain_quantities
from backstop.scenario.scenario import Case
from backstop.watch.plan.table import PlanTable

Floats = NDArray[np.float64]

_PREFIX = "watch.means"


class Lookup(Protocol):
    """Sampled numbers by path, as ``--set`` writes it; the futures of an assessment are one."""

    @property
    def worlds(self) -> Worlds:
        """The worlds they were drawn in."""

    def __getitem__(self, path: str) -> Floats:
        """Values of one quantity, shape (worlds,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws(Drawn):
    """What a plan alone needs: the same numbers that an assessment draws with the same seed."""

    @classmethod
    def of(cls, case: Case, *, worlds: range, seed: int) -> Draws:
        """Draw the lines, the design's demands, the means of sizing and what a probe leaves."""
        main = case.scenario.file
        found = [
            *quantities(main.theatre, prefix="theatre"),
            *quantities(case.scenario.sizing.monitoring, prefix="sizing.monitoring"),
            *quantities(case.design, prefix=f"designs[{case.design.id}]"),
        ]
        if main.deterrence is not None:
            found += quantities(main.deterrence, prefix="deterrence")
        places = {place.path: place for place in found}
        pairs = [c for c in main.correlations if c.a in places and c.b in places]
        drawn = sample(
            {path: (place.quantity, place.bounds) for path, place in places.items()},
            worlds=worlds,
            seed=seed,
            correlations=pairs,
        )
        return cls(drawn, places)


def table_values(table: PlanTable, worlds: Worlds) -> Mapping[str, Floats]:
    """Every number of the table in the same worlds, by path within the table."""
    places = uncertain_quantities(table, prefix=_PREFIX)
    drawn = sample(
        {place.path: (place.quantity, place.bounds) for place in places},
        worlds=worlds.numbers,
        seed=worlds.seed,
        method=worlds.method,
    )
    return resolve(table, drawn, prefix=_PREFIX)

"""The numbers of ``[deterrence]`` in every world, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.futures import Worlds, resolve
from backstop.scenario.scenario import Case

FloatArray = npt.NDArray[np.float64]

#: Where the numbers stand in the scenario.
PREFIX = "deterrence"


@dataclass(frozen=True, slots=True, eq=False)
class Stakes:
    """Values of every number that the stage reads, shape (worlds,) each."""

    values: Mapping[str, FloatArray]
    """By path below ``[deterrence]``."""

    def __getitem__(self, path: str) -> FloatArray:
        return self.values[path]

    @classmethod
    def of(cls, case: Case, worlds: Worlds) -> Stakes:
        """The values of a case, whose scenario has the table."""
        terms = case.scenario.file.deterrence
        assert terms is not None, "say first whether the scenario has a [deterrence] table"
        return cls(resolve(terms, worlds, prefix=PREFIX))

    def take(self, rows: npt.NDArray[np.int64]) -> Stakes:
        """The values in some worlds only."""
        return Stakes({path: values[rows] for path, values in self.values.items()})

    def reneging(self, formality: str) -> FloatArray:
        """Cost of breaking a promise of this form, shape (worlds,)."""
        return self[f"guarantor.reneging.{formality}"]

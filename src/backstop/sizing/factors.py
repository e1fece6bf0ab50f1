"""The numbers of ``regimes.toml`` in every world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstop.scenario.regime import DensityRegime, Sizing
from backstop.sizing.concept import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A sizing table and the sampled value of each of its quantities."""

    table: Sizing
    """The table, for titles and sources."""
    values: Mapping[str, Floats]
    """By path within the table, shape (worlds,): what ``futures.resolve(table, …)`` gives."""

    def __getitem__(self, path: str) -> Floats:
        """Values of one quantity, such as ``densities[holding].troops_per_km``."""
        return self.values[path]

    def density(self, regime: str) -> DensityRegime | None:
        """The density regime of that name; None when the regime does not man a line."""
        return next((one for one in self.table.densities if one.id == regime), None)

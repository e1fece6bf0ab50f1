"""A range over worlds: what every answer is stated as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Range:
    """Three percentiles and the mean of a quantity over worlds."""

    p05: float
    p50: float
    p95: float
    mean: float

    @classmethod
    def of(cls, values: npt.ArrayLike) -> Range:
        """The range of an array of one value a world (any numeric or boolean kind)."""
        array = np.asarray(values, dtype=np.float64).reshape(-1)
        assert array.size > 0, "a range needs at least one world"
        assert bool(np.isfinite(array).all()), "a range is over finite numbers"
        # Sorted first, so that neither percentiles nor the mean depend on the worlds' order.
        array = np.sort(array)
        p05, p50, p95 = (float(q) for q in np.percentile(array, (5, 50, 95)))
        return cls(p05=p05, p50=p50, p95=p95, mean=float(array.mean()))

    def to_dict(self) -> dict[str, float]:
        """The contract's form."""
        return {"p05": self.p05, "p50": self.p50, "p95": self.p95, "mean": self.mean}

"""Link functions of the strategic models: the chance of an act from a difference in utility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Link = Literal["logit", "probit"]


@dataclass(frozen=True, slots=True)
class Chances:
    """log P(act), log P(no act) and their slopes in the difference, arrays of one shape."""

    yes: FloatArray
    no: FloatArray
    yes_slope: FloatArray
    no_slope: FloatArray

    @property
    def p(self) -> FloatArray:
        """P(act)."""
        return np.asarray(np.exp(self.yes))

    @property
    def p_slope(self) -> FloatArray:
        """Slope of P(act)."""
        return np.asarray(self.p * self.yes_slope)


def chances(link: Link, difference: FloatArray) -> Chances:
    """Chances of an act, computed in logarithms so that none is lost in a tail.

    The agent's errors stand on every action: extreme-value ones make a logit, normal ones of
    variance 1 a probit of the difference over √2 (Signorino 1999).
    """
    from scipy.special import expit, log_expit, log_ndtr

    if link == "logit":
        p = expit(difference)
        return Chances(log_expit(difference), log_expit(-difference), 1 - p, -p)
    z = difference / np.sqrt(2)
    yes, no = log_ndtr(z), log_ndtr(-z)
    log_density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi) - 0.5 * np.log(2)
    return Chances(yes, no, np.exp(log_density - yes), -np.exp(log_density - no))

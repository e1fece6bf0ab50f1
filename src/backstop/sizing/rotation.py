"""The rotation pool: how many people it takes to keep one deployed.

"n:1" is used in the literature both for dwell to tour and for pool to deployed; both are given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backstop.sizing.concept import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """Ratios that follow from tour and dwell, shape (worlds,) each."""

    pool_to_deployed: Floats
    """People in the pool for one deployed."""
    dwell_to_tour: Floats
    """Months at home for one deployed."""

    def pool(self, deployed: Floats) -> Floats:
        """Everyone it takes to keep ``deployed`` in theatre without end, shape (worlds,)."""
        people: Floats = deployed * self.pool_to_deployed
        return people


def rotation(
    *, tour_months: Floats, dwell_months: Floats, overlap_months: Floats | None = None
) -> Rotation:
    """pool / deployed = 1 + dwell / tour + overlap / tour.

    Parameters
    ----------
    tour_months, dwell_months : array, shape (worlds,)
        Months deployed, and months at home between two tours.
    overlap_months : array, shape (worlds,), optional
        Months a tour for which both the relieved and the relieving unit are there.

    Notes
    -----
    Six months deployed and 24 at home, often called "four to one", is a pool of 5; one in
    theatre, one recovering and one training (RUSI, Arnold, 10 March 2025) is a pool of 3.
    """
    dwell_to_tour: Floats = dwell_months / tour_months
    overlap = np.zeros_like(tour_months) if overlap_months is None else overlap_months
    return Rotation(1.0 + dwell_to_tour + overlap / tour_months, dwell_to_tour)

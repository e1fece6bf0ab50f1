"""What is to be sized: a concept of operations, with its uncertain numbers sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Task = Literal["none", "observe", "deter", "interpose", "separate", "hold"]
Stationing = Literal["front", "rear", "outside"]
Headquarters = Literal["none", "brigade", "division", "corps", "theatre"]


@dataclass(frozen=True, slots=True, eq=False)
class MonitoringNeed:
    """What observers must be able to see; arrays have shape (worlds,)."""

    detection_per_km_day: Floats
    """Chance that a violation on a given kilometre on a given day is seen."""
    access_share: Floats
    """Share of the line to which the parties let the observers go."""
    night_share: Floats
    """Share of violations that happen at night."""

    def __post_init__(self) -> None:
        for share in (self.detection_per_km_day, self.access_share, self.night_share):
            assert_share(share)


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """A force with a task, a place and a line; arrays have shape (worlds,)."""

    task: Task
    """What the force on the ground must be able to do; ``none`` when there is no such force."""
    stationing: Stationing
    """Along the line, elsewhere in the country, or on allies' soil."""
    headquarters: Headquarters
    """Level of the headquarters that leads."""
    mandate: str
    """Who authorises it, as in the missions table; empty when open."""
    line: str
    """Name of the definition of the line that counts."""
    consent_share: Floats
    """Degree to which the parties accept the presence."""
    line_km: Floats
    """Length of the line; 0 when there is none."""
    covered_share: Floats
    """Share of the line that is covered."""
    reserve_share: Floats
    """Theatre reserve, as a share of the force on the line."""
    area_km2: Floats
    """The protected area."""
    population_m: Floats
    """People in it, in millions."""
    tour_months: Floats
    """Months a unit is deployed."""
    dwell_months: Floats
    """Months at home between two tours."""
    overlap_months: Floats
    """Months a tour for which the relieved and the relieving unit are both there."""
    method_draw: Floats
    """Uniform on [0, 1): which of several methods of equal standing is right in a world."""
    reading_draw: Floats
    """Uniform on [0, 1), independent of the other: which reading of a method is."""
    package_troops: Floats | None = None
    """People in the units of the statement of requirements; None when there is no statement."""
    monitoring: MonitoringNeed | None = None
    """What observers must be able to see, where the design observes."""

    def __post_init__(self) -> None:
        for share in (self.consent_share, self.covered_share, self.method_draw, self.reading_draw):
            assert_share(share)
        amounts = [self.line_km, self.reserve_share, self.area_km2, self.population_m]
        amounts += [self.dwell_months, self.overlap_months]
        if self.package_troops is not None:
            amounts.append(self.package_troops)
        for amount in amounts:
            assert amount.shape == self.line_km.shape
            assert bool(np.all(amount >= 0))
        assert bool(np.all(self.tour_months > 0)), "a tour lasts some time"

    @property
    def worlds(self) -> int:
        """The number of worlds."""
        return len(self.line_km)

    @property
    def has_line(self) -> bool:
        """Whether there is a line in any world."""
        return bool(np.any(self.line_km > 0))


def assert_share(values: Floats) -> None:
    """A programming mistake when a share leaves 0 to 1."""
    assert bool(np.all((values >= 0) & (values <= 1))), "a share lies between 0 and 1"

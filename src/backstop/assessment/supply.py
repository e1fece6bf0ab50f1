"""National pools in every world: what a nation has of a capability, and what of it would come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.worlds import Futures
from backstop.scenario.capability import Capability
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.quantity import Quantity
from backstop.scenario.scenario import Case

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """One offer that the design can use."""

    offer: Offer
    nation: Nation
    capability: Capability
    derived: bool
    """Whether the capability's rule made the number of units, for want of a stated one."""
    central: float
    """Units that come when called, every quantity at its middle."""
    units: Floats
    """The same in every world, shape (worlds,)."""
    central_notice_days: float
    """Notice to move at its middle."""
    notice_days: Floats
    """Notice to move in every world, shape (worlds,)."""
    central_endurance_months: float
    """Months for which the offer is kept up, at their middle; infinite when it does not end."""
    endurance_months: Floats
    """The same in every world, shape (worlds,)."""


def supplies(case: Case, futures: Futures) -> tuple[Supply, ...]:
    """Every offer of a capability that the design asks for, with its pool in each world."""
    wanted = {requirement.capability for requirement in case.design.requirements}
    nations = {nation.iso3: nation for nation in case.scenario.nations}
    capabilities = {c.id: c for c in case.scenario.file.capabilities}
    found = []
    for offer in sorted(case.scenario.offers, key=lambda offer: offer.id):
        if offer.capability not in wanted:
            continue
        made = _Pool(offer, nations[offer.nation], capabilities[offer.capability])
        paths = made.factors()
        if paths is None:
            continue
        notice = made.notice_path()
        ends = offer.endurance_months is not None
        lasting = f"offers[{offer.id}].endurance_months"
        found.append(
            Supply(
                offer=offer,
                nation=made.nation,
                capability=made.capability,
                derived=offer.units is None,
                central=made.units({p: np.array(futures.central(p)) for p in paths}).item(),
                units=made.units({path: futures[path] for path in paths}),
                central_notice_days=futures.central(notice),
                notice_days=futures[notice],
                central_endurance_months=futures.central(lasting) if ends else np.inf,
                endurance_months=futures[lasting] if ends else np.full(len(futures), np.inf),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Pool:
    """The arithmetic of one pool: (stated units or stock x rule - committed) x delivered share."""

    offer: Offer
    nation: Nation
    capability: Capability

    def factors(self) -> tuple[str, ...] | None:
        """Paths of the quantities it is made of; None when nothing says how many there are."""
        stated = self._stated()
        if stated is None:
            return None
        return (*stated, *self._committed(), self._delivered())

    def units(self, values: Mapping[str, Floats]) -> Floats:
        """Units that come when called."""
        stated = self._stated()
        assert stated is not None
        units: Floats = np.prod([values[path] for path in stated], axis=0)
        for path in self._committed():
            units = units - values[path]
        return np.asarray(np.maximum(units, 0.0) * values[self._delivered()])

    def notice_path(self) -> str:
        """The offer's own notice to move or, failing that, the capability's."""
        if self.offer.notice_days is not None:
            return f"offers[{self.offer.id}].notice_days"
        return f"capabilities[{self.capability.id}].notice_days"

    def _stated(self) -> tuple[str, ...] | None:
        if self.offer.units is not None:
            return (f"offers[{self.offer.id}].units",)
        rule = self.capability.pool
        stock: Quantity | None = self.nation.stocks.get(rule.stock) if rule else None
        if rule is None or stock is None:
            return None
        base = f"capabilities[{self.capability.id}].pool"
        return (
            f"nations[{self.nation.iso3}].stocks.{rule.stock}",
            f"{base}.units_per_item",
            f"{base}.usable_share",
        )

    def _committed(self) -> Iterator[str]:
        if self.offer.committed_units is not None:
            yield f"offers[{self.offer.id}].committed_units"

    def _delivered(self) -> str:
        return f"sourcing.pledge_levels[{self.offer.pledge}].delivered_share"

"""The answer to "how much force does this concept take?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backstop.futures.range import Range
from backstop.sizing.concept import Concept, Floats
from backstop.sizing.debate import DebateEntry
from backstop.sizing.estimate import Estimate
from backstop.sizing.gross_up import LedgerEntry
from backstop.sizing.methods.holding import Inversion
from backstop.sizing.regime import Regime
from backstop.sizing.rotation import Rotation


@dataclass(frozen=True, slots=True)
class Remark:
    """A weakness of the design that sizing shows."""

    severity: Literal["info", "warning", "critical"]
    """How much it matters."""
    text: str
    """The weakness, with number and unit."""
    sources: tuple[str, ...] = ()
    """What it rests on."""


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """How much force a concept takes, by every method, and the pool that sustains it."""

    concept: Concept
    """What was sized."""
    regime: Regime
    """The kind of force."""
    estimates: tuple[Estimate, ...]
    """What each method says."""
    leads: tuple[str, ...]
    """The methods the answer is mixed from, as likely as each other."""
    ledger: tuple[LedgerEntry, ...]
    """What was added to the lead methods' numbers, and what was not."""
    deployed: Floats
    """Troops in theatre, shape (worlds,)."""
    rotation: Rotation
    """Ratios of pool to deployed and dwell to tour."""
    pool: Floats
    """Troops it takes to keep them there without end, shape (worlds,)."""
    gross_ratio: Floats
    """Whole force for one combat soldier, shape (worlds,)."""
    inversion: Inversion | None
    """The smallest force that holds, where a campaign was supplied."""
    remarks: tuple[Remark, ...] = ()
    """Weaknesses of the design."""
    debate: tuple[DebateEntry, ...] = ()
    """Published figures, each with why it differs."""

    def estimate(self, method: str) -> Estimate:
        """The answer of one method."""
        return next(one for one in self.estimates if one.method == method)

    def to_dict(self) -> dict[str, object]:
        """The contract's ``sizing`` object; the two ratios are medians over worlds."""
        return {
            "regime": self.regime.name,
            "regime_because": self.regime.because,
            "line": self.concept.line,
            "line_km": Range.of(self.concept.line_km).to_dict(),
            "methods": [estimate.to_dict() for estimate in self.estimates],
            "leads": list(self.leads),
            "gross_up": [entry.to_dict() for entry in self.ledger],
            "deployed": Range.of(self.deployed).to_dict(),
            "pool": Range.of(self.pool).to_dict(),
            "pool_to_deployed": float(np.median(self.rotation.pool_to_deployed)),
            "dwell_to_tour": float(np.median(self.rotation.dwell_to_tour)),
            "debate": [entry.to_dict() for entry in self.debate],
        }

"""From people on the task to a whole force: each factor once, and only where it is missing."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.futures.range import Range
from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate
from backstop.sizing.factors import Factors
from backstop.sizing.regime import Regime


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One factor for one method: its value, and whether it was used."""

    method: str
    """The method whose number it would enlarge."""
    factor: str
    """The factor."""
    value: Range
    """What is added, as a share of the number before."""
    applied: bool
    """Whether it was used."""
    because: str
    """Why, or why not."""

    def to_dict(self) -> dict[str, object]:
        """The contract's form."""
        return {
            "method": self.method,
            "factor": self.factor,
            "value": self.value.to_dict(),
            "applied": self.applied,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Grossed:
    """A method's number as a whole force."""

    troops: Floats
    """Shape (worlds,)."""
    ledger: tuple[LedgerEntry, ...]
    """What was added, and what was not."""


def gross_up(estimate: Estimate, *, concept: Concept, factors: Factors, regime: Regime) -> Grossed:
    """total = troops · (1 + support) · (1 + command) · (1 + replacements), where each is missing.

    Whole missions and the units of a statement of requirements already count their support and
    headquarters; brigades and observers do not. The theatre reserve is part of the two line
    methods' own formula and is never added here.
    """
    assert estimate.troops is not None
    combat = estimate.basis == "combat"
    observers = estimate.method == "monitoring"
    path = "monitoring.support_share" if observers else "gross_up.support_share"
    whole = _WHOLE.get(estimate.method, "counted already")
    holds = regime.name == "holding"
    candidates = (
        ("support", factors[path], combat, "it counts people on the task only"),
        (
            "command",
            factors[f"gross_up.command_share.{concept.headquarters}"],
            combat,
            f"headquarters led at the level {concept.headquarters!r} come on top",
        ),
        (
            "casualty replacement",
            factors["gross_up.casualty_share"],
            combat and holds,
            "a front that is held loses people",
        ),
    )
    troops = estimate.troops
    ledger = []
    for factor, share, used, why in candidates:
        if used:
            troops = troops * (1.0 + share)
        reason = why if used else whole if not combat else "no front is held"
        ledger.append(LedgerEntry(estimate.method, factor, Range.of(share), used, reason))
    ledger.append(_reserve(estimate, concept))
    return Grossed(troops, tuple(ledger))


_WHOLE = {
    "frontage": "densities come from whole missions, which count it already",
    "analogue": "whole missions count it already",
    "package": "the units of the statement of requirements count it already",
}


def _reserve(estimate: Estimate, concept: Concept) -> LedgerEntry:
    used = estimate.method in ("frontage", "unit_frontage")
    because = (
        "the design's own reserve beside the force on the line, once, in the method's formula; "
        "that the missions behind the densities kept none to speak of is a judgement"
        if used
        else "this method does not start from a force on the line"
    )
    value = Range.of(concept.reserve_share)
    return LedgerEntry(estimate.method, "theatre reserve", value, used, because)

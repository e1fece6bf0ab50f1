"""Capability-led: the people in the units that the statement of requirements asks for."""

from __future__ import annotations

from backstop.sizing.concept import Concept
from backstop.sizing.estimate import Estimate
from backstop.sizing.regime import Regime


def package(concept: Concept, *, regime: Regime) -> Estimate:
    """Sum of units × people per unit; each unit counts its own support, so the basis is total."""
    if concept.package_troops is None:
        because = "The design has no statement of requirements."
        return Estimate("package", False, because, None, "total")
    if regime.name in ("presence", "none"):
        because = "A force that mans no line is the sum of what it must be able to do."
        return Estimate("package", True, because, concept.package_troops, "total")
    because = (
        "The force mans a line, so the line decides; the statement of requirements is set against "
        "it."
    )
    return Estimate("package", False, because, concept.package_troops, "total")

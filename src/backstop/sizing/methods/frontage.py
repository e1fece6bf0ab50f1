"""Force to space: troops for a length of line (Liddell Hart 1960; CSIS 2024)."""

from __future__ import annotations

from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate, Reading
from backstop.sizing.factors import Factors
from backstop.sizing.regime import Regime


def on_line(concept: Concept, density: Floats) -> Floats:
    """F = L · d · c · (1 + r), shape (worlds,).

    L is the length of the line in km, d troops per km, c the share that is covered and r the
    theatre reserve as a share of the force on the line.
    """
    force: Floats = concept.line_km * density * concept.covered_share
    return force * (1.0 + concept.reserve_share)


def frontage(concept: Concept, *, factors: Factors, regime: Regime) -> Estimate:
    """Troops for the covered line at the density of the regime.

    The readings show what the same line takes in every regime. Densities come from whole
    missions, so the basis is ``total``.
    """
    if not concept.has_line:
        return Estimate("frontage", False, "The design names no line.", None, "total")
    readings = tuple(
        Reading(
            density.id,
            f"a force that {density.title}",
            on_line(concept, factors[f"densities[{density.id}].troops_per_km"]),
        )
        for density in factors.table.densities
    )
    own = factors.density(regime.name)
    if own is None:
        because = f"A force of the regime {regime.name!r} mans no line; no density fits it."
        return Estimate("frontage", False, because, None, "total", (), readings)
    troops = next(reading.troops for reading in readings if reading.name == own.id)
    because = f"The force mans a line and {own.title}."
    return Estimate("frontage", True, because, troops, "total", own.troops_per_km.source, readings)

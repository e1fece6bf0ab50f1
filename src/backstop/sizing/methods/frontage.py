"""Force to space: troops for a length of line (Liddell Hart 1960; CSIS 2024)."""

from __future__ import annotations

from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate, Reading
from backstop.sizing.factors import Factors
from backstop.sizing.regime import Regime, manned_km


def on_line(manned_km: Floats, *, density: Floats, concept: Concept) -> Floats:
    """F = L · c · d · (1 + r), shape (worlds,).

    L · c are the kilometres that are manned, d is troops per km and r the theatre reserve as a
    share of the force on the line.
    """
    force: Floats = manned_km * density
    return force * (1.0 + concept.reserve_share)


def frontage(concept: Concept, *, factors: Factors, regime: Regime) -> Estimate:
    """Troops for the covered line at the density of the regime.

    The readings show what the line takes in every regime: the covered part of it, or all of it
    when the design mans none. Densities come from whole
    missions, so the basis is ``total``.
    """
    if not concept.has_line:
        return Estimate("frontage", False, "The design names no line.", None, "total")
    readings = tuple(
        Reading(
            density.id,
            f"a force that {density.title}",
            on_line(
                manned_km(concept, regime=regime),
                density=factors[f"densities[{density.id}].troops_per_km"],
                concept=concept,
            ),
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

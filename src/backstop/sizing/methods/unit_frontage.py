"""Brigades for a length of front: the staff method (CSIS 2024: a brigade for 7 km at the most)."""

from __future__ import annotations

from backstop.sizing.concept import Concept
from backstop.sizing.estimate import Estimate, Reading, pick
from backstop.sizing.factors import Factors
from backstop.sizing.methods.frontage import on_line
from backstop.sizing.regime import Regime, manned_km


def unit_frontage(concept: Concept, *, factors: Factors, regime: Regime) -> Estimate:
    """Soldiers in the brigades that hold the covered line: L · c / w · (1 + r) · brigade.

    w is kilometres per brigade, on which the sources disagree by a factor of three: each is a
    reading, and all weigh the same. The basis is ``combat``: support and command above the
    brigade come on top.
    """
    if not concept.has_line:
        return Estimate("unit_frontage", False, "The design names no line.", None, "combat")
    brigade = factors["brigade_troops"]
    readings = tuple(
        Reading(
            row.id,
            row.title,
            on_line(
                manned_km(concept, regime=regime),
                density=brigade / factors[f"frontages[{row.id}].km_per_brigade"],
                concept=concept,
            ),
        )
        for row in factors.table.frontages
    )
    applies = regime.name == "holding"
    because = (
        "Brigades hold the front."
        if applies
        else f"Kilometres per brigade are for holding a front; the regime is {regime.name!r}."
    )
    quantities = [row.km_per_brigade for row in factors.table.frontages]
    quantities.append(factors.table.brigade_troops)
    sources = dict.fromkeys(source for quantity in quantities for source in quantity.source)
    troops = pick(readings, draw=concept.reading_draw)
    return Estimate("unit_frontage", applies, because, troops, "combat", tuple(sources), readings)

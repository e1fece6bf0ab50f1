"""Force to population: a rule for stability operations, and the wrong mission here."""

from __future__ import annotations

from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate
from backstop.sizing.factors import Factors


def population(concept: Concept, *, factors: Factors) -> Estimate:
    """Troops = rate per 1,000 × population (Quinlivan 1995).

    Always computed and never used: it sizes a force that polices a population, and even there
    171 campaigns give it no support (Friedman 2011).
    """
    troops: Floats = factors["rate_per_1000"] * concept.population_m * 1000.0
    because = (
        "The wrong mission: the rule is for policing a population after a war within it, not for "
        "a ceasefire between states; Friedman (2011, 171 campaigns) finds no support for it even "
        "there."
    )
    sources = factors.table.rate_per_1000.source
    return Estimate("population", False, because, troops, "total", sources)

"""Which kind of force a concept is: the question that comes before any number.

The public debate puts monitors, peacekeepers, tripwires and armies on one scale of troops. They
are different regimes, with densities that differ by two orders of magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backstop.scenario.regime import RegimeName
from backstop.sizing.concept import Concept, Floats

_PLACE = {"rear": "in the rear", "outside": "on allies' soil"}


@dataclass(frozen=True, slots=True)
class Regime:
    """The kind of force, and why."""

    name: RegimeName
    """Its name."""
    because: str
    """The reason, in a sentence."""


def classify(concept: Concept, *, consent_needed: Floats) -> Regime:
    """The regime of a concept, from its task, its stationing and the parties' consent.

    Parameters
    ----------
    concept : Concept
    consent_needed : array, shape (worlds,)
        Consent below which a force between the parties has to be able to enforce.

    Returns
    -------
    Regime
        One for all worlds: that of most of them.
    """
    match concept.task:
        case "none":
            return Regime("none", "The design puts no force on the ground.")
        case "observe":
            return Regime("monitoring", "It observes and reports; it keeps nobody apart.")
        case "interpose":
            return _between(concept, consent_needed)
        case "separate":
            return Regime("separation", "It has to keep the parties apart, by force if it must.")
        case "hold" if concept.stationing == "front":
            return Regime("holding", "It holds ground against an army, along the line.")
        case "deter" if concept.stationing == "front":
            return Regime(
                "separation",
                "It deters by standing along the line, where it must be able to enforce.",
            )
    place = _PLACE[concept.stationing]
    if concept.task == "hold":
        return Regime(
            "presence", f"It is to hold but stands {place}: it can reinforce, not hold a line."
        )
    return Regime(
        "presence",
        f"It deters by being {place}; its size follows from what it must be able to do there, "
        "not from kilometres.",
    )


def manned_km(concept: Concept, *, regime: Regime) -> Floats:
    """Kilometres that a method counts: the covered line, or all of it where none is to be manned.

    For a presence the line methods answer what manning the line *would* take.
    """
    if regime.name in ("presence", "none"):
        return concept.line_km
    covered: Floats = concept.line_km * concept.covered_share
    return covered


def _between(concept: Concept, consent_needed: Floats) -> Regime:
    accepted = float(np.mean(concept.consent_share >= consent_needed))
    if accepted >= 0.5:
        return Regime(
            "interposition",
            f"It stands between parties whose consent suffices in {accepted:.0%} of worlds.",
        )
    return Regime(
        "separation",
        "It stands between parties whose consent is too weak to rely on in "
        f"{1 - accepted:.0%} of worlds, so it must be able to enforce.",
    )

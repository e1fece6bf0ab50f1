"""By analogy: the nearest historical missions, scaled three ways that disagree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log

import numpy as np

from backstop.scenario.mission import Mission, MissionKind
from backstop.scenario.quantity import Quantity
from backstop.scenario.regime import RegimeName
from backstop.sizing.concept import Concept, Floats
from backstop.sizing.estimate import Estimate, Reading, mixture
from backstop.sizing.regime import Regime, manned_km
from backstop.sizing.words import brief

#: The kind of mission that a regime is compared with.
KIND: dict[RegimeName, MissionKind] = {
    "presence": "deterrent",
    "monitoring": "observer",
    "interposition": "interposition",
    "separation": "separation",
    "holding": "front-holding",
}

#: Missions behind one scaling.
NEAREST = 3

_CONSENT = {"yes": 1.0, "partly": 0.5, "no": 0.0}


def distance(concept: Concept, mission: Mission) -> float:
    """How unlike a mission is: mean of the logarithms of the ratios of size, consent, mandate.

    Line, area and population enter by |ln(theirs / ours)|, an unknown one as a factor of e;
    consent by its difference on 0 to 1; another mandate counts as half a unit.
    """
    sizes = (
        (concept.line_km, mission.line_km),
        (concept.area_km2, mission.area_km2),
        (concept.population_m, mission.population_m),
    )
    ratios = [_ratio(float(np.median(ours)), theirs) for ours, theirs in sizes]
    consent = abs(float(np.mean(concept.consent_share)) - _CONSENT[mission.consent])
    mandate = 0.5 if concept.mandate and concept.mandate != mission.mandate else 0.0
    return float(np.mean(ratios)) + consent + mandate


def _ratio(ours: float, theirs: Quantity | None) -> float:
    if ours <= 0:
        return 0.0
    if theirs is None or theirs.central <= 0:
        return 1.0
    return abs(log(theirs.central / ours))


def analogue(concept: Concept, *, missions: Sequence[Mission], regime: Regime) -> Estimate:
    """The nearest missions of the regime's kind, scaled per km, per km² and per 1,000 people.

    Each scaling uses the nearest three missions for which it is known, as likely as each other.
    A line force goes by the kilometre; a presence by strength as it was, since it covers nothing.
    """
    kind = KIND.get(regime.name)
    alike = [m for m in missions if m.kind == kind and m.strength is not None]
    alike.sort(key=lambda mission: (distance(concept, mission), mission.id))
    if not alike:
        because = "No mission in the table is of this kind."
        return Estimate("analogue", False, because, None, "total")
    line_km = manned_km(concept, regime=regime)
    scalings = [
        _scaled("per km of line", alike, lambda m: m.troops_per_km, line_km, concept),
        _scaled("per km²", alike, lambda m: m.troops_per_km2, concept.area_km2, concept),
        _scaled(
            "per 1,000 people",
            alike,
            lambda m: m.troops_per_1000,
            concept.population_m * 1000.0,
            concept,
        ),
        _scaled("as it was", alike, _strength, np.ones(concept.worlds), concept),
    ]
    readings = tuple(scaling[0] for scaling in scalings if scaling is not None)
    used = dict.fromkeys(m.id for scaling in scalings if scaling is not None for m in scaling[1])
    wanted = "as it was" if regime.name == "presence" else "per km of line"
    lead = next((reading for reading in readings if reading.name == wanted), None)
    if lead is None:
        because = f"Of the {kind} missions in the table none has a known length of line."
    else:
        because = f"Nearest {kind} missions: {lead.because}. The scalings disagree."
    return Estimate(
        "analogue",
        lead is not None,
        because,
        None if lead is None else lead.troops,
        "total",
        tuple(f"mission:{name}" for name in used),
        readings,
    )


def _strength(mission: Mission) -> float | None:
    return None if mission.strength is None else mission.strength.central


def _scaled(
    name: str,
    alike: Sequence[Mission],
    rate: Callable[[Mission], float | None],
    measure: Floats,
    concept: Concept,
) -> tuple[Reading, tuple[Mission, ...]] | None:
    """One scaling: in each world the rate of one of the nearest missions, times our measure."""
    known = [(mission, value) for mission in alike if (value := rate(mission)) is not None]
    nearest = known[:NEAREST]
    if not nearest or not bool(np.any(measure > 0)):
        return None
    troops = mixture(tuple(measure * value for _, value in nearest), draw=concept.reading_draw)
    because = ", ".join(f"{mission.name} {brief(value)}" for mission, value in nearest)
    return Reading(name, f"{because} {name}", troops), tuple(mission for mission, _ in nearest)

"""From a design to the concept that sizing answers for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.statement import DAYS_PER_MONTH, Calendar
from backstop.assessment.worlds import Futures
from backstop.campaign.holding import holds
from backstop.futures import resolve
from backstop.scenario.design import Land, Monitoring
from backstop.scenario.scenario import Case
from backstop.sizing.concept import Concept, MonitoringNeed
from backstop.sizing.factors import Factors
from backstop.sizing.regime import classify
from backstop.sizing.requirement import Requirement
from backstop.sizing.stage import size

Floats = NDArray[np.float64]


#: Worlds in which a campaign is fought for every force that the search for the smallest tries.
FOUGHT = 256


def size_case(
    case: Case, futures: Futures, *, calendar: Calendar, inverted: bool = False
) -> Requirement:
    """How much force the design takes.

    A force that is to hold is also sized by fighting the campaign with one force after another;
    ``inverted`` asks for that whatever the regime, as long as there is a force on the ground.
    """
    scenario = case.scenario
    concept = concept_of(case, futures, calendar=calendar)
    factors = Factors(scenario.sizing, resolve(scenario.sizing, futures.worlds, prefix="sizing"))
    regime = classify(concept, consent_needed=factors["consent_needed"])
    fights = inverted or regime.name == "holding"
    possible = case.design.land is not None and scenario.file.campaign is not None
    return size(
        concept,
        factors=factors,
        missions=scenario.missions,
        figures=scenario.file.debate,
        holds=holds(case, worlds=range(FOUGHT), seed=futures.seed) if fights and possible else None,
    )


def concept_of(case: Case, futures: Futures, *, calendar: Calendar) -> Concept:
    """The concept of a design; without forces on the ground its task is ``none``."""
    design = case.design
    base = f"designs[{design.id}]"
    worlds = len(futures)
    zero, full = np.zeros(worlds), np.full
    land = design.land

    def of_land(key: str) -> Floats:
        return zero if land is None else futures[f"{base}.land.{key}"]

    line_km = zero if land is None else futures[f"theatre.lines[{land.line}].length_km"]
    return Concept(
        task="none" if land is None else land.task,
        stationing=land.stationing if land else "outside",
        headquarters=land.headquarters if land else "none",
        mandate=_mandate(case),
        line=_line_title(case, land),
        consent_share=of_land("consent"),
        line_km=line_km,
        covered_share=of_land("covered_share"),
        reserve_share=of_land("reserve_share"),
        area_km2=futures["theatre.area_km2"],
        population_m=futures["theatre.population_m"],
        tour_months=full(worlds, float(design.rotation.tour_months)),
        dwell_months=futures[f"{base}.rotation.dwell_months"],
        overlap_months=futures[f"{base}.rotation.overlap_days"] / DAYS_PER_MONTH,
        method_draw=futures.uniforms("sizing method"),
        reading_draw=futures.uniforms("sizing reading"),
        package_troops=package_troops(case, futures, calendar=calendar),
        monitoring=_monitoring(futures, base, design.monitoring),
    )


def package_troops(case: Case, futures: Futures, *, calendar: Calendar) -> Floats | None:
    """People in the units of the statement of requirements, in the rotation with the most."""
    design = case.design
    if not design.requirements:
        return None
    total = np.zeros((calendar.rotations, len(futures)))
    for requirement in design.requirements:
        units = futures[f"designs[{design.id}].requirements[{requirement.id}].units"]
        people = units * futures[f"capabilities[{requirement.capability}].troops_per_unit"]
        for rotation in range(calendar.rotations):
            if calendar.active(requirement, rotation):
                total[rotation] += people
    return np.asarray(total.max(axis=0))


def _monitoring(futures: Futures, base: str, block: Monitoring | None) -> MonitoringNeed | None:
    if block is None:
        return None
    return MonitoringNeed(
        detection_per_km_day=futures[f"{base}.monitoring.detection_per_km_day"],
        access_share=futures[f"{base}.monitoring.access_share"],
        night_share=futures[f"{base}.monitoring.night_share"],
    )


def _mandate(case: Case) -> str:
    """How the missions table calls the design's first route."""
    bodies = (case.scenario.body(step.body) for step in case.design.mandate.routes[0].steps)
    return next((body.mandate for body in bodies if body.mandate is not None), "")


def _line_title(case: Case, land: Land | None) -> str:
    lines = case.scenario.file.theatre.lines
    return next((line.title for line in lines if land and line.id == land.line), "")

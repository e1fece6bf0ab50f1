"""The sizing stage: classify first, then size by every method, then gross up and rotate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstop.futures.range import Range
from backstop.scenario.debate import DebateFigure
from backstop.scenario.mission import Mission
from backstop.scenario.regime import RegimeName
from backstop.sizing.concept import Concept, Floats
from backstop.sizing.debate import Computed, debate
from backstop.sizing.estimate import Estimate, mixture
from backstop.sizing.factors import Factors
from backstop.sizing.gross_up import LedgerEntry, gross_up
from backstop.sizing.methods.analogue import analogue
from backstop.sizing.methods.frontage import frontage
from backstop.sizing.methods.holding import Holds, holding
from backstop.sizing.methods.monitoring import monitoring
from backstop.sizing.methods.package import package
from backstop.sizing.methods.population import population
from backstop.sizing.methods.unit_frontage import unit_frontage
from backstop.sizing.regime import Regime, classify
from backstop.sizing.requirement import Remark, Requirement
from backstop.sizing.rotation import Rotation, rotation
from backstop.sizing.words import people

#: The methods a regime's answer is mixed from: the first group of which any applies.
LEADS: dict[RegimeName, tuple[tuple[str, ...], ...]] = {
    "none": (("package",),),
    "presence": (("package",), ("analogue",)),
    "monitoring": (("monitoring", "frontage"),),
    "interposition": (("frontage", "analogue"),),
    "separation": (("frontage",),),
    "holding": (("holding",), ("unit_frontage", "frontage")),
}


def size(
    concept: Concept,
    *,
    factors: Factors,
    missions: Sequence[Mission],
    figures: Sequence[DebateFigure] = (),
    holds: Holds | None = None,
    certainty: float = 0.9,
) -> Requirement:
    """How much force a concept takes.

    ``missions`` are the precedents to measure against and ``figures`` the published numbers to
    explain. ``holds``, from a campaign, says for a number of combat troops whether the line holds,
    shape (worlds,); it has to hold with probability ``certainty``.
    """
    regime = classify(concept, consent_needed=factors["consent_needed"])
    held, inversion = holding(concept, regime=regime, holds=holds, certainty=certainty)
    estimates = (
        frontage(concept, factors=factors, regime=regime),
        unit_frontage(concept, factors=factors, regime=regime),
        population(concept, factors=factors),
        analogue(concept, missions=missions, regime=regime),
        monitoring(concept, factors=factors, regime=regime),
        held,
        package(concept, regime=regime),
    )
    answer = _mix(estimates, concept=concept, factors=factors, regime=regime)
    turns = _rotation(concept)
    requirement = Requirement(
        concept=concept,
        regime=regime,
        estimates=estimates,
        leads=answer.leads,
        ledger=answer.ledger,
        deployed=answer.deployed,
        rotation=turns,
        pool=turns.pool(answer.deployed),
        gross_ratio=_gross_ratio(concept, factors=factors, regime=regime),
        inversion=inversion,
    )
    return replace(
        requirement,
        remarks=tuple(_remarks(requirement)),
        debate=debate(figures, computed=_computed(requirement), missions=missions),
    )


def _rotation(concept: Concept) -> Rotation:
    return rotation(
        tour_months=concept.tour_months,
        dwell_months=concept.dwell_months,
        overlap_months=concept.overlap_months,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    leads: tuple[str, ...]
    ledger: tuple[LedgerEntry, ...]
    deployed: Floats


def _mix(
    estimates: Sequence[Estimate], *, concept: Concept, factors: Factors, regime: Regime
) -> _Answer:
    """The lead methods as whole forces; each world takes the one its draw falls on."""
    by_name = {estimate.method: estimate for estimate in estimates}
    for group in LEADS[regime.name]:
        usable = [by_name[m] for m in group if by_name[m].applies and by_name[m].troops is not None]
        if usable:
            break
    else:
        return _Answer((), (), np.zeros(concept.worlds))
    whole = [gross_up(e, concept=concept, factors=factors, regime=regime) for e in usable]
    return _Answer(
        leads=tuple(estimate.method for estimate in usable),
        ledger=tuple(entry for grossed in whole for entry in grossed.ledger),
        deployed=mixture(tuple(grossed.troops for grossed in whole), draw=concept.method_draw),
    )


def _gross_ratio(concept: Concept, *, factors: Factors, regime: Regime) -> Floats:
    """What one combat soldier becomes with everything that comes on top."""
    one = Estimate("unit_frontage", True, "", np.ones(concept.worlds), "combat")
    return gross_up(one, concept=concept, factors=factors, regime=regime).troops


def _computed(requirement: Requirement) -> Computed:
    concept = requirement.concept
    return Computed(
        regime=requirement.regime.name,
        deployed=Range.of(requirement.deployed),
        line=concept.line,
        covered_km=float(np.median(concept.line_km * concept.covered_share)),
        line_km=float(np.median(concept.line_km)),
        pool_to_deployed=float(np.median(requirement.rotation.pool_to_deployed)),
        gross_ratio=float(np.median(requirement.gross_ratio)),
    )


def _remarks(requirement: Requirement) -> list[Remark]:
    remarks = []
    concept, regime = requirement.concept, requirement.regime
    deployed = Range.of(requirement.deployed)
    if concept.task == "hold" and regime.name == "presence":
        remarks.append(Remark("critical", regime.because))
    if not requirement.leads and regime.name not in ("none", "presence"):
        text = "No method gives a size: the design names no line to man."
        remarks.append(Remark("critical", text))
    if regime.name == "presence" and "analogue" in requirement.leads:
        text = "The design states no requirements, so its size is only that of earlier deterrents."
        remarks.append(Remark("warning", text))
    asked = requirement.estimate("package")
    if requirement.leads and asked.troops is not None and asked.method not in requirement.leads:
        remarks += _shortfall(Range.of(asked.troops), deployed, requirement)
    inversion = requirement.inversion
    if inversion is not None and not (inversion.bounded and inversion.monotone):
        text = (
            "The smallest force that holds is not pinned down: "
            + ("" if inversion.bounded else "too few worlds for its upper end. ")
            + ("" if inversion.monotone else "Of two forces tried the larger held less often.")
        )
        remarks.append(Remark("warning", text.strip()))
    return remarks


def _shortfall(asked: Range, deployed: Range, requirement: Requirement) -> list[Remark]:
    """A statement of requirements that is smaller than what the line takes."""
    if asked.p50 >= deployed.p50:
        return []
    text = (
        f"The statement of requirements asks for {people(asked.p50)} people; a force of the regime "
        f"{requirement.regime.name!r} on this line takes {people(deployed.p50)} "
        f"({people(deployed.p05)} to {people(deployed.p95)})."
    )
    return [Remark("critical" if asked.p95 < deployed.p05 else "warning", text)]

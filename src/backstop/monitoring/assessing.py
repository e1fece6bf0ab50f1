"""Whose act was it? What a person assesses of an incident, entered with what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.errors import InputError, Problem
from backstop.monitoring.assessment import Assessment
from backstop.monitoring.deciding import incident_named
from backstop.monitoring.incidents import Entered, incident_drafts
from backstop.monitoring.known import Known
from backstop.scenario.ident import near
from backstop.watch.actors import UNDETERMINED, Attribution
from backstop.watch.agreement import Agreement
from backstop.watch.identity import identify
from backstop.watch.ledger import Ledger
from backstop.watch.record import Incident


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment that was entered."""

    assessment: Assessment
    outsiders: tuple[str, ...]
    """Those named that are no party of the agreement."""
    entered: Entered

    def to_dict(self) -> dict[str, Any]:
        """As ``backstop watch assess --json`` prints it."""
        return {
            "incident": self.assessment.incident,
            "reports": len(self.assessment.reports),
            "assessed": dict(self.assessment.held.parties),
            "basis": list(self.assessment.held.basis),
            "assessor": self.assessment.held.assessor,
            "outsiders": list(self.outsiders),
            "ledger": self.entered.to_dict(),
        }


def assess_incident(
    known: Known,
    ledger: Ledger,
    name: str,
    *,
    shares: Sequence[tuple[str, float]],
    basis: Sequence[str],
    assessor: str,
    agreement: Agreement,
    now: datetime,
) -> Assessed:
    """Enter whose act an incident was, and the incident with it.

    Parameters
    ----------
    name : str
        The incident, or one of its reports.
    shares : sequence of name and probability
        What they leave of one is undetermined.
    basis : sequence of str
        What it rests on.
    assessor : str
        The role of the person, not a name.

    Raises
    ------
    InputError
        When the shares are more than one, a party is named twice or nearly like another.
    NotFound
        When there is no such incident.
    """
    named, outsiders = _parties(shares, agreement)
    subject, incident = _incident(known, name)
    keys = {(who := identify(one)).id: who.key for _, one in known.observations}
    reports = frozenset(keys[member] for member, _ in incident.members if member in keys)
    if not reports:
        raise InputError([Problem(name, 0, 0, "", "holds no report of this record to assess")])
    held = Attribution(tuple(named.items()), tuple(basis), assessor)
    made = Assessment(subject, reports, held)
    told = replace(incident, actors=replace(incident.actors, assessed=held))
    drafts, entered = incident_drafts(known, [told], gone=(), carried=False)
    ledger.append([made.draft(now), *drafts], author="assessment", now=now)
    return Assessed(made, outsiders, entered)


def _incident(known: Known, name: str) -> tuple[str, Incident]:
    """By its own name, or by that of one of its reports."""
    for held, one in known.observations:
        if held.subject == name:
            member = identify(one).id
            for subject, incident in ((at.subject, it) for at, it in known.incidents):
                if member in dict(incident.members):
                    return subject, incident
    return incident_named(known, name)


def _parties(
    shares: Sequence[tuple[str, float]], agreement: Agreement
) -> tuple[Mapping[str, float], tuple[str, ...]]:
    """Shares by party of the agreement, the rest undetermined, and those who are none."""
    known: Collection[str] = [one.id for one in agreement.parties]
    found: dict[str, float] = {}
    outsiders = []
    for name, share in shares:
        party = agreement.party(name)
        called = party.id if party else name
        if called in found:
            raise _wrong(f"{called[:60]} is named twice")
        if party is None and name != UNDETERMINED:
            if meant := near(name, [*known, UNDETERMINED]):
                raise _wrong(f"the agreement knows no {name[:60]!r}; did you mean {meant!r}?")
            outsiders.append(name)
        found[called] = share
    left = 1 - sum(found.values())
    if left < -1e-9:
        raise _wrong(f"the shares add up to {1 - left:.6g}, more than one")
    if left > 1e-9:
        found[UNDETERMINED] = found.get(UNDETERMINED, 0.0) + left
    return found, tuple(outsiders)


def _wrong(message: str) -> InputError:
    return InputError([Problem("--by", 0, 0, "", message)])

"""What a person assessed of whose act it was: an entry of the ledger that outlives fusions.

An incident is made anew by each fusion, so an assessment names the reports that it was made of. It
stands for the incident that holds all of them; where they were divided since it stands for none,
and has to be made again. Of several the last counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.monitoring.known import Known
from backstop.watch.actors import Attribution
from backstop.watch.identity import identify
from backstop.watch.ledger import Draft, Kind, canonical_json
from backstop.watch.record import Incident

_SCHEMA = "backstop/assessment/1"


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whose act it was, as one person sees it."""

    incident: str
    """How the ledger called the incident then."""
    reports: frozenset[str]
    """Keys of the reports that it was made of."""
    held: Attribution

    def draft(self, now: datetime) -> Draft:
        """Its entry."""
        body = {
            "schema": _SCHEMA,
            "incident": self.incident,
            "reports": sorted(self.reports),
            "parties": dict(self.held.parties),
            "basis": list(self.held.basis),
            "assessor": self.held.assessor,
            "at": now.isoformat(),
        }
        return Draft(Kind.ATTRIBUTION, canonical_json(body), self.incident)


def _read(body: Mapping[str, Any]) -> Assessment:
    parties = tuple((str(name), float(share)) for name, share in body["parties"].items())
    held = Attribution(parties, tuple(map(str, body["basis"])), str(body["assessor"]))
    return Assessment(str(body["incident"]), frozenset(map(str, body["reports"])), held)


def with_assessments(known: Known, incidents: Iterable[Incident]) -> Iterator[Incident]:
    """The incidents, each with the last assessment of its reports, where there is one."""
    said = [_read(one) for one in known.attributions]
    if not said:
        yield from incidents
        return
    keys = {(who := identify(one)).id: who.key for _, one in known.observations}
    of_report: dict[str, list[int]] = {}
    for number, one in enumerate(said):
        for report in one.reports:
            of_report.setdefault(report, []).append(number)
    for incident in incidents:
        reports = {keys[member] for member, _ in incident.members if member in keys}
        told = {number for report in reports for number in of_report.get(report, ())}
        standing = [number for number in told if said[number].reports <= reports]
        if standing:
            actors = replace(incident.actors, assessed=said[max(standing)].held)
            incident = replace(incident, actors=actors)
        yield incident

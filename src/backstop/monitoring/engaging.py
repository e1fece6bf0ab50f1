"""What the rules of engagement say comes next: events of the ledger and incidents of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstop.monitoring.known import Known
from backstop.watch.engagement import Event, Machine, of_incident
from backstop.watch.engagement.entries import recorded_events
from backstop.watch.engagement.follow import BEGINNING
from backstop.watch.engagement.judge import judge
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import Position
from backstop.watch.identity import identify
from backstop.watch.ledger import Entry

#: The rules that go with a shipped agreement or scenario.
OF_AGREEMENT = {"tcg-measures-2020": "tcg-2020"}
OF_SCENARIO = {"ukraine-2025": "ukraine-2025"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the rules stand in one case."""

    case: str
    title: str
    position: Position


def rules_for(*, agreement: str, scenario: str) -> str:
    """The name of the shipped rules for a mission; empty where there are none."""
    return OF_AGREEMENT.get(agreement) or OF_SCENARIO.get(scenario, "")


def standings(
    machine: Machine, known: Known, entries: Iterable[Entry], *, now: datetime
) -> tuple[Standing, ...]:
    """Where the rules stand, from the events entered and the incidents that were attributed.

    An incident that nobody was found to have caused moves nothing.
    """
    latest: dict[str, Event] = {}
    for event in recorded_events(entries):
        held = latest.get(event.id)
        if held is None or event.revision > held.revision:
            latest[event.id] = event
    for one in _attributed(known):
        latest.setdefault(one.id, one)
    found = []
    for case in machine.cases:
        matcher = Matcher(machine, case)
        kept = [e for e in latest.values() if e.revision > 0 or matcher.meant(e)]
        facts = tuple(sorted(kept, key=lambda e: (e.at, e.id)))
        found.append(Standing(case.id, case.title, judge(matcher, facts, now)))
    return tuple(found)


def _attributed(known: Known) -> Iterable[Event]:
    for held, incident in known.incidents:
        if incident.actors.assessed is None:
            continue
        verdict: Mapping[str, Any] = known.verdicts.get(identify(incident).id, {})
        clauses = verdict.get("clauses") or [""]
        yield of_incident(
            incident,
            assessment=str(verdict.get("outcome", "")),
            clause=str(clauses[0]),
            sector=incident.place.region,
            reported=held.at,
        )


def engagement_dict(machine: Machine, found: Iterable[Standing]) -> dict[str, Any]:
    """What ``status`` says of the rules."""
    return {
        "rules": machine.name,
        "title": machine.title,
        "basis": machine.basis,
        "cases": [
            {
                "case": one.case,
                "title": one.title,
                "state": one.position.state,
                "state_title": machine.state(one.position.state).title,
                "since": _time(one.position.since),
                "permits": list(one.position.permits),
                "next": [
                    {
                        "kind": r.kind,
                        "by": list(r.by),
                        "text": r.text,
                        "clause": r.clause or None,
                        "due": _time(r.due),
                    }
                    for r in one.position.recommendations
                ],
                "breaches": [
                    {"at": _time(b.at), "sentence": b.sentence, "certain": b.certain}
                    for b in one.position.breaches
                ],
            }
            for one in found
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None or moment == BEGINNING else moment.isoformat()

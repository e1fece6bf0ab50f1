"""What the rules of engagement say comes next: the events that were entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstop.monitoring.proposing import Proposal, states_of
from backstop.watch.engagement import Machine
from backstop.watch.engagement.follow import BEGINNING
from backstop.watch.engagement.position import Position
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


def standings(machine: Machine, entries: Iterable[Entry], *, now: datetime) -> tuple[Standing, ...]:
    """Where the rules stand, from the events that were entered.

    An incident of the record moves nothing before a person has confirmed it.
    """
    states = states_of(machine, entries, now=now)
    return tuple(Standing(case.id, case.title, states[case.id].position) for case in machine.cases)


def engagement_dict(
    machine: Machine, found: Iterable[Standing], waiting: Sequence[Proposal]
) -> dict[str, Any]:
    """What ``status`` says of the rules."""
    return {
        "rules": machine.name,
        "title": machine.title,
        "basis": machine.basis,
        "proposals": [one.to_dict() for one in waiting],
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

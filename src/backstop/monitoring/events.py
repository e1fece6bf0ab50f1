"""An event of the rules of engagement: into the ledger, with all that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstop.watch.engagement import (
    Event,
    Machine,
    Step,
    alert_of,
    cap_xml,
    fold,
    step_all,
)
from backstop.watch.ledger import Kind, Ledger


@dataclass(frozen=True, slots=True)
class Taken:
    """What an event brought, by case."""

    rules: str
    steps: Mapping[str, Step]
    entered: int
    alerts: Mapping[str, str]
    """Alerts in CAP 1.2, by the name of their file."""

    def to_dict(self) -> dict[str, Any]:
        """As ``backstop watch engage --json`` prints it."""
        return {
            "rules": self.rules,
            "entered": self.entered,
            "alerts": sorted(self.alerts),
            "cases": {
                case: {
                    "state": step.state.position.state,
                    "remark": step.remark,
                    "recommendations": [r.text for r in step.recommendations],
                    "notices": [{"to": list(n.to), "text": n.text} for n in step.notices],
                    "breaches": [b.sentence for b in step.breaches],
                }
                for case, step in self.steps.items()
            },
        }

    def lines(self) -> Iterator[str]:
        """The same for a terminal."""
        for case, step in self.steps.items():
            yield f"{self.rules}, {case}: {step.state.position.state}"
            if step.remark:
                yield f"  {step.remark}"
            for notice in step.notices:
                yield f"  tell {', '.join(notice.to)}: {notice.text}"
            for breach in step.breaches:
                yield f"  breach: {breach.sentence}"
            for one in step.recommendations:
                yield f"  {one.kind}: {', '.join(one.by) or 'everybody'}: {one.text}"
        yield f"{self.entered} {'entry' if self.entered == 1 else 'entries'}"


def take_event(
    machine: Machine,
    ledger: Ledger,
    *,
    event: Event | None,
    now: datetime,
    sender: str,
    actual: bool = False,
) -> Taken:
    """Follow an event, or only the time, through every case, and enter what came of it."""
    kinds = (Kind.TRANSITION, Kind.ACKNOWLEDGEMENT)
    entries = list(ledger.entries(kinds=kinds))
    # As at the last event entered, so that deadlines which passed since are new and are entered.
    then = max((entry.at for entry in entries), default=now)
    states = {
        case.id: fold(machine, case=case.id, entries=entries, now=min(then, now))
        for case in machine.cases
    }
    steps, drafts = step_all(machine, states=states, event=event, now=now)
    if drafts:
        ledger.append(drafts, author="engagement", now=now)
    alerts: dict[str, str] = {}
    for case, step in steps.items():
        before = {move.key for move in states[case].position.moves}
        for move in step.state.position.moves:
            if move.key in before:
                continue
            alert = alert_of(
                machine, case=case, move=move, sender=sender, sent=now,
                status="Actual" if actual else "Exercise",
            )  # fmt: skip
            if alert is not None:
                alerts[f"{case}-{move.key}.xml"] = cap_xml(alert).decode()
    return Taken(machine.name, steps, len(drafts), alerts)

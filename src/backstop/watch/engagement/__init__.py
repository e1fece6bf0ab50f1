"""Rules of engagement as a state machine over incidents. It recommends; it never acts.

``step(machine, state=…, event=…, now=…)`` says what follows from an event; ``fold`` gives the state
that a ledger amounts to; ``alert_of`` writes a transition as a CAP 1.2 alert.
"""

from backstop.watch.engagement.cap import Alert, Area, alert_of, area_of, cap_xml
from backstop.watch.engagement.cap_check import cap_faults
from backstop.watch.engagement.engage import State, Step, begin, fold, step, step_all
from backstop.watch.engagement.event import Event, of_incident
from backstop.watch.engagement.machine import Machine
from backstop.watch.engagement.position import (
    Breach,
    Lapse,
    Move,
    Notice,
    Position,
    Recommendation,
)
from backstop.watch.engagement.reading import SHIPPED, read_machine, shipped_machine

__all__ = [
    "SHIPPED",
    "Alert",
    "Area",
    "Breach",
    "Event",
    "Lapse",
    "Machine",
    "Move",
    "Notice",
    "Position",
    "Recommendation",
    "State",
    "Step",
    "alert_of",
    "area_of",
    "begin",
    "cap_faults",
    "cap_xml",
    "fold",
    "of_incident",
    "read_machine",
    "shipped_machine",
    "step",
    "step_all",
]

"""Rules of engagement, step by step: an event in, what follows from it out. It never acts.

``step`` is pure: machine, state, event and time in; the new state, and what is to be recorded and
said, out. The state can be had again at any time by folding the entries of the ledger.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backstop.errors import NotFound
from backstop.scenario.ident import did_you_mean
from backstop.watch.engagement.entries import (
    case_draft,
    draft,
    event_draft,
    recorded_events,
    things,
)
from backstop.watch.engagement.event import Event, time_text
from backstop.watch.engagement.follow import BEGINNING
from backstop.watch.engagement.judge import judge
from backstop.watch.engagement.machine import Machine
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import Breach, Notice, Position, Recommendation
from backstop.watch.ledger import Draft, Entry


@dataclass(frozen=True, slots=True)
class State:
    """All that a case rests on: the events known, the latest time heard of, and what follows."""

    case: str
    facts: tuple[Event, ...]
    """In the order of time, then id; of each event its last revision."""
    clock: datetime
    position: Position


@dataclass(frozen=True, slots=True)
class Step:
    """What an event, or the passing of time, brought."""

    state: State
    recommendations: tuple[Recommendation, ...]
    """Those that were not there before."""
    notices: tuple[Notice, ...]
    """Those to be sent now."""
    breaches: tuple[Breach, ...]
    """Those found now."""
    drafts: tuple[Draft, ...]
    """What is to be appended to the ledger, all of it or nothing."""
    remark: str = ""
    """Why an event changed nothing, when it did not."""


def begin(machine: Machine, *, case: str) -> State:
    """A case before anything has happened.

    Raises
    ------
    NotFound
        When the machine has no such case.
    """
    return State(case, (), BEGINNING, judge(_matcher(machine, case), (), BEGINNING))


def step(machine: Machine, *, state: State, event: Event | None, now: datetime) -> Step:
    """Take in an event, or only the time when there is none.

    Parameters
    ----------
    machine : Machine
    state : State
    event : Event or None
        The same event again changes nothing; one with a higher revision takes the place of the
        earlier one. It may be older than events already known.
    now : datetime
        With its offset. A clock that runs backwards is held at the latest time heard of.

    Returns
    -------
    Step
    """
    assert now.tzinfo is not None, "times name their offset"
    matcher = _matcher(machine, state.case)
    clock = max(now, state.clock)
    facts, remark = (state.facts, "") if event is None else _with(matcher, state.facts, event)
    position = judge(matcher, facts, clock)
    before, after = things(state.position), things(position)
    new = {key: one for key, one in after.items() if before.get(key) != one}
    gone = [key for key in before if key not in after and not key.startswith("advice-")]
    drafts = []
    if event is not None and facts is not state.facts:
        drafts.append(event_draft(event))
    elif new or gone:
        drafts.append(draft("clock", time_text(clock), {"now": time_text(clock)}))
    drafts += [case_draft(matcher, what, key, body) for key, (what, body) in new.items()]
    drafts += [case_draft(matcher, "retraction", key, {"key": key}) for key in gone]
    return Step(
        state=State(state.case, facts, clock, position),
        recommendations=tuple(one for one in position.recommendations if one.key not in before),
        notices=tuple(one for one in position.notices if one.key not in before),
        breaches=tuple(one for one in position.breaches if one.key in new),
        drafts=tuple(drafts),
        remark=remark,
    )


def step_all(
    machine: Machine, *, states: Mapping[str, State], event: Event | None, now: datetime
) -> tuple[dict[str, Step], tuple[Draft, ...]]:
    """One step of every case, and what is to be appended: what they share stands there once."""
    steps = {
        case: step(machine, state=state, event=event, now=now) for case, state in states.items()
    }
    every = (one for found in steps.values() for one in found.drafts)
    return steps, tuple({(one.subject, one.fingerprint): one for one in every}.values())


def fold(machine: Machine, *, case: str, entries: Iterable[Entry], now: datetime) -> State:
    """The state that the ledger's entries amount to, in the order in which they were appended.

    Only what happened is read; all that follows from it is worked out again. With the entries up
    to ``ledger.known_on(day)`` it is the state as it was known on that day.
    """
    matcher = _matcher(machine, case)
    latest: dict[str, Event] = {}
    for event in recorded_events(entries):
        held = latest.get(event.id)
        if (held is not None or _kept(matcher, event)) and _supersedes(event, held):
            latest[event.id] = event
    facts = tuple(sorted(latest.values(), key=_order))
    return State(case, facts, now, judge(matcher, facts, now))


def _matcher(machine: Machine, case: str) -> Matcher:
    for rule in machine.cases:
        if rule.id == case:
            return Matcher(machine, rule)
    known = [rule.id for rule in machine.cases]
    raise NotFound(f"{machine.name} has no case {case!r}{did_you_mean(case, known)}")


def _order(event: Event) -> tuple[datetime, str]:
    return event.at, event.id


def _supersedes(event: Event, held: Event | None) -> bool:
    return held is None or event.revision > held.revision


def _kept(matcher: Matcher, event: Event) -> bool:
    """Whether any rule can ever mean an event; a revised one always stands for its other versions.

    Most incidents are nobody's and move nothing: they stay in the record, not in the state.
    """
    return event.revision > 0 or matcher.meant(event)


def _with(
    matcher: Matcher, facts: tuple[Event, ...], event: Event
) -> tuple[tuple[Event, ...], str]:
    """The facts with an event among them, or the same tuple and the reason why it is not."""
    held = next((one for one in facts if one.id == event.id), None)
    if held == event:
        return facts, "It is known already."
    if held is None and not _kept(matcher, event):
        return facts, f"No rule of {matcher.machine.name} speaks of it in this case."
    if held is not None and not _supersedes(event, held):
        said = "an older revision" if event.revision < held.revision else "another content"
        return facts, f"{event.id!r} is known already; this is {said} of it, and is left out."
    rest = [one for one in facts if one is not held]
    insort(rest, event, key=_order)
    return tuple(rest), ""

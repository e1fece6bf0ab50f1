"""Follow events through a machine, in the order in which they happened.

The answer depends on the set of events and the time, not on the order in which they became known.
Two events of one instant are not taken as one after the other, unless the later refers to the
earlier: an order given "at noon" is not shown to follow a failure "at noon".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, takewhile

from backstop.watch.engagement.event import Event, time_text
from backstop.watch.engagement.machine import Pattern, Transition
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import Move

#: Before anything happened.
BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stay:
    """Time spent in one state."""

    state: str
    since: datetime
    known: datetime
    """When it could be known that it had begun."""
    until: datetime | None
    """None while it lasts."""
    marks: Mapping[str, str]
    about: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class _Walk:
    """The state while events are followed."""

    state: str
    since: datetime = BEGINNING
    known: datetime = BEGINNING
    entered: frozenset[str] = frozenset()
    """What an event of the same instant must refer to, to be the later one."""
    rested: datetime = BEGINNING
    """Since when nothing is counted: the last time that marks were cleared."""
    marks: dict[str, str] = field(default_factory=dict)
    about: dict[str, frozenset[str]] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)


def follow(
    matcher: Matcher, facts: Sequence[Event], now: datetime
) -> tuple[tuple[Move, ...], tuple[Stay, ...]]:
    """The transitions taken up to now and the time spent in each state.

    Parameters
    ----------
    matcher : Matcher
    facts : sequence of Event
        In the order of time, then id; those after ``now`` have not happened yet.
    now : datetime
    """
    walk = _Walk(matcher.machine.initial)
    told = [one for one in facts if one.at <= now and not one.withdrawn and matcher.concerns(one)]
    seen: list[Event] = []
    for at, group in groupby(told, key=lambda one: one.at):
        _let_time_pass(matcher, walk, at)
        events = list(group)
        seen.extend(events)
        while (found := _next(matcher, walk, events, seen)) is not None:
            transition, event = found
            events.remove(event)
            _take(matcher, walk, transition, at=at, event=event)
    _let_time_pass(matcher, walk, now)
    _leave(walk, None)
    return tuple(walk.moves), tuple(walk.stays)


def _next(
    matcher: Matcher, walk: _Walk, events: Sequence[Event], seen: Sequence[Event]
) -> tuple[Transition, Event] | None:
    """The transition that these events of one instant cause next, and the event that does."""
    open_ones = sorted(possible(matcher, walk.state, walk.marks), key=lambda one: one.priority)
    for transition in open_ones:
        if transition.on is None:
            continue
        for event in events:
            later = walk.since < event.at or event.about in walk.entered
            if later and _caused(matcher, walk, transition.on, event, seen):
                return transition, event
    return None


def _caused(
    matcher: Matcher, walk: _Walk, pattern: Pattern, event: Event, seen: Sequence[Event]
) -> bool:
    if not matcher.matches(pattern, event, walk.about):
        return False
    if pattern.at_least == 1:
        return True
    recent = takewhile(lambda one: one.at > walk.rested, reversed(seen))
    if pattern.within_hours is not None:
        start = shift(event.at, -pattern.within_hours)
        recent = takewhile(lambda one: one.at >= start, recent)
    return sum(matcher.matches(pattern, one, walk.about) for one in recent) >= pattern.at_least


def possible(matcher: Matcher, state: str, marks: Iterable[str]) -> Iterator[Transition]:
    """The transitions out of a state whose conditions hold."""
    held = set(marks)
    for transition in matcher.machine.transitions:
        met = held.issuperset(transition.requires) and not held & set(transition.unless)
        if met and state in transition.leaves:
            yield transition


def _let_time_pass(matcher: Matcher, walk: _Walk, now: datetime) -> None:
    """Take the transitions that time alone moves, up to and including now."""
    while walk.moves:
        due = [
            (shift(walk.known, one.after_hours), one.priority, one)
            for one in possible(matcher, walk.state, walk.marks)
            if one.after_hours is not None
        ]
        if not due:
            return
        at, _, transition = min(due, key=lambda one: one[:2])
        if at > now:
            return
        _take(matcher, walk, transition, at=at, event=None)


def _take(
    matcher: Matcher, walk: _Walk, transition: Transition, *, at: datetime, event: Event | None
) -> None:
    _leave(walk, at)
    name = event.id if event is not None else ""
    leaves, walk.state = walk.state, transition.enters
    walk.since, walk.known = at, max(at, event.known if event is not None else at)
    key = key_of_parts("move", matcher, transition.id, time_text(at), name)
    notices = (notice_key(key, place) for place in range(len(transition.notices)))
    referred = frozenset({name, key, *notices} - {""})
    if transition.mark is not None:
        walk.marks[transition.mark] = name
        walk.about[transition.mark] = referred
    walk.entered = referred
    if matcher.machine.state(walk.state).clears:
        walk.marks, walk.about, walk.rested = {}, {}, at
    walk.moves.append(
        Move(
            key=key,
            transition=transition.id,
            leaves=leaves,
            enters=walk.state,
            at=at,
            known=walk.known,
            event=name,
            marks=tuple(walk.marks.items()),
            clause=transition.clause,
            sentence=matcher.words(transition.sentence),
        )
    )


def _leave(walk: _Walk, until: datetime | None) -> None:
    walk.stays.append(
        Stay(walk.state, walk.since, walk.known, until, dict(walk.marks), dict(walk.about))
    )


def key_of_parts(what: str, matcher: Matcher, *parts: str) -> str:
    """A key that says what it is, the same whenever the same thing is worked out again."""
    text = "\n".join((matcher.machine.name, matcher.case.id, *parts))
    return f"{what}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def notice_key(move: str, place: int) -> str:
    """The key of one of the notices of a transition."""
    return f"notice-{move.removeprefix('move-')}-{place + 1}"


def shift(moment: datetime, hours: float) -> datetime:
    """A time so many hours later; the first or last there is where the calendar ends."""
    try:
        return moment + timedelta(hours=hours)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if hours > 0 else BEGINNING

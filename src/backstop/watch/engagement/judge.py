"""What follows from the way events moved a machine: breaches, lapses, notices, recommendations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime

from backstop.watch.engagement.event import Event
from backstop.watch.engagement.follow import (
    BEGINNING,
    Stay,
    follow,
    key_of_parts,
    notice_key,
    possible,
    shift,
)
from backstop.watch.engagement.machine import Duty, Limit
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import (
    Breach,
    Lapse,
    Move,
    Notice,
    Position,
    Recommendation,
)


def judge(matcher: Matcher, facts: Sequence[Event], now: datetime) -> Position:
    """Where the rules stand now, given all events that are known, in the order of time, then id."""
    moves, stays = follow(matcher, facts, now)
    last = stays[-1]
    told = [one for one in facts if one.at <= now and not one.withdrawn and matcher.concerns(one)]
    notices = tuple(_notices(matcher, moves, told, now))
    lapses = tuple(_lapses(matcher, stays, told, now))
    rule = matcher.machine.state(last.state)
    return Position(
        state=last.state,
        since=None if last.since == BEGINNING else last.since,
        marks=tuple(last.marks.items()),
        permits=rule.permits,
        moves=moves,
        notices=notices,
        breaches=tuple(_breaches(matcher, moves, stays, told)),
        lapses=lapses,
        recommendations=tuple(_recommendations(matcher, last, told)),
    )


# --- breaches ---------------------------------------------------------------------------------


def _breaches(
    matcher: Matcher, moves: Sequence[Move], stays: Sequence[Stay], told: Sequence[Event]
) -> Iterator[Breach]:
    starts = [stay.since for stay in stays]
    for event in told:
        for limit in matcher.machine.limits:
            # The stay that ran just before the event: one that begins with it is not counted.
            first = max(bisect_left(starts, event.at) - 1, 0)
            if not matcher.matches(limit.on, event, stays[first].about):
                continue
            passed = [stays[first]]
            for stay, move in zip(stays[first + 1 :], moves[first:], strict=True):
                if stay.since > event.latest:
                    break
                if move.event != event.id:
                    passed.append(stay)
            allowed = [stay.state in limit.permitted_in for stay in passed]
            if not all(allowed):
                before = next(s for s, fine in zip(passed, allowed, strict=True) if not fine)
                yield _breach(matcher, limit, event, before, certain=not any(allowed))


def _breach(matcher: Matcher, limit: Limit, event: Event, before: Stay, *, certain: bool) -> Breach:
    reasons = [one for one in limit.missing if one.mark not in before.marks]
    said = [matcher.words(one.sentence) for one in reasons]
    clauses = dict.fromkeys((limit.clause, *(one.clause for one in reasons)))
    listed = ", ".join(f"({name})" for name in clauses)
    # A list of reasons reads as one sentence; without one the limit's own words say it all.
    tail = f": {'; '.join(said)}" if said else ""
    words = f"{matcher.words(limit.sentence)}{tail}. Breach of {listed}."
    roles = limit.on.by
    share = matcher.share(event, roles) if roles else max((p for _, p in event.by), default=0.0)
    actors = matcher.actors(roles)
    return Breach(
        key=key_of_parts("breach", matcher, limit.id, event.id),
        limit=limit.id,
        event=event.id,
        by=tuple(actor for actor, _ in event.by if not roles or actor in actors),
        at=event.at,
        state=before.state,
        clauses=tuple(clauses),
        sentence=words if certain else f"The time is too vague to be sure: {words}",
        certain=certain,
        probability=share,
    )


# --- notices and duties -----------------------------------------------------------------------


def _notices(
    matcher: Matcher, moves: Sequence[Move], told: Sequence[Event], now: datetime
) -> Iterator[Notice]:
    rules = {one.id: one.notices for one in matcher.machine.transitions}
    answers: dict[str, list[Event]] = {}
    for event in told:
        if event.type == "acknowledgement":
            answers.setdefault(event.about, []).append(event)
    for move in moves:
        for place, rule in enumerate(rules[move.transition]):
            key = notice_key(move.key, place)
            to = matcher.actors((rule.to,))
            given = (one.at for one in answers.get(key, ()) if matcher.comes_from(one, (rule.to,)))
            acknowledged = min(given, default=None)
            hours = rule.acknowledge_hours
            due = None if hours is None else shift(move.known, hours)
            late = due is not None and now > due and (acknowledged is None or acknowledged > due)
            yield Notice(
                key, move.key, to, matcher.words(rule.text), move.at, due, acknowledged, late
            )


def _lapses(
    matcher: Matcher, stays: Sequence[Stay], told: Sequence[Event], now: datetime
) -> Iterator[Lapse]:
    for stay in stays:
        for duty in matcher.machine.duties:
            due = shift(stay.known, duty.within_hours)
            over = stay.state in duty.states and stay.since != BEGINNING and now > due
            if not over or (stay.until is not None and stay.until <= due):
                continue
            if _done(matcher, duty, stay, told, by=due) is None:
                start = stay.since.isoformat()
                yield Lapse(
                    key=key_of_parts("lapse", matcher, duty.id, stay.state, start),
                    duty=duty.id,
                    by=matcher.actors((duty.by,)),
                    due=due,
                    clause=duty.clause,
                    sentence=f"Not done in time: {matcher.words(duty.sentence)}",
                )


def _done(
    matcher: Matcher, duty: Duty, stay: Stay, told: Sequence[Event], *, by: datetime
) -> Event | None:
    """The event that fulfilled a duty in the time it was due."""
    for event in told:
        if stay.since <= event.at <= by and matcher.matches(duty.done, event, stay.about):
            return event
    return None


# --- recommendations --------------------------------------------------------------------------


def _recommendations(
    matcher: Matcher, last: Stay, told: Sequence[Event]
) -> Iterator[Recommendation]:
    rule = matcher.machine.state(last.state)
    start = last.since.isoformat()

    def key(what: str) -> str:
        return key_of_parts("advice", matcher, last.state, start, what)

    yield Recommendation(key("state"), "state", (), matcher.words(rule.advice), rule.clause or "")
    for transition in possible(matcher, last.state, last.marks):
        if transition.recommend and transition.on is not None:
            yield Recommendation(
                key=key(f"may {transition.id}"),
                kind="may",
                by=matcher.actors(transition.on.by),
                text=matcher.words(transition.recommend),
                clause=transition.clause,
            )
    for duty in matcher.machine.duties:
        if last.state not in duty.states or last.since == BEGINNING:
            continue
        due = shift(last.known, duty.within_hours)
        if _done(matcher, duty, last, told, by=due) is None:
            yield Recommendation(
                key=key(f"must {duty.id}"),
                kind="must",
                by=matcher.actors((duty.by,)),
                text=matcher.words(duty.sentence),
                clause=duty.clause,
                due=due,
            )

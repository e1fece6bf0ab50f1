"""What a step leaves in the ledger, and what is read back from there.

Events, the passing of time where it had an effect, and all that followed: transitions, notices,
acknowledgements overdue, breaches, lapses, recommendations, and retractions where a late report
changed the answer. Only the events are needed to have the state again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backstop.watch.engagement.event import Event, event_dict, read_event, time_text
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import (
    Breach,
    Lapse,
    Move,
    Notice,
    Position,
    Recommendation,
)
from backstop.watch.ledger import Draft, Entry, Kind, canonical_json

#: Changes when a field of the bodies below is renamed or changes its meaning.
SCHEMA = "backstop/engagement/1"

_KINDS = {"event": Kind.TRANSITION, "clock": Kind.TRANSITION, "transition": Kind.TRANSITION}

Thing = tuple[str, dict[str, Any]]
"""What it is, and its body."""


def things(position: Position) -> dict[str, Thing]:
    """All that is said of a position, by key."""
    found: dict[str, Thing] = {}
    for move in position.moves:
        found[move.key] = "transition", _move(move)
    for notice in position.notices:
        found[notice.key] = "notice", _notice(notice)
        if notice.overdue:
            key = notice.key.replace("notice-", "overdue-", 1)
            found[key] = "overdue", {"key": key, "notice": notice.key, "to": list(notice.to)}
    for breach in position.breaches:
        found[breach.key] = "breach", _breach(breach)
    for lapse in position.lapses:
        found[lapse.key] = "lapse", _lapse(lapse)
    for one in position.recommendations:
        found[one.key] = "recommendation", _recommendation(one)
    return found


def event_draft(event: Event) -> Draft:
    """The entry of an event, the same for every case."""
    kind = Kind.ACKNOWLEDGEMENT if event.type == "acknowledgement" else Kind.TRANSITION
    return draft("event", event.id, {"event": event_dict(event)}, kind=kind)


def case_draft(matcher: Matcher, what: str, key: str, body: Mapping[str, Any]) -> Draft:
    """The entry of what followed from events in one case."""
    whose = {"machine": matcher.machine.name, "case": matcher.case.id}
    return draft(what, key, {**whose, **body})


def draft(what: str, key: str, body: Mapping[str, Any], *, kind: Kind | None = None) -> Draft:
    """An entry of the ledger; its fingerprint tells the same content again."""
    canonical = canonical_json({"schema": SCHEMA, "record": what, **body})
    return Draft(
        kind=kind or _KINDS.get(what, Kind.ALERT),
        body=canonical,
        subject=f"engagement/{what}/{key}",
        fingerprint=hashlib.sha256(canonical).hexdigest(),
    )


def recorded_events(entries: Iterable[Entry]) -> Iterator[Event]:
    """The events among the entries of a ledger, in their order; all else is passed over."""
    for entry in entries:
        if entry.kind not in (Kind.TRANSITION, Kind.ACKNOWLEDGEMENT):
            continue
        if entry.body.get("schema") == SCHEMA and entry.body.get("record") == "event":
            yield read_event(entry.body["event"])


def _move(move: Move) -> dict[str, Any]:
    return {
        "key": move.key,
        "transition": move.transition,
        "leaves": move.leaves,
        "enters": move.enters,
        "at": time_text(move.at),
        "event": move.event or None,
        "marks": dict(move.marks),
        "clause": move.clause,
        "sentence": move.sentence,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "key": notice.key,
        "transition": notice.move,
        "to": list(notice.to),
        "text": notice.text,
        "due": None if notice.due is None else time_text(notice.due),
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "key": breach.key,
        "limit": breach.limit,
        "event": breach.event,
        "by": list(breach.by),
        "at": time_text(breach.at),
        "state": breach.state,
        "clauses": list(breach.clauses),
        "sentence": breach.sentence,
        "certain": breach.certain,
        "probability": breach.probability,
    }


def _lapse(lapse: Lapse) -> dict[str, Any]:
    return {
        "key": lapse.key,
        "duty": lapse.duty,
        "by": list(lapse.by),
        "due": time_text(lapse.due),
        "clause": lapse.clause,
        "sentence": lapse.sentence,
    }


def _recommendation(one: Recommendation) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "to": list(one.by),
        "text": one.text,
        "clause": one.clause or None,
        "due": None if one.due is None else time_text(one.due),
    }

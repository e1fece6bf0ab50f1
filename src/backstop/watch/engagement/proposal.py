"""What an incident would do to the rules, if a person confirmed it. Nothing is done here.

A record says what happened; rules of engagement ask who did it and at what it was directed. What
the record leaves open is tried: each role that a rule speaks of, each target that it names. What
would follow is worked out by the same ``step`` as everything else, and thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.watch.engagement.engage import State, Step, step
from backstop.watch.engagement.event import Event, time_text
from backstop.watch.engagement.follow import possible
from backstop.watch.engagement.machine import Machine
from backstop.watch.engagement.matching import Matcher, patterns

#: What a person has to add before an incident can move anything.
WHO, TARGET = "who did it", "what it was directed at"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who would have to be told, or to do something."""

    to: tuple[str, ...]
    text: str
    due: datetime | None
    """By when, if it were confirmed now; None when there is no deadline."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would follow in one case, if the incident is what ``by`` and ``subject`` say."""

    case: str
    by: str
    """Whose it would have to be; empty where the record's own assessment is enough."""
    subject: str
    """What it would have to have been directed at; empty where that does not matter."""
    leaves: str
    enters: str
    """The same as ``leaves`` where it only counts towards a move or is a breach."""
    sentences: tuple[str, ...]
    tell: tuple[Due, ...]
    do: tuple[Due, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "case": self.case,
            "if_by": self.by or None,
            "if_directed_at": self.subject or None,
            "leaves": self.leaves,
            "enters": self.enters,
            "sentences": list(self.sentences),
            "tell": [_due(one) for one in self.tell],
            "do": [_due(one) for one in self.do],
        }


def outcomes(
    machine: Machine, *, states: Mapping[str, State], event: Event, now: datetime
) -> tuple[Outcome, ...]:
    """What would follow in each case, for each way to fill in what the record leaves open.

    Parameters
    ----------
    states : mapping of case to State
        Where the rules stand.
    event : Event
        The incident as the record has it.
    """
    return tuple(
        found
        for case in machine.cases
        for found in _in_case(Matcher(machine, case), states[case.id], event, now)
    )


def wanting(found: tuple[Outcome, ...]) -> tuple[str, ...]:
    """What a person should say, because what follows depends on it."""
    who = [WHO] if found and all(one.by for one in found) else []
    return (*who, *([TARGET] if any(one.subject for one in found) else []))


def _in_case(matcher: Matcher, state: State, event: Event, now: datetime) -> Iterator[Outcome]:
    meant = [one for one in patterns(matcher.machine) if one.type == "incident"]
    targets = [event.subject] if event.subject else [
        "", *dict.fromkeys(name for one in meant for name in one.subjects)
    ]  # fmt: skip
    roles = dict.fromkeys(name for one in meant for name in (*one.by, *one.except_by))
    culprits = [""] if event.by else ["", *matcher.actors(tuple(roles))]
    before = step(matcher.machine, state=state, event=None, now=now)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for target in targets:
        given = "" if target == event.subject else target
        for culprit in culprits:
            shares = ((culprit, 1.0),) if culprit else event.by
            tried = replace(event, subject=target, by=shares)
            found = _tried(matcher, before, tried, now, by=culprit, subject=given)
            # What follows whatever it was directed at is told once.
            if found is not None and (culprit, found.sentences) not in told:
                told.add((culprit, found.sentences))
                yield found


def _tried(
    matcher: Matcher, before: Step, event: Event, now: datetime, *, by: str, subject: str
) -> Outcome | None:
    after = step(matcher.machine, state=before.state, event=event, now=now)
    old, new = before.state.position, after.state.position
    moves = [one for one in new.moves if one.key not in {move.key for move in old.moves}]
    said = [one.sentence for one in moves] + [one.sentence for one in after.breaches]
    if not said:
        said = [
            f"Counts towards: {matcher.words(one.sentence)}"
            for one in possible(matcher, old.state, dict(old.marks))
            if one.on is not None and one.on.at_least > 1 and matcher.matches(one.on, event, {})
        ]
    if not said:
        return None
    known = {one.key for one in old.recommendations}
    return Outcome(
        case=matcher.case.id,
        by=by,
        subject=subject,
        leaves=old.state,
        enters=new.state,
        sentences=tuple(said),
        tell=tuple(Due(one.to, one.text, one.due) for one in after.notices),
        do=tuple(
            Due(one.by, one.text, one.due)
            for one in new.recommendations
            if one.key not in known and one.kind == "must"
        ),
    )


def _due(one: Due) -> dict[str, Any]:
    return {
        "to": list(one.to),
        "text": one.text,
        "due": None if one.due is None else time_text(one.due),
    }

"""Violations of the record as proposals to the rules of engagement. A person confirms; none acts.

A fused incident that was classified as a violation is *open* until somebody confirms it, which
makes it an event of the rules, or dismisses it. Proposals and decisions are entries of the ledger.
An event whose incident was revised or fell away since is proposed again, to be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.errors import InputError, NotFound, Problem
from backstop.monitoring.known import Held, Known
from backstop.scenario.ident import did_you_mean
from backstop.watch.actors import UNDETERMINED
from backstop.watch.agreement import Agreement
from backstop.watch.engagement import Event, Machine, State, fold, of_incident
from backstop.watch.engagement.entries import SCHEMA, draft, recorded_events
from backstop.watch.engagement.event import event_dict, time_text
from backstop.watch.engagement.proposal import Outcome, outcomes, wanting
from backstop.watch.identity import identify, key_of
from backstop.watch.ledger import Draft, Entry
from backstop.watch.record import Incident

VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An incident that may be an event of the rules."""

    event: Event
    why: str
    """``new``, or ``revised`` or ``gone`` since it was confirmed."""
    where: str
    about: str
    """The verdict's reason."""
    outcomes: tuple[Outcome, ...]
    wants: tuple[str, ...]
    """What a person has to say for it to move anything."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "incident": self.event.id,
            "why": self.why,
            "where": self.where,
            "about": self.about,
            "wants": list(self.wants),
            "event": event_dict(self.event),
            "outcomes": [one.to_dict() for one in self.outcomes],
        }

    @property
    def draft(self) -> Draft:
        """Its entry; without deadlines, which would make it another at each look."""
        body = self.to_dict()
        body["outcomes"] = [_timeless(one) for one in body["outcomes"]]
        return draft("proposal", self.event.id, body)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a proposal."""

    incident: str
    confirm: bool
    reason: str
    author: str
    """The role of the person, not a name."""
    subject: str = ""
    by: tuple[tuple[str, float], ...] = ()

    def draft(self, now: datetime) -> Draft:
        """Its entry."""
        body = {
            "incident": self.incident,
            "decision": "confirmed" if self.confirm else "dismissed",
            "reason": self.reason,
            "role": self.author,
            "at": time_text(now),
        }
        return draft("decision", f"{self.incident}/{time_text(now)}", body)


def states_of(machine: Machine, entries: Iterable[Entry], *, now: datetime) -> dict[str, State]:
    """Where the rules stand in each case, from the events that were confirmed and entered."""
    held = list(entries)
    return {case.id: fold(machine, case=case.id, entries=held, now=now) for case in machine.cases}


def proposals(
    machine: Machine,
    known: Known,
    entries: Iterable[Entry],
    *,
    agreement: Agreement,
    now: datetime,
    since: datetime | None = None,
) -> tuple[Proposal, ...]:
    """The open incidents that some rule speaks of, the latest first.

    Parameters
    ----------
    since : datetime, optional
        Incidents that were over before it are left alone.
    """
    held = list(entries)
    states = states_of(machine, held, now=now)
    taken: dict[str, Event] = {}
    for event in recorded_events(held):
        if event.type == "incident" and _newer(event, taken.get(event.id)):
            taken[event.id] = event
    dismissed = _dismissed(held)
    found: list[Proposal] = []
    candidates = [*_open(machine, known, agreement), *_fallen(known, taken)]
    for event, where, about in sorted(candidates, key=lambda one: one[0].at, reverse=True):
        if since is not None and event.latest < since:
            continue
        before = taken.get(event.id)
        if before is None and (event.assessment != VIOLATION or event.id in dismissed):
            continue
        why = "new" if before is None else "gone" if event.withdrawn else "revised"
        if before is not None:
            if event.withdrawn == before.withdrawn and event.assessment == before.assessment:
                continue
            event = replace(
                event, revision=before.revision + 1, subject=before.subject, by=before.by
            )
        follows = outcomes(machine, states=states, event=event, now=now)
        if follows or before is not None:
            found.append(Proposal(event, why, where, about, follows, wanting(follows)))
    return tuple(found)


def decide(proposal: Proposal, decision: Decision, *, machine: Machine, now: datetime) -> Event:
    """The event that a confirmed proposal is: it is known from now on.

    Raises
    ------
    InputError
        When it names an actor that the rules do not know, or leaves open what has to be said.
    """
    event = proposal.event
    actors = [one.id for one in machine.actors]
    for name, _ in decision.by:
        if name not in actors:
            message = f"the rules know no {name[:60]!r}{did_you_mean(name, actors)}"
            raise InputError([Problem("--by", 0, 0, "", f"{message} ({', '.join(actors)})")])
    return replace(
        event,
        subject=decision.subject or event.subject,
        by=decision.by or event.by,
        reported=max(now, event.at),
    )


def proposal_named(found: Iterable[Proposal], name: str) -> Proposal:
    """The proposal of an incident, by its key or the beginning of it.

    Raises
    ------
    NotFound
        When none or several fit.
    """
    held = list(found)
    fitting = [one for one in held if one.event.id == name]
    fitting = fitting or [one for one in held if name and one.event.id.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    said = f"{len(fitting)} open incidents begin with" if fitting else "no open incident is"
    raise NotFound(f"{said} {name[:80]!r}; `backstop watch engage` lists them")


def undecided(found: Iterable[Proposal], entries: Iterable[Entry]) -> Iterator[Draft]:
    """The entries of proposals that do not stand in the ledger as they are."""
    held = {entry.subject: entry.fingerprint for entry in entries if _is(entry, "proposal")}
    for one in found:
        written = one.draft
        if held.get(written.subject) != written.fingerprint:
            yield written


def _dismissed(entries: Iterable[Entry]) -> set[str]:
    """Incidents whose last decision was to dismiss them."""
    last = {
        str(entry.body["incident"]): entry.body["decision"]
        for entry in entries
        if _is(entry, "decision")
    }
    return {name for name, decision in last.items() if decision == "dismissed"}


def _is(entry: Entry, what: str) -> bool:
    return entry.body.get("schema") == SCHEMA and entry.body.get("record") == what


def _newer(event: Event, held: Event | None) -> bool:
    return held is None or event.revision > held.revision


def _open(machine: Machine, known: Known, agreement: Agreement) -> Iterator[tuple[Event, str, str]]:
    """Every incident of the record with its verdict, as an event."""
    names = _actor_names(machine, agreement)
    for held, incident in known.incidents:
        verdict = known.verdicts.get(identify(incident).id)
        if verdict is None:
            continue
        yield _event(held, incident, verdict, names), _where(incident), str(verdict.get("why", ""))


def _event(
    held: Held, incident: Incident, verdict: Mapping[str, Any], names: Mapping[str, str]
) -> Event:
    clauses = verdict.get("clauses") or [""]
    event = of_incident(
        incident,
        assessment=str(verdict.get("outcome", "")),
        clause=str(clauses[0]),
        sector=incident.place.region,
        reported=held.at,
    )
    shares: dict[str, float] = {}
    for name, share in event.by:
        actor = names.get(name.casefold(), name)
        shares[actor] = shares.get(actor, 0.0) + share
    return replace(event, by=tuple(shares.items()))


def _actor_names(machine: Machine, agreement: Agreement) -> dict[str, str]:
    """How records call the actors of the rules: their own names, and those of the agreement."""
    found: dict[str, str] = {}
    for actor in machine.actors:
        own = {name.casefold() for name in (actor.id, actor.title, *actor.names)}
        for party in agreement.parties:
            called = {name.casefold() for name in (party.id, party.title, *party.names)}
            if own & called:
                own |= called
        found |= dict.fromkeys(own - {UNDETERMINED}, actor.id)
    return found


def _fallen(known: Known, taken: Mapping[str, Event]) -> Iterator[tuple[Event, str, str]]:
    """Events whose incident stands in the record no more."""
    standing = {key_of(one.source, one.source_record_id) for _, one in known.incidents}
    for name, event in taken.items():
        if name not in standing and _is_record(name):
            yield replace(event, withdrawn=True), event.sector, "the record holds it no more"


def _is_record(name: str) -> bool:
    """Whether an event was named after a record, and not by a person who entered it by hand."""
    return name.startswith("r-")


def _where(incident: Incident) -> str:
    place = incident.place
    return ", ".join(dict.fromkeys(filter(None, (place.name, place.region))))


def _timeless(outcome: dict[str, Any]) -> dict[str, Any]:
    def bare(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"to": one["to"], "text": one["text"]} for one in listed]

    return {**outcome, "tell": bare(outcome["tell"]), "do": bare(outcome["do"])}

"""What the intake asks of a ledger, and how it puts that to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backstop.watch.form import to_dict
from backstop.watch.identity import Identity
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.concealment import conceal
from backstop.watch.ledger.entry import Draft, Kind
from backstop.watch.ledger.store.ledger import Ledger, salt
from backstop.watch.quick import quickly_made
from backstop.watch.record import Entry

#: What a protected record keeps so that it can be erased later.
_CONCEALED = ("/text", "/stream")


@dataclass(frozen=True, slots=True)
class Held:
    """What a ledger last holds on a subject."""

    digest: str | None
    erased: bool = False
    """Something of it was erased on order; it must not come in again."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Arrival:
    """Something to append: a record, a row in quarantine, or the note that a file was read."""

    subject: str
    digest: str
    kind: Kind
    canonical: bytes
    record: Entry | None = None
    """A record that keeps something so that it can be erased; of others the bytes are enough."""


class Book(Protocol):
    """A ledger as the intake sees it."""

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Held]:
        """What is held on each subject; new ones are absent."""

    def once_held(self, subject: str, digest: str) -> bool:
        """Whether an earlier entry on the subject had that digest."""

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Append all or nothing; on disk when it returns."""


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """The ledger of a mission, written by one author."""

    ledger: Ledger
    author: str
    """A role or a service, not a person's name."""
    clock: Callable[[], datetime]

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Held]:
        """What is held on each subject; new ones are absent."""
        found = self.ledger.standing(subjects)
        return {name: Held(one.fingerprint, one.redacted) for name, one in found.items()}

    def once_held(self, subject: str, digest: str) -> bool:
        """Whether an earlier entry on the subject had that digest."""
        entries = self.ledger.entries(subject=subject, revealed=True)
        return any(entry.fingerprint == digest for entry in entries)

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Append all or nothing; on disk when it returns."""
        self.ledger.append(map(_draft, arrivals), author=self.author, now=self.clock())


def record_arrival(record: Entry, identity: Identity) -> Arrival:
    """A record on its way in."""
    return Arrival(
        subject_of(record.source, record.source_record_id),
        identity.digest,
        Kind(record.record_type),
        identity.canonical,
        record if record.protected else None,
    )


def subject_of(source: str, source_record_id: str) -> str:
    """How the ledger calls a record through all its revisions."""
    return f"{source}/{source_record_id}"


def _draft(arrival: Arrival) -> Draft:
    if arrival.record is None:
        return Draft(arrival.kind, arrival.canonical, arrival.subject, arrival.digest)
    public, secrets = conceal(to_dict(arrival.record), _CONCEALED, salt=salt)
    return Draft(arrival.kind, canonical_json(public), arrival.subject, arrival.digest, secrets)

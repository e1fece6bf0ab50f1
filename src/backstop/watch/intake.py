"""Taking records in: new, revised, unchanged or quarantined; nothing twice, nothing dropped.

A record is known by its source and the source's id of it, a version by the digest of its canonical
form. The same file twice therefore changes nothing, and a revised file makes revisions.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from backstop.watch.book import Arrival, Book, Held, record_arrival
from backstop.watch.identity import identify
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Kind
from backstop.watch.quarantine import Quarantined
from backstop.watch.quick import quickly_made
from backstop.watch.record import Entry

#: Rows, and bytes of the file, that go into the ledger in one transaction at most.
BATCH = 5_000
BATCH_BYTES = 8_000_000
#: Rows, and bytes, that are looked up together. With five times as many the processor has no longer
#: at hand what a row was read into when it is written.
_CHUNK = 50
_CHUNK_BYTES = 1_000_000
#: Batches after which the collector of cycles comes.
_UNCOLLECTED = 20
#: Rows in quarantine that an intake lists; beyond them it counts. All of them lie in the file.
MOST_LISTED = 100_000


@quickly_made
@dataclass(frozen=True, slots=True)
class Reading:
    """What one row of a file gave: records, or the reason why it gave none."""

    row: int
    offset: int
    """Bytes of the file, unpacked, up to the end of the row."""
    records: Sequence[Entry] = ()
    fault: Quarantined | None = None
    mends: str = ""
    """Id of the quarantined row that this one mends."""
    set_aside: Callable[[str], Quarantined] | None = None
    """Puts the row into quarantine after all, for a reason."""
    silent: bool = False
    """A paragraph of a text that reports nothing."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a file: ``read = new + revised + unchanged + set_aside``."""

    new: int
    revised: int
    unchanged: int
    quarantined: tuple[Quarantined, ...]
    """The first ``MOST_LISTED`` rows that went into quarantine; their cells lie there."""
    unlisted: int = 0
    """Rows that went there beyond those."""
    passed_over: int = 0
    resumed_at_row: int = 0
    """The row at which an interrupted reading went on; 0 for one from the beginning."""
    mended: tuple[str, ...] = ()
    """Ids of quarantined rows that were mended and taken in."""

    @property
    def read(self) -> int:
        """Records read and rows that gave none."""
        return self.new + self.revised + self.unchanged + self.set_aside

    @property
    def set_aside(self) -> int:
        """Rows that went into quarantine."""
        return len(self.quarantined) + self.unlisted

    def to_dict(self) -> dict[str, object]:
        """As ``backstop watch intake --json`` prints it."""
        return {
            "read": self.read,
            "new": self.new,
            "revised": self.revised,
            "unchanged": self.unchanged,
            "quarantined": [one.to_dict() for one in self.quarantined],
            "quarantined_unlisted": self.unlisted,
            "passed_over": self.passed_over,
            "resumed_at_row": self.resumed_at_row,
        }


class Met(Protocol):
    """The records of a file that were met already, with their digests."""

    def digests(self, subjects: Sequence[str]) -> dict[str, str]:
        """Digest of each subject that was met."""

    def add(self, digests: dict[str, str]) -> None:
        """Remember some."""


@dataclass(slots=True)
class _Counts:
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    passed_over: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    unlisted: int = 0
    mended: list[str] = field(default_factory=list)


def take_in(
    readings: Iterable[Reading],
    book: Book,
    *,
    met: Met,
    again: bool,
    keep: Callable[[Sequence[Quarantined]], None],
    reached: Callable[[Reading], None],
) -> Intake:
    """Append what is new or revised, batch by batch, and count.

    Parameters
    ----------
    readings : iterable of Reading
        The rows of one file, in order; consumed as a stream.
    met : Met
        Records of this file that an interrupted reading had met, else empty. A record that stands
        twice in one file with different contents is taken once, and its second row set aside.
    again : bool
        Whether this very file was read to its end before. Then a record that has been revised
        since is not set back to what the file says.
    keep : callable
        Puts rows into the quarantine; they are on disk when it returns.
    reached : callable
        Told the last reading of each batch, when the batch is on disk.
    """
    counts = _Counts()
    with quiet_collector():
        for number, batch in enumerate(_batches(readings, book, met, counts, again=again), 1):
            if batch.aside:
                keep(batch.aside)
            if arrivals := [*batch.records, *batch.mended, *batch.faults]:
                book.append(arrivals)
            reached(batch.last)
            if number % _UNCOLLECTED == 0:
                # It walks all that readers keep from row to row, and seldom finds a cycle.
                gc.collect(1)
    return Intake(
        counts.new,
        counts.revised,
        counts.unchanged,
        tuple(counts.quarantined),
        counts.unlisted,
        counts.passed_over,
        mended=tuple(counts.mended),
    )


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Keep the collector of cycles from running by itself; the caller collects between batches.

    Records hold no cycles, and looking for some among them takes a quarter of an intake's time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(slots=True)
class _Batch:
    """What goes into the ledger in one transaction, and into the quarantine before it."""

    last: Reading
    """The last reading of it."""
    rows: int = 0
    records: list[Arrival] = field(default_factory=list)
    mended: list[Arrival] = field(default_factory=list)
    faults: list[Arrival] = field(default_factory=list)
    aside: list[Quarantined] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    """What the ledger will hold on the subjects of the batch."""

    def standing(self, book: Book, subjects: Sequence[str]) -> dict[str, Held]:
        """What is held on each subject, the batch included; new ones are absent."""
        found = dict(book.standing(subjects))
        coming = self.held
        found.update({one: coming[one] for one in subjects if one in coming})
        return found


def _batches(
    readings: Iterable[Reading], book: Book, met: Met, counts: _Counts, *, again: bool
) -> Iterator[_Batch]:
    batch: _Batch | None = None
    begun = 0
    for chunk in _chunks(readings):
        if batch is None:
            batch, begun = _Batch(chunk[-1]), chunk[0].offset
        _sort(chunk, batch, book, met, counts, again=again)
        batch.last, batch.rows = chunk[-1], batch.rows + len(chunk)
        if batch.rows >= BATCH or batch.last.offset - begun > BATCH_BYTES:
            yield batch
            batch = None
    if batch is not None:
        yield batch


def _chunks(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    most = min(_CHUNK, BATCH)
    chunk: list[Reading] = []
    for reading in readings:
        chunk.append(reading)
        if len(chunk) >= most or reading.offset - chunk[0].offset > _CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _sort(
    chunk: list[Reading], batch: _Batch, book: Book, met: Met, counts: _Counts, *, again: bool
) -> None:
    """Add to a batch what of some rows is to be appended, and what is to be kept in quarantine."""
    faults = [reading.fault for reading in chunk if reading.fault is not None]
    coming = list(_identified(chunk, faults))
    subjects = [arrival.subject for _, arrival in coming]
    before, held = met.digests(subjects), batch.standing(book, subjects)
    counts.passed_over += sum(reading.silent for reading in chunk)
    for reading, arrival in coming:
        subject, digest = arrival.subject, arrival.digest
        known = held.get(subject)
        reason = _refusal(before.get(subject), known, digest)
        if reason:
            assert reading.set_aside is not None
            row = reading.set_aside(reason)
            erased = known is not None and known.erased
            faults.append(_without_words(row, subject) if erased else row)
            continue
        before[subject] = digest
        if known is None:
            counts.new += 1
        elif known.digest == digest or (again and book.once_held(subject, digest)):
            counts.unchanged += 1
            continue
        else:
            counts.revised += 1
        held[subject] = batch.held[subject] = Held(digest)
        batch.records.append(arrival)
    met.add(before)
    batch.mended += _mendings(chunk, counts)
    _set_aside(faults, batch, book, counts)


def _identified(
    chunk: list[Reading], faults: list[Quarantined]
) -> Iterator[tuple[Reading, Arrival]]:
    """The records of some rows with their digests; what cannot have one goes to the faults."""
    for reading in chunk:
        for record in reading.records:
            try:
                yield reading, record_arrival(record, identify(record, recurring=True))
            except ValueError as error:
                assert reading.set_aside is not None
                faults.append(reading.set_aside(str(error)))


def _refusal(before: str | None, held: Held | None, digest: str) -> str:
    """Why a record may not come in, or nothing."""
    if held is not None and held.erased:
        return "something of this record was erased on order; neither it nor its row is kept again"
    if before is not None and before != digest:
        return "its id stands twice in this file, with different contents; the first one was taken"
    return ""


def _without_words(aside: Quarantined, subject: str) -> Quarantined:
    """A row of which something was erased: not even the quarantine holds its words again.

    Nor is its id made from them, because it could be used to try names.
    """
    name = hashlib.sha256(f"erased\n{subject}".encode()).hexdigest()[:24]
    return replace(aside, cells=(), raw="", first_id=name)


def _mendings(chunk: list[Reading], counts: _Counts) -> list[Arrival]:
    mended = [one.mends for one in chunk if one.mends and one.fault is None]
    counts.mended += mended
    return [_aside_arrival({"id": one, "state": "mended"}) for one in mended]


def _set_aside(faults: list[Quarantined], batch: _Batch, book: Book, counts: _Counts) -> None:
    """Entries for rows that are new in quarantine, and the rows that have to lie there."""
    entries = {
        one.id: _aside_arrival({"id": one.id, "state": "quarantined"}, **one.to_dict())
        for one in faults
    }
    held = batch.standing(book, [arrival.subject for arrival in entries.values()])
    for one in faults:
        arrival = entries[one.id]
        known = held.get(arrival.subject)
        if known is not None and known.digest != arrival.digest:
            # It was mended and taken in; the file it came from still has it as it was.
            counts.unchanged += 1
            continue
        if len(counts.quarantined) < MOST_LISTED:
            counts.quarantined.append(replace(one, cells=(), raw="", first_id=one.id))
        else:
            counts.unlisted += 1
        batch.aside.append(one)
        if known is None:
            held[arrival.subject] = batch.held[arrival.subject] = Held(arrival.digest)
            batch.faults.append(arrival)


def _aside_arrival(state: dict[str, str], **said: str | int) -> Arrival:
    digest = hashlib.sha256(canonical_json(state)).hexdigest()
    return Arrival(
        f"quarantine/{state['id']}", digest, Kind.QUARANTINE, canonical_json({**state, **said})
    )

"""The desk where files arrive: one file into the ledger of a mission."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backstop.watch.adapters.mapping import Mapping
from backstop.watch.adapters.met import MetOnDisk
from backstop.watch.adapters.reading import Choice, choose, read_file
from backstop.watch.adapters.stream import Source, survey, unchanged
from backstop.watch.book import Arrival, Book, LedgerBook
from backstop.watch.folder import MissionFolder, Position
from backstop.watch.intake import Intake, Reading, take_in
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Kind
from backstop.watch.ledger.store.folder import open_ledger
from backstop.watch.mission import setting_of
from backstop.watch.quarantine import Quarantined
from backstop.watch.shelf import Shelf, release_rows

#: Told how many bytes of how many are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """How a person wants a file read."""

    adapter: str = ""
    """Name of the adapter; empty to guess it from the first row."""
    mapping: Mapping | None = None
    """What the columns of a generic file mean."""


def intake(
    folder: MissionFolder,
    path: str | Source,
    *,
    clock: Callable[[], datetime],
    author: str = "intake",
    order: Order | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Take a file into the record of a mission: one by its path, or one that was surveyed.

    Interrupted, it goes on where it stopped when it is given the same file again. Rows that
    cannot be read lie in the mission's ``quarantine`` folder; mend them there and give that file.

    Raises
    ------
    InputError
        When the file cannot be read, fits no adapter, is a zip bomb, another intake is at work in
        the mission, or the disk is full. What was counted before is in the record.
    NotFound
        When there is no such file or adapter.
    """
    order = order or Order()
    source = unchanged(path) if isinstance(path, Source) else survey(path)
    choice = choose(source, adapter=order.adapter, mapping=order.mapping)
    with folder.alone(), open_ledger(folder.path) as ledger:
        book = LedgerBook(ledger, author, clock)
        return _Desk(folder, source, choice, book, progress).read(clock())


@dataclass(frozen=True, slots=True)
class _Desk:
    folder: MissionFolder
    source: Source
    choice: Choice
    book: Book
    progress: Progress | None

    def read(self, now: datetime) -> Intake:
        digest, name = self.source.sha256, self.choice.name
        subject = f"intake/{digest}/{name}"
        again = subject in self.book.standing([subject])
        stopped = None if self.choice.form == "quarantine" else self.folder.position(digest, name)
        setting = setting_of(self.folder.mission, today=now.date())
        offset, row = (stopped.offset, stopped.row) if stopped else (0, 0)
        readings = read_file(self.source, self.choice, setting, offset=offset, row=row)
        with MetOnDisk() as met, MetOnDisk() as lying:
            keep = self._shelf(lying).keep if self.choice.form != "quarantine" else _lies_there
            done = take_in(
                readings, self.book, met=met, again=again, keep=keep, reached=self._reached
            )
        done = replace(done, resumed_at_row=row + 1 if stopped else 0)
        if done.new or done.revised or done.mended or not again:
            self.book.append([self._note(subject, done)])
        release_rows(self.folder, done.mended)
        self.folder.reach(digest, name, None)
        return done

    def _shelf(self, lying: MetOnDisk) -> Shelf:
        place = self.folder.quarantine_file(self.source.name, self.source.sha256)
        return Shelf(place, self.choice.columns, lying=lying)

    def _reached(self, last: Reading) -> None:
        digest, name = self.source.sha256, self.choice.name
        self.folder.reach(digest, name, Position(last.offset, last.row))
        if self.progress is not None:
            self.progress(last.offset, self.source.size)

    def _note(self, subject: str, done: Intake) -> Arrival:
        """The entry that says which file was read, with what result."""
        adapter = self.choice.adapter
        body = {
            "file": self.source.file,
            "sha256": self.source.sha256,
            "bytes": self.source.size,
            "adapter": self.choice.name,
            "adapter_version": adapter.version if adapter else 1,
            "read": done.read,
            "new": done.new,
            "revised": done.revised,
            "unchanged": done.unchanged,
            "quarantined": done.set_aside,
            "resumed_at_row": done.resumed_at_row,
        }
        canonical = canonical_json(body)
        return Arrival(subject, hashlib.sha256(canonical).hexdigest(), Kind.INTAKE, canonical)


def _lies_there(found: Sequence[Quarantined]) -> None:
    """Rows of a quarantine file lie in quarantine already: there, or in the file it copies."""

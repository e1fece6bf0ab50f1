"""A mission's ledger, open: append, read, as known on a date, prove, sign."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from backstop.errors import CheckFailed, InputError, Problem
from backstop.watch.ledger import merkle
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.checkpoint import TreeHead
from backstop.watch.ledger.concealment import MARK, MARK_BYTES, SALT_BYTES, Secret
from backstop.watch.ledger.entry import (
    FINGERPRINT,
    Draft,
    Entry,
    Kind,
    Stamp,
    is_fingerprint,
    read_fingerprint,
    read_time,
    take_apart,
    time_text,
)
from backstop.watch.ledger.store.database import reported
from backstop.watch.ledger.store.reading import read_rows, rows
from backstop.watch.ledger.tree import Tree, node_in_tiles

#: SQLite takes so many question marks in one statement.
_SUBJECTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was appended, on disk: the entries ``first`` to ``size`` (exclusive), known ``at``."""

    first: int
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger last holds on a subject."""

    index: int
    kind: Kind | None
    """None when the entry was erased whole."""
    fingerprint: str | None
    """None also once anything of it was erased."""
    redacted: bool
    """Something about this subject was erased on order: it must not come in again."""


def salt() -> bytes:
    """Fresh random bytes for one concealed value."""
    return os.urandom(SALT_BYTES)


class Ledger:
    """The append-only record in a mission's folder. Use it as a context manager.

    Several processes may read while one writes. Writers take turns: each transaction starts from
    what is on disk, so that two can never continue the same entry differently.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.connection = connection
        self._tree: Tree | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was acknowledged is on disk already."""
        self.connection.close()

    @property
    def size(self) -> int:
        """How many entries the ledger has."""
        with reported(self.folder):
            query = "SELECT coalesce(max(idx) + 1, 0) FROM entry"
            return int(self.connection.execute(query).fetchone()[0])

    def append(self, drafts: Iterable[Draft], *, author: str, now: datetime) -> Receipt:
        """Append entries in one transaction: all of them or none, on disk when it returns.

        Parameters
        ----------
        drafts : iterable of Draft
            Best a thousand or more at a time: each call waits for the disk once.
        author : str
            Who enters them: a role or a service, not a person's name.
        now : datetime
            The clock, aware. When it runs behind the entry before, that entry's time is kept and
            what the clock said stands beside it.

        Raises
        ------
        InputError
            When another process writes for too long, the disk is full or refuses. Nothing of the
            batch is then in the ledger.
        """
        with self.transaction() as tree:
            stamp = self.stamp(author, now)
            first = tree.size
            self.add(drafts, stamp)
            return Receipt(first, tree.size, stamp.at)

    def entries(
        self,
        start: int = 0,
        stop: int | None = None,
        *,
        kinds: Collection[Kind] | None = None,
        subject: str | None = None,
        revealed: bool = False,
    ) -> Iterator[Entry]:
        """Entries in their order; those erased whole are passed over.

        Parameters
        ----------
        start, stop : int
            From this index to before that one.
        kinds : collection of Kind, optional
            Only entries of these types.
        subject : str, optional
            Only entries about this.
        revealed : bool
            Put concealed values that were not erased back into the bodies.

        Raises
        ------
        CheckFailed
            At the first entry that is not what was hashed when it was appended.
        """
        with reported(self.folder):
            found = rows(self.connection, start, stop, kinds=kinds, subject=subject)
            yield from read_rows(self.connection, found, tile=self.tile, revealed=revealed)

    def standing(self, subjects: Iterable[str]) -> dict[str, Standing]:
        """What the ledger last holds on each subject; new ones are absent.

        Of the entries on one subject the latest with a fingerprint counts.
        """
        wanted = list(dict.fromkeys(subjects))
        found: dict[str, Standing] = {}
        with reported(self.folder):
            for at in range(0, len(wanted), _SUBJECTS_AT_ONCE):
                found |= self._standing(wanted[at : at + _SUBJECTS_AT_ONCE])
        return found

    def known_on(self, when: date | datetime) -> int:
        """How many entries were known then; ``entries(stop=…)`` of it is the record of that day.

        A date means to its end in UTC. Times never run backwards in the ledger, so that what was
        known then is always a beginning of it.
        """
        if not isinstance(when, datetime):
            when = datetime.combine(when + timedelta(days=1), time(), UTC) - timedelta.resolution
        sought = time_text(when)
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            at = self._known_at(middle)
            low, high = (middle + 1, high) if at <= sought else (low, middle)
        return low

    def root(self, size: int | None = None) -> bytes:
        """The Merkle tree hash over the first ``size`` entries; over all without it."""
        with reported(self.folder):
            return merkle.range_root(self.node, 0, self.size if size is None else size)

    def inclusion_proof(self, index: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """What shows that an entry is in the tree of that size (RFC 9162, section 2.1.3)."""
        with reported(self.folder):
            size = self.size if size is None else size
            return merkle.inclusion_proof(self.node, index, size=size)

    def consistency_proof(self, old: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """What shows that the tree of that size continues the old one (section 2.1.4)."""
        with reported(self.folder):
            size = self.size if size is None else size
            return merkle.consistency_proof(self.node, old, size=size)

    @contextmanager
    def transaction(self) -> Iterator[Tree]:
        """The tree as it is on disk, to append to; committed at the end, or as if never begun."""
        with reported(self.folder):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                tree = self._current()
                yield tree
                self.connection.executemany(
                    "INSERT OR REPLACE INTO tile VALUES (?, ?, ?)",
                    [(*place, hashes) for place, hashes in tree.unsaved().items()],
                )
                self.connection.execute("COMMIT")
            except BaseException:
                self._tree = None
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def stamp(self, author: str, now: datetime) -> Stamp:
        """Author and time of what is appended now, inside a transaction."""
        if now.tzinfo is None:
            raise InputError([Problem(str(self.folder), 0, 0, "now", "the clock names no offset")])
        now = now.astimezone(UTC)
        size = self._current().size
        last = read_time(self._known_at(size - 1)) if size else now
        return Stamp(author, now) if now >= last else Stamp(author, last, now)

    def add(self, drafts: Iterable[Draft], stamp: Stamp) -> None:
        """Write entries, inside a transaction."""
        tree = self._current()
        entries: list[tuple[int, str, str | None, bytes]] = []
        openings: list[tuple[int, str, bytes, bytes]] = []
        for index, draft in enumerate(drafts, tree.size):
            secrets, fingerprint = _kept(draft)
            openings += [(index, s.field, s.salt, s.value) for s in secrets]
            leaf = stamp.leaf(draft, fingerprint)
            entries.append((index, draft.kind.value, draft.subject, leaf))
        self.connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", entries)
        self.connection.executemany("INSERT INTO opening VALUES (?, ?, ?, ?)", openings)
        tree.extend([merkle.leaf_hash(leaf) for *_, leaf in entries])

    def node(self, height: int, position: int) -> bytes:
        """The hash of a full subtree (see ``merkle.NodeReader``)."""
        return node_in_tiles(self.tile, height, position)

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile (see ``tree.TileReader``)."""
        query = "SELECT hashes FROM tile WHERE level = ? AND number = ?"
        found = self.connection.execute(query, (level, number)).fetchone()
        if found is None:
            raise CheckFailed(f"{self.folder}: tile {level}/{number} is missing; run verify")
        return bytes(found[0])

    def head(self, origin: str) -> TreeHead:
        """The size and root as they are now, inside a transaction."""
        tree = self._current()
        return TreeHead(origin, tree.size, tree.root())

    def _current(self) -> Tree:
        size = self.size
        if self._tree is None or self._tree.size != size:
            self._tree = Tree.resumed(size, self.tile)
        return self._tree

    def _known_at(self, index: int) -> bytes:
        """The time of an entry; of the next one that is left where it was erased whole."""
        query = "SELECT leaf FROM entry WHERE idx >= ? AND leaf IS NOT NULL ORDER BY idx LIMIT 1"
        (leaf,) = self.connection.execute(query, (index,)).fetchone()
        return take_apart(leaf).at

    def _standing(self, subjects: Sequence[str]) -> dict[str, Standing]:
        marks = ",".join("?" * len(subjects))
        query = (
            "SELECT idx, kind, subject, leaf FROM entry"
            f" WHERE subject IN ({marks}) AND kind IS NOT NULL ORDER BY idx"
        )
        found: dict[str, Standing] = {}
        for index, kind, subject, leaf in self.connection.execute(query, subjects):
            before = found.get(subject)
            if kind == Kind.REDACTION:
                mark = before or Standing(index, Kind.REDACTION, None, True)
                found[subject] = replace(mark, fingerprint=None, redacted=True)
                continue
            fingerprint, concealed = read_fingerprint(leaf)
            if concealed:
                fingerprint = self._opened_fingerprint(index)
            if before is None or fingerprint is not None or concealed:
                redacted = before is not None and before.redacted
                found[subject] = Standing(index, Kind(kind), fingerprint, redacted)
        return found

    def _opened_fingerprint(self, index: int) -> str | None:
        query = "SELECT value FROM opening WHERE idx = ? AND field = ?"
        found = self.connection.execute(query, (index, FINGERPRINT)).fetchone()
        return None if found is None else str(json.loads(found[0]))


def _kept(draft: Draft) -> tuple[tuple[Secret, ...], str | dict[str, str] | None]:
    """The openings of a draft, and what its leaf says for a fingerprint."""
    if MARK_BYTES in draft.body and draft.body.count(MARK_BYTES) != len(draft.secrets):
        message = f"the name {MARK!r} belongs to concealed values; no record may use it"
        raise InputError([Problem(draft.subject or "", 0, 0, "", message)])
    if draft.fingerprint is None:
        return draft.secrets, None
    assert is_fingerprint(draft.fingerprint), "a fingerprint is 64 hexadecimal digits"
    if not draft.secrets:
        return (), draft.fingerprint
    secret = Secret(FINGERPRINT, salt(), canonical_json(draft.fingerprint))
    return (*draft.secrets, secret), {MARK: secret.digest}

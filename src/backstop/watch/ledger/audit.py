"""The audit of the entries: each hashed again, the tree built again, erasures accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from backstop.watch.ledger.canonical import NotCanonical, parse_json
from backstop.watch.ledger.concealment import MARK, MARK_BYTES, Secret, commitments
from backstop.watch.ledger.entry import (
    FINGERPRINT,
    TIME_BYTES,
    WHOLE,
    Kind,
    has_subject,
    held_back,
    leaf_opening,
    subject_tail,
)
from backstop.watch.ledger.merkle import leaf_hash
from backstop.watch.ledger.rotation import KeyRing
from backstop.watch.ledger.tree import HASH_BYTES, TILE_WIDTH, Tree
from backstop.watch.ledger.verification import Findings

#: A row of the store: index, type, subject and leaf, as they stand there.
Row = tuple[int, str | None, str | None, bytes | None]

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_OPENINGS = {kind.value: leaf_opening(kind) for kind in Kind}
_READ = (Kind.MISSION.value, Kind.KEY.value, Kind.CHECKPOINT.value, Kind.REDACTION.value)


@dataclass(slots=True)
class Audit:
    """What is known of a log once its rows were read, in their order."""

    tile: Callable[[int, int], bytes]
    """The stored hashes of a tile; empty when it is missing."""
    openings: Callable[[int], list[Secret]]
    """What is kept beside an entry."""
    ring: KeyRing
    findings: Findings
    tree: Tree = field(default_factory=Tree)
    roots: dict[int, bytes] = field(default_factory=dict)
    """Roots at the sizes asked for, as far as the log goes."""
    sealed: list[int] = field(default_factory=list)
    """Sizes at which an entry says that a checkpoint was signed."""
    redactions: int = 0
    held_back: int = 0
    openings_seen: int = 0
    _last_at: bytes = b""
    _stored: bytes = b""
    _batch: list[bytes] = field(default_factory=list)
    _erased: set[tuple[int, str]] = field(default_factory=set)
    _ordered: set[tuple[int, str]] = field(default_factory=set)

    def read(self, rows: Iterable[Row], sizes: Collection[int]) -> None:
        """Take in every row; ``sizes`` are those at which a root is wanted."""
        self.roots[0] = self.tree.root()
        for index, kind, subject, leaf in rows:
            position = self.tree.size + len(self._batch)
            if index != position:
                self.findings.add(position, "the entry is missing; nothing after it was checked")
                break
            if not position % TILE_WIDTH:
                self._grow()
                self._stored = self.tile(0, position // TILE_WIDTH)
            self._batch.append(self._hash(index, kind, subject, leaf))
            if position + 1 in sizes:
                self._grow()
                self.roots[position + 1] = self.tree.root()
        self._grow()
        self._compare(self.tree.unsaved())
        self._account()

    def _hash(self, index: int, kind: str | None, subject: str | None, leaf: bytes | None) -> bytes:
        """The hash of one entry; the stored one where the entry is not what was hashed."""
        first = index % TILE_WIDTH * HASH_BYTES
        stored = self._stored[first : first + HASH_BYTES]
        if leaf is None:
            self._erased.add((index, WHOLE))
            if kind is not None or subject is not None:
                self.findings.add(index, "the entry was erased, but not all of it")
            return stored.ljust(HASH_BYTES, b"\0")
        if not isinstance(leaf, bytes):
            self.findings.add(index, "the entry is not what was hashed when it was appended")
            return stored.ljust(HASH_BYTES, b"\0")
        computed = leaf_hash(leaf)
        if computed == stored:
            self._check(index, kind, subject, leaf)
            return computed
        if len(stored) == HASH_BYTES:
            self.findings.add(index, "the entry is not what was hashed when it was appended")
            return stored
        return computed

    def _check(self, index: int, kind: str | None, subject: str | None, leaf: bytes) -> None:
        """What an entry says of itself, against its columns and the entry before."""
        opening = _OPENINGS.get(str(kind))
        if opening is None or not leaf.startswith(opening):
            self.findings.add(index, f"it is filed as {kind!r}, which is not what was hashed")
            return
        at = leaf[len(opening) : len(opening) + TIME_BYTES]
        if at != self._last_at:
            if not _TIME.fullmatch(at):
                self.findings.add(index, "it has no time")
            elif at < self._last_at:
                self.findings.add(index, "it is dated before the entry before it")
            else:
                self._last_at = at
        if has_subject(leaf) if subject is None else not _filed(leaf, subject):
            self.findings.add(index, f"it is filed under {subject!r}, which is not what was hashed")
        self.held_back += held_back(leaf)
        if kind in _READ or MARK_BYTES in leaf:
            self._read_body(index, str(kind), leaf)

    def _read_body(self, index: int, kind: str, leaf: bytes) -> None:
        try:
            envelope = parse_json(leaf.partition(b"\n")[2])
            body: dict[str, Any] = dict(envelope["body"])
        except (NotCanonical, KeyError, TypeError, ValueError) as error:
            self.findings.add(index, f"it cannot be read: {error}")
            return
        match kind:
            case Kind.MISSION if body.get("origin") != self.ring.origin or index:
                self.findings.add(index, "a mission's entry stands where none belongs")
            case Kind.KEY:
                fault = self.ring.read(index, body)
                if fault is not None:
                    self.findings.add(index, fault)
            case Kind.CHECKPOINT:
                self.sealed.append(index + 1)
            case Kind.REDACTION:
                self._order(index, body)
        if MARK_BYTES in leaf:
            self._open(index, envelope)

    def _order(self, index: int, body: dict[str, Any]) -> None:
        """Take in what a tombstone says was erased."""
        self.redactions += 1
        target, fields = body.get("entry"), body.get("fields")
        if not isinstance(target, int) or not 0 <= target < index or not fields:
            self.findings.add(index, "it erases nothing that came before it")
            return
        names = [WHOLE] if fields == WHOLE else fields
        self._ordered |= {(target, str(name)) for name in names}

    def _open(self, index: int, envelope: dict[str, Any]) -> None:
        """Hold what is kept beside an entry against the commitments in it."""
        concealed = dict(commitments(envelope["body"]))
        fingerprint = envelope.get("fingerprint")
        if isinstance(fingerprint, dict):
            concealed[FINGERPRINT] = str(fingerprint.get(MARK))
        for secret in self.openings(index):
            self.openings_seen += 1
            if concealed.pop(secret.field, None) != secret.digest:
                self.findings.add(index, f"the concealed {secret.field} is not what was hashed")
        self._erased |= {(index, name) for name in concealed}

    def _grow(self) -> None:
        self.tree.extend(self._batch)
        self._batch = []
        filled, self.tree.filled = self.tree.filled, {}
        self._compare(filled)

    def _compare(self, tiles: dict[tuple[int, int], bytes]) -> None:
        """Hold tiles that were built again against the stored ones."""
        for (level, number), hashes in tiles.items():
            if self.tile(level, number) != hashes:
                first = number * TILE_WIDTH ** (level + 1)
                self.findings.add(first, f"the stored hashes from here on (level {level}) differ")

    def _account(self) -> None:
        """Every erasure was ordered by a tombstone, and every order carried out."""
        whole = {index for index, name in self._erased if name == WHOLE}
        for index, name in sorted(self._erased - self._ordered):
            what = "the entry" if name == WHOLE else f"the concealed {name}"
            self.findings.add(index, f"{what} is gone, and no entry says that it was erased")
        for index, name in sorted(self._ordered - self._erased):
            if index not in whole:
                what = "the entry" if name == WHOLE else f"the concealed {name}"
                self.findings.add(index, f"{what} was to be erased, and is still there")


def _filed(leaf: bytes, subject: object) -> bool:
    return isinstance(subject, str) and leaf.endswith(subject_tail(subject) + b"}")

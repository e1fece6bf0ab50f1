"""Rows of the ledger's tables, read in pages so that no reader holds up a writer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from backstop.errors import CheckFailed
from backstop.watch.ledger.concealment import MARK_BYTES, Secret, reveal
from backstop.watch.ledger.entry import FINGERPRINT, Entry, Kind, read_entry
from backstop.watch.ledger.merkle import leaf_hash
from backstop.watch.ledger.tree import HASH_BYTES, TILE_WIDTH, TileReader

_PAGE = 2_000


def rows(
    connection: sqlite3.Connection,
    start: int,
    stop: int | None,
    *,
    kinds: Collection[Kind] | None,
    subject: str | None,
) -> Iterator[tuple[int, bytes]]:
    """Index and leaf of the entries asked for, without those erased whole."""
    terms, values = ["idx >= ?", "leaf IS NOT NULL"], list[int | str]()
    if stop is not None:
        terms.append("idx < ?")
        values.append(stop)
    if kinds is not None:
        terms.append(f"kind IN ({','.join('?' * len(kinds))})")
        values += [kind.value for kind in kinds]
    if subject is not None:
        terms.append("subject = ?")
        values.append(subject)
    query = f"SELECT idx, leaf FROM entry WHERE {' AND '.join(terms)} ORDER BY idx LIMIT {_PAGE}"
    while True:
        page = connection.execute(query, (start, *values)).fetchall()
        yield from page
        if len(page) < _PAGE:
            return
        start = page[-1][0] + 1


def read_rows(
    connection: sqlite3.Connection,
    found: Iterable[tuple[int, bytes]],
    *,
    tile: TileReader,
    revealed: bool,
) -> Iterator[Entry]:
    """Entries from their leaves, each held against its stored hash before it is believed.

    Parameters
    ----------
    revealed : bool
        Put concealed values back where they were not erased.

    Raises
    ------
    CheckFailed
        At the first entry that is not what was hashed when it was appended.
    """
    number, hashes = -1, b""
    for index, leaf in found:
        if index // TILE_WIDTH != number:
            number = index // TILE_WIDTH
            hashes = tile(0, number)
        first = index % TILE_WIDTH * HASH_BYTES
        stored = hashes[first : first + HASH_BYTES]
        if not isinstance(leaf, bytes) or leaf_hash(leaf) != stored:
            raise CheckFailed(f"entry {index} is not what was hashed when it was appended")
        try:
            entry = read_entry(index, leaf)
            if revealed and MARK_BYTES in leaf:
                entry = _revealed(entry, openings(connection, index))
        except (ValueError, LookupError, TypeError) as error:
            raise CheckFailed(f"entry {index} cannot be read: {error}; run verify") from error
        yield entry


def openings(connection: sqlite3.Connection, index: int) -> list[Secret]:
    """What is kept beside one entry and was not erased."""
    query = "SELECT field, salt, value FROM opening WHERE idx = ? ORDER BY field"
    return [Secret(*row) for row in connection.execute(query, (index,))]


def _revealed(entry: Entry, secrets: list[Secret]) -> Entry:
    reveal(entry.body, [secret for secret in secrets if secret.field != FINGERPRINT])
    own = [json.loads(secret.value) for secret in secrets if secret.field == FINGERPRINT]
    return replace(entry, fingerprint=own[0]) if own else entry

"""Erasing a name or a whole entry for good, with a tombstone in the log that says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backstop.errors import BackstopError, InputError, NotFound, Problem
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import FINGERPRINT, WHOLE, Draft, Kind
from backstop.watch.ledger.store.database import reported
from backstop.watch.ledger.store.ledger import Ledger, Receipt

#: What holds the log together is never erased; a correction can be appended to it.
_KEPT_KINDS = (Kind.MISSION, Kind.KEY, Kind.CHECKPOINT, Kind.REDACTION)


def redact(
    ledger: Ledger,
    index: int,
    fields: Sequence[str] | None,
    *,
    reason: str,
    author: str,
    now: datetime,
) -> Receipt:
    """Erase concealed values of one entry, or all of it, and append a tombstone.

    Parameters
    ----------
    index : int
        The entry.
    fields : sequence of str, or None
        The concealed fields, as JSON Pointers. None erases the whole entry: of it only the hash
        stays, which keeps the tree as it is. For a name that was not concealed that is the way;
        append a correction without the name afterwards.
    reason : str
        On what ground; it stays in the log, so it must not repeat what is erased.

    Raises
    ------
    NotFound
        When there is no such entry.
    InputError
        When a field is not concealed there or erased already; or when the entry is one that holds
        the log together. And when the erasure is recorded but another process still holds old
        pages of the file: they go when the ledger is next opened alone.
    """
    with ledger.transaction():
        kind, subject = _target(ledger, index)
        stamp = ledger.stamp(author, now)
        fields = None if fields is None else _erasable(ledger, index, fields)
        if fields is None:
            blank = "UPDATE entry SET kind = NULL, subject = NULL, leaf = NULL WHERE idx = ?"
            ledger.connection.execute(blank, (index,))
            ledger.connection.execute("DELETE FROM opening WHERE idx = ?", (index,))
        else:
            erase = "DELETE FROM opening WHERE idx = ? AND field = ?"
            ledger.connection.executemany(erase, [(index, field) for field in fields])
        body = {"entry": index, "fields": fields or WHOLE, "kind": kind, "reason": reason}
        first = ledger.size
        ledger.add([Draft(Kind.REDACTION, canonical_json(body), subject)], stamp)
        ledger.connection.execute("INSERT OR IGNORE INTO scrub VALUES (1)")
        receipt = Receipt(first, first + 1, stamp.at)
    left = finish_scrub(ledger)
    if left is not None:
        message = f"the erasure is recorded, but old bytes still stand in the file: {left}"
        raise _refused(ledger, index, f"{message}; they go when the ledger is next opened alone")
    return receipt


def finish_scrub(ledger: Ledger) -> str | None:
    """Rewrite the file without what was erased, if that is still to be done; else why not.

    A deleted row leaves copies of its bytes in free space and in the write-ahead log. The file is
    rebuilt (VACUUM) and the write-ahead log cut to nothing.
    """
    connection = ledger.connection
    try:
        with reported(ledger.folder):
            if connection.execute("SELECT 1 FROM scrub").fetchone() is None:
                return None
            connection.execute("VACUUM")
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                return "another process has the ledger open"
            connection.execute("DELETE FROM scrub")
    except InputError as error:
        return error.problems[0].message
    return None


def _target(ledger: Ledger, index: int) -> tuple[str, str | None]:
    query = "SELECT kind, subject FROM entry WHERE idx = ?"
    found = ledger.connection.execute(query, (index,)).fetchone()
    if found is None:
        raise NotFound(f"{ledger.folder}: there is no entry {index}; the last is {ledger.size - 1}")
    kind, subject = found
    if kind is None:
        raise _refused(ledger, index, "it was erased whole already")
    if kind in _KEPT_KINDS:
        raise _refused(ledger, index, f"an entry of type {kind} holds the log together")
    return kind, subject


def _erasable(ledger: Ledger, index: int, fields: Sequence[str]) -> list[str]:
    """The fields and, with them, the fingerprint, from which they could be guessed."""
    query = "SELECT field FROM opening WHERE idx = ?"
    kept = {field for (field,) in ledger.connection.execute(query, (index,))}
    wrong = sorted(set(fields) - kept)
    if wrong or not fields:
        there = ", ".join(sorted(kept - {FINGERPRINT})) or "none"
        message = f"not concealed, or erased already: {', '.join(wrong) or 'no field given'}"
        raise _refused(ledger, index, f"{message}; there are: {there}; or erase the whole entry")
    return sorted({*fields, *({FINGERPRINT} & kept)})


def _refused(ledger: Ledger, index: int, message: str) -> BackstopError:
    return InputError([Problem(str(ledger.folder), 0, 0, f"entry {index}", message)])

"""The SQLite file of a mission: how it is opened, what it holds, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backstop.errors import BackstopError, CheckFailed, InputError, Problem

LEDGER_FILE = "ledger.db"

#: Pages of 4 kB that the write-ahead log holds before they go into the file.
_WAL_PAGES = 8_000
_CACHE_KB = 32_000

#: "BLed": tells the file from any other SQLite database.
APPLICATION_ID = 0x424C6564
FORMAT = 1

#: ``entry`` is the log. ``kind`` and ``subject`` repeat what the hashed leaf says, to find it by;
#: the leaf is null where a whole entry was erased. ``opening`` holds what redaction erases.
#: ``scrub`` has a row while erased bytes may still stand in the file's free space.
SCHEMA = (
    "CREATE TABLE entry (idx INTEGER PRIMARY KEY, kind TEXT, subject TEXT, leaf BLOB)",
    "CREATE INDEX entry_kind ON entry (kind)",
    "CREATE INDEX entry_subject ON entry (subject) WHERE subject IS NOT NULL",
    (
        "CREATE TABLE opening (idx INTEGER, field TEXT, salt BLOB, value BLOB,"
        " PRIMARY KEY (idx, field)) WITHOUT ROWID"
    ),
    "CREATE TABLE tile (level INTEGER, number INTEGER, hashes BLOB, PRIMARY KEY (level, number))",
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT)",
    "CREATE TABLE scrub (pending INTEGER PRIMARY KEY)",
)


def connect(folder: Path, *, wait_s: float) -> sqlite3.Connection:
    """A connection that writes: every commit reaches the disk before it is acknowledged."""
    # Transactions are begun and ended by hand (isolation_level None), never by the library.
    connection = sqlite3.connect(
        folder / LEDGER_FILE, timeout=wait_s, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "trusted_schema = OFF",
            # A large batch touches many pages of the index of subjects; each of them is then
            # written to the file once in several batches, and not after each.
            f"wal_autocheckpoint = {_WAL_PAGES}",
            f"cache_size = -{_CACHE_KB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables, inside the caller's transaction."""
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def altered(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the file's layout, if it is not exactly the one that was laid out."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        return "it is not a Backstop ledger"
    if version != FORMAT:
        return f"it has format {version}; this program reads format {FORMAT}"
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if sorted(sql for (sql,) in found) != sorted(SCHEMA):
        return "its tables are not those of a Backstop ledger"
    return None


def refused(place: Path, message: str) -> InputError:
    """A person's mistake with a ledger, its key or its folder."""
    return InputError([Problem(str(place), 0, 0, "", message)])


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into ones that say what to do; whatever was in hand is not committed."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(folder / LEDGER_FILE, error) from error


def _explained(file: Path, error: sqlite3.Error) -> BackstopError:
    # The low byte is the primary code; the rest says in which step it happened.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CheckFailed(f"{file}: the file is damaged ({error}); run verify")
    reason = _REASONS.get(code, "cannot be used")
    return InputError([Problem(str(file), 0, 0, "", f"{reason} ({error})")])


_REASONS = {
    sqlite3.SQLITE_BUSY: "another process is writing; nothing was appended, try again",
    sqlite3.SQLITE_LOCKED: "another process is writing; nothing was appended, try again",
    sqlite3.SQLITE_FULL: (
        "the disk is full; what was appended before is safe, nothing of this batch is in; make "
        "room and start it again"
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk refuses it, or is full; what was appended before is safe, nothing of this "
        "batch is in"
    ),
    sqlite3.SQLITE_READONLY: "the folder or file may not be written",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
}

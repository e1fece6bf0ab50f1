"""Making and opening the ledger of a mission."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from backstop.errors import CheckFailed, NotFound
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Draft, Kind
from backstop.watch.ledger.note import BadNote, SigningKey, VerifierKey, key_name
from backstop.watch.ledger.store.database import (
    LEDGER_FILE,
    altered,
    connect,
    lay_out,
    refused,
    reported,
)
from backstop.watch.ledger.store.ledger import Ledger
from backstop.watch.ledger.store.redaction import finish_scrub

#: The public keys of the log, one a line, for whoever verifies it.
PUBLIC_KEYS_FILE = "keys.pub"


def create_ledger(
    folder: str | Path,
    *,
    origin: str,
    key: SigningKey,
    author: str,
    now: datetime,
    mission: Mapping[str, object],
) -> Ledger:
    """Begin the ledger of a mission, in its folder, which is made when it is missing.

    Parameters
    ----------
    origin : str
        The log's name on its checkpoints, unique in the world: best like ``example.org/mission``.
    key : SigningKey
        Signs the checkpoints. Its public half goes into the log and into ``keys.pub``.
    mission : mapping
        What the mission is: scenario and its digest, agreement, and so on. The first entry.

    Raises
    ------
    InputError
        When there is a ledger already, the folder cannot be written, or the origin will not do.
    """
    folder = Path(folder)
    try:
        key_name(origin)
    except BadNote as error:
        raise refused(folder, str(error)) from None
    if any((folder / f"{LEDGER_FILE}{end}").exists() for end in ("", "-wal", "-journal")):
        raise refused(folder, "there is a ledger already; open it, or choose another folder")
    drafts = (
        Draft(Kind.MISSION, canonical_json({"origin": origin, **mission})),
        Draft(Kind.KEY, canonical_json({"action": "add", "key": str(key.verifier)})),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".ledger.", dir=folder) as draft:
            _lay_out(Path(draft), drafts, author=author, now=now)
            os.replace(Path(draft) / LEDGER_FILE, folder / LEDGER_FILE)
        publish_key(folder, key.verifier)
    except OSError as error:
        raise refused(folder, f"cannot be written: {error.strerror or error}") from error
    return open_ledger(folder)


def open_ledger(folder: str | Path, *, wait_s: float = 10.0) -> Ledger:
    """Open the ledger of a mission, to read and to append.

    Parameters
    ----------
    wait_s : float
        How long to wait, in seconds, while another process writes.

    Raises
    ------
    NotFound
        When the folder has no ledger.
    CheckFailed
        When the file is damaged or not laid out as a ledger is.
    InputError
        When the folder cannot be written.
    """
    folder = Path(folder)
    if not (folder / LEDGER_FILE).is_file():
        raise NotFound(f"{folder}: there is no {LEDGER_FILE}; begin one with `backstop watch init`")
    try:
        with reported(folder):
            return _opened(folder, wait_s=wait_s)
    except UnicodeDecodeError as error:
        # SQLite quotes the schema in its messages, and a damaged one may be no text.
        raise CheckFailed(f"{folder / LEDGER_FILE}: the file is damaged ({error})") from error


def _opened(folder: Path, *, wait_s: float) -> Ledger:
    connection = connect(folder, wait_s=wait_s)
    try:
        fault = altered(connection)
        if fault is not None:
            raise CheckFailed(f"{folder / LEDGER_FILE}: {fault}")
        ledger = Ledger(folder, connection)
        finish_scrub(ledger)
    except BaseException:
        connection.close()
        raise
    return ledger


def publish_key(folder: Path, key: VerifierKey) -> None:
    """Add a public key to those that stand in the mission's folder."""
    with (folder / PUBLIC_KEYS_FILE).open("a", encoding="utf-8") as stream:
        stream.write(f"{key}\n")
        stream.flush()
        os.fsync(stream.fileno())


def _lay_out(draft: Path, drafts: Sequence[Draft], *, author: str, now: datetime) -> None:
    with reported(draft):
        ledger = Ledger(draft, connect(draft, wait_s=0.0))
        with ledger:
            lay_out(ledger.connection)
            ledger.append(drafts, author=author, now=now)

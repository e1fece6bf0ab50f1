"""The offline verifier: a mission's folder, and whatever checkpoints and keys somebody kept."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from backstop.errors import InputError, NotFound, Problem
from backstop.watch.ledger.audit import Audit
from backstop.watch.ledger.canonical import NotCanonical, parse_json
from backstop.watch.ledger.checkpoint import read_checkpoint
from backstop.watch.ledger.checkpoint_audit import CheckpointAudit, Seal
from backstop.watch.ledger.concealment import Secret
from backstop.watch.ledger.entry import take_apart
from backstop.watch.ledger.merkle import EMPTY_ROOT
from backstop.watch.ledger.note import BadNote, VerifierKey, read_verifier_key
from backstop.watch.ledger.rotation import KeyRing
from backstop.watch.ledger.store.database import LEDGER_FILE, altered
from backstop.watch.ledger.store.folder import PUBLIC_KEYS_FILE
from backstop.watch.ledger.store.reading import openings
from backstop.watch.ledger.verification import Findings, Verification


def verify_ledger(
    folder: str | Path,
    *,
    kept: Sequence[str] = (),
    keys: Sequence[str] = (),
    witnesses: Sequence[str] = (),
) -> Verification:
    """Check a mission's ledger, offline, without changing anything in its folder.

    Parameters
    ----------
    kept : sequence of str
        Texts of checkpoints that somebody kept. Without one, a log that was rewritten as a whole
        and signed anew with the mission's key cannot be told from the true one.
    keys : sequence of str
        Public keys of the log, got from elsewhere. Without any, the first key in the folder is
        believed.
    witnesses : sequence of str
        Public keys of witnesses beside those that the log names.

    Raises
    ------
    NotFound
        When the folder has no ledger.
    InputError
        When a key given is not one.
    """
    folder = Path(folder)
    if not (folder / LEDGER_FILE).is_file():
        raise NotFound(f"{folder}: there is no {LEDGER_FILE}")
    trusted, known = _keys(keys), _keys(witnesses)
    findings = Findings()
    if not trusted:
        trusted = _published(folder, findings)
    try:
        with snapshot(folder) as connection:
            return _verify(connection, trusted, known, kept, findings)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # SQLite quotes the schema in its messages, and a damaged one may be no text.
        findings.add(None, f"the file is damaged: {error}")
    return Verification(0, EMPTY_ROOT, 0, 0, 0, 0, 0, findings.all())


def _verify(
    connection: sqlite3.Connection,
    trusted: Sequence[VerifierKey],
    known: Sequence[VerifierKey],
    kept: Sequence[str],
    findings: Findings,
) -> Verification:
    fault = altered(connection)
    if fault is not None:
        findings.add(None, fault)
    for (message,) in connection.execute("PRAGMA integrity_check(20)"):
        if message != "ok":
            findings.add(None, f"the file is damaged: {message}")
    stored = "SELECT note, size FROM checkpoint ORDER BY size"
    filed = [Seal(str(note), size) for note, size in connection.execute(stored)]
    seals = sorted([*filed, *(Seal(text, None) for text in kept)], key=_stated_size)
    ring = KeyRing(_origin(connection), trusted)
    audit = _read(connection, ring, {_stated_size(seal) for seal in seals}, findings)
    witnesses = list(dict.fromkeys([*known, *ring.witnesses]))
    checks = CheckpointAudit(ring, witnesses, audit.roots, audit.tree.size, findings)
    checks.check(seals)
    sizes = {seal.size for seal in filed}
    for size in audit.sealed:
        if size not in sizes:
            findings.add(size - 1, "the checkpoint that was signed here is gone")
    return Verification(
        size=audit.tree.size,
        root=audit.tree.root(),
        checkpoints=len(seals),
        cosignatures=checks.cosignatures,
        unsigned=audit.tree.size - max(audit.sealed, default=0),
        redactions=audit.redactions,
        held_back=audit.held_back,
        broken=findings.all(),
    )


def _read(
    connection: sqlite3.Connection, ring: KeyRing, sizes: set[int], findings: Findings
) -> Audit:
    def tile(level: int, number: int) -> bytes:
        query = "SELECT hashes FROM tile WHERE level = ? AND number = ?"
        found = connection.execute(query, (level, number)).fetchone()
        return bytes(found[0]) if found and isinstance(found[0], bytes) else b""

    def kept_beside(index: int) -> list[Secret]:
        return openings(connection, index)

    audit = Audit(tile, kept_beside, ring, findings)
    query = "SELECT idx, kind, subject, leaf FROM entry ORDER BY idx"
    audit.read(connection.execute(query), sizes)
    (total,) = connection.execute("SELECT count(*) FROM opening").fetchone()
    if total != audit.openings_seen:
        findings.add(None, f"{total - audit.openings_seen} concealed values belong to no entry")
    return audit


@contextmanager
def snapshot(folder: Path) -> Iterator[sqlite3.Connection]:
    """The ledger as it is at one moment; from a copy where the folder cannot be written."""
    with tempfile.TemporaryDirectory() as spare:
        try:
            connection = _read_only(folder)
        except sqlite3.OperationalError:
            # A write-ahead log cannot be read in a folder that SQLite may not write to.
            for file in folder.glob(f"{LEDGER_FILE}*"):
                if not file.name.endswith("-shm"):
                    shutil.copyfile(file, Path(spare) / file.name)
            connection = _read_only(Path(spare))
        with closing(connection):
            yield connection


def _read_only(folder: Path) -> sqlite3.Connection:
    uri = f"{(folder / LEDGER_FILE).resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        # Bytes that are no text are held against the hashes like any other wrong text.
        connection.text_factory = lambda data: data.decode(errors="replace")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _origin(connection: sqlite3.Connection) -> str:
    """The log's name, as its first entry says; the audit finds it when that is not one."""
    found = connection.execute("SELECT leaf FROM entry WHERE idx = 0").fetchone()
    try:
        return str(parse_json(take_apart(found[0]).json)["body"]["origin"])
    except (NotCanonical, ValueError, TypeError, KeyError, AttributeError):
        return ""


def _stated_size(seal: Seal) -> int:
    try:
        return read_checkpoint(seal.text)[0].size
    except BadNote:
        return 0


def _published(folder: Path, findings: Findings) -> list[VerifierKey]:
    """The first key in the folder: that of the beginning, from which the log admits the others."""
    try:
        lines = (folder / PUBLIC_KEYS_FILE).read_text(encoding="utf-8").splitlines()
        return [read_verifier_key(lines[0])]
    except (OSError, UnicodeDecodeError, BadNote, IndexError):
        findings.add(None, f"{PUBLIC_KEYS_FILE} holds no public key to check signatures with")
        return []


def _keys(lines: Sequence[str]) -> list[VerifierKey]:
    found, problems = [], []
    for line in lines:
        try:
            found.append(read_verifier_key(line))
        except BadNote as error:
            problems.append(Problem(f"public key {line[:40]!r}", 0, 0, "", str(error)))
    if problems:
        raise InputError(problems)
    return found

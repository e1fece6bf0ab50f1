"""Signing a ledger's state for the parties to keep, taking in witnesses' signatures, new keys."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

from backstop.errors import CheckFailed
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.checkpoint import (
    TreeHead,
    as_witness,
    cosigned_at,
    read_checkpoint,
    sign_checkpoint,
)
from backstop.watch.ledger.entry import Draft, Kind
from backstop.watch.ledger.note import (
    BadNote,
    SigningKey,
    VerifierKey,
    read_verifier_key,
)
from backstop.watch.ledger.rotation import KeyRing, endorsement
from backstop.watch.ledger.store.database import refused
from backstop.watch.ledger.store.folder import publish_key
from backstop.watch.ledger.store.ledger import Ledger


def seal(ledger: Ledger, key: SigningKey, *, author: str, now: datetime) -> str:
    """Sign the ledger's size and root; the text is for others to keep.

    An entry of type ``checkpoint`` goes in first, so that the moment stands in the log itself:
    whatever is appended later cannot be dated before it. The text is kept in the ledger too.

    Raises
    ------
    InputError
        When the key is not one that may sign for this log.
    CheckFailed
        When the ledger no longer continues the checkpoint signed last: nothing is signed then.
    """
    with ledger.transaction():
        ring = key_ring(ledger)
        if key.verifier not in ring.signing:
            raise refused(ledger.folder, f"the key {key.verifier} may not sign for {ring.origin}")
        last = last_checkpoint(ledger)
        previous = None
        if last is not None:
            if last.size > ledger.size or ledger.root(last.size) != last.root:
                raise CheckFailed(
                    f"{ledger.folder}: the ledger does not continue its checkpoint of"
                    f" {last.size} entries; nothing is signed; run verify"
                )
            previous = {"root": b64encode(last.root).decode(), "size": last.size}
        draft = Draft(Kind.CHECKPOINT, canonical_json({"previous": previous}))
        ledger.add([draft], ledger.stamp(author, now))
        head = ledger.head(ring.origin)
        note = str(sign_checkpoint(head, key))
        ledger.connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (head.size, note))
    return note


def last_checkpoint(ledger: Ledger) -> TreeHead | None:
    """What the newest checkpoint in the ledger states."""
    query = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1"
    found = ledger.connection.execute(query).fetchone()
    if found is None:
        return None
    try:
        return read_checkpoint(found[0])[0]
    except BadNote as error:
        raise CheckFailed(f"{ledger.folder}: the last checkpoint is damaged: {error}") from None


def checkpoints(ledger: Ledger) -> list[str]:
    """The texts of all checkpoints, oldest first."""
    query = "SELECT note FROM checkpoint ORDER BY size"
    return [note for (note,) in ledger.connection.execute(query)]


def take_cosignatures(ledger: Ledger, text: str) -> int:
    """Add witnesses' signatures to a checkpoint in the ledger; how many were new and right.

    Only signatures of the witnesses named in the log (``admit_witness``) are taken.

    Raises
    ------
    InputError
        When the text is no checkpoint of this ledger.
    """
    try:
        head, note = read_checkpoint(text)
    except BadNote as error:
        raise refused(ledger.folder, str(error)) from None
    with ledger.transaction():
        query = "SELECT note FROM checkpoint WHERE size = ?"
        found = ledger.connection.execute(query, (head.size,)).fetchone()
        own = read_checkpoint(found[0])[1] if found else None
        if own is None or own.text != note.text:
            raise refused(
                ledger.folder, f"the ledger has no such checkpoint of {head.size} entries"
            )
        right = [w for w in key_ring(ledger).witnesses if cosigned_at(note, w) is not None]
        lines = [s for s in note.signatures for w in right if s == note.by(as_witness(w))]
        grown = own.adding(lines)
        update = "UPDATE checkpoint SET note = ? WHERE size = ?"
        ledger.connection.execute(update, (str(grown), head.size))
        return len(grown.signatures) - len(own.signatures)


def admit_witness(ledger: Ledger, key: VerifierKey, *, author: str, now: datetime) -> None:
    """Name a witness in the log."""
    body = {"action": "witness", "key": str(key)}
    ledger.append([Draft(Kind.KEY, canonical_json(body))], author=author, now=now)


def witnesses(ledger: Ledger) -> list[VerifierKey]:
    """The witnesses that the log names."""
    return key_ring(ledger).witnesses


def rotate_key(
    ledger: Ledger, *, old: SigningKey | None, new: SigningKey, author: str, now: datetime
) -> None:
    """Admit a new signing key and retire the old one.

    Parameters
    ----------
    old : SigningKey or None
        The key in use, which endorses the new one. None when it is lost: then every key in use is
        retired, and verifiers must be told the new public key by other means, because nothing in
        the log can vouch for it.

    Raises
    ------
    InputError
        When the old key is not in use, or the new one is or was.
    """
    with ledger.transaction():
        ring = key_ring(ledger)
        if old is not None and old.verifier not in ring.signing:
            raise refused(ledger.folder, f"the key {old.verifier} is not in use")
        if new.verifier in (*ring.signing, *ring.retired):
            raise refused(ledger.folder, f"the key {new.verifier} was in use already; make another")
        statement = str(endorsement(ring.origin, new=new, old=old))
        admit = {"action": "add", "key": str(new.verifier), "statement": statement}
        leaving = list(ring.signing) if old is None else [old.verifier]
        bodies = [admit, *({"action": "retire", "key": str(key)} for key in leaving)]
        drafts = [Draft(Kind.KEY, canonical_json(body)) for body in bodies]
        ledger.add(drafts, ledger.stamp(author, now))
    publish_key(ledger.folder, new.verifier)


def key_ring(ledger: Ledger) -> KeyRing:
    """The log's keys as they are now, taking the log's own word for them."""
    origin = next(ledger.entries(0, 1)).body["origin"]
    entries = list(ledger.entries(kinds=[Kind.KEY]))
    ring = KeyRing(origin, {read_verifier_key(entry.body["key"]) for entry in entries})
    for entry in entries:
        fault = ring.read(entry.index, entry.body)
        if fault is not None:
            raise CheckFailed(f"{ledger.folder}: entry {entry.index}: {fault}")
    return ring

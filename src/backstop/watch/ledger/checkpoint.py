"""Checkpoints: a log's size and root, signed (C2SP tlog-checkpoint), and what witnesses add.

A witness's signature (C2SP tlog-cosignature, ``cosignature/v1``) says: at this time this was the
largest tree that I had seen of this log, and it continues every one that I saw before.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from backstop.watch.ledger.merkle import consistent
from backstop.watch.ledger.note import (
    COSIGNATURE,
    ED25519,
    BadNote,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    read_note,
    sign_note,
)
from backstop.watch.ledger.signature import sign, signed

_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint states: of which log, of how many entries, with which root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign_checkpoint(head: TreeHead, key: SigningKey) -> Note:
    """The log's own signature under a tree head."""
    assert key.kind == ED25519
    return sign_note(str(head), key)


def read_checkpoint(text: str) -> tuple[TreeHead, Note]:
    """A tree head and the note it stands in; the signatures are read, not verified.

    Raises
    ------
    BadNote
        When the text is no signed note, or its lines are not origin, size and root.
    """
    note = read_note(text)
    found = _BODY.fullmatch(note.text)
    if not found:
        raise BadNote("a checkpoint's lines are: origin, size, root in base64")
    root = b64decode(found[3])
    if b64encode(root).decode() != found[3]:
        raise BadNote("the root is not base64 in its one canonical form")
    return TreeHead(found[1], int(found[2]), root), note


def cosign(
    text: str,
    *,
    log: VerifierKey,
    witness: SigningKey,
    now: datetime,
    seen: TreeHead | None = None,
    proof: Sequence[bytes] = (),
) -> Note:
    """A checkpoint with a witness's signature added, once it is shown to continue what was seen.

    Parameters
    ----------
    text : str
        The checkpoint that the log has signed.
    log : VerifierKey
        The key that the witness knows the log by.
    seen : TreeHead, optional
        The last tree head that this witness signed; none the first time.
    proof : sequence of bytes
        The consistency proof from ``seen`` to this checkpoint.

    Raises
    ------
    BadNote
        When the log's signature is wrong, or the checkpoint does not continue the one seen. A
        witness never signs then: it keeps both texts, which together prove the fork.
    """
    head, note = read_checkpoint(text)
    if not note.signed_by(log):
        raise BadNote(f"the checkpoint is not signed by {log}")
    if seen is not None:
        if seen.origin != head.origin:
            raise BadNote(f"this is the log {head.origin}, not {seen.origin}")
        if not consistent(seen.size, seen.root, size=head.size, root=head.root, proof=proof):
            raise BadNote(f"the checkpoint of {head.size} does not continue that of {seen.size}")
    key = replace(witness, kind=COSIGNATURE)
    seconds = int(now.timestamp())
    data = seconds.to_bytes(8, "big") + sign(_witnessed(note.text, seconds), key.seed)
    return note.adding([Signature(key.name, key.verifier.id, data)])


def cosigned_at(note: Note, witness: VerifierKey) -> datetime | None:
    """When the witness signed the checkpoint; None without its signature or with a wrong one.

    ``witness`` may be given with either kind of key: the name and the public key are what counts.
    """
    key = as_witness(witness)
    found = note.by(key)
    if found is None or len(found.data) != 72:
        return None
    seconds = int.from_bytes(found.data[:8], "big")
    if not signed(_witnessed(note.text, seconds), found.data[8:], key.public):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def as_witness(key: VerifierKey) -> VerifierKey:
    """The key as one that co-signs: its id on the signature line is another than when it signs."""
    return replace(key, kind=COSIGNATURE)


def _witnessed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()

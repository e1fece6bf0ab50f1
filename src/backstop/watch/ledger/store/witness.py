"""A witness's side: hold a copy of the record against what was seen before, then sign."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from backstop.errors import CheckFailed
from backstop.watch.ledger.checkpoint import TreeHead, cosign, cosigned_at, read_checkpoint
from backstop.watch.ledger.note import BadNote, Note, SigningKey, VerifierKey
from backstop.watch.ledger.store.database import refused
from backstop.watch.ledger.store.ledger import Ledger
from backstop.watch.ledger.store.sealing import checkpoints, key_ring
from backstop.watch.ledger.store.verify import snapshot, verify_ledger


def bear_witness(
    folder: str | Path,
    key: SigningKey,
    *,
    now: datetime,
    seen: str = "",
    log: VerifierKey | None = None,
) -> str:
    """The newest checkpoint in a folder with a witness's signature added; the folder is only read.

    The whole record is verified first, against the checkpoint that the witness signed last.

    Parameters
    ----------
    key : SigningKey
        The witness's own.
    seen : str
        The checkpoint that this witness signed last; empty the first time.
    log : VerifierKey, optional
        The log's public key, got from elsewhere. Without it the folder's first one is believed.

    Raises
    ------
    CheckFailed
        When the record is not as it was: nothing is signed. With the checkpoint seen before it
        proves a fork.
    InputError
        When there is no checkpoint yet, ``seen`` is none that this witness signed, or the key is
        the log's own.
    """
    folder = Path(folder)
    before = _signed_before(folder, seen, key)
    found = verify_ledger(folder, kept=[seen] if seen else [], keys=[str(log)] if log else [])
    if not found.ok:
        raise CheckFailed(f"{folder}: nothing is signed: {found.broken[0].why}")
    with snapshot(folder) as connection:
        ledger = Ledger(folder, connection)
        texts = checkpoints(ledger)
        if not texts:
            raise refused(folder, "there is no checkpoint to sign; `backstop watch seal` makes one")
        head, note = read_checkpoint(texts[-1])
        if before is not None and before.size > head.size:
            raise CheckFailed(
                f"{folder}: nothing is signed: its newest checkpoint has {head.size} entries, and "
                f"you have signed one of {before.size}"
            )
        proof = ledger.consistency_proof(before.size, size=head.size) if before else ()
        signer = _signer(ledger, head, note)
    if signer.public == key.verifier.public:
        raise refused(folder, "a log is no witness of itself; sign with a key of your own")
    try:
        return str(cosign(texts[-1], log=signer, witness=key, now=now, seen=before, proof=proof))
    except BadNote as error:
        raise CheckFailed(f"{folder}: nothing is signed: {error}") from None


def _signed_before(folder: Path, seen: str, key: SigningKey) -> TreeHead | None:
    if not seen:
        return None
    try:
        head, note = read_checkpoint(seen)
    except BadNote as error:
        raise refused(folder, f"what you signed last is no checkpoint: {error}") from None
    if cosigned_at(note, key.verifier) is None:
        raise refused(folder, f"the checkpoint seen before is not signed by {key.verifier}")
    return head


def _signer(ledger: Ledger, head: TreeHead, note: Note) -> VerifierKey:
    """The key of the log that signed the checkpoint; verified already, so there is one."""
    return next(one for one in key_ring(ledger).signers(head.size) if note.signed_by(one))

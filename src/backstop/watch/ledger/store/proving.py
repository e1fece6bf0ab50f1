"""Proofs from a mission's ledger, and their check by whoever gets one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstop.errors import CheckFailed
from backstop.watch.ledger.checkpoint import TreeHead, cosigned_at, read_checkpoint
from backstop.watch.ledger.entry import Entry, Kind, read_entry
from backstop.watch.ledger.note import BadNote, VerifierKey, read_verifier_key
from backstop.watch.ledger.proof import Consistency, Inclusion
from backstop.watch.ledger.rotation import KeyRing
from backstop.watch.ledger.store.database import refused
from backstop.watch.ledger.store.folder import PUBLIC_KEYS_FILE
from backstop.watch.ledger.store.ledger import Ledger
from backstop.watch.ledger.store.sealing import checkpoints
from backstop.watch.ledger.store.verify import snapshot


def entry_of(ledger: Ledger, name: str) -> int:
    """The entry that somebody names: its number, or the newest on a subject.

    Raises
    ------
    InputError
        When there is no such entry.
    """
    size = ledger.size
    if name.isascii() and name.isdigit():
        if int(name) < size:
            return int(name)
        raise refused(ledger.folder, f"there is no entry {name}; it has {size}, the first is 0")
    found = ledger.standing([name]).get(name)
    if found is None:
        raise refused(ledger.folder, f"no entry is about {name[:80]!r}, and it is no number")
    return found.index


def prove_entry(ledger: Ledger, index: int) -> Inclusion:
    """What shows that an entry stands in the log, under the newest checkpoint.

    Raises
    ------
    InputError
        When no checkpoint covers the entry yet, or it was erased whole.
    CheckFailed
        When the ledger is not what its newest checkpoint says.
    """
    text, head = _newest(ledger)
    if index >= head.size:
        reason = f"no checkpoint covers entry {index} yet: backstop watch seal {ledger.folder}"
        raise refused(ledger.folder, reason)
    # Reading holds the entry against its stored hash.
    if next(ledger.entries(index, index + 1), None) is None:
        reason = f"entry {index} was erased: only its hash stands in the log, so none can be shown"
        raise refused(ledger.folder, reason)
    query = "SELECT leaf FROM entry WHERE idx = ?"
    leaf = bytes(ledger.connection.execute(query, (index,)).fetchone()[0])
    return Inclusion(index, leaf, ledger.inclusion_proof(index, size=head.size), text)


def prove_growth(ledger: Ledger, before: TreeHead) -> Consistency:
    """What shows that the log under its newest checkpoint continues an older state.

    Raises
    ------
    InputError
        When the older state is of another log, or there is no checkpoint.
    CheckFailed
        When it does not: then the two checkpoints together prove that the past was rewritten.
    """
    text, head = _newest(ledger)
    if before.origin != head.origin:
        raise refused(ledger.folder, f"this is the log {head.origin}, not {before.origin}")
    if before.size > head.size:
        raise CheckFailed(
            f"{ledger.folder}: its newest checkpoint has {head.size} entries, the one given "
            f"{before.size}; seal first, and if entries are gone, run verify"
        )
    if ledger.root(before.size) != before.root:
        raise CheckFailed(
            f"{ledger.folder}: the log does not continue the checkpoint of {before.size} entries; "
            "nothing can be proven; keep that checkpoint and run verify"
        )
    return Consistency(before.size, ledger.consistency_proof(before.size, size=head.size), text)


def _newest(ledger: Ledger) -> tuple[str, TreeHead]:
    """The newest checkpoint, which the tree must have."""
    texts = checkpoints(ledger)
    if not texts:
        reason = f"there is no checkpoint to prove against: backstop watch seal {ledger.folder}"
        raise refused(ledger.folder, reason)
    try:
        head, _ = read_checkpoint(texts[-1])
    except BadNote as error:
        raise CheckFailed(f"{ledger.folder}: the last checkpoint is damaged: {error}") from None
    if head.size > ledger.size or ledger.root(head.size) != head.root:
        raise CheckFailed(f"{ledger.folder}: it does not continue its last checkpoint; run verify")
    return texts[-1], head


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof was found to show."""

    head: TreeHead
    """The state of the log that it rests on."""
    entry: Entry | None
    """The entry that stands there; None for a proof that the log only grew."""
    old: int | None
    """How many entries the older state has; None for a proof of an entry."""
    witnesses: tuple[str, ...]
    """Names of the known witnesses whose signature stands under it and is right."""
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """It shows what it says."""
        return not self.faults


def check_proof(
    proof: Inclusion | Consistency,
    *,
    keys: Sequence[VerifierKey],
    kept: Sequence[TreeHead] = (),
    witnesses: Sequence[VerifierKey] = (),
) -> Proven:
    """Whether a proof holds, from nothing but its text and what the reader trusts.

    Parameters
    ----------
    keys : sequence of VerifierKey
        Keys that may have signed the checkpoint.
    kept : sequence of TreeHead
        What checkpoints state that the reader kept. A proof of growth needs the one of its older
        state. One of the same size as the proof's must be the same, and then needs no key.
    """
    head, note, faults, entry = proof.head, proof.note, [], None
    same = [one for one in kept if (one.origin, one.size) == (head.origin, head.size)]
    if any(one.root != head.root for one in same):
        faults.append("its checkpoint is not the one kept of that size: the log was forked")
    if not same and not any(note.signed_by(key) for key in keys):
        faults.append(f"none of the keys given has signed its checkpoint of {head.size} entries")
    if isinstance(proof, Inclusion):
        if not proof.holds():
            faults.append(f"the entry does not lead to the root at {proof.index} of {head.size}")
        else:
            entry = _entry(proof, faults)
    elif not any(proof.holds(one) for one in kept):
        faults.append(
            f"it does not show that the log of {head.size} entries continues a checkpoint of "
            f"{proof.old} that was kept"
        )
    named = tuple(one.name for one in witnesses if cosigned_at(note, one) is not None)
    old = proof.old if isinstance(proof, Consistency) else None
    return Proven(head, entry, old, named, tuple(faults))


def _entry(proof: Inclusion, faults: list[str]) -> Entry | None:
    try:
        return read_entry(proof.index, proof.leaf)
    except (ValueError, LookupError, TypeError) as error:
        faults.append(f"what stands there is no entry of this program: {error}")
        return None


def ring_of(folder: str | Path, *, trusted: Sequence[VerifierKey] = ()) -> KeyRing:
    """The keys of a log as the entries in a folder admit them, from one that is trusted on.

    Parameters
    ----------
    trusted : sequence of VerifierKey
        Got from elsewhere; without any the folder's first key is believed.

    Raises
    ------
    CheckFailed
        When an entry admits a key that no trusted one vouches for.
    """
    folder = Path(folder)
    with snapshot(folder) as connection:
        ledger = Ledger(folder, connection)
        origin = str(next(ledger.entries(0, 1)).body["origin"])
        ring = KeyRing(origin, list(trusted) or [_first_key(folder)])
        for entry in ledger.entries(kinds=[Kind.KEY]):
            fault = ring.read(entry.index, entry.body)
            if fault is not None:
                raise CheckFailed(f"{folder}: entry {entry.index}: {fault}")
    return ring


def _first_key(folder: Path) -> VerifierKey:
    """The key of the beginning, as the folder publishes it."""
    try:
        lines = (folder / PUBLIC_KEYS_FILE).read_text(encoding="utf-8").splitlines()
        return read_verifier_key(lines[0])
    except (OSError, UnicodeDecodeError, BadNote, IndexError):
        reason = f"{PUBLIC_KEYS_FILE} holds no public key to check signatures with"
        raise CheckFailed(f"{folder}: {reason}") from None

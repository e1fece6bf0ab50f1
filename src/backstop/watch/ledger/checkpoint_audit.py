"""The audit of the checkpoints: signed by a key of the log, with the root that the entries give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backstop.watch.ledger.checkpoint import (
    TreeHead,
    as_witness,
    cosigned_at,
    read_checkpoint,
)
from backstop.watch.ledger.note import BadNote, Note, VerifierKey
from backstop.watch.ledger.rotation import KeyRing
from backstop.watch.ledger.verification import Findings


@dataclass(frozen=True, slots=True)
class Seal:
    """One checkpoint to be checked, from the ledger or kept by somebody."""

    text: str
    size: int | None
    """Under which size the ledger files it; None for one that was kept elsewhere."""

    @property
    def name(self) -> str:
        """How findings call it."""
        return "the kept checkpoint" if self.size is None else f"the checkpoint of {self.size}"


@dataclass(slots=True)
class CheckpointAudit:
    """Holds checkpoints against the log that was read."""

    ring: KeyRing
    witnesses: Sequence[VerifierKey]
    roots: dict[int, bytes]
    size: int
    findings: Findings
    cosignatures: int = 0
    _good: list[int] = field(default_factory=lambda: [0])
    """Sizes at which the root was confirmed, rising."""

    def check(self, seals: Iterable[Seal]) -> None:
        """Check every checkpoint, in rising order of size."""
        for seal in seals:
            try:
                head, note = read_checkpoint(seal.text)
            except BadNote as error:
                self.findings.add(_last(seal.size), f"{seal.name} cannot be read: {error}")
                continue
            if seal.size is not None and head.size != seal.size:
                self.findings.add(_last(seal.size), f"{seal.name} states {head.size} entries")
            self._check_signatures(seal, head, note)
            self._check_root(seal, head)

    def _check_signatures(self, seal: Seal, head: TreeHead, note: Note) -> None:
        at = _last(head.size)
        if head.origin != self.ring.origin:
            self.findings.add(at, f"{seal.name} is of the log {head.origin}")
        signers = self.ring.signers(head.size)
        named = [key for key in signers if note.by(key) is not None]
        if not named:
            self.findings.add(at, f"{seal.name} is signed by no key that might sign it")
        for key in named:
            if not note.signed_by(key):
                self.findings.add(at, f"{seal.name}: the signature of {key.name} is wrong")
        known = {(key.name, key.id) for key in [*signers, *map(as_witness, self.witnesses)]}
        if seal.size is not None and any((s.name, s.key_id) not in known for s in note.signatures):
            # The ledger takes in only signatures that it can check, so this one was altered.
            self.findings.add(at, f"{seal.name} has a signature of nobody known")
        for witness in self.witnesses:
            if cosigned_at(note, witness) is not None:
                self.cosignatures += 1
            elif note.by(as_witness(witness)) is not None:
                self.findings.add(at, f"{seal.name}: the signature of {witness.name} is wrong")

    def _check_root(self, seal: Seal, head: TreeHead) -> None:
        if head.size > self.size:
            why = f"{seal.name} covers {head.size} entries, the ledger has {self.size}: truncated"
            self.findings.add(self.size, why)
        elif self.roots.get(head.size) == head.root:
            self._good.append(head.size)
        elif head.size in self._good:
            why = f"{seal.name} and another of {head.size} entries differ: the log was forked"
            self.findings.add(_last(head.size), why)
        else:
            first, last = self._good[-1], head.size - 1
            why = f"{seal.name} has another root: the past was rewritten between {first} and {last}"
            self.findings.add(first, why)


def _last(size: int | None) -> int | None:
    return size - 1 if size else None

"""Which keys may sign for a log: the first, and those that a key already trusted has endorsed.

The entries of type ``key`` say ``{"action": …, "key": …}``. ``add`` admits a key that signs
checkpoints, with a statement signed by a key admitted before and by the new one; ``retire`` ends a
key's time; ``witness`` names a key that co-signs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from backstop.watch.ledger.note import (
    BadNote,
    Note,
    SigningKey,
    VerifierKey,
    read_note,
    read_verifier_key,
    sign_note,
)


def endorsement(origin: str, *, new: SigningKey, old: SigningKey | None) -> Note:
    """The statement that admits a new key, signed by it and, unless that is lost, by the old."""
    note = sign_note(_statement(origin, new.verifier), new)
    if old is None:
        return note
    return note.adding(sign_note(note.text, old).signatures)


@dataclass(slots=True)
class KeyRing:
    """The keys of a log as its entries admit and retire them, one after the other."""

    origin: str
    trusted: Collection[VerifierKey]
    """Keys that whoever verifies got from somewhere else than the log."""
    signing: dict[VerifierKey, int] = field(default_factory=dict)
    """Keys that may sign now, and the entry that admitted them."""
    retired: dict[VerifierKey, tuple[int, int]] = field(default_factory=dict)
    """Keys that might once: the entries that admitted and retired them."""
    witnesses: list[VerifierKey] = field(default_factory=list)

    def read(self, index: int, body: dict[str, Any]) -> str | None:
        """Take in one entry of type ``key``; what is wrong with it, if anything is."""
        try:
            key = read_verifier_key(str(body.get("key", "")))
        except BadNote as error:
            return str(error)
        match body.get("action"):
            case "add":
                if not self._admitted(key, body):
                    return f"the key {key} is admitted by no key that was trusted before"
                self.signing[key] = index
            case "retire":
                if key not in self.signing:
                    return f"the key {key} is retired, but was not in use"
                self.retired[key] = (self.signing.pop(key), index)
            case "witness":
                self.witnesses.append(key)
            case action:
                return f"what is to be done with the key, {action!r}, is not known"
        return None

    def signers(self, size: int) -> list[VerifierKey]:
        """The keys that might sign the checkpoint of a tree of that size."""
        now = [key for key, since in self.signing.items() if since < size]
        then = [key for key, (since, until) in self.retired.items() if since < size <= until]
        return now + then

    def _admitted(self, key: VerifierKey, body: dict[str, Any]) -> bool:
        if key in self.trusted:
            return True
        try:
            note = read_note(str(body.get("statement", "")))
        except BadNote:
            return False
        return (
            note.text == _statement(self.origin, key)
            and note.signed_by(key)
            and any(note.signed_by(old) for old in self.signing)
        )


def _statement(origin: str, key: VerifierKey) -> str:
    return f"backstop-ledger/1 key\n{origin}\n{key}\n"

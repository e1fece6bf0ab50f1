"""Proofs as texts to hand over: that an entry stands in the log, and that the log only grew.

An inclusion proof is written in the form C2SP tlog-proof; its ``extra`` line holds the bytes of the
entry, so that the text needs nothing beside it. C2SP has no text of its own for a consistency
proof: it is written as the request that C2SP tlog-witness sends to a witness, who is the one to
check it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from backstop.watch.ledger.checkpoint import TreeHead, read_checkpoint
from backstop.watch.ledger.merkle import consistent, included, leaf_hash
from backstop.watch.ledger.note import BadNote, Note, from_base64

#: The forms, as the JSON of a proof names them.
INCLUSION_FORM = "c2sp.org/tlog-proof@v1"
CONSISTENCY_FORM = "c2sp.org/tlog-witness add-checkpoint"

_NUMBER = "(0|[1-9][0-9]{0,18})"
_HASHES = "((?:[A-Za-z0-9+/]{43}=\n)*)"
_EXTRA = "(?:extra ([A-Za-z0-9+/]*={0,2})\n)?"
_INCLUSION = re.compile(rf"{re.escape(INCLUSION_FORM)}\n{_EXTRA}index {_NUMBER}\n{_HASHES}\n")
_CONSISTENCY = re.compile(rf"old {_NUMBER}\n{_HASHES}\n")


class _Checkpointed:
    """What stands under a checkpoint."""

    __slots__ = ()
    checkpoint: str
    """The signed text, with whatever witnesses added."""

    @property
    def head(self) -> TreeHead:
        """What the checkpoint states."""
        return read_checkpoint(self.checkpoint)[0]

    @property
    def note(self) -> Note:
        """The checkpoint with its signatures."""
        return read_checkpoint(self.checkpoint)[1]


@dataclass(frozen=True, slots=True)
class Inclusion(_Checkpointed):
    """What shows that an entry stands in the log under a checkpoint."""

    index: int
    leaf: bytes
    """The bytes of the entry that were hashed; what is concealed in it stays so."""
    path: tuple[bytes, ...]
    """Hashes from the leaf's neighbour upwards (RFC 9162, section 2.1.3)."""
    checkpoint: str
    """The signed text, with whatever witnesses added."""

    def __str__(self) -> str:
        extra = f"extra {b64encode(self.leaf).decode()}\n"
        lines = f"{INCLUSION_FORM}\n{extra}index {self.index}\n"
        return f"{lines}{_lines(self.path)}\n{self.checkpoint}"

    def holds(self) -> bool:
        """Whether the entry leads to the checkpoint's root; signatures are another question."""
        head, leaf = self.head, leaf_hash(self.leaf)
        return included(leaf, self.index, size=head.size, root=head.root, proof=self.path)


@dataclass(frozen=True, slots=True)
class Consistency(_Checkpointed):
    """What shows that the log under a checkpoint continues an older one."""

    old: int
    """How many entries the older one has."""
    path: tuple[bytes, ...]
    """RFC 9162, section 2.1.4."""
    checkpoint: str

    def __str__(self) -> str:
        return f"old {self.old}\n{_lines(self.path)}\n{self.checkpoint}"

    def holds(self, before: TreeHead) -> bool:
        """Whether the log continues an older state of it."""
        head = self.head
        if (before.origin, before.size) != (head.origin, self.old):
            return False
        return consistent(self.old, before.root, size=head.size, root=head.root, proof=self.path)


def read_proof(text: str) -> Inclusion | Consistency:
    """A proof from its text; nothing is verified.

    Raises
    ------
    BadNote
        When the text is in neither form, or holds no entry.
    """
    found = _INCLUSION.match(text)
    if found is not None:
        if not found[1]:
            raise BadNote("it holds no entry (an extra line), so that nothing can be hashed")
        checkpoint = text[found.end() :]
        read_checkpoint(checkpoint)
        return Inclusion(int(found[2]), from_base64(found[1]), _hashes(found[3]), checkpoint)
    found = _CONSISTENCY.match(text)
    if found is None:
        raise BadNote(f"neither a proof in the form {INCLUSION_FORM} nor one that begins with old")
    checkpoint = text[found.end() :]
    read_checkpoint(checkpoint)
    return Consistency(int(found[1]), _hashes(found[2]), checkpoint)


def _lines(hashes: Sequence[bytes]) -> str:
    return "".join(f"{b64encode(one).decode()}\n" for one in hashes)


def _hashes(lines: str) -> tuple[bytes, ...]:
    return tuple(from_base64(line) for line in lines.split())

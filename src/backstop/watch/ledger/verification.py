"""What an audit of a ledger found."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

#: More findings than this say nothing new; the rest is counted.
MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was appended or signed."""

    index: int | None
    """The entry; None when it cannot be told, or the file as a whole is meant."""
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a ledger is what its checkpoints say."""

    size: int
    root: bytes
    checkpoints: int
    """How many checkpoints were compared, those kept elsewhere included."""
    cosignatures: int
    """How many signatures of known witnesses stand under them, and are right."""
    unsigned: int
    """How many entries at the end no checkpoint covers yet."""
    redactions: int
    """How many tombstones the log holds."""
    held_back: int
    """How many entries came in while the clock ran behind the entry before."""
    broken: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        """Nothing is broken."""
        return not self.broken

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``backstop watch verify``; the root in base64, as on a checkpoint."""
        return {
            "ok": self.ok,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "checkpoints": self.checkpoints,
            "cosignatures": self.cosignatures,
            "unsigned": self.unsigned,
            "redactions": self.redactions,
            "held_back": self.held_back,
            "broken": [{"index": b.index, "why": b.why} for b in self.broken],
        }


class Findings:
    """What is broken, as it is found; beyond a thousand only counted."""

    def __init__(self) -> None:
        self._found: list[Broken] = []
        self._more = 0

    def add(self, index: int | None, why: str) -> None:
        """Note something broken."""
        if len(self._found) < MOST_FINDINGS:
            self._found.append(Broken(index, why))
        else:
            self._more += 1

    def all(self) -> tuple[Broken, ...]:
        """Everything noted, in the order it was found."""
        rest = [Broken(None, f"and {self._more} more")] if self._more else []
        return (*self._found, *rest)

"""The name of a record and of each of its versions, from nothing but its content.

The canonical form is RFC 8785 JSON of the record without the fields that keep their default, so
that a field added to the schema later changes no digest of an older record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backstop.watch.canonical import canonical_text
from backstop.watch.quick import quickly_made
from backstop.watch.record import Entry


@quickly_made
@dataclass(frozen=True, slots=True)
class Identity:
    """Who a record is."""

    source: str
    source_record_id: str
    digest: str
    """SHA-256 of the canonical form, hexadecimal."""
    canonical: bytes
    """The canonical form itself."""

    @property
    def key(self) -> str:
        """The same through all revisions: from source and the source's id."""
        return key_of(self.source, self.source_record_id)

    @property
    def id(self) -> str:
        """This version: from source, the source's id and the digest."""
        version = hashlib.sha256(f"{self.key}\n{self.digest}".encode()).hexdigest()
        return f"v-{version[:26]}"


def identify(record: Entry, *, recurring: bool = False) -> Identity:
    """Canonical form, digest and ids of a record; ``ValueError`` where it has no canonical form.

    ``recurring`` as in ``canonical_text``.
    """
    try:
        canonical = canonical_text(record, recurring=recurring).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate), which is no text") from None
    digest = hashlib.sha256(canonical).hexdigest()
    return Identity(record.source, record.source_record_id, digest, canonical)


def key_of(source: str, source_record_id: str) -> str:
    """The key of a record through all its revisions; 104 bits of SHA-256."""
    # The length keeps ("a", "b\nc") and ("a\nb", "c") apart.
    text = f"{len(source)}:{source}\n{source_record_id}"
    return f"r-{hashlib.sha256(text.encode()).hexdigest()[:26]}"

"""An entry of the ledger: what is appended, the bytes that are hashed, and what is read back.

The hashed leaf is one line that says what type of entry it is, and canonical JSON under it:

    backstop-ledger/1 observation
    {"at":"2025-03-01T12:00:00.000000Z","author":"…","body":{…},"fingerprint":"…","subject":"…"}

The line keeps the types apart: no entry of one type has the bytes of an entry of another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from backstop.watch.ledger.canonical import canonical_json, parse_json
from backstop.watch.ledger.concealment import MARK, Secret

_DOMAIN = b"backstop-ledger/1 "
_ENVELOPE = b'{"at":"'
TIME_BYTES = len("2025-03-01T12:00:00.000000Z")

# What follows the body, from the brace that ends it. A body inside a body is followed by two
# braces, so this is found in one place only.
_TAIL = re.compile(
    rb'\}(?:,"claimed":"(?P<claimed>[^"]{27})")?'
    rb'(?:,"fingerprint":(?:"(?P<open>[0-9a-f]{64})"|(?P<concealed>\{"%s":"[0-9a-f]{64}"\})))?'
    rb'(?:,"subject":"(?P<subject>(?:[^"\\]|\\.)*)")?\}\Z' % MARK.encode()
)

_SHA256 = re.compile(r"[0-9a-f]{64}")

#: Where the opening of a concealed fingerprint is kept; no JSON Pointer has this form.
FINGERPRINT = "fingerprint"

#: What a tombstone says instead of fields when the whole entry was erased.
WHOLE = "all"


class Kind(StrEnum):
    """The types of entry."""

    MISSION = "mission"
    KEY = "key"
    CHECKPOINT = "checkpoint"
    INTAKE = "intake"
    QUARANTINE = "quarantine"
    OBSERVATION = "observation"
    INCIDENT = "incident"
    EPISODE = "episode"
    EFFORT = "effort"
    DENIAL = "denial"
    JAMMING = "jamming"
    TALLY = "tally"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    REDACTION = "redaction"
    MERGE = "merge"
    SPLIT = "split"
    FUSION = "fusion"
    CLASSIFICATION = "classification"
    ATTRIBUTION = "attribution"
    REVIEW = "review"
    ALERT = "alert"
    TRANSITION = "transition"
    ACKNOWLEDGEMENT = "acknowledgement"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to append."""

    kind: Kind
    body: bytes
    """Canonical JSON of an object (``canonical_json``), concealed values already taken out."""
    subject: str | None = None
    """What the entry is about, such as ``source/record``; no personal data belongs in it."""
    fingerprint: str | None = None
    """SHA-256 of the content, in hexadecimal, by which the same content is known again. When the
    draft has secrets it is concealed like them, because it could be used to try names."""
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was appended."""

    index: int
    kind: Kind
    at: datetime
    """When the mission knew it. Never earlier than the entry before."""
    author: str
    body: dict[str, Any]
    subject: str | None
    fingerprint: str | None
    """None also when it is concealed and was not asked for, or was erased."""
    claimed: datetime | None
    """What the clock said, where that was earlier than the entry before."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who appends, and when: the same for a whole batch."""

    author: str
    at: datetime
    claimed: datetime | None = None
    _front: bytes = field(init=False, repr=False, compare=False)
    _back: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        front = b'%s","author":%s,"body":' % (time_text(self.at), canonical_json(self.author))
        back = b"" if self.claimed is None else b',"claimed":"%s"' % time_text(self.claimed)
        object.__setattr__(self, "_front", front)
        object.__setattr__(self, "_back", back)

    def leaf(self, draft: Draft, fingerprint: str | dict[str, str] | None) -> bytes:
        """The bytes that are hashed for a draft."""
        tail = self._back
        if isinstance(fingerprint, str):
            # Hexadecimal digits need no escapes.
            tail += b',"fingerprint":"%s"' % fingerprint.encode()
        elif fingerprint is not None:
            tail += b',"fingerprint":' + canonical_json(fingerprint)
        return b"".join(
            (
                leaf_opening(draft.kind),
                self._front,
                draft.body,
                tail,
                subject_tail(draft.subject),
                b"}",
            )
        )


@dataclass(frozen=True, slots=True)
class Leaf:
    """The parts of a leaf's bytes that can be told without reading its JSON."""

    kind: str
    at: bytes
    json: bytes


@cache
def leaf_opening(kind: Kind) -> bytes:
    """How the leaf of an entry of this type begins, up to its time."""
    return _DOMAIN + kind.value.encode() + b"\n" + _ENVELOPE


def subject_tail(subject: str | None) -> bytes:
    """How a leaf with this subject ends, but for its last brace."""
    return b"" if subject is None else b',"subject":' + canonical_json(subject)


def time_text(moment: datetime) -> bytes:
    """A moment in UTC, to the microsecond, in a form that sorts as it runs."""
    assert moment.tzinfo is not None, "times in the ledger name their offset"
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return text.rjust(27, "0").encode()


def read_time(text: str | bytes) -> datetime:
    """A moment from its text in the ledger."""
    return datetime.fromisoformat(text.decode() if isinstance(text, bytes) else text)


def take_apart(leaf: bytes) -> Leaf:
    """The type and time of a leaf.

    Raises
    ------
    ValueError
        When the bytes are not those of a leaf.
    """
    head, newline, text = leaf.partition(b"\n")
    if not newline or not head.startswith(_DOMAIN) or not text.startswith(_ENVELOPE):
        raise ValueError("not an entry of a Backstop ledger, version 1")
    at = text[len(_ENVELOPE) : len(_ENVELOPE) + TIME_BYTES]
    return Leaf(head[len(_DOMAIN) :].decode("ascii"), at, text)


def read_entry(index: int, leaf: bytes) -> Entry:
    """An entry from the bytes that were hashed, concealed values left concealed."""
    apart = take_apart(leaf)
    envelope = parse_json(apart.json)
    fingerprint = envelope.get("fingerprint")
    claimed = envelope.get("claimed")
    return Entry(
        index=index,
        kind=Kind(apart.kind),
        at=read_time(apart.at),
        author=envelope["author"],
        body=envelope["body"],
        subject=envelope.get("subject"),
        fingerprint=fingerprint if isinstance(fingerprint, str) else None,
        claimed=None if claimed is None else read_time(claimed),
    )


def is_fingerprint(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def read_fingerprint(leaf: bytes) -> tuple[str | None, bool]:
    """The fingerprint in a leaf, and whether it has one that is concealed."""
    tail = _tail(leaf)
    return (tail["open"].decode() if tail["open"] else None, tail["concealed"] is not None)


def has_subject(leaf: bytes) -> bool:
    """Whether a leaf says what it is about."""
    return _tail(leaf)["subject"] is not None


def held_back(leaf: bytes) -> bool:
    """Whether the clock ran behind the entry before when this one came in."""
    return b',"claimed":"' in leaf and _tail(leaf)["claimed"] is not None


def _tail(leaf: bytes) -> re.Match[bytes]:
    found = _TAIL.search(leaf)
    if found is None:
        raise ValueError("not an entry of a Backstop ledger, version 1")
    return found

"""Signed notes: a text with signature lines under it (C2SP signed-note), and the keys for them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from backstop.watch.ledger.signature import public_key, sign, signed

#: The byte that tells signature types apart: plain Ed25519, and a witness's with its time.
ED25519 = 0x01
COSIGNATURE = 0x04

_MARK = "— "
_SIGNATURE_LINE = re.compile(rf"{_MARK}(?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/]+={{0,2}})")
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f]+")


class BadNote(ValueError):
    """Text that is not a signed note, or a key that is not one; the message says why."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with the name it signs under."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """Four bytes that stand for the key on a signature line."""
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(text).digest()[:4]

    def __str__(self) -> str:
        """The key as a line of text, ``name+id+key``, to give to whoever verifies."""
        data = b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{data}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key with the name it signs under; its seed is never shown."""

    name: str
    seed: bytes = field(repr=False)
    kind: int = ED25519

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, public_key(self.seed), self.kind)

    def text(self) -> str:
        """The key as a line of text to keep secret (the form of golang.org/x/mod/sumdb/note)."""
        data = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{data}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it says it is, and the bytes behind the key's id."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {b64encode(self.key_id + self.data).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, with its last newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    def by(self, key: VerifierKey) -> Signature | None:
        """The first signature that names the key; whether it is right is another question."""
        named = (s for s in self.signatures if (s.name, s.key_id) == (key.name, key.id))
        return next(named, None)

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether the key's plain Ed25519 signature stands under the text and is right."""
        found = self.by(key)
        return found is not None and signed(self.text.encode(), found.data, key.public)

    def adding(self, signatures: Iterable[Signature]) -> Note:
        """The note with the signatures that it does not have yet."""
        new = [s for s in signatures if s not in self.signatures]
        return Note(self.text, (*self.signatures, *dict.fromkeys(new)))


def key_name(name: str) -> str:
    """The name, if a key may have it.

    Raises
    ------
    BadNote
        When it is empty or holds a space, a plus sign or a control character.
    """
    if not _KEY_NAME.fullmatch(name):
        raise BadNote(f"{name!r} cannot name a key: no spaces, plus signs or control characters")
    return name


def sign_note(text: str, key: SigningKey) -> Note:
    """A text, ending in a newline, with one plain Ed25519 signature under it."""
    assert text.endswith("\n")
    data = sign(text.encode(), key.seed)
    return Note(text, (Signature(key.name, key.verifier.id, data),))


def read_note(text: str) -> Note:
    """A signed note from its text; the signatures are read, not verified.

    Raises
    ------
    BadNote
        When there is no blank line before signature lines, or one of them is malformed.
    """
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        raise BadNote("a note holds no control characters")
    head, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or tail == "\n":
        raise BadNote("a note ends in a blank line and signature lines")
    return Note(head + "\n", tuple(map(_read_signature, tail[:-1].split("\n"))))


def read_verifier_key(line: str) -> VerifierKey:
    """A public key from its line of text.

    Raises
    ------
    BadNote
        When the line is malformed, of another algorithm, or its id is not that of the key.
    """
    name, _, rest = line.strip().partition("+")
    given, _, data = rest.partition("+")
    kind, public = _key_material(data)
    key = VerifierKey(key_name(name), public, kind)
    if key.id.hex() != given:
        raise BadNote(f"the key of {name} has the id {key.id.hex()}, not {given!r}")
    return key


def read_signing_key(line: str) -> SigningKey:
    """A private key from its line of text; the same errors as for a public one."""
    if not line.startswith("PRIVATE+KEY+"):
        raise BadNote("a private key begins with PRIVATE+KEY+")
    name, _, rest = line.strip().removeprefix("PRIVATE+KEY+").partition("+")
    given, _, data = rest.partition("+")
    kind, seed = _key_material(data)
    key = SigningKey(key_name(name), seed, kind)
    if key.verifier.id.hex() != given:
        raise BadNote(f"the private key of {name} does not belong to the id {given!r}")
    return key


def _key_material(data: str) -> tuple[int, bytes]:
    material = from_base64(data)
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise BadNote("not an Ed25519 key: 33 bytes in base64, the first 0x01 or 0x04")
    return material[0], material[1:]


def _read_signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    if not found:
        raise BadNote("a signature line is: em dash, space, name, space, base64")
    data = from_base64(found["data"])
    if len(data) < 5:
        raise BadNote(f"the signature of {found['name']} is too short")
    return Signature(found["name"], data[:4], data[4:])


def from_base64(text: str) -> bytes:
    """Bytes from base64 in its one canonical form; BadNote otherwise."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise BadNote("not base64") from None
    if b64encode(data).decode() != text:
        raise BadNote("not base64 in its one canonical form")
    return data

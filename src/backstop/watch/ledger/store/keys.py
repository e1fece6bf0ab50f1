"""Key files: the private key outside the mission's folder, for its owner's eyes only."""

from __future__ import annotations

import os
from pathlib import Path

from backstop.errors import NotFound
from backstop.watch.ledger.note import BadNote, SigningKey, key_name, read_signing_key
from backstop.watch.ledger.store.database import refused


def create_key(path: str | Path, *, name: str) -> SigningKey:
    """Make a new Ed25519 key and write it to a file that only its owner can read.

    Parameters
    ----------
    path : path
        Where the file goes: not into the mission's folder, which is copied and handed around.
    name : str
        Whose key it is, best a name like ``example.org/mission``; no spaces or plus signs.

    Raises
    ------
    InputError
        When there is a file of that name, the place cannot be written, or the name will not do.
    """
    path = Path(path)
    try:
        key = SigningKey(key_name(name), os.urandom(32))
    except BadNote as error:
        raise refused(path, str(error)) from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(key.text() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        raise refused(path, "is there already; a key is never overwritten") from None
    except OSError as error:
        raise refused(path, f"cannot be written: {error.strerror}") from error
    return key


def read_key(path: str | Path) -> SigningKey:
    """The private key in a file.

    Raises
    ------
    NotFound
        When there is no such file.
    InputError
        When it is no private key, or others than its owner may read it.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such key file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise refused(path, f"cannot be read: {error}") from error
    if os.name == "posix" and mode & 0o077:
        raise refused(path, f"others may read this private key: chmod 600 {path}")
    try:
        return read_signing_key(text)
    except BadNote as error:
        raise refused(path, str(error)) from None

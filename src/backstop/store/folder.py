"""A new folder that is there whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from backstop.errors import InputError, Problem


def make(target: str | Path, *, files: Mapping[str, bytes]) -> Path:
    """Make a folder that did not exist before, with all its files.

    It is filled under another name beside its place and renamed when it is complete.

    Parameters
    ----------
    target : path
        The folder to make; the folder around it must be there.
    files : mapping of str to bytes
        Content by path below the folder, with ``/`` between its parts.

    Raises
    ------
    InputError
        When something of that name is there already, or the place cannot be written.
    """
    target = Path(target)
    if target.exists() or target.is_symlink():
        raise _refused(target, "is there already; choose another name or remove it first")
    if not target.parent.is_dir():
        raise _refused(target.parent, "is not a folder; make it first")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as work:
            draft = Path(work) / target.name
            draft.mkdir()
            for name, content in files.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            draft.rename(target)
    except OSError as error:
        raise _refused(target, f"cannot be written: {error.strerror or error}") from error
    return target


def _refused(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, "", message)])

"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from backstop.errors import InputError, Problem


def write_all(folder: str | Path, texts: Mapping[str, str]) -> list[Path]:
    """Write several text files into a folder, each renamed into place when it is complete.

    The folder is made when it is missing. An interruption leaves files that are whole or absent,
    never half a file; what stood there before stays until its successor is ready.

    Raises
    ------
    InputError
        When the folder cannot be made or written; the message names it and the reason.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / name, text) for name, text in texts.items()]
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(str(error.filename or folder), 0, 0, "", f"cannot be written: {reason}")
        raise InputError([problem]) from error


def _write(target: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files private; a report is read by others, so give it the usual mode.
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""A file as a stream of bytes: plain, gzip or zip, bounded, with its digest and a position.

A file of any length is read line by line. A compressed one may not grow beyond a ratio or a
size that no honest file has: what does is a bomb, and is refused before it fills the disk.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backstop.errors import InputError, NotFound, Problem

#: Most bytes that one byte of a compressed file may become. Deflate reaches 1,032; text with much
#: repetition reaches 20 to 60.
MOST_RATIO = 200
#: A small file may be repetitive; the ratio counts only beyond this many bytes.
FREE_BYTES = 50_000_000
#: Most bytes that any compressed file may become.
MOST_BYTES = 50_000_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read."""

    path: Path
    name: str
    """As the person wrote it."""
    size: int
    sha256: str
    """Digest of the file as it lies there."""
    changed_ns: int = 0
    """When it was last changed, by the disk's clock."""

    @property
    def file(self) -> str:
        """Its name without the folders before it."""
        return Path(self.name).name


def survey(path: str | Path, *, progress: Callable[[int, int], None] | None = None) -> Source:
    """Find a file and take its digest.

    Raises
    ------
    NotFound
        When there is none.
    InputError
        When it is no regular file or cannot be read.
    """
    place = Path(path)
    try:
        status = os.stat(place)
        if not stat.S_ISREG(status.st_mode):
            raise _fault(path, "is not a regular file")
        digest = hashlib.sha256()
        with place.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                if progress is not None:
                    progress(file.tell(), status.st_size)
    except FileNotFoundError:
        raise NotFound(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise _fault(path, f"cannot be read: {error.strerror}") from error
    # A name that is not UTF-8 comes as half characters, which no record can hold.
    name = os.fsencode(place).decode("utf-8", "backslashreplace")
    return Source(place, name, status.st_size, digest.hexdigest(), status.st_mtime_ns)


def unchanged(source: Source) -> Source:
    """The file as it was surveyed, or surveyed again where it has been changed since."""
    try:
        status = os.stat(source.path)
    except OSError:
        return survey(source.path)
    same = (status.st_size, status.st_mtime_ns) == (source.size, source.changed_ns)
    return source if same else survey(source.path)


def _fault(path: str | Path, reason: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, "", reason)])


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """The bytes of the file, unpacked where it is compressed."""
    try:
        with source.path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=file) as packed:
                    yield io.BufferedReader(_Bounded(packed, source.size, source.name), _CHUNK)
            elif head == b"PK\x03\x04":
                with (
                    zipfile.ZipFile(file) as archive,
                    archive.open(_member(archive, source)) as one,
                ):
                    yield io.BufferedReader(_Bounded(one, source.size, source.name), _CHUNK)
            else:
                yield file
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _fault(source.name, f"cannot be unpacked: {error}") from error
    except OSError as error:
        raise _fault(source.name, f"cannot be read: {error.strerror or error}") from error


def _member(archive: zipfile.ZipFile, source: Source) -> zipfile.ZipInfo:
    """The one file of an archive that holds records."""
    files = [
        one
        for one in archive.infolist()
        if not one.is_dir() and not one.filename.startswith("__MACOSX/")
    ]
    if any(one.filename == "[Content_Types].xml" for one in files):
        raise _fault(source.name, "is a workbook; save the sheet as CSV")
    if len(files) != 1:
        raise _fault(source.name, f"holds {len(files)} files; unpack it and name the one to read")
    if files[0].flag_bits & 1:
        raise _fault(source.name, "is encrypted")
    return files[0]


class _Bounded(io.RawIOBase):
    """Unpacked bytes that stop with an error when there are too many of them."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, packed: int, name: str) -> None:
        self._inner = inner
        self._name = name
        self._given = 0
        self._limit = min(MOST_BYTES, max(FREE_BYTES, packed * MOST_RATIO))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        chunk = self._inner.read(min(len(view), _CHUNK))
        self._given += len(chunk)
        if self._given > self._limit:
            raise _fault(
                self._name,
                f"unpacks to more than {self._limit / 1e6:,.0f} MB; refused as a zip bomb. "
                "If it is honest, unpack it and name the file inside",
            )
        view[: len(chunk)] = chunk
        return len(chunk)

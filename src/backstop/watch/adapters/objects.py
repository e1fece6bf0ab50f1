"""Objects of a JSON file, one after the other, without holding the file.

GeoJSON and the exports of form servers are one long list inside one object; JSON Lines has an
object a line. Both are read from a buffer that never holds much more than one object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

from backstop.scenario.json_text import refuse_constant

#: Keys under which files keep their list: GeoJSON, OData (ODK Central), KoboToolbox, others.
_LISTS = ("features", "value", "results", "data", "items", "records")
_LIST = re.compile(rf'"(?:{"|".join(_LISTS)})"\s*:\s*\[')
#: Longest object, and how far into the file its list may begin, in characters.
MOST_OBJECT = 8_000_000
_HEAD = 1_000_000
_CHUNK = 1 << 16
_GAP = re.compile(r"[\s,]*")


class BadObject(ValueError):
    """Text that is no object; nothing after it can be told apart when it stands in a list."""

    def __init__(self, reason: str, text: str, *, last: bool) -> None:
        super().__init__(reason)
        self.text = text
        self.last = last


def read_objects(stream: IO[bytes]) -> Iterator[tuple[int, Any | BadObject]]:
    """Each object with the bytes read up to it, which is exact for JSON Lines only.

    Raises
    ------
    ValueError
        When the file holds neither a list of objects nor one object a line.
    """
    buffer = _Buffer(stream)
    buffer.fill(_CHUNK)
    text = buffer.text.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        buffer.use(buffer.text.index("[") + 1)
        yield from _list(buffer)
    elif _is_lines(buffer):
        yield from _lines(buffer)
    else:
        buffer.fill(_HEAD)
        found = _LIST.search(buffer.text)
        if found is None:
            raise ValueError(f"holds no list under {', '.join(_LISTS)}, nor an object on each line")
        buffer.use(found.end())
        yield from _list(buffer)


def _is_lines(buffer: _Buffer) -> bool:
    """Whether the first line is an object by itself (that holds no list of records)."""
    line = buffer.text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and not any(isinstance(first.get(k), list) for k in _LISTS)


def _lines(buffer: _Buffer) -> Iterator[tuple[int, Any | BadObject]]:
    while True:
        end = buffer.find("\n")
        line = buffer.text[buffer.at : end] if end >= 0 else buffer.text[buffer.at :]
        if not line and end < 0:
            return
        buffer.use(end + 1 if end >= 0 else len(buffer.text))
        if line.strip("\ufeff \t\r"):
            yield buffer.offset, _object(line)


def _object(line: str) -> Any | BadObject:
    try:
        return json.loads(line.lstrip("\ufeff"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        return BadObject(f"is not valid JSON: {str(error)[:100]}", line, last=False)


def _list(buffer: _Buffer) -> Iterator[tuple[int, Any | BadObject]]:
    decoder = json.JSONDecoder(parse_constant=refuse_constant)
    while True:
        gap = _GAP.match(buffer.text, buffer.at)
        assert gap is not None
        buffer.use(gap.end())
        if buffer.at == len(buffer.text):
            if buffer.fill(_CHUNK):
                continue
            yield buffer.offset, BadObject("the list is not closed", "", last=True)
            return
        if buffer.text.startswith("]", buffer.at):
            return
        try:
            value, end = decoder.raw_decode(buffer.text, buffer.at)
        except (ValueError, RecursionError) as error:
            left = len(buffer.text) - buffer.at
            if left < MOST_OBJECT and buffer.fill(left + max(_CHUNK, left)):
                continue
            reason = f"is not valid JSON: {str(error)[:100]}; nothing behind it could be read"
            text = buffer.text[buffer.at : buffer.at + 10_000]
            yield buffer.offset, BadObject(reason, text, last=True)
            return
        buffer.use(end)
        yield buffer.offset, value


class _Buffer:
    """Text read so far; what lies before ``at`` was used already."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rest = b""
        self.text = ""
        self.at = 0
        self.offset = 0
        """Bytes that were used."""

    def fill(self, size: int) -> bool:
        """Read until there are that many unused characters; whether any came.

        What was used is forgotten here, and not after each object: that would copy the rest anew.
        """
        self.text, self.at = self.text[self.at :], 0
        came = False
        while len(self.text) < size:
            chunk = self._stream.read(_CHUNK)
            if not chunk:
                if self._rest:
                    self.text += self._rest.decode("cp1252", "replace")
                    self._rest = b""
                break
            self.text += self._decoded(self._rest + chunk)
            came = True
        return came

    def _decoded(self, raw: bytes) -> str:
        """UTF-8, or Windows-1252 where it is not; half a character waits for its other half."""
        self._rest = b""
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            if error.start >= len(raw) - 3 and error.reason == "unexpected end of data":
                self._rest = raw[error.start :]
                return raw[: error.start].decode()
        return raw.decode("cp1252", "replace")

    def find(self, mark: str) -> int:
        """Where the mark stands, reading on until it does; -1 at the end of the file."""
        found = self.text.find(mark, self.at)
        while found < 0 and len(self.text) - self.at < MOST_OBJECT:
            before = len(self.text) - self.at
            if not self.fill(before + _CHUNK):
                break
            found = self.text.find(mark, before)
        return found

    def use(self, end: int) -> None:
        """What stands before ``end`` was used."""
        # A text of ASCII letters only knows that it is one.
        size = end - self.at
        if not self.text.isascii():
            size = len(self.text[self.at : end].encode("utf-8", "surrogatepass"))
        self.offset += size
        self.at = end

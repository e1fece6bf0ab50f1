"""The words of Gambit's .efg format: quoted text, numbers, braces and symbols, with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from backstop.errors import InputError, Problem

_WORD = re.compile(
    r"""\s*(?:
        (?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")
      | (?P<brace>[{},])
      | (?P<number>[+\-.\d][^\s{},"]*)
      | (?P<symbol>[^\s{},"]+)
      | (?P<open>")
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\])')
_AMBIGUOUS = re.compile(r'"|\\(?=["\\]|\Z)')


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind, what it says, and where it begins (an offset) and on which line."""

    kind: str
    text: str
    offset: int
    line: int


class Words:
    """The words of a text, one ahead; every complaint names line and column."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._stream = self._scan()
        self.next = next(self._stream)

    def _scan(self) -> Iterator[Word]:
        position, line, counted = 0, 1, 0
        while True:
            match = _WORD.match(self._text, position)
            assert match is not None
            assert match.lastgroup is not None
            kind, offset = match.lastgroup, match.start(match.lastgroup)
            line += self._text.count("\n", counted, offset)
            counted, position = offset, match.end()
            said = match[kind]
            if kind == "text":
                said = _ESCAPED.sub(r"\1", said[1:-1])
            yield Word(kind, said, offset, line)
            if kind in ("open", "end"):
                return

    def take(self, kind: str, what: str) -> Word:
        """The next word, which must be of one kind; ``what`` names what is wanted."""
        word = self.next
        if word.kind != kind:
            self.fail(word, f"expected {what}, found {_shown(word)}")
        self.next = next(self._stream)
        return word

    def skip(self, text: str) -> bool:
        """Whether the next word is this brace or comma; it is passed over if so."""
        found = self.next.kind == "brace" and self.next.text == text
        if found:
            self.next = next(self._stream)
        return found

    def brace(self, text: str, what: str) -> None:
        """Pass over a brace that must be there."""
        word = self.next
        if not self.skip(text):
            self.fail(word, f"expected {text!r} {what}, found {_shown(word)}")

    def fail(self, word: Word, message: str) -> NoReturn:
        """Raise for what is wrong with a word."""
        column = word.offset - self._text.rfind("\n", 0, word.offset)
        raise InputError([Problem(self._file, word.line, column, "", message)])


def _shown(word: Word) -> str:
    if word.kind == "end":
        return "the end of the file; the file is truncated or a node is missing"
    if word.kind == "open":
        return "text whose closing quote is missing"
    short = word.text if len(word.text) <= 40 else word.text[:40] + "…"
    return repr(short)


def quoted(text: str) -> str:
    """Text as a word of the format, which reads back as it was.

    A backslash is doubled only where it would otherwise escape what follows: Gambit (16.7) keeps
    other backslashes as they are.
    """
    return '"' + _AMBIGUOUS.sub(lambda match: "\\" + match[0], text) + '"'

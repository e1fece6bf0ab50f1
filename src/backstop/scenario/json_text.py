"""JSON text as a document: duplicate keys and NaN refused, and the place of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from backstop.errors import Problem
from backstop.scenario.document import Document, Location, Place, dotted, outgrown
from backstop.scenario.ident import twice

#: Objects, lists and numbers in one file: a line of 100,000 points.
MOST_VALUES = 350_000


#: Nobody reads further; the rest shows once these are mended.
_MOST_FAULTS = 50
#: Python refuses to read a longer whole number, for the time that takes.
_MOST_DIGITS = 4_300


def read_json(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse JSON; every NaN, infinity and key that stands twice is refused, at its place."""
    try:
        data = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        return None, [_invalid(file, error)]
    except RecursionError:
        return None, [Problem(file, 1, 1, "", "this is nested too deeply to be a line")]
    except ValueError:
        return None, _refused(file, text)
    document = Document(file, data, lambda: {where: place for where, place, _ in _values(text)})
    fault = outgrown(document, most_values=MOST_VALUES)
    return (document, []) if fault is None else (None, [fault])


def _invalid(file: str, error: json.JSONDecodeError) -> Problem:
    message = f"this is not valid JSON: {error.msg[0].lower()}{error.msg[1:]}"
    return Problem(file, error.lineno, error.colno, "", message)


def refuse_constant(constant: str) -> Any:
    """Refuse NaN and the infinities, which Python's decoder would take (``parse_constant``)."""
    raise ValueError(f"{constant} is not a number that JSON knows")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if twice(key for key, _ in pairs):
        raise ValueError
    return dict(pairs)


def _refused(file: str, text: str) -> list[Problem]:
    """What Python's decoder takes for JSON and we do not; or the first that not even it takes."""
    try:
        # Numbers stay text, or the too long ones would stop it again.
        json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        return [_invalid(file, error)]
    faults: list[Problem] = []
    seen: set[Location] = set()
    again: set[Location] = set()
    for location, place, token in _values(text):
        message = _doubt(token)
        if location[:-1] in again:
            # All keys below one that stands twice would seem to.
            again.add(location)
        elif location and isinstance(location[-1], str):
            if location in seen:
                message = "this key stands there already; keep one of the two"
                again.add(location)
            seen.add(location)
        if message:
            faults.append(Problem(file, *place, dotted(location), message))
        if len(faults) >= _MOST_FAULTS or len(seen) + len(again) > MOST_VALUES:
            break
    return faults or [Problem(file, 1, 1, "", f"holds more than {MOST_VALUES:,} keys")]


def _doubt(token: str) -> str:
    if token in ("NaN", "Infinity", "-Infinity"):
        return f"{token} is not a number that JSON knows; write a finite one"
    if len(token) > _MOST_DIGITS and token.lstrip("-").isdecimal():
        return "a number has thousands of digits"
    return ""


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n')


def _values(text: str) -> Iterator[tuple[Location, Place, str]]:
    """Location, place and first token of every value of a JSON text that is known to be valid."""
    path: list[str | int] = []
    line, line_start, key_next = 1, 0, False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n":
            line, line_start = line + 1, match.end()
        elif token in "}]":
            path.pop()
            key_next = False
        elif token == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                key_next = True
        elif token == ":":
            key_next = False
        elif key_next:
            path[-1] = json.loads(token)
        else:
            yield tuple(path), (line, match.start() - line_start + 1), token
            if token in "{[":
                path.append("" if token == "{" else 0)
                key_next = token == "{"

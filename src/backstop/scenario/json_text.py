"""JSON text as a document: duplicate keys and NaN refused, and the place of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from backstop.errors import Problem
from backstop.scenario.document import Document, Location, Place, oversized
from backstop.scenario.ident import twice

#: Objects, lists and numbers in one file: a line of 100,000 points.
MOST_VALUES = 350_000


def read_json(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse JSON; NaN, infinities and keys that stand twice are refused."""
    try:
        data = json.loads(text, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        message = f"this is not valid JSON: {error.msg[0].lower()}{error.msg[1:]}"
        return None, [Problem(file, error.lineno, error.colno, "", message)]
    except RecursionError:
        return None, [Problem(file, 1, 1, "", "this is nested too deeply to be a line")]
    except ValueError as error:
        return None, [Problem(file, 1, 1, "", f"this is not valid JSON: {str(error)[:120]}")]
    document = Document(file, data, lambda: dict(_index(text)))
    fault = oversized(data, most_values=MOST_VALUES)
    if fault is not None:
        return None, [Problem(file, 1, 1, "", fault[1])]
    return document, []


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number that JSON knows")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    again = twice(key for key, _ in pairs)
    if again:
        raise ValueError(f"the key {again[0][:40]!r} stands twice in one object")
    return dict(pairs)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n')


def _index(text: str) -> Iterator[tuple[Location, Place]]:
    """Location and place of every value of a JSON text that is known to be valid."""
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
            yield tuple(path), (line, match.start() - line_start + 1)
            if token in "{[":
                path.append("" if token == "{" else 0)
                key_next = token == "{"

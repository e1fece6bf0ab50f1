"""A parsed file that still knows where each value stood.

A *location* is the tuple of keys and indices that pydantic reports, such as
``("capabilities", 3, "troops_per_unit")``; ``Document.place`` gives its line and column.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Language, Node, Parser

from backstop.errors import Problem

Location = tuple[str | int, ...]
Place = tuple[int, int]

#: No honest scenario nests deeper, or writes a dotted key of more parts.
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, with a lazily made index from location to line and column."""

    file: str
    data: Any
    index: Callable[[], dict[Location, Place]]
    _made: dict[Location, Place] = field(default_factory=dict)

    def place(self, location: Location) -> Place:
        """Line and column of the innermost part of ``location`` that the file holds."""
        if not self._made:
            self._made.update(self.index() or {(): (1, 1)})
        for length in range(len(location), -1, -1):
            if location[:length] in self._made:
                return self._made[location[:length]]
        return (1, 1)

    def problem(self, location: Location, message: str, *, shown: str | None = None) -> Problem:
        """A problem at a location of this document."""
        line, column = self.place(location)
        path = dotted(location, self.data) if shown is None else shown
        return Problem(self.file, line, column, path, message)


def dotted(location: Location, data: Any = None) -> str:
    """``("a", 3, "b")`` as ``a[id].b``: list items are named by their id where they have one."""
    text = ""
    for part in location:
        inner = _inside(data, part)
        if isinstance(part, int):
            name = inner.get("id", part) if isinstance(inner, dict) else part
            text += f"[{name}]"
        else:
            text += f".{part}" if text else part
        data = inner
    return text


def _inside(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def read_toml(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse TOML; every syntax error is reported, not only the first."""
    tree = _toml_tree(text)
    problems = _toml_faults(file, tree)
    if problems:
        return None, problems
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [_toml_error(file, str(error))]
    return Document(file, data, lambda: dict(_toml_index(_toml_tree(text)))), []


def _toml_tree(text: str) -> Node:
    import tree_sitter_toml

    return Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node


def _toml_faults(file: str, root: Node) -> list[Problem]:
    """Syntax errors, and nesting that could only be meant to exhaust the reader."""
    problems: list[Problem] = []
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        line, column = node.start_point.row + 1, node.start_point.column + 1
        too_long = node.type == "dotted_key" and (node.text or b"").count(b".") > DEEPEST
        if depth > 3 * DEEPEST or too_long:
            message = f"nested deeper than {DEEPEST} levels; flatten it"
            return [Problem(file, line, column, "", message)]
        if node.is_error or node.is_missing:
            near = (node.text or b"").decode(errors="replace").strip().split("\n")[0][:30]
            what = f" near {near!r}" if near else ""
            problems.append(Problem(file, line, column, "", f"this is not valid TOML{what}"))
            continue
        if node.has_error or node.type in _NESTING:
            stack.extend((child, depth + (child.type in _NESTING)) for child in node.children)
    return problems


_NESTING = {
    "document", "table", "table_array_element", "pair", "array", "inline_table", "dotted_key"
}  # fmt: skip


def _toml_error(file: str, message: str) -> Problem:
    match = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line, column = (int(match[1]), int(match[2])) if match else (1, 1)
    plain = re.sub(r"\s*\(at .*\)$", "", message)
    return Problem(file, line, column, "", f"this is not valid TOML: {plain}")


def _toml_index(root: Node) -> Iterator[tuple[Location, Place]]:
    """Location and place of every table, key and list item."""
    yield (), (1, 1)
    counts: dict[Location, int] = {}

    def resolve(keys: Location, *, new_item: bool) -> Location:
        """Follow a table's name, stepping into the newest item of every list on the way."""
        location: Location = ()
        for number, key in enumerate(keys, start=1):
            location = (*location, key)
            if new_item and number == len(keys):
                counts[location] = counts.get(location, -1) + 1
            if location in counts:
                location = (*location, counts[location])
        return location

    for node in root.children:
        if node.type == "pair":
            yield from _pair_index(node, ())
        elif node.type in ("table", "table_array_element"):
            keys = next(k for k in map(_keys, node.children) if k)
            base = resolve(keys, new_item=node.type == "table_array_element")
            yield base, _start(node)
            for child in node.children:
                if child.type == "pair":
                    yield from _pair_index(child, base)


def _pair_index(node: Node, base: Location) -> Iterator[tuple[Location, Place]]:
    keys = _keys(node.children[0])
    for number in range(1, len(keys) + 1):
        yield (*base, *keys[:number]), _start(node)
    yield from _value_index(node.children[-1], (*base, *keys))


def _value_index(node: Node, base: Location) -> Iterator[tuple[Location, Place]]:
    if node.type == "inline_table":
        for child in node.children:
            if child.type == "pair":
                yield from _pair_index(child, base)
    elif node.type == "array":
        items = [child for child in node.named_children if child.type != "comment"]
        for number, child in enumerate(items):
            yield (*base, number), _start(child)
            yield from _value_index(child, (*base, number))


def _start(node: Node) -> Place:
    return node.start_point.row + 1, node.start_point.column + 1


def _keys(node: Node) -> tuple[str, ...]:
    if node.type == "bare_key":
        return ((node.text or b"").decode(),)
    if node.type == "quoted_key":
        return (str(tomllib.loads(f"k = {(node.text or b'').decode()}")["k"]),)
    if node.type == "dotted_key":
        return tuple(key for child in node.children for key in _keys(child))
    return ()


def read_json(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse JSON; NaN and infinities are refused."""
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = (error.lineno, error.colno)
        return None, [Problem(file, *place, "", f"this is not valid JSON: {error.msg}")]
    except (ValueError, RecursionError) as error:
        return None, [Problem(file, 1, 1, "", f"this is not valid JSON: {error}")]
    return Document(file, data, lambda: dict(_json_index(text))), []


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number that JSON knows")


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def _json_index(text: str) -> Iterator[tuple[Location, Place]]:
    """Location and place of every value of a JSON text that is known to be valid."""
    path: list[str | int] = []
    line, line_start, seen, key_next = 1, 0, 0, False
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        line_start = text.rfind("\n", 0, match.start()) + 1
        seen = match.start()
        token = match.group()
        if token in "}]":
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

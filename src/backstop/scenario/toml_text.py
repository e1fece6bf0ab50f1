"""TOML text as a document: every syntax error at once, and the place of every value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backstop.errors import Problem
from backstop.scenario.document import DEEPEST, Document, Location, Place, outgrown

if TYPE_CHECKING:
    from tree_sitter import Node

#: Tables, keys and list items in one file.
MOST_VALUES = 30_000
#: Nobody reads further; the rest shows once these are mended.
_MOST_FAULTS = 50

_STATEMENT = re.compile(r"""\s*(?:\[|(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*(?:\.[^=]*)?=)""")
_KEY_PART = re.compile(r"""\s*["']?[\w-]+["']?\s*""")
_HEADER = re.compile(r"\s*\[")


def read_toml(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse TOML; every syntax error is reported, not only the first."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > DEEPEST and _long_key(line):
            message = f"this key has more than {DEEPEST} parts; flatten it"
            return None, [Problem(file, number, 1, "", message)]
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None, [
            Problem(file, line, column, "", f"this is not valid TOML: {message}")
            for (line, column), message in _faults(text)
        ]
    document = Document(file, data, lambda: _index(text))
    fault = outgrown(document, most_values=MOST_VALUES)
    return (document, []) if fault is None else (None, [fault])


def _long_key(line: str) -> bool:
    run = 0
    for part in line.split("."):
        run = run + 1 if _KEY_PART.fullmatch(part) else 0
        if run >= DEEPEST:
            return True
    return False


# --- every error at once ----------------------------------------------------------------------


def _faults(text: str) -> list[tuple[Place, str]]:
    """Statements that do not parse alone, then those that clash with what stands before."""
    lines = text.replace("\r\n", "\n").split("\n")
    faults: list[tuple[Place, str]] = []
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(lines) and len(faults) < _MOST_FAULTS:
        if not lines[start].strip():
            start += 1
            continue
        end, fault = _statement(lines, start)
        spans.append((start, end))
        if fault is not None:
            faults.append(fault)
            _blank(lines, start, end)
        start = end
    tries = min(_MOST_FAULTS - len(faults), 1 + 2_000_000 // len(text))
    for _ in range(tries):
        clash = _fault_of("\n".join(lines), 0)
        if clash is None:
            break
        (line, _), message = clash
        start, end = next((s for s in spans if s[0] < line <= s[1]), (line - 1, line))
        column = len(lines[start]) - len(lines[start].lstrip()) + 1
        faults.append(((start + 1, column), message))
        _blank(lines, start, end)
    return sorted(set(faults)) or [((1, 1), "it cannot be read")]


def _statement(lines: list[str], start: int) -> tuple[int, tuple[Place, str] | None]:
    """Where the statement that starts on a line ends, and what is wrong with it alone."""
    fault = _fault_of(lines[start], start)
    if fault is None:
        return start + 1, None
    for end in _ends(lines, start):
        longer = _fault_of("\n".join(lines[start:end]), start)
        if longer is None:
            return end, None
    following = next(
        (n for n in range(start + 1, len(lines)) if _STATEMENT.match(lines[n])), len(lines)
    )
    return following, fault


def _ends(lines: list[str], start: int) -> Iterator[int]:
    """Where a statement of several lines may end: its closing quotes, or the next statement."""
    for quotes in ('"""', "'''"):
        if lines[start].count(quotes) % 2:
            for number in range(start + 1, len(lines)):
                if quotes in lines[number]:
                    yield number + 1
                    break
    if re.search(r"[\[{(]", lines[start]):
        for number in range(start + 1, len(lines)):
            if _STATEMENT.match(lines[number]):
                yield number
                return
        yield len(lines)


def _fault_of(text: str, above: int) -> tuple[Place, str] | None:
    """The first error of a text that starts below ``above`` lines, in plain words."""
    try:
        tomllib.loads(text)
    except RecursionError:
        return (above + 1, 1), f"it is nested deeper than {DEEPEST} levels"
    except ValueError as error:
        message = str(error)
    else:
        return None
    match = re.search(r"\(at line (\d+), column (\d+)\)", message)
    written = text.rstrip().split("\n")
    line, column = (int(match[1]), int(match[2])) if match else (len(written) + 1, 1)
    if line > len(written):
        line, column = len(written), len(written[-1]) + 1
    return (above + line, column), _plain(re.sub(r"\s*\(at .*\)$", "", message, flags=re.DOTALL))


def _plain(message: str) -> str:
    for start, plain in _PLAIN.items():
        if message.startswith(start):
            return plain
    return message[0].lower() + message[1:120]


_PLAIN = {
    "Cannot overwrite a value": "this key stands there already; keep one of the two",
    "Cannot declare": "this table stands there already; keep one of the two",
    "Cannot mutate": "this table was closed before; write its keys together",
    "Cannot redefine": "this name stands there already as something else",
    "Illegal character '\\n'": "a text is not closed: its last quote is missing on this line",
    "Expected \"'\"": "a text is not closed: its last quote is missing on this line",
    "Expected newline or end": "something stands after the value; text stands in "
    '"quotes", a number has no unit, thousands separator or leading zero',
    "Unterminated string": "a text is not closed: its last quote is missing",
    "Invalid value": 'this is not a value: text stands in "quotes", a number has no unit and no '
    "thousands separator",
    "Invalid statement": "a line is key = value or [table]; a key with other letters than a "
    'to z stands in "quotes"',
    "Duplicate inline table key": "a key stands twice in this {table}; keep one of the two",
    "Exceeds the limit": "a number has thousands of digits",
    "Unclosed array": "a list is not closed: its ] is missing",
    "Unclosed inline table": "a {table} is not closed on its line: its } is missing",
}  # fmt: skip


def _blank(lines: list[str], start: int, end: int) -> None:
    """Take a statement out; a table's header is replaced, so that its keys join no other table."""
    header = _HEADER.match(lines[start])
    lines[start:end] = [""] * (end - start)
    if header:
        lines[start] = f"[taken-out-{start}]"


# --- places -----------------------------------------------------------------------------------


def _index(text: str) -> dict[Location, Place]:
    """Place of every table, key and list item of a valid TOML text; the first mention counts."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    raw = text.encode()
    rows = raw.split(b"\n")
    places: dict[Location, Place] = {}
    counts: dict[Location, int] = {}

    def mention(location: Location, node: Node) -> None:
        """Note a location and, from it upwards, what was not mentioned before."""
        # Tree-sitter counts bytes; an editor counts characters.
        before = rows[node.start_point.row][: node.start_point.column]
        place = node.start_point.row + 1, len(before.decode(errors="replace")) + 1
        while location and location not in places:
            places[location] = place
            location = location[:-1]

    def table(keys: tuple[str, ...], *, new_item: bool) -> Location:
        """Follow a table's name, stepping into the newest item of every list on the way."""
        location: Location = ()
        for number, key in enumerate(keys, start=1):
            location = (*location, key)
            if new_item and number == len(keys):
                counts[location] = counts.get(location, -1) + 1
            if location in counts:
                location = (*location, counts[location])
        return location

    for node in Parser(Language(tree_sitter_toml.language())).parse(raw).root_node.children:
        base: Location = ()
        inside = [node]
        if node.type in ("table", "table_array_element"):
            keys = next(k for k in map(_keys, node.children) if k)
            base = table(keys, new_item=node.type == "table_array_element")
            mention(base, node)
            inside = node.children
        stack = [_pair(one, base) for one in reversed(inside) if one.type == "pair"]
        while stack:
            location, start, value = stack.pop()
            mention(location, start)
            stack.extend(_below(value, location))
    return places


def _pair(node: Node, base: Location) -> tuple[Location, Node, Node]:
    return (*base, *_keys(node.children[0])), node, node.children[-1]


def _below(value: Node, base: Location) -> Iterator[tuple[Location, Node, Node]]:
    """What stands directly in a table or list, last first: location, where it starts, value."""
    if value.type == "inline_table":
        for child in reversed(value.children):
            if child.type == "pair":
                yield _pair(child, base)
    elif value.type == "array":
        items = [child for child in value.named_children if child.type != "comment"]
        for number in range(len(items) - 1, -1, -1):
            yield (*base, number), items[number], items[number]


def _keys(node: Node) -> tuple[str, ...]:
    if node.type == "bare_key":
        return ((node.text or b"").decode(),)
    if node.type == "quoted_key":
        return (next(iter(tomllib.loads(f"{(node.text or b'').decode()} = 0"))),)
    if node.type == "dotted_key":
        return tuple(key for child in node.children for key in _keys(child))
    return ()

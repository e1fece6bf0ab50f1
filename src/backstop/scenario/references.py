"""Cross-references: every id that one file names must be defined in another.

They are checked on what was written, not on the validated records, so that a mistake in one
place does not hide those in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstop.errors import Problem
from backstop.scenario.document import Document, Location
from backstop.scenario.ident import did_you_mean
from backstop.scenario.table import Row

#: Which key of a TOML or GeoJSON file names which kind of thing; ``*`` stands for a list index.
SCENARIO = {
    "parties.*.nation": "nation",
    "capabilities.*.pool.stock": "stock",
    "conditions.*.requires.*": "condition",
    "conditions.*.body": "body",
    "conditions.*.actor": "actor",
    "sourcing.incompatible.*.a": "nation",
    "sourcing.incompatible.*.b": "nation",
    "sourcing.couplings.*.capability": "capability",
    "sourcing.couplings.*.needs": "capability",
}
DESIGN = {
    "land.line": "line",
    "backstop.condition": "condition",
    "backstop.provider": "actor",
    "sequence.after.*": "condition",
    "mandate.routes.*.steps.*.body": "body",
    "requirements.*.capability": "capability",
    "requirements.*.location": "location",
}
EVIDENCE = {"claims.*.source": "source"}
LINES = {"features.*.properties.id": "line"}
OFFERS = {
    "nation": "nation",
    "capability": "capability",
    "pledge": "pledge level",
    "caveats": "location or kind of location",
    "conditions": "condition",
    "source": "source",
}
POSITIONS = {
    "actor": "actor",
    "stance": "stance",
    "conditions": "condition",
    "source": "source",
}
NATIONS = {"parliament": "form of parliamentary consent", "source": "source"}

#: Values of a key that name nothing elsewhere.
KINDS = ("front", "rear", "sea", "outside")


@dataclass(frozen=True, slots=True)
class Known:
    """What is defined, by kind."""

    ids: dict[str, set[str]] = field(default_factory=dict)

    def check(self, kind: str, name: str) -> str | None:
        """A message when nothing of that kind has that name."""
        known = self.ids.get(kind)
        if known is None or name in known:
            return None
        return f"there is no {kind} {name!r}{did_you_mean(name, known)}"


def listed(data: Any, *keys: str) -> Iterator[Any]:
    """The ``id`` (or other last key) of every item of a list in raw data."""
    *path, last = keys
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    for item in data if isinstance(data, list) else ():
        if isinstance(item, dict) and isinstance(item.get(last), str):
            yield item[last]


def check_document(
    document: Document, patterns: Mapping[str, str], known: Known
) -> Iterator[Problem]:
    """Every reference of one document that leads nowhere; ``source`` keys anywhere included."""
    for location, value in _leaves(document.data, ()):
        names = [part for part in location if isinstance(part, str)]
        pattern = ".".join("*" if isinstance(part, int) else part for part in location)
        is_source = "source" in names[-1:] and "text" not in names
        kind = patterns.get(pattern) or ("source" if is_source else None)
        if kind and isinstance(value, str):
            message = known.check(kind, value)
            if message:
                yield document.problem(location, message)


def check_rows(rows: Iterable[Row], columns: Mapping[str, str], known: Known) -> Iterator[Problem]:
    """Every reference of a table that leads nowhere; a cell may name several."""
    for row in rows:
        for column, kind in columns.items():
            for name in row.cells.get(column, "").split(";"):
                message = known.check(kind, name.strip()) if name.strip() else None
                if message:
                    yield row.problem(column, message)


def _leaves(data: Any, location: Location) -> Iterator[tuple[Location, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*location, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _leaves(value, (*location, number))
    else:
        yield location, data


def circles(requires: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Every circle that following ``requires`` from some id runs into, once each."""
    found: set[frozenset[str]] = set()
    done: set[str] = set()
    for start in sorted(requires):
        trail: list[str] = []
        stack = [(start, iter(sorted(requires[start])))] if start not in done else []
        if stack:
            trail.append(start)
        while stack:
            _, following = stack[-1]
            name = next(following, None)
            if name is None:
                stack.pop()
                done.add(trail.pop())
            elif name in trail:
                circle = tuple(trail[trail.index(name) :])
                if frozenset(circle) not in found:
                    found.add(frozenset(circle))
                    yield circle
            elif name in requires and name not in done:
                trail.append(name)
                stack.append((name, iter(sorted(requires[name]))))

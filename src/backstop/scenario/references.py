"""Cross-references: every id that one file names must be defined in another.

They are checked on what was written, not on the validated records, so that a mistake in one
place does not hide those in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstop.errors import Problem
from backstop.scenario.document import Document, Location
from backstop.scenario.ident import did_you_mean, repeats, split
from backstop.scenario.table import Row

#: Which key of a TOML or GeoJSON file names which kind of thing; ``*`` stands for a list index.
SCENARIO = {
    "parties.*.nation": "nation",
    "capabilities.*.question": "question",
    "capabilities.*.question_outside": "question",
    "capabilities.*.pool.stock": "stock",
    "conditions.*.requires": "condition",
    "conditions.*.body": "body",
    "conditions.*.actor": "actor",
    "conditions.*.question": "question",
    "questions.*.id": "question",
    "questions.*.easier_than": "question",
    "sourcing.incompatible.*.a": "nation",
    "sourcing.incompatible.*.b": "nation",
    "sourcing.couplings.*.capability": "capability",
    "sourcing.couplings.*.needs": "capability",
    "campaign.line": "line",
    "campaign.stretches.*.location": "location",
    "campaign.attacker.party": "party",
    "campaign.attacker.aircraft_stock": "stock",
    "campaign.attacker.forces.*.stock": "stock",
    "campaign.protected.party": "party",
    "campaign.protected.aircraft_stock": "stock",
    "campaign.protected.forces.*.stock": "stock",
    "campaign.units.*.capability": "capability",
}
DESIGN = {
    "land.line": "line",
    "backstop.condition": "condition",
    "backstop.provider": "actor",
    "sequence.after": "condition",
    "mandate.routes.*.steps.*.body": "body",
    "mandate.routes.*.steps.*.question": "question",
    "requirements.*.capability": "capability",
    "requirements.*.location": "location",
}
EVIDENCE = {"claims.*.source": "document"}
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

#: Where a kind of thing is defined, for the message.
_HOME = {
    "nation": " in nations.csv",
    "actor": " among the nations of nations.csv, the bodies and their members",
    "stock": " among the columns of nations.csv",
    "question": " in positions.csv",
    "source": " in evidence.toml",
    "document": " among the sources of evidence.toml",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is defined, by kind; None for a kind whose file cannot be read."""

    ids: Mapping[str, set[str] | None]

    def check(self, kind: str, name: str) -> str | None:
        """A message when nothing of that kind has that name."""
        known = self.ids[kind]
        if known is None or name in known:
            return None
        tail = _HOME.get(kind, "") + did_you_mean(name, known)
        if kind == "question":
            tail += "; where nobody has spoken yet, write a row with the stance unknown"
        return f"there is no {kind} {name[:64]!r}{tail}"


def listed(data: Any, *keys: str, needed: bool = True) -> set[str] | None:
    """The ids of the items of a list in raw data; None when it does not say them all."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    if data is None and not needed:
        return set()
    if not isinstance(data, list):
        return None
    ids = [item.get("id") if isinstance(item, dict) else None for item in data]
    return None if None in ids else {one for one in ids if isinstance(one, str)}


def check_document(
    document: Document, patterns: Mapping[str, str], known: Known
) -> Iterator[Problem]:
    """Every reference of one document that leads nowhere; ``source`` keys anywhere included."""
    naming = {"source", *(pattern.rpartition(".")[2] for pattern in patterns)}
    for location, value in _texts(document.data, naming):
        kind = _kind(location, patterns)
        for name in split(value) if kind else ():
            message = known.check(kind, name)
            if message:
                yield document.problem(location, message)


def _kind(location: Location, patterns: Mapping[str, str]) -> str:
    """What the text at a location names; empty when it names nothing elsewhere."""
    # One name or a list of them stands under the same key.
    key = location[:-1] if isinstance(location[-1], int) else location
    kind = patterns.get(".".join("*" if isinstance(part, int) else part for part in key))
    if kind is None and key[-1] == "source":
        return "source"
    if kind is None and "roles" in key[-2:-1] and "steps" in key:
        return "actor"
    return kind or ""


def check_ids(document: Document) -> Iterator[Problem]:
    """Every id that an earlier item of the same list has."""
    stack: list[tuple[Location, Any]] = [((), document.data)]
    while stack:
        location, data = stack.pop()
        if isinstance(data, list):
            for place, message in repeats(data):
                yield document.problem((*location, place, "id"), message)
        if isinstance(data, dict | list):
            items = data.items() if isinstance(data, dict) else enumerate(data)
            stack += [((*location, k), v) for k, v in items if isinstance(v, dict | list)]


def check_rows(rows: Iterable[Row], columns: Mapping[str, str], known: Known) -> Iterator[Problem]:
    """Every reference of a table that leads nowhere; a cell may name several."""
    for row in rows:
        for column, kind in columns.items():
            for name in split(row.cells.get(column, "")):
                message = known.check(kind, name)
                if message:
                    yield row.problem(column, message)


def _texts(data: Any, naming: set[str]) -> Iterator[tuple[Location, str]]:
    """The texts in raw data that may name something, with their locations.

    Such a text stands under a key that names, or under any key of ``roles``, alone or in a list.
    Few do; all others are passed by without making up their location.
    """
    stack: list[tuple[Location, Any, bool]] = []
    if isinstance(data, dict | list):
        stack.append(((), data, False))
    while stack:
        location, container, named = stack.pop()
        keyed = isinstance(container, dict)
        filling = location[-1:] == ("roles",)
        for key, inner in container.items() if keyed else enumerate(container):
            names = (filling or key in naming) if keyed else named
            if isinstance(inner, str):
                if names:
                    yield (*location, key), inner
            elif isinstance(inner, dict | list):
                stack.append(((*location, key), inner, names))


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

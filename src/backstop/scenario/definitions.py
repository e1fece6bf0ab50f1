"""What a scenario defines, read from raw data: the ids that others may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstop.scenario.body import Body
from backstop.scenario.checks import parts, tables_of
from backstop.scenario.document import at
from backstop.scenario.record import Record
from backstop.scenario.references import listed
from backstop.scenario.tables import Table

#: Kinds of location, which a caveat may name instead of one.
KINDS = ("front", "rear", "sea", "outside")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Raw data of ``scenario.toml`` (None when it cannot be read) and of the shipped bodies."""

    main: Any
    library: Mapping[str, Any]

    def ids(self, evidence: Any, tables: Mapping[str, Table]) -> dict[str, set[str] | None]:
        """Every id by kind; None for a kind whose file or list does not give them all.

        A reference to a kind that is None is not judged: the complaint about the file is enough.
        """
        main = self.main
        locations = listed(main, "theatre", "locations")
        own_bodies = None if main is None else listed(main, "bodies", needed=False)
        bodies = _joined(own_bodies, listed(self.library, "bodies"))
        nations = tables["nations"].column("iso3")
        sources = listed(evidence, "sources", needed=evidence is None)
        claims = listed(evidence, "claims", needed=evidence is None)
        conditions = None if main is None else listed(main, "conditions", needed=False)
        return {
            "nation": nations,
            "stock": tables["nations"].own_columns(),
            "question": tables["positions"].column("question"),
            "actor": _joined(nations, bodies, self._members()),
            "condition": conditions,
            "body": bodies,
            "capability": listed(main, "capabilities"),
            "location": locations,
            "location or kind of location": _joined(locations, set(KINDS)),
            "line": listed(main, "theatre", "lines"),
            "party": listed(main, "parties"),
            "pledge level": listed(main, "sourcing", "pledge_levels"),
            "form of parliamentary consent": listed(self.library, "parliaments"),
            "stance": self._stances(),
            "document": sources,
            "source": _joined(sources, claims),
        }

    def bodies(self, *, library: Record | None, main: Record | None) -> dict[str, Body]:
        """Bodies that can be read, by id; the scenario's own replace the shipped ones.

        ``library`` and ``main`` are the records of the two files, where these are sound.
        """
        found = {body.id: body for _, body in parts(library, Body, self.library, "bodies")}
        for _, item in tables_of(self.main, "bodies"):
            found.pop(str(item.get("id")), None)
        return found | {body.id: body for _, body in parts(main, Body, self.main, "bodies")}

    def _members(self) -> set[str]:
        seats: list[Any] = []
        for data in (self.library, self.main):
            for _, body in tables_of(data, "bodies"):
                seats.append(body.get("members"))
                seats += [term.get("members") for _, term in tables_of(body, "terms")]
        return {
            member
            for seat in seats
            if isinstance(seat, list)
            for member in seat
            if isinstance(member, str) and not member.startswith("@")
        }

    def _stances(self) -> set[str] | None:
        if self.main is None:
            return None
        own = at(self.main, ("stances",))
        if own is None:
            return set(self.library["stances"]["stances"])
        table = at(own, ("stances",))
        return set(table) if isinstance(table, dict) else None


def _joined(*parts: set[str] | None) -> set[str] | None:
    """The union; None when any part is unknown."""
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found

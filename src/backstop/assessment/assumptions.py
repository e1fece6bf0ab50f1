"""Every number a case rests on, with its source or the admission that it is judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstop.evidence.provenance import trace
from backstop.futures import Place
from backstop.scenario.scenario import Case

#: Tables that come with the package; a scenario that says nothing else uses their defaults.
SHIPPED = ("sizing.", "parliaments[", "bodies[", "stances.", "battle.")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number as it was written."""

    path: str
    value: str
    source: str | None
    """Evidence named for it or, failing that, for the record or row it stands in."""
    basis: str
    """``source``, ``partly``, ``context`` or ``judgement``; see ``evidence.provenance``."""
    default: bool
    """Whether it comes from a shipped table and not from the scenario."""
    note: str

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "path": self.path,
            "value": self.value,
            "source": self.source,
            "basis": self.basis,
            "default": self.default,
            "note": self.note,
        }


def assumptions(case: Case, places: Mapping[str, Place]) -> tuple[Assumption, ...]:
    """Every quantity that the case depends on, in the order of their paths."""
    traced = {n.path: n for n in trace(case.scenario, design=case.design).numbers}
    own = {f"bodies[{body.id}]" for body in case.scenario.file.bodies}
    own |= {"stances."} if case.scenario.file.stances is not None else set()
    found = []
    for path, place in sorted(places.items()):
        default = path.startswith(SHIPPED) and not any(path.startswith(name) for name in own)
        number = traced.get(path)
        basis = number.basis if number else "source" if place.quantity.source else "judgement"
        named = number.sources if number else place.quantity.source
        source = "; ".join(named) or None
        value = str(place.quantity)
        found.append(Assumption(path, value, source, basis, default, place.quantity.note))
    return tuple(found)

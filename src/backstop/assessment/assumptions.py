"""Every number a case rests on, with its source or the admission that it is judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backstop.assessment.worlds import Futures

#: Tables that come with the package; a scenario that says nothing else uses their defaults.
SHIPPED = ("sizing.", "parliaments[", "bodies[")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number as it was written."""

    path: str
    value: str
    source: str | None
    default: bool
    """Whether it comes from a shipped table and not from the scenario."""
    note: str

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "path": self.path,
            "value": self.value,
            "source": self.source,
            "default": self.default,
            "note": self.note,
        }


def assumptions(
    futures: Futures, *, own_bodies: frozenset[str], own_stances: bool
) -> tuple[Assumption, ...]:
    """Every quantity that the case depends on, in the order of their paths."""
    found = []
    for path, place in sorted(futures.places.items()):
        own_body = path.startswith("bodies[") and path[7:].split("]")[0] in own_bodies
        default = path.startswith(SHIPPED) and not own_body
        default |= path.startswith("stances.") and not own_stances
        quantity = place.quantity
        source = "; ".join(quantity.source) or None
        found.append(Assumption(path, str(quantity), source, default, quantity.note))
    return tuple(found)

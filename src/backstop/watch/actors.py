"""Who: those who took part, those who are accused, and what an assessor thinks."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.watch.part import Part
from backstop.watch.quick import quickly_made

#: A party like any other: "nobody can say" has a probability too.
UNDETERMINED = "undetermined"


@quickly_made
@dataclass(frozen=True, slots=True)
class Allegation:
    """Somebody names a party."""

    party: str
    by: str = ""
    """Who says so; empty for the source itself."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """An assessment: a probability for each party, and what it rests on.

    The probabilities sum to one; ``undetermined`` is one of the parties.
    """

    parties: tuple[tuple[str, float], ...]
    basis: tuple[str, ...]
    """What it rests on, e.g. ``crater analysis``."""
    assessor: str = ""
    method: str = ""
    """Name and version of the method, when one was computed."""

    def __post_init__(self) -> None:
        names = [party for party, _ in self.parties]
        if len(set(names)) < len(names):
            raise ValueError("a party stands twice in one attribution")
        if any(not 0 <= share <= 1 for _, share in self.parties):
            raise ValueError("a probability of an attribution is outside 0 to 1")
        if abs(sum(share for _, share in self.parties) - 1) > 1e-9:
            total = sum(share for _, share in self.parties)
            raise ValueError(f"the probabilities of an attribution sum to {total:g}, not to one")
        if not self.basis:
            raise ValueError("an attribution says what it rests on")


@quickly_made
@dataclass(frozen=True, slots=True)
class Actors(Part):
    """The parties to an act, as far as anybody says."""

    involved: tuple[str, ...] = ()
    """Those between whom it happened; no blame is meant."""
    alleged: tuple[Allegation, ...] = ()
    """Those who are accused."""
    assessed: Attribution | None = None
    """What an assessor thinks."""


#: Nobody is named.
NOBODY = Actors()

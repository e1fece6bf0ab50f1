"""From records of several streams to incidents, with the number of incidents as an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backstop.futures.range import Range


@dataclass(frozen=True, slots=True)
class Member:
    """A record in an incident."""

    key: str
    weight: float
    """Share of the clusterings in which it is with the incident's core."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that were judged to be of one act; two or more."""

    members: tuple[Member, ...]
    """In ascending order of their keys."""
    confidence: float
    """Share of the clusterings in which they are all together."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The members' keys."""
        return tuple(one.key for one in self.members)

    def to_dict(self) -> dict[str, Any]:
        """Members with weights."""
        members = [{"record": one.key, "weight": one.weight} for one in self.members]
        return {"members": members, "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to divide some records among incidents."""

    groups: tuple[tuple[str, ...], ...]
    weight: float
    """Its share of the clusterings."""

    def to_dict(self) -> dict[str, Any]:
        """Groups as lists of keys."""
        return {"groups": [list(one) for one in self.groups], "weight": self.weight}


@dataclass(frozen=True, slots=True)
class Fusion:
    """What ``fuse`` found."""

    method: str
    observations: int
    groups: tuple[Group, ...]
    """Incidents of two records or more, ordered by their first key; all others stand alone."""
    count: Range | None
    """Number of incidents over clusterings; None where the method gives no interval."""
    alternatives: tuple[tuple[Alternative, ...], ...]
    """For each set of records whose division is open, the divisions with their shares."""
    review: tuple[tuple[str, str], ...]
    """Pairs that a person should look at."""
    parameters: dict[str, Any]
    """What the figures rest on: window, taxonomies, model, seed."""

    @property
    def matched_groups(self) -> int:
        """Incidents of two records or more."""
        return len(self.groups)

    @property
    def duplicates_removed(self) -> int:
        """Records beyond the first of their incident."""
        return sum(len(one.members) - 1 for one in self.groups)

    @property
    def incidents(self) -> int:
        """Incidents in the best clustering."""
        return self.observations - self.duplicates_removed

    def to_dict(self) -> dict[str, Any]:
        """The contract's form, and more."""
        return {
            "observations": self.observations,
            "incidents": self.incidents,
            "matched_groups": self.matched_groups,
            "duplicates_removed": self.duplicates_removed,
            "parameters": self.parameters,
            "method": self.method,
            "incidents_range": self.count.to_dict() if self.count else None,
            "groups": [one.to_dict() for one in self.groups],
            "alternatives": [[one.to_dict() for one in open_] for open_ in self.alternatives],
            "review": [list(pair) for pair in self.review],
        }

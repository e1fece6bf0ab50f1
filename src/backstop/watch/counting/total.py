"""A number that names its rule, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Total:
    """How many, by which rule."""

    rule: str
    """Name and version of the counting rule."""
    n: int
    """The figure as the records give it."""
    low: int
    """At least so many."""
    high: int | None
    """At most so many; None where a record says "at least" or by another rule."""
    by_kind: tuple[tuple[str, int], ...] = ()
    """The figure by kind of act; empty for a rule that counts events."""
    records: int = 0
    """Records that were counted."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Records that were not, by the reason."""
    notes: tuple[str, ...] = ()
    """How a figure by another rule came in, and the like."""

    def __post_init__(self) -> None:
        assert 0 <= self.low <= self.n, self
        assert self.high is None or self.n <= self.high, self

    def __str__(self) -> str:
        if self.high is None:
            span = f", at least {self.low:,}"
        elif self.low < self.n or self.high > self.n:
            span = f", {self.low:,} to {self.high:,}"
        else:
            span = ""
        return f"{self.n:,} ({self.rule}{span})"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "rule": self.rule,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "by_kind": dict(self.by_kind),
            "records": self.records,
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
        }

"""What the agreement says of records, counted so that no act is counted on two levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backstop.monitoring.known import Known


class VerdictTally:
    """Outcomes of incidents and of records that are no part of one, and of all by type."""

    def __init__(self, known: Known) -> None:
        self.outcomes: Counter[str] = Counter()
        self.clauses: Counter[str] = Counter()
        """Clauses broken."""
        self._levels: dict[str, Counter[str]] = {}
        self._fused = {name for _, one in known.incidents for name, _ in one.members}

    def add(self, level: str, record: str, outcome: str, clauses: Iterable[str]) -> bool:
        """Count one record, by its type and id; whether it counts for itself.

        An observation that stands in an incident does not: the incident does.
        """
        self._levels.setdefault(level, Counter())[outcome] += 1
        if record in self._fused:
            return False
        self.outcomes[outcome] += 1
        if outcome == "violation":
            self.clauses.update(clauses)
        return True

    def levels(self) -> dict[str, dict[str, int]]:
        """Outcomes by the type of record."""
        return {level: dict(sorted(n.items())) for level, n in sorted(self._levels.items())}

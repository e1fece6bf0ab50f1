"""Holding the record of a mission against its agreement, each answer an entry of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstop.monitoring.known import Known
from backstop.monitoring.verdicts import VerdictTally
from backstop.watch.agreement import Agreement, classification_draft, classify
from backstop.watch.agreement.classification import UNDETERMINED
from backstop.watch.identity import identify
from backstop.watch.ledger import Draft, Ledger
from backstop.watch.ledger.canonical import parse_json
from backstop.watch.line import LineSeries, Vintage
from backstop.watch.record import Denial, Incident, Jamming, Observation

_BATCH = 1_000
#: So many drawings of a line are named one by one.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Classified:
    """What a classification found, and what it changed in the record."""

    agreement: str
    outcomes: Mapping[str, int]
    """Of incidents, and of records that are no part of one: each act once."""
    violations_by_clause: Mapping[str, int]
    """Of the same."""
    by_level: Mapping[str, Mapping[str, int]]
    """Outcomes of all records, by the type of record. They are never added: an incident is made of
    observations."""
    entered: int
    unchanged: int
    lines: Mapping[str, str]
    """For each line of the agreement, what it was measured on, or why it was not."""
    open_because: Mapping[str, int]
    """Of the undetermined among the same, how many for want of what; one may want several."""

    def to_dict(self) -> dict[str, Any]:
        """As ``backstop watch classify --json`` prints it."""
        return {
            "agreement_version": self.agreement,
            "outcomes": dict(self.outcomes),
            "violations_by_clause": dict(self.violations_by_clause),
            "by_level": {level: dict(found) for level, found in self.by_level.items()},
            "entered": self.entered,
            "unchanged": self.unchanged,
            "lines": dict(self.lines),
            "undetermined_because": dict(self.open_because),
        }


def classify_record(
    known: Known,
    ledger: Ledger,
    agreement: Agreement,
    *,
    lines: Mapping[str, LineSeries],
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] | None = None,
) -> Classified:
    """Classify observations, incidents, barred ways and jamming; enter what is new or changed.

    A record that is classified already, by the same version of the agreement with the same
    answer, gets no second entry.
    """
    wanted = Observation | Incident | Denial | Jamming
    records = [one.record for one in known.held if isinstance(one.record, wanted)]
    tally = VerdictTally(known)
    wanting: Counter[str] = Counter()
    batch: list[Draft] = []
    entered = 0
    drawn = {name: line for name, line in lines.items() if name in _lines(agreement)}
    for number, record in enumerate(records, start=1):
        assert isinstance(record, wanted)
        found = classify(record, agreement, lines=drawn)
        record_id = identify(record).id
        alone = tally.add(record.record_type, record_id, found.outcome, found.clauses)
        if alone and found.outcome == UNDETERMINED:
            wanting.update(found.wanting)
        draft = classification_draft(found)
        if known.verdicts.get(record_id) != parse_json(draft.body):
            batch.append(draft)
        if len(batch) >= _BATCH or (batch and number == len(records)):
            ledger.append(batch, author="classify", now=clock())
            entered, batch = entered + len(batch), []
        if progress is not None and number % 100 == 0:
            progress(number, len(records))
    return Classified(
        agreement=agreement.key,
        outcomes=dict(sorted(tally.outcomes.items())),
        violations_by_clause=dict(sorted(tally.clauses.items())),
        by_level=tally.levels(),
        entered=entered,
        unchanged=len(records) - entered,
        lines={
            name: described(drawn[name])
            if name in drawn
            else f"no drawing in lines/{name}: zones along it are undetermined"
            for name in _lines(agreement)
        },
        open_because=dict(sorted(wanting.items())),
    )


def described(line: LineSeries) -> str:
    """What a line is drawn for, and how far it may be off."""
    if len(line.vintages) > _FEW:
        first, last = line.vintages[0], line.vintages[-1]
        return f"{len(line.vintages)} drawings from {first.day} to {last.last}"
    return "; ".join(map(_drawing, line.vintages))


def _drawing(one: Vintage) -> str:
    span = str(one.day) if one.last == one.day else f"{one.day} to {one.last}"
    return span + (f", good to {one.uncertainty_km:g} km" if one.uncertainty_km else "")


def _lines(agreement: Agreement) -> list[str]:
    return [one.id for one in agreement.lines]

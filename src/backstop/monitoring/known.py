"""The record of a mission as it was known at one moment: the standing version of everything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backstop.watch.folder import MissionFolder
from backstop.watch.form import from_dict
from backstop.watch.fusion.judgement import Judgement
from backstop.watch.fusion.ledger import Change, judgements_of, read_change
from backstop.watch.identity import key_of
from backstop.watch.ledger import Entry as Written
from backstop.watch.ledger import Ledger
from backstop.watch.ledger.concealment import MARK
from backstop.watch.ledger.entry import Kind
from backstop.watch.record import (
    Denial,
    Effort,
    Entry,
    Episode,
    Incident,
    Jamming,
    Observation,
    Tally,
)

#: The kinds of entry that hold a record.
RECORDS = (
    Kind.OBSERVATION, Kind.INCIDENT, Kind.EPISODE, Kind.EFFORT, Kind.DENIAL, Kind.JAMMING,
    Kind.TALLY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """Which beginning of the ledger was read."""

    size: int
    """How many entries were known."""
    last: datetime | None
    """When the last of them was entered."""
    root: bytes
    """The Merkle tree hash over them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record, and the entry of the ledger that it stands in."""

    index: int
    at: datetime
    subject: str
    record: Entry


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that stood at that moment, in the order of the ledger."""

    moment: Moment
    held: tuple[Held, ...]
    verdicts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The standing classification of each record, by the record's id."""
    fusions: tuple[Mapping[str, Any], ...] = ()
    """What was fused, with which parameters; the last one counts."""
    changes: tuple[Change, ...] = ()
    """Every merge, split and undoing, in the order of the ledger."""
    attributions: tuple[Mapping[str, Any], ...] = ()
    """What persons assessed of whose acts they were, in the order of the ledger."""
    quarantined: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rows that lay in quarantine, by their id."""

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """What persons said of pairs of records and did not take back, the last word on each."""
        return judgements_of(self.changes)

    @property
    def observations(self) -> tuple[tuple[Held, Observation], ...]:
        """What sources reported."""
        return tuple((one, one.record) for one in self.held if isinstance(one.record, Observation))

    @property
    def reports(self) -> dict[str, Observation]:
        """What sources reported, by key."""
        return {key_of(one.source, one.source_record_id): one for _, one in self.observations}

    @property
    def report_subjects(self) -> dict[str, str]:
        """How the ledger calls each report, by key."""
        return {
            key_of(one.source, one.source_record_id): held.subject
            for held, one in self.observations
        }

    @property
    def incidents(self) -> tuple[tuple[Held, Incident], ...]:
        """What observations were fused to."""
        return tuple((one, one.record) for one in self.held if isinstance(one.record, Incident))

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """Runs of incidents."""
        return tuple(one.record for one in self.held if isinstance(one.record, Episode))

    @property
    def efforts(self) -> tuple[Effort, ...]:
        """What was watched."""
        return tuple(one.record for one in self.held if isinstance(one.record, Effort))

    @property
    def denials(self) -> tuple[Denial, ...]:
        """Where the way was barred."""
        return tuple(one.record for one in self.held if isinstance(one.record, Denial))

    @property
    def jammings(self) -> tuple[Jamming, ...]:
        """What was jammed."""
        return tuple(one.record for one in self.held if isinstance(one.record, Jamming))

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Totals that sources published."""
        return tuple(one.record for one in self.held if isinstance(one.record, Tally))


def moment_of(ledger: Ledger, as_known_on: date | datetime | None) -> Moment:
    """The beginning of the ledger that was known then; all of it when no time is given."""
    size = ledger.size if as_known_on is None else ledger.known_on(as_known_on)
    last = None
    for entry in ledger.entries(max(0, size - 1), size):
        last = entry.at
    return Moment(size, last, ledger.root(size))


def read_known(
    mission: MissionFolder,
    ledger: Ledger,
    *,
    as_known_on: date | datetime | None = None,
    kinds: Collection[Kind] = RECORDS,
) -> Known:
    """Read what was known, from the beginning of the ledger to that moment and nothing after it.

    Parameters
    ----------
    kinds : collection of Kind
        The kinds of record that are wanted.
    """
    moment = moment_of(ledger, as_known_on)
    standing: dict[str, Written] = {}
    verdicts: dict[str, Mapping[str, Any]] = {}
    fusions: list[Mapping[str, Any]] = []
    changes: list[Change] = []
    attributions: list[Mapping[str, Any]] = []
    aside: dict[str, Mapping[str, Any]] = {}
    beside = (
        Kind.CLASSIFICATION, Kind.MERGE, Kind.SPLIT, Kind.FUSION, Kind.ATTRIBUTION,
        Kind.QUARANTINE, Kind.WITHDRAWAL,
    )  # fmt: skip
    for entry in ledger.entries(stop=moment.size, kinds=(*kinds, *beside)):
        subject = entry.subject or ""
        if entry.kind in kinds:
            # The place in the order is that of the first version, so that a revision moves nothing.
            standing[subject] = entry
        elif entry.kind is Kind.WITHDRAWAL:
            standing.pop(subject, None)
        elif entry.kind is Kind.CLASSIFICATION:
            verdicts[str(entry.body.get("record"))] = entry.body
        elif entry.kind in {Kind.MERGE, Kind.SPLIT}:
            changes.append(read_change(entry.body))
        elif entry.kind is Kind.FUSION:
            fusions.append(entry.body)
        elif entry.kind is Kind.ATTRIBUTION:
            attributions.append(entry.body)
        elif entry.kind is Kind.QUARANTINE:
            aside[str(entry.body.get("id"))] = entry.body
    return Known(
        moment=moment,
        held=tuple(_held(standing)),
        verdicts=verdicts,
        fusions=tuple(fusions),
        changes=tuple(changes),
        attributions=tuple(attributions),
        quarantined={i: b for i, b in aside.items() if b.get("state") == "quarantined"},
    )


def _held(standing: Mapping[str, Written]) -> Iterator[Held]:
    for subject, entry in standing.items():
        yield Held(entry.index, entry.at, subject, from_dict(_shown(entry.body)))


def _shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its concealed values: they are for those who may see them, in no report."""
    return {
        name: value
        for name, value in body.items()
        if not (isinstance(value, dict) and value.keys() == {MARK})
    }

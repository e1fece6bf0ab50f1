"""Fusing the record of a mission: observations to incidents, each change an entry of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.futures.range import Range
from backstop.monitoring.incidents import (
    Entered,
    incident_drafts,
    incident_subject,
    incidents_of,
)
from backstop.monitoring.known import Known
from backstop.watch.fusion import (
    Change,
    Fusion,
    Group,
    Judgement,
    Member,
    Taxonomy,
    Window,
    changes_to,
    fuse,
    observed,
    replay,
    settled,
)
from backstop.watch.fusion.fuse import Progress
from backstop.watch.ledger import Draft, Kind, Ledger, canonical_json

_RUN = "fusion/run"
_SCHEMA = "backstop/fusion-run/1"
#: Entries of one transaction.
_BATCH = 2_000
#: Incidents shown as the least sure ones.
_UNSURE = 5


@dataclass(frozen=True, slots=True)
class Fused:
    """What a fusion found, and what it changed in the record."""

    fusion: Fusion
    """Observations without coordinates are among its observations."""
    unplaced: int
    """Observations without coordinates; alone unless a person has joined them to others."""
    entered: Entered
    merges: int
    splits: int
    judged: int
    """Pairs on which a person's word stands."""
    reports: Mapping[str, str]
    """How the ledger calls each observation, by its key."""

    @property
    def unsure(self) -> tuple[Group, ...]:
        """The incidents of several reports that are the least sure."""
        open_ = [one for one in self.fusion.groups if one.confidence < 0.9]
        return tuple(sorted(open_, key=lambda one: (one.confidence, one.keys))[:_UNSURE])

    def to_dict(self) -> dict[str, Any]:
        """The contract's form, and names by which ``split`` and ``merge`` know what is shown."""
        found = self.fusion.to_dict()
        for shown, group in zip(found["groups"], self.fusion.groups, strict=True):
            shown["incident"] = incident_subject(group.keys)
            for one in shown["members"]:
                one["report"] = self.reports[one["record"]]
        return {
            **found,
            "unplaced": self.unplaced,
            "ledger": {
                **self.entered.to_dict(),
                "merges": self.merges,
                "splits": self.splits,
                "judgements": self.judged,
            },
        }


def fuse_record(
    known: Known,
    ledger: Ledger,
    *,
    window: Window,
    method: str,
    taxonomies: Sequence[Taxonomy],
    clock: Callable[[], datetime],
    seed: int = 0,
    progress: Progress | None = None,
) -> Fused:
    """Join the observations that are of one act, and enter what changed.

    Every incident is an entry, also one of a single observation, so that incidents can be counted.
    What a person has judged (``deciding``) binds.
    """
    keys = known.reports
    placed = {key: one for key, one in keys.items() if one.place.located}
    said = [one for one in known.judgements if {one.one, one.other} <= keys.keys()]
    binding = [one for one in said if {one.one, one.other} <= placed.keys()]
    found = observed(placed.items(), taxonomies=taxonomies).found
    result = fuse(
        found, window=window, method=method, judgements=binding, seed=seed, progress=progress
    )
    result = with_unplaced(result, keys.keys() - placed.keys(), said)
    division = replay(known.changes)
    result = settled(division, result)
    changes = changes_to(division, result, already=len(known.changes))
    drafts, entered = incident_drafts(known, incidents_of(result.groups, keys))
    drafts = [*(one.draft() for one in changes), *drafts]
    run = _run(result)
    standing = ledger.standing([_RUN]).get(_RUN)
    if drafts or standing is None or standing.fingerprint != run.fingerprint:
        drafts.append(run)
    batches = list(_batches(drafts))
    for number, batch in enumerate(batches):
        ledger.append(batch, author="fuse", now=clock())
        if progress is not None:
            progress("entering", number + 1, len(batches))
    return Fused(
        result, len(keys) - len(placed), entered, *_kinds(changes), len(said),
        known.report_subjects,
    )  # fmt: skip


def with_unplaced(
    fusion: Fusion, unplaced: Sequence[str] | set[str], said: Sequence[Judgement]
) -> Fusion:
    """The fusion with the observations without coordinates: alone, or where a person put them."""
    home = {key: one for one in fusion.groups for key in one.keys}
    left = {*unplaced}
    joined = 0
    for one in said:
        if not one.same or not {one.one, one.other} & left:
            continue
        sides = [home.get(key) or Group((Member(key, 1.0),), 1.0) for key in one.pair]
        if sides[0] == sides[1]:
            continue
        members = sorted((*sides[0].members, *sides[1].members), key=lambda member: member.key)
        whole = Group(tuple(members), min(side.confidence for side in sides))
        home.update(dict.fromkeys(whole.keys, whole))
        joined += 1
    count = fusion.count
    alone = len(left) - joined
    return replace(
        fusion,
        observations=fusion.observations + len(left),
        groups=tuple(sorted(set(home.values()), key=lambda one: one.keys)),
        count=None if count is None else _moved(count, alone),
    )


def _moved(count: Range, by: int) -> Range:
    return Range(p05=count.p05 + by, p50=count.p50 + by, p95=count.p95 + by, mean=count.mean + by)


def _kinds(changes: Sequence[Change]) -> tuple[int, int]:
    merges = sum(one.kind is Kind.MERGE for one in changes)
    return merges, len(changes) - merges


def _run(result: Fusion) -> Draft:
    """The entry that says with which parameters the record was fused, and what came out."""
    body = canonical_json(
        {
            "schema": _SCHEMA,
            "method": result.method,
            "observations": result.observations,
            "incidents": result.incidents,
            "matched_groups": result.matched_groups,
            "duplicates_removed": result.duplicates_removed,
            "incidents_range": result.count.to_dict() if result.count else None,
            "parameters": result.parameters,
        }
    )
    return Draft(Kind.FUSION, body, _RUN, hashlib.sha256(body).hexdigest())


def _batches(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    for start in range(0, len(drafts), _BATCH):
        yield drafts[start : start + _BATCH]

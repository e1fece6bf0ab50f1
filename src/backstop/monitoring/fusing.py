"""Fusing the record of a mission: observations to incidents, each merge an entry, each undone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backstop.errors import NotFound
from backstop.monitoring.known import Known
from backstop.watch.act import Count
from backstop.watch.actors import NOBODY
from backstop.watch.book import subject_of
from backstop.watch.fusion import Fusion, Taxonomy, Window, fuse, observed
from backstop.watch.identity import identify
from backstop.watch.ledger import Draft, Kind, Ledger, canonical_json
from backstop.watch.record import Incident, Observation

SOURCE = "backstop-fusion"
_RUN = "fusion/run"
#: Entries of one transaction.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Fused:
    """What a fusion found, and what it changed in the record."""

    fusion: Fusion
    unplaced: int
    """Observations without coordinates, each an incident of its own."""
    new: int
    revised: int
    unchanged: int
    withdrawn: int

    def to_dict(self) -> dict[str, Any]:
        """The contract's form; observations without coordinates are counted as their own."""
        found = self.fusion.to_dict()
        found["observations"] += self.unplaced
        found["incidents"] += self.unplaced
        return {
            **found,
            "unplaced": self.unplaced,
            "ledger": {
                "new": self.new,
                "revised": self.revised,
                "unchanged": self.unchanged,
                "withdrawn": self.withdrawn,
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
) -> Fused:
    """Join the observations that are of one act, and enter what changed.

    Every incident is an entry, also one of a single observation, so that incidents can be counted.
    What was judged by a person (``judge_pair``) binds.
    """
    seen = [record for _, record in known.observations]
    placed = [one for one in seen if one.place.longitude is not None]
    keys = {identify(one).key: one for one in placed}
    said = [j for j in known.judgements if {j.one, j.other} <= keys.keys()]
    found = observed(keys.items(), taxonomies=taxonomies).found
    result = fuse(found, window=window, method=method, judgements=said, seed=seed)
    alone = [one for one in seen if one.place.longitude is None]
    wanted = list(_incidents(result, keys, alone))
    counts = _enter(known, ledger, wanted, result, clock)
    return Fused(result, len(alone), **counts)


def judge_pair(
    ledger: Ledger, one: str, other: str, *, same: bool, reason: str, now: datetime
) -> None:
    """Enter a person's judgement that two records are of one act, or that they are not."""
    pair = sorted((one, other))
    body = {"judgement": {"one": pair[0], "other": pair[1], "same": same}, "reason": reason}
    draft = Draft(
        Kind.MERGE if same else Kind.SPLIT,
        canonical_json(body),
        f"judgement/{pair[0]}/{pair[1]}",
    )
    ledger.append([draft], author="judgement", now=now)


def members_of(known: Known, name: str) -> tuple[str, ...]:
    """The keys of the observations of an incident, by its id, its key or its subject.

    Raises
    ------
    NotFound
        When there is no such incident of two observations or more.
    """
    ids = {identify(one).id: identify(one).key for _, one in known.observations}
    for held, incident in known.incidents:
        who = identify(incident)
        if name in {who.id, who.key, held.subject}:
            return tuple(ids[member] for member, _ in incident.members if member in ids)
    raise NotFound(f"there is no incident {name[:80]!r}; `backstop watch fuse` lists them")


def key_named(known: Known, name: str) -> str:
    """The key of an observation by its id, its key or its subject (source/id)."""
    for held, one in known.observations:
        who = identify(one)
        if name in {who.id, who.key, held.subject}:
            return who.key
    raise NotFound(f"there is no observation {name[:80]!r}; name it source/id as in its file")


def _incidents(
    result: Fusion, keys: Mapping[str, Observation], alone: Sequence[Observation]
) -> Iterator[Incident]:
    grouped: set[str] = set()
    for group in result.groups:
        grouped.update(group.keys)
        members = [(keys[one.key], one.weight) for one in group.members]
        yield _joined(members, group.confidence)
    for key, one in keys.items():
        if key not in grouped:
            yield _joined([(one, 1.0)], 1.0)
    for one in alone:
        yield _joined([(one, 1.0)], 1.0)


def _joined(members: Sequence[tuple[Observation, float]], confidence: float) -> Incident:
    """One incident, told by its most precisely placed observation."""
    told = min(members, key=lambda one: (one[0].place.radius_m or 1e9, identify(one[0]).key))[0]
    named = next((one.actors for one, _ in members if one.actors != NOBODY), NOBODY)
    first = min(identify(one).key for one, _ in members)
    return Incident(
        source=SOURCE,
        source_record_id=first,
        occurred=told.occurred,
        place=told.place,
        act=replace(told.act, count=_count([one for one, _ in members], told.act.count)),
        actors=told.actors if told.actors != NOBODY else named,
        members=tuple(sorted((identify(one).id, weight) for one, weight in members)),
        confidence=confidence,
        protected=any(one.protected for one, _ in members),
        handling=max((one.handling for one, _ in members), key=_STRICT.index),
    )


_STRICT = ("public", "commission", "mission", "restricted")


def _count(members: Sequence[Observation], told: Count | None) -> Count | None:
    """The told figure, with bounds over all observations that count by the same rule."""
    if told is None or len(members) == 1:
        return told
    same = [m.act.count for m in members if m.act.count and m.act.count.rule == told.rule]
    low = min(one.n if one.low is None else one.low for one in same)
    high = max(one.n if one.high is None else one.high for one in same)
    return replace(told, low=min(low, told.n), high=max(high, told.n))


def _enter(
    known: Known,
    ledger: Ledger,
    wanted: Sequence[Incident],
    result: Fusion,
    clock: Callable[[], datetime],
) -> dict[str, int]:
    """Append what is new or changed, withdraw what is no more, and say how it was done."""
    held = {
        one.subject: identify(incident).digest
        for one, incident in known.incidents
        if incident.source == SOURCE
    }
    drafts: list[Draft] = []
    counts = {"new": 0, "revised": 0, "unchanged": 0, "withdrawn": 0}
    subjects = set()
    for incident in wanted:
        who = identify(incident)
        subject = subject_of(incident.source, incident.source_record_id)
        subjects.add(subject)
        known_digest = held.get(subject)
        if known_digest == who.digest:
            counts["unchanged"] += 1
            continue
        counts["new" if known_digest is None else "revised"] += 1
        drafts.append(Draft(Kind.INCIDENT, who.canonical, subject, who.digest))
    for subject in sorted(held.keys() - subjects):
        counts["withdrawn"] += 1
        body = canonical_json({"record": subject, "reason": "its observations were fused anew"})
        drafts.append(Draft(Kind.WITHDRAWAL, body, subject))
    summary = {
        "method": result.method,
        "observations": result.observations,
        "incidents": result.incidents,
        "matched_groups": result.matched_groups,
        "duplicates_removed": result.duplicates_removed,
        "incidents_range": result.count.to_dict() if result.count else None,
        "groups": [list(one.keys) for one in result.groups],
        "parameters": result.parameters,
    }
    body = canonical_json(summary)
    digest = hashlib.sha256(body).hexdigest()
    standing = ledger.standing([_RUN]).get(_RUN)
    if drafts or standing is None or standing.fingerprint != digest:
        drafts.append(Draft(Kind.MERGE, body, _RUN, digest))
    for batch in _batches(drafts):
        ledger.append(batch, author="fuse", now=clock())
    return counts


def _batches(drafts: Sequence[Draft]) -> Iterable[Sequence[Draft]]:
    for start in range(0, len(drafts), _BATCH):
        yield drafts[start : start + _BATCH]

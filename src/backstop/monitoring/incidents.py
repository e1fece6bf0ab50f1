"""Incidents of the record: what the groups of a fusion become, and what of it is new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from backstop.monitoring.assessment import with_assessments
from backstop.monitoring.known import Known
from backstop.watch.act import Count
from backstop.watch.actors import NOBODY
from backstop.watch.book import subject_of
from backstop.watch.fusion import Group
from backstop.watch.identity import identify
from backstop.watch.ledger import Draft, Kind, canonical_json
from backstop.watch.record import Incident, Observation

SOURCE = "backstop-fusion"
_STRICT = ("public", "commission", "mission", "restricted")


@dataclass(frozen=True, slots=True)
class Entered:
    """How many incidents were entered, and how."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    def to_dict(self) -> dict[str, int]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


def incidents_of(
    groups: Iterable[Group], observations: Mapping[str, Observation]
) -> Iterator[Incident]:
    """The incident of each group, and one of each observation that is in none.

    Parameters
    ----------
    observations : mapping
        By key; all of those in the groups, and those that stand alone.
    """
    grouped: set[str] = set()
    for group in groups:
        grouped.update(group.keys)
        members = [(one.key, observations[one.key], one.weight) for one in group.members]
        yield _joined(members, group.confidence)
    for key, one in observations.items():
        if key not in grouped:
            yield _joined([(key, one, 1.0)], 1.0)


def incident_subject(keys: Collection[str]) -> str:
    """How the ledger calls the incident of these observations: by the first of their keys."""
    return subject_of(SOURCE, min(keys))


def incident_drafts(
    known: Known,
    wanted: Iterable[Incident],
    *,
    gone: Collection[str] | None = None,
    carried: bool = True,
) -> tuple[list[Draft], Entered]:
    """What to append so that these incidents stand.

    Parameters
    ----------
    gone : collection of str
        Subjects that give way unless they are wanted; every incident of fusion when left out.
    carried : bool
        Whether what was assessed of their reports is put to them.
    """
    held = {
        one.subject: identify(incident).digest
        for one, incident in known.incidents
        if incident.source == SOURCE
    }
    drafts: list[Draft] = []
    new, revised, unchanged, subjects = 0, 0, 0, set()
    for incident in with_assessments(known, wanted) if carried else wanted:
        who = identify(incident)
        subject = subject_of(incident.source, incident.source_record_id)
        subjects.add(subject)
        before = held.get(subject)
        if before == who.digest:
            unchanged += 1
            continue
        new, revised = new + (before is None), revised + (before is not None)
        drafts.append(Draft(Kind.INCIDENT, who.canonical, subject, who.digest))
    leaving = sorted((held.keys() if gone is None else held.keys() & set(gone)) - subjects)
    for subject in leaving:
        body = canonical_json({"record": subject, "reason": "its observations are divided anew"})
        drafts.append(Draft(Kind.WITHDRAWAL, body, subject))
    return drafts, Entered(new, revised, unchanged, len(leaving))


def _joined(members: Sequence[tuple[str, Observation, float]], confidence: float) -> Incident:
    """One incident, told by its most precisely placed observation."""
    seen = [one for _, one, _ in members]
    told = min(members, key=lambda one: (_radius(one[1]), one[0]))[1]
    named = next((one.actors for one in seen if one.actors != NOBODY), NOBODY)
    return Incident(
        source=SOURCE,
        source_record_id=min(key for key, _, _ in members),
        occurred=told.occurred,
        place=told.place,
        act=replace(told.act, count=_count(seen, told.act.count)),
        actors=told.actors if told.actors != NOBODY else named,
        members=tuple(sorted((identify(one).id, weight) for _, one, weight in members)),
        confidence=confidence,
        protected=any(one.protected for one in seen),
        handling=max((one.handling for one in seen), key=_STRICT.index),
    )


def _radius(one: Observation) -> float:
    """A place without coordinates is the least precise, one without a radius the next."""
    if not one.place.located:
        return 1e12
    return 1e9 if one.place.radius_m is None else one.place.radius_m


def _count(members: Sequence[Observation], told: Count | None) -> Count | None:
    """The told figure, with bounds over all observations that count by the same rule."""
    if told is None or len(members) == 1:
        return told
    same = [m.act.count for m in members if m.act.count and m.act.count.rule == told.rule]
    low = min(one.n if one.low is None else one.low for one in same)
    high = max(one.n if one.high is None else one.high for one in same)
    return replace(told, low=min(low, told.n), high=max(high, told.n))

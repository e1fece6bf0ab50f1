"""What a person decides of reports: one act, or not; and taking that back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from backstop.errors import InputError, NotFound, Problem
from backstop.monitoring.incidents import (
    Entered,
    incident_drafts,
    incident_subject,
    incidents_of,
)
from backstop.monitoring.known import Known
from backstop.watch.fusion import Change, Division, Group, Judgement, judgements_of, replay
from backstop.watch.fusion.ledger import alone
from backstop.watch.fusion.observed import stream_of
from backstop.watch.identity import identify, key_of
from backstop.watch.ledger import Draft, Kind, Ledger
from backstop.watch.record import Incident

_BY = "a person"


@dataclass(frozen=True, slots=True)
class Decision:
    """A change that was entered, and what became of the incidents at once."""

    change: Change
    entered: Entered
    incidents: tuple[str, ...]
    """How the ledger calls the incidents that stand now of the reports concerned."""
    settled: bool
    """Whether the groups changed at once; else the next fusion changes them."""

    def to_dict(self) -> dict[str, Any]:
        """The change by name, with what it says of which pairs."""
        return {
            "change": self.change.name,
            "kind": self.change.kind.value,
            "undoes": self.change.undoes,
            "pairs": [list(one.pair) for one in self.change.judged],
            "same": [one.same for one in self.change.judged],
            "incidents": list(self.incidents),
            "settled": self.settled,
            "ledger": self.entered.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Past:
    """A change that can be looked up and undone."""

    change: Change
    undone: bool
    reports: tuple[str, ...]
    """What the ledger calls the reports concerned."""

    def to_dict(self) -> dict[str, Any]:
        """One row of the list."""
        return {
            "change": self.change.name,
            "kind": self.change.kind.value,
            "by_hand": bool(self.change.judged),
            "reason": self.change.reason,
            "undoes": self.change.undoes,
            "undone": self.undone,
            "reports": list(self.reports),
        }


def merge_reports(
    known: Known, ledger: Ledger, one: str, other: str, *, reason: str, now: datetime
) -> Decision:
    """Enter that two reports, named by subject, id or key, are of one act.

    Their incidents become one where no stream then reports twice; else the first report alone
    joins the incident of the second.

    Raises
    ------
    InputError
        When that contradicts what was judged before, or a stream would report one act twice.
    NotFound
        When there is no such report.
    """
    a, b = key_named(known, one), key_named(known, other)
    if a == b:
        raise InputError([Problem(other, 0, 0, "", "is one report; name two")])
    judged = (Judgement(min(a, b), max(a, b), same=True, by=_BY),)
    _check(known, judged)
    division = replay(known.changes)
    here, there = _group(division, a), _group(division, b)
    if here == there:
        return _enter(known, ledger, _change(known, Kind.MERGE, (), (), reason, judged), now)
    streams = {key: stream_of(record) for key, record in known.reports.items()}
    left: tuple[Group, ...] = ()
    joining = here
    if _clash(streams, [*here.keys, *there.keys]):
        joining, left = alone(a), _without(here, a)
    if twice := _clash(streams, [*joining.keys, *there.keys]):
        named = ", ".join(_names(known, twice))
        reason_ = f"one stream would report this act twice ({named}); split these first"
        raise InputError([Problem(other, 0, 0, "", reason_)])
    members = sorted((*joining.members, *there.members), key=lambda member: member.key)
    whole = Group(tuple(members), min(joining.confidence, there.confidence))
    change = _change(known, Kind.MERGE, (here, there), (whole, *left), reason, judged)
    return _enter(known, ledger, change, now)


def split_reports(
    known: Known, ledger: Ledger, names: Sequence[str], *, reason: str, now: datetime
) -> Decision:
    """Enter that all reports of one incident, or two reports, are not of one act.

    Of two reports the second leaves the incident, and stands alone until the next fusion.

    Raises
    ------
    InputError
        When there is one report only, or it contradicts what was judged before.
    NotFound
        When there is no such incident or report.
    """
    division = replay(known.changes)
    if len(names) == 2:
        a, b = (key_named(known, name) for name in names)
        group, pairs = _group(division, a), [(min(a, b), max(a, b))]
        after = (*_without(group, b), alone(b)) if b in group.keys and a != b else None
    else:
        group = _incident_named(known, division, names[0])
        pairs = list(combinations(group.keys, 2))
        after = tuple(map(alone, group.keys))
    if not pairs or any(a == b for a, b in pairs):
        raise InputError([Problem(names[0], 0, 0, "", "is one report, and stands alone already")])
    judged = tuple(Judgement(*pair, same=False, by=_BY) for pair in pairs)
    _check(known, judged)
    before = () if after is None else (group,)
    change = _change(known, Kind.SPLIT, before, after or (), reason, judged)
    return _enter(known, ledger, change, now)


def undo_change(known: Known, ledger: Ledger, name: str, *, now: datetime) -> Decision:
    """Enter the undoing of a merge or split, by its name.

    Groups come back as they were, if nothing has built on them. If something has, a person's word
    is withdrawn and the next fusion divides anew.

    Raises
    ------
    InputError
        When it is undone already, is an undoing itself, or is a fusion's and was built on.
    NotFound
        When there is no such change.
    """
    found = [one for one in known.changes if one.name.startswith(name)] if name else []
    if len(found) != 1:
        said = f"{len(found)} changes are called" if found else "there is no change"
        raise NotFound(f"{said} {name[:80]!r}; `backstop watch undo MISSION` lists them")
    change = found[0]
    if change.undoes or change.name in {one.undoes for one in known.changes}:
        what = "is an undoing; merge or split again" if change.undoes else "is undone already"
        raise InputError([Problem(change.name, 0, 0, "", what)])
    taken = change.undone
    try:
        replay([taken], replay(known.changes))
    except InputError:
        if not change.judged:
            raise
        taken = change.withdrawn
    _check(known, (), without=change)
    return _enter(known, ledger, taken, now)


def past_changes(known: Known, *, by_hand: bool) -> tuple[Past, ...]:
    """Merges and splits, the latest first; undoings are shown at what they undo."""
    undone = {one.undoes for one in known.changes}
    names = known.report_subjects
    return tuple(
        Past(one, one.name in undone, tuple(names.get(key, key) for key in _concerned(one)))
        for one in reversed(known.changes)
        if not one.undoes and (one.judged or not by_hand)
    )


def key_named(known: Known, name: str) -> str:
    """The key of an observation by its id, its key or its subject (source/id)."""
    for held, one in known.observations:
        if name == held.subject:
            return key_of(one.source, one.source_record_id)
    for _, one in known.observations:
        who = identify(one)
        if name in {who.id, who.key}:
            return who.key
    raise NotFound(f"there is no observation {name[:80]!r}; name it source/id as in its file")


def incident_named(known: Known, name: str) -> tuple[str, Incident]:
    """The incident of that subject, id or key, and how the ledger calls it.

    Raises
    ------
    NotFound
        When there is none.
    """
    for held, incident in known.incidents:
        if name == held.subject or name in {incident.source_record_id, identify(incident).id}:
            return held.subject, incident
    raise NotFound(f"there is no incident {name[:80]!r}; `backstop watch fuse --json` lists them")


def _incident_named(known: Known, division: Division, name: str) -> Group:
    return _group(division, incident_named(known, name)[1].source_record_id)


def _group(division: Division, key: str) -> Group:
    return division.of(key) or alone(key)


def _without(group: Group, key: str) -> tuple[Group, ...]:
    """What is left of a group when one record leaves it."""
    rest = tuple(one for one in group.members if one.key != key)
    if len(rest) == 1:
        return (alone(rest[0].key),)
    return (Group(rest, group.confidence),) if rest else ()


def _names(known: Known, keys: Iterable[str]) -> list[str]:
    names = known.report_subjects
    return [names.get(key, key) for key in keys]


def _clash(streams: dict[str, str], keys: Sequence[str]) -> tuple[str, str] | None:
    """Two records of one stream."""
    seen: dict[str, str] = {}
    for key in keys:
        if streams[key] in seen:
            return seen[streams[key]], key
        seen[streams[key]] = key
    return None


def _check(known: Known, judged: Sequence[Judgement], *, without: Change | None = None) -> None:
    """Refuse what would make the judgements contradict each other, or a stream report twice."""
    stand = [one for one in known.changes if without is None or one.name != without.name]
    said = {one.pair: one for one in (*judgements_of(stand), *judged)}
    streams = {key: stream_of(record) for key, record in known.reports.items()}
    home = {key: frozenset({key}) for key in streams}
    for one in said.values():
        if one.same and {one.one, one.other} <= home.keys():
            whole = home[one.one] | home[one.other]
            home.update(dict.fromkeys(whole, whole))
    for whole in set(home.values()):
        if twice := _clash(streams, sorted(whole)):
            named = " and ".join(_names(known, twice))
            reason = f"{named} would be one act, but are of one stream, which reports an act once"
            raise InputError([Problem("judgements", 0, 0, "", f"{reason}; split or undo first")])
    for one in said.values():
        if not one.same and home.get(one.one) == home.get(one.other, ""):
            named = " and ".join(_names(known, one.pair))
            reason = f"{named} would be one act by other merges, and were judged not to be"
            raise InputError([Problem("judgements", 0, 0, "", f"{reason}; undo one of these")])


def _change(
    known: Known,
    kind: Kind,
    before: tuple[Group, ...],
    after: tuple[Group, ...],
    reason: str,
    judged: tuple[Judgement, ...],
) -> Change:
    return Change(kind, before, after, reason, judged, number=len(known.changes))


def _concerned(change: Change) -> tuple[str, ...]:
    groups = {key for one in (*change.before, *change.after) for key in one.keys}
    return tuple(sorted(groups | {key for one in change.judged for key in one.pair}))


def _enter(known: Known, ledger: Ledger, change: Change, now: datetime) -> Decision:
    """Append the change, and the incidents of the groups that it changes."""
    drafts: list[Draft] = []
    entered = Entered()
    if known.fusions and change.after:
        keyed = known.reports
        kept = {key: keyed[key] for one in change.after for key in one.keys if key in keyed}
        groups = [
            one for one in change.after if len(one.members) > 1 and set(one.keys) <= kept.keys()
        ]
        gone = [incident_subject(one.keys) for one in change.before]
        drafts, entered = incident_drafts(known, incidents_of(groups, kept), gone=gone)
    ledger.append([change.draft(), *drafts], author="judgement", now=now)
    stand = tuple(incident_subject(one.keys) for one in change.after)
    return Decision(change, entered, stand, bool(change.after))

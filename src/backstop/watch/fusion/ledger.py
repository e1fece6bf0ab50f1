"""Merges and splits as entries of the ledger, which can be undone.

The ledger holds changes, not states. A change takes some groups away and puts others in their
place; undoing it does the reverse, so the state before comes back exactly, weights included.
Nothing is removed: an undone merge and its undoing both stay. What a person said of pairs stands in
the change that it led to, and binds later fusions until that change is undone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backstop.errors import InputError, Problem
from backstop.watch.fusion.fusion import Fusion, Group, Member
from backstop.watch.fusion.judgement import Judgement
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Draft, Kind

SCHEMA = "backstop/fusion-change/1"
#: Weights that differ by no more are the same; a judgement, some standard errors of a share.
STEADY = 0.1


@dataclass(frozen=True, slots=True)
class Division:
    """Which records are together now; those in no group stand alone."""

    groups: frozenset[Group] = frozenset()

    def of(self, key: str) -> Group | None:
        """The group of a record."""
        return next((one for one in self.groups if key in one.keys), None)


@dataclass(frozen=True, slots=True)
class Change:
    """Groups that give way to others of the same records."""

    kind: Kind
    """``MERGE`` or ``SPLIT``."""
    before: tuple[Group, ...]
    """Groups of one are records that stand alone."""
    after: tuple[Group, ...]
    reason: str
    """The method with its figures, or a person's words."""
    judged: tuple[Judgement, ...] = ()
    """What a person or a rule said of pairs of records; later fusions keep to it."""
    undoes: str = ""
    """Name of the change that this one undoes, judgements included."""
    number: int = 0
    """How many changes went before, so that the same change made twice has two names."""

    def __post_init__(self) -> None:
        assert self.kind in {Kind.MERGE, Kind.SPLIT}, f"{self.kind} is no change of groups"
        assert _records(self.before) == _records(self.after), "a change keeps its records"

    @property
    def name(self) -> str:
        """The same for the same change, from its content."""
        return f"f-{hashlib.sha256(canonical_json(self.to_dict())).hexdigest()[:26]}"

    @property
    def undone(self) -> Change:
        """The change that takes this one back."""
        kind = Kind.SPLIT if self.kind is Kind.MERGE else Kind.MERGE
        return Change(kind, self.after, self.before, f"undoes {self.name}", undoes=self.name)

    @property
    def withdrawn(self) -> Change:
        """The change that takes back what was judged and leaves the groups to the next fusion."""
        kind = Kind.SPLIT if self.kind is Kind.MERGE else Kind.MERGE
        return Change(kind, (), (), f"withdraws {self.name}", undoes=self.name)

    def to_dict(self) -> dict[str, Any]:
        """The body of the entry."""
        return {
            "schema": SCHEMA,
            "change": self.kind.value,
            "before": [one.to_dict() for one in self.before],
            "after": [one.to_dict() for one in self.after],
            "reason": self.reason,
            "judged": [
                {"one": one.one, "other": one.other, "same": one.same, "by": one.by}
                for one in self.judged
            ],
            "undoes": self.undoes,
            "number": self.number,
        }

    def draft(self) -> Draft:
        """What to append to the ledger."""
        body = canonical_json(self.to_dict())
        return Draft(self.kind, body, f"fusion/{self.name}", hashlib.sha256(body).hexdigest())


def _records(groups: Iterable[Group]) -> list[str]:
    return sorted(key for one in groups for key in one.keys)


def read_change(body: Mapping[str, Any]) -> Change:
    """A change from the body of its entry.

    Raises
    ------
    InputError
        When it is none.
    """
    try:
        if body["schema"] != SCHEMA:
            raise ValueError(f"schema {body['schema']!r}")
        return Change(
            Kind(body["change"]),
            tuple(map(_group, body["before"])),
            tuple(map(_group, body["after"])),
            str(body["reason"]),
            tuple(map(_judgement, body["judged"])),
            str(body["undoes"]),
            int(body["number"]),
        )
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        reason = f"this is no merge or split of version 1 ({error})"
        raise InputError([Problem("ledger", 0, 0, "", reason)]) from None


def _judgement(body: Mapping[str, Any]) -> Judgement:
    return Judgement(str(body["one"]), str(body["other"]), body["same"] is True, str(body["by"]))


def _group(body: Mapping[str, Any]) -> Group:
    members = (Member(str(one["record"]), float(one["weight"])) for one in body["members"])
    return Group(tuple(members), float(body["confidence"]))


def alone(key: str) -> Group:
    """A record that stands alone."""
    return Group((Member(key, 1.0),), 1.0)


def apply(division: Division, change: Change) -> Division:
    """The division after a change; of many changes ``replay`` is faster.

    Raises
    ------
    InputError
        When what the change takes away is not there: a later change has built on it, and must be
        undone first.
    """
    return replay([change], division)


def replay(changes: Iterable[Change], division: Division | None = None) -> Division:
    """The division after all changes, in the order of the ledger.

    Raises
    ------
    InputError
        When what a change takes away is not there.
    """
    home = {key: one for one in (division or Division()).groups for key in one.keys}
    for change in changes:
        for one in change.before:
            many = len(one.members) > 1
            if any(home.get(key) != (one if many else None) for key in one.keys):
                reason = "the groups it changes are no longer as it found them"
                reason += "; undo later changes first"
                raise InputError([Problem("ledger", 0, 0, change.name, reason)])
        for one in change.before:
            for key in one.keys:
                home.pop(key, None)
        for one in change.after:
            if len(one.members) > 1:
                home.update(dict.fromkeys(one.keys, one))
    return Division(frozenset(home.values()))


def settled(division: Division, fusion: Fusion) -> Fusion:
    """The fusion with groups as they stand where their members are the same and weights are close.

    A weight is a share of some samples; that it came out a little different is no news.
    """
    held = {one.keys: one for one in division.groups}

    def kept(group: Group) -> Group:
        before = held.get(group.keys)
        if before is None:
            return group
        both = zip(before.members, group.members, strict=True)
        moved = [abs(a.weight - b.weight) for a, b in both]
        moved.append(abs(before.confidence - group.confidence))
        return before if max(moved) <= STEADY else group

    return replace(fusion, groups=tuple(map(kept, fusion.groups)))


def changes_to(division: Division, fusion: Fusion, *, already: int = 0) -> tuple[Change, ...]:
    """The changes that lead from a division to what ``fuse`` found.

    First the splits, each of one group into the parts that stay together and the records that
    leave, then the merges. Groups that stay as they are, weights included, are not touched; one
    whose members stay and whose weights moved is written anew as a merge.

    Parameters
    ----------
    already : int
        How many changes the ledger holds.
    """
    wanted = frozenset(fusion.groups)
    reason = f"fusion by {fusion.method}"
    changes: list[Change] = []
    home = {key: number for number, one in enumerate(fusion.groups) for key in one.keys}
    now = {one for one in division.groups if one in wanted}
    for old in sorted(division.groups - wanted, key=lambda one: one.keys):
        parts = _parts(old, home)
        if len(parts) > 1:
            changes.append(Change(Kind.SPLIT, (old,), parts, reason))
        now |= {one for one in parts if len(one.members) > 1}
    place = {key: one for one in now for key in one.keys}
    for new in sorted(wanted - now, key=lambda one: one.keys):
        # What is left of a group lies whole within what it is to become.
        pieces = {place[key] for key in new.keys if key in place}
        single = [alone(key) for key in new.keys if key not in place]
        before = tuple(sorted([*pieces, *single], key=lambda one: one.keys))
        changes.append(Change(Kind.MERGE, before, (new,), reason))
    return tuple(replace(one, number=already + n) for n, one in enumerate(changes))


def _parts(old: Group, home: Mapping[str, int]) -> tuple[Group, ...]:
    """A group along the lines of what it is to become."""
    parts: dict[object, list[Member]] = {}
    for member in old.members:
        parts.setdefault(home.get(member.key, member.key), []).append(member)
    if len(parts) == 1:
        return (old,)
    return tuple(
        Group(tuple(one), old.confidence) if len(one) > 1 else alone(one[0].key)
        for one in parts.values()
    )


def judgements_of(changes: Iterable[Change]) -> tuple[Judgement, ...]:
    """What persons said of pairs of records and did not take back; the last word counts."""
    held = list(changes)
    undone = {one.undoes for one in held}
    said: dict[tuple[str, str], Judgement] = {}
    for change in held:
        for one in change.judged if change.name not in undone else ():
            said[one.pair] = one
    return tuple(said[pair] for pair in sorted(said))

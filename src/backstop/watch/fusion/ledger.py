"""Merges and splits as entries of the ledger, which can be undone.

The ledger holds changes, not states. A change takes some groups away and puts others in their
place; undoing it does the reverse, so the state before comes back exactly, weights included.
Nothing is removed: an undone merge and its undoing both stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from backstop.errors import InputError, Problem
from backstop.watch.fusion.fusion import Fusion, Group, Member
from backstop.watch.fusion.judgement import Judgement
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Draft, Kind

SCHEMA = "backstop/fusion-change/1"


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
    binding: bool = False
    """Whether later fusions must keep to it, because a person or a rule has decided."""
    undoes: str = ""
    """Name of the change that this one undoes."""

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
        reason = f"undoes {self.name}"
        return Change(kind, self.after, self.before, reason, undoes=self.name)

    def to_dict(self) -> dict[str, Any]:
        """The body of the entry."""
        return {
            "schema": SCHEMA,
            "change": self.kind.value,
            "before": [one.to_dict() for one in self.before],
            "after": [one.to_dict() for one in self.after],
            "reason": self.reason,
            "binding": self.binding,
            "undoes": self.undoes,
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
            bool(body["binding"]),
            str(body["undoes"]),
        )
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        reason = f"this is no merge or split of version 1 ({error})"
        raise InputError([Problem("ledger", 0, 0, "", reason)]) from None


def _group(body: Mapping[str, Any]) -> Group:
    members = (Member(str(one["record"]), float(one["weight"])) for one in body["members"])
    return Group(tuple(members), float(body["confidence"]))


def alone(key: str) -> Group:
    """A record that stands alone."""
    return Group((Member(key, 1.0),), 1.0)


def apply(division: Division, change: Change) -> Division:
    """The division after a change.

    Raises
    ------
    InputError
        When what the change takes away is not there: a later change has built on it, and must be
        undone first.
    """
    together = {one for one in change.before if len(one.members) > 1}
    single = {one.keys[0] for one in change.before if len(one.members) == 1}
    taken = {key for one in division.groups for key in one.keys}
    if not together <= division.groups or single & taken:
        reason = "the groups it changes are no longer as it found them; undo later changes first"
        raise InputError([Problem("ledger", 0, 0, change.name, reason)])
    left = division.groups - together
    return Division(left | {one for one in change.after if len(one.members) > 1})


def replay(changes: Iterable[Change]) -> Division:
    """The division after all changes, in the order of the ledger."""
    division = Division()
    for change in changes:
        division = apply(division, change)
    return division


def changes_to(division: Division, fusion: Fusion) -> tuple[Change, ...]:
    """The changes that lead from a division to what ``fuse`` found.

    First the splits, each of one group into the parts that stay together and the records that
    leave, then the merges. Groups that stay as they are, weights included, are not touched; one
    whose members stay and whose weights moved is written anew as a merge.
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
    for new in sorted(wanted - now, key=lambda one: one.keys):
        pieces = {one for one in now if set(one.keys) <= set(new.keys)}
        held = {key for one in pieces for key in one.keys}
        single = [alone(key) for key in new.keys if key not in held]
        before = tuple(sorted([*pieces, *single], key=lambda one: one.keys))
        changes.append(Change(Kind.MERGE, before, (new,), reason))
    return tuple(changes)


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


def judgements_of(changes: Sequence[Change]) -> tuple[Judgement, ...]:
    """What binding changes that are not undone say of pairs of records; the last word counts."""
    undone = {one.undoes for one in changes}
    said: dict[tuple[str, str], bool] = {}
    for change in changes:
        if not change.binding or change.name in undone:
            continue
        place = {key: number for number, one in enumerate(change.after) for key in one.keys}
        for one, other in combinations(sorted(place), 2):
            said[one, other] = place[one] == place[other]
    return tuple(Judgement(one, other, same) for (one, other), same in sorted(said.items()))

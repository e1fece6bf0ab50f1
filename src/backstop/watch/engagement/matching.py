"""Whether an event is one that a rule means, in a case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstop.watch.engagement.event import Event
from backstop.watch.engagement.machine import CaseRule, Machine, Pattern

_ROLE = re.compile(r"\{([A-Za-z0-9_.-]+)\}")


@dataclass(frozen=True, slots=True)
class Matcher:
    """A machine read for one case."""

    machine: Machine
    case: CaseRule

    def actors(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        """Those who fill any of the roles, once each."""
        found = (actor for role in roles for actor in self.case.roles.get(role, ()))
        return tuple(dict.fromkeys(found))

    def share(self, event: Event, roles: tuple[str, ...]) -> float:
        """Probability with which an event comes from one who fills any of the roles."""
        actors = self.actors(roles)
        return min(1.0, sum(share for actor, share in event.by if actor in actors))

    def comes_from(self, event: Event, roles: tuple[str, ...]) -> bool:
        """Whether that is probable enough for the rules."""
        return self.share(event, roles) >= self.machine.attribution_needed

    def concerns(self, event: Event) -> bool:
        """Whether an event is of this case's part of the line and of its time.

        What is said without a place is said for the whole line; an incident without one cannot
        be laid at a part of it.
        """
        begins = self.machine.begins
        if begins is not None and event.latest < begins:
            return False
        if not self.case.sector or event.sector == self.case.sector:
            return True
        return not event.sector and event.type != "incident"

    def matches(self, pattern: Pattern, event: Event, about: Mapping[str, frozenset[str]]) -> bool:
        """Whether the pattern means the event.

        ``about`` gives, for each mark that is set, the ids that an event may refer to.
        """
        return (
            event.type == pattern.type
            and _one_of(event.subject, pattern.subjects)
            and _one_of(event.kind, pattern.kinds)
            and _one_of(event.weapon_class, pattern.weapon_classes)
            and _one_of(event.assessment or "unclassified", pattern.assessments)
            and _one_of(event.clause, pattern.clauses)
            and (not pattern.by or self.comes_from(event, pattern.by))
            and not (pattern.except_by and self.comes_from(event, pattern.except_by))
            and (not pattern.to or bool({*self.actors(pattern.to)} & {*event.to}))
            and (pattern.about is None or event.about in about.get(pattern.about, frozenset()))
        )

    def meant(self, event: Event) -> bool:
        """Whether any pattern of the machine can mean the event, whatever it refers to."""
        if event.type == "acknowledgement":
            return True
        return self.concerns(event) and any(
            self.matches(one, event, {one.about or "": frozenset({event.about})})
            for one in patterns(self.machine)
        )

    def words(self, text: str) -> str:
        """A sentence with {role} replaced by the titles of those who fill it."""
        return _ROLE.sub(lambda found: self._titles(found[1]), text)

    def _titles(self, role: str) -> str:
        titles = {actor.id: actor.title for actor in self.machine.actors}
        return " or ".join(titles[actor] for actor in self.case.roles[role])


def patterns(machine: Machine) -> Iterator[Pattern]:
    """Every pattern of a machine."""
    yield from (one.on for one in machine.transitions if one.on is not None)
    yield from (one.done for one in machine.duties)
    yield from (one.on for one in machine.limits)


def placeholders(text: str) -> tuple[str, ...]:
    """The roles that a sentence names."""
    return tuple(_ROLE.findall(text))


def _one_of(word: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or word in wanted

"""From the text of a file to a machine: every mistake at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstop.errors import InputError, NotFound, Problem
from backstop.scenario.document import Document, Location
from backstop.scenario.explain import validate
from backstop.scenario.files import shipped_text
from backstop.scenario.ident import did_you_mean
from backstop.scenario.toml_text import read_toml
from backstop.watch.engagement import proof
from backstop.watch.engagement.machine import Machine, Pattern
from backstop.watch.engagement.matching import placeholders
from backstop.watch.vocabulary import KINDS, WEAPON_CLASSES

#: The rules that come with the package.
SHIPPED = ("tcg-2020", "ukraine-2025")

Fault = tuple[Location, str]


def read_machine(text: str, *, file: str) -> Machine:
    """The machine that a TOML text describes.

    Raises
    ------
    InputError
        With every problem: syntax, fields, names that lead nowhere, and, once these are mended,
        states that cannot be reached or left, conditions that can be got round, and events that
        could move two ways.
    """
    document, problems = read_toml(file, text)
    if document is None:
        raise InputError(problems)
    machine, found = validate(Machine, document.data)
    if machine is None:
        raise InputError([*problems, *_placed(document, found)])
    assert isinstance(machine, Machine)
    found = list(_references(machine)) or list(proof.faults(machine))
    if found:
        raise InputError(_placed(document, found))
    return machine


def shipped_machine(name: str) -> Machine:
    """Rules that come with the package.

    Raises
    ------
    NotFound
        When there are none of that name.
    """
    if name not in SHIPPED:
        raise NotFound(f"no rules of engagement {name!r} are shipped{did_you_mean(name, SHIPPED)}")
    return read_machine(shipped_text("watch", "engagement", f"{name}.toml"), file=f"{name}.toml")


def _placed(document: Document, found: list[Fault]) -> list[Problem]:
    return [document.problem(location, message) for location, message in found]


@dataclass(frozen=True, slots=True)
class _Names:
    """What may be named, by what it is."""

    known: dict[str, frozenset[str]]

    @classmethod
    def of(cls, machine: Machine) -> _Names:
        return cls({
            "role": frozenset(machine.roles),
            "actor": frozenset(one.id for one in machine.actors),
            "state": frozenset(one.id for one in machine.states),
            "clause": frozenset(one.id for one in machine.clauses),
            "source": frozenset(one.id for one in machine.sources),
            "mark": frozenset(machine.marks),
            "kind of act": KINDS,
            "weapon class": WEAPON_CLASSES,
        })  # fmt: skip

    def check(self, what: str, name: str | None, location: Location) -> Iterator[Fault]:
        """A problem when there is no such thing."""
        if name is not None and name not in self.known[what]:
            yield location, f"there is no {what} {name!r}{did_you_mean(name, self.known[what])}"

    def each(self, what: str, names: tuple[str, ...], location: Location) -> Iterator[Fault]:
        """A problem for each that there is not."""
        for place, name in enumerate(names):
            yield from self.check(what, name, (*location, place))

    def sentence(self, text: str, location: Location) -> Iterator[Fault]:
        """A problem for each {role} in a sentence that there is not."""
        for role in placeholders(text):
            yield from self.check("role", role, location)


def _references(machine: Machine) -> Iterator[Fault]:
    names = _Names.of(machine)
    yield from names.check("state", machine.initial, ("initial",))
    for place, clause in enumerate(machine.clauses):
        yield from names.each("source", clause.source, ("clauses", place, "source"))
    for place, state in enumerate(machine.states):
        yield from names.each("mark", state.requires, ("states", place, "requires"))
        yield from names.check("clause", state.clause, ("states", place, "clause"))
        yield from names.sentence(state.advice, ("states", place, "advice"))
    yield from _of_transitions(machine, names)
    yield from _of_duties(machine, names)
    yield from _of_limits(machine, names)
    yield from _of_cases(machine, names)


def _of_transitions(machine: Machine, names: _Names) -> Iterator[Fault]:
    for place, one in enumerate(machine.transitions):
        here: Location = ("transitions", place)
        yield from names.each("state", one.leaves, (*here, "leaves"))
        yield from names.check("state", one.enters, (*here, "enters"))
        yield from names.each("mark", one.requires, (*here, "requires"))
        yield from names.each("mark", one.unless, (*here, "unless"))
        yield from names.check("clause", one.clause, (*here, "clause"))
        yield from names.sentence(one.sentence, (*here, "sentence"))
        yield from names.sentence(one.recommend, (*here, "recommend"))
        if (one.on is None) == (one.after_hours is None):
            yield here, "write either on, the event that moves it, or after_hours"
        if one.on is not None:
            yield from _of_pattern(one.on, names, (*here, "on"))
        for number, notice in enumerate(one.notices):
            at: Location = (*here, "notices", number)
            yield from names.check("role", notice.to, (*at, "to"))
            yield from names.sentence(notice.text, (*at, "text"))


def _of_duties(machine: Machine, names: _Names) -> Iterator[Fault]:
    for place, one in enumerate(machine.duties):
        here: Location = ("duties", place)
        yield from names.each("state", one.states, (*here, "states"))
        yield from names.check("role", one.by, (*here, "by"))
        yield from names.check("clause", one.clause, (*here, "clause"))
        yield from names.sentence(one.sentence, (*here, "sentence"))
        yield from _of_pattern(one.done, names, (*here, "done"))
        yield from _single(one.done, (*here, "done"))


def _of_limits(machine: Machine, names: _Names) -> Iterator[Fault]:
    for place, one in enumerate(machine.limits):
        here: Location = ("limits", place)
        yield from names.each("state", one.permitted_in, (*here, "permitted_in"))
        yield from names.check("clause", one.clause, (*here, "clause"))
        yield from names.sentence(one.sentence, (*here, "sentence"))
        yield from _of_pattern(one.on, names, (*here, "on"))
        yield from _single(one.on, (*here, "on"))
        for number, missing in enumerate(one.missing):
            at: Location = (*here, "missing", number)
            yield from names.check("mark", missing.mark, (*at, "mark"))
            yield from names.check("clause", missing.clause, (*at, "clause"))
            yield from names.sentence(missing.sentence, (*at, "sentence"))


def _single(pattern: Pattern, location: Location) -> Iterator[Fault]:
    if pattern.at_least > 1:
        yield (*location, "at_least"), "only a transition can count; leave it out here"


def _of_pattern(pattern: Pattern, names: _Names, location: Location) -> Iterator[Fault]:
    for field, what in _FIELDS.items():
        yield from names.each(what, getattr(pattern, field), (*location, field))
    yield from names.check("mark", pattern.about, (*location, "about"))
    only = ("kinds", "weapon_classes", "assessments", "clauses")
    for field in only if pattern.type != "incident" else ("to",):
        if getattr(pattern, field):
            yield (*location, field), f"means nothing for an event of type {pattern.type!r}"
    if pattern.within_hours is not None and pattern.at_least == 1:
        yield (*location, "within_hours"), "stands beside at_least; one event needs no window"


_FIELDS = {
    "kinds": "kind of act",
    "weapon_classes": "weapon class",
    "by": "role",
    "except_by": "role",
    "to": "role",
}


def _of_cases(machine: Machine, names: _Names) -> Iterator[Fault]:
    for place, rule in enumerate(machine.cases):
        here: Location = ("cases", place, "roles")
        for role, actors in rule.roles.items():
            yield from names.check("role", role, (*here, role))
            yield from names.each("actor", actors, (*here, role))
        for role in machine.roles:
            if not rule.roles.get(role):
                yield here, f"nobody fills the role {role!r}"

"""Rules of engagement as a person writes them: states, transitions, limits, duties, and for whom.

A machine says what the rules are. A case says who is who in it: whose return fire it is about, who
the other side is, which body is the coordination mechanism. The rules of one agreement make one
machine; each side has a case of its own.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from backstop.scenario.evidence import Source
from backstop.scenario.ident import Ident, Idents, unique
from backstop.scenario.quantity import Flag, Real, Whole
from backstop.scenario.record import Record

EventType = Literal[
    "incident", "order", "mechanism", "notice", "acknowledgement", "statement"
]  # fmt: skip
"""What can happen; the clock is no event."""

Assessment = Literal["violation", "exempt", "not_covered", "undetermined", "unclassified"]
"""What the agreement says of an incident; ``unclassified`` while nobody has asked it."""


class Clause(Record):
    """A clause of the agreement, or a rule that stands where the agreement is silent."""

    id: Ident
    """How sentences name it."""
    title: str = Field(min_length=1)
    """What it is about, in a phrase."""
    text: str = Field(min_length=1)
    """What it says, paraphrased."""
    source: Idents = ()
    """Ids of the documents it rests on; none means judgement."""


class Actor(Record):
    """Somebody who can act or be told."""

    id: Ident
    """How events name it."""
    title: str = Field(min_length=1)
    """Its name on the page."""
    names: tuple[str, ...] = ()
    """How records call it, beside its id, its title and what the agreement calls it."""


class Pattern(Record):
    """Which events are meant; what is left out matches everything."""

    type: EventType
    """The type of the event."""
    subjects: Idents = ()
    """What the order, notice or call is for; what an incident was directed at."""
    kinds: Idents = ()
    """Kinds of act; incidents only."""
    weapon_classes: Idents = ()
    """Weapon classes; incidents only."""
    assessments: tuple[Assessment, ...] = ()
    """What the agreement says of it; incidents only."""
    clauses: Idents = ()
    """Clauses of the agreement it was judged by; incidents only."""
    by: Idents = ()
    """Roles, one of which it comes from."""
    except_by: Idents = ()
    """Roles, none of which it comes from."""
    to: Idents = ()
    """Roles, one of which it goes to."""
    about: Ident | None = None
    """A mark: it must refer to the event that set it, or to a notice sent because of it."""
    at_least: Whole = Field(default=1, ge=1, le=1000)
    """So many such events are needed."""
    within_hours: Real | None = Field(default=None, gt=0, le=8784)
    """Within so many hours; any time since the rules were last at rest when left out."""


class NoticeRule(Record):
    """Somebody has to be told."""

    to: Ident
    """The role."""
    text: str = Field(min_length=1)
    """What it is told; {role} stands for who fills a role."""
    acknowledge_hours: Real | None = Field(default=None, gt=0, le=8784)
    """Hours within which it should acknowledge; none means it need not."""


class AlertRule(Record):
    """How a transition is announced to others (CAP 1.2)."""

    urgency: Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
    """How soon one must act."""
    severity: Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
    """How grave it is."""
    certainty: Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
    """How sure it is."""
    response: Literal[
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ] = "Monitor"  # fmt: skip
    """What the reader should do."""


class StateRule(Record):
    """One state of the rules."""

    id: Ident
    """How results name it."""
    title: str = Field(min_length=1)
    """Its name on the page."""
    advice: str = Field(min_length=1)
    """What is recommended while it lasts."""
    permits: Idents = ()
    """What it permits, e.g. ``return_fire``."""
    requires: Idents = ()
    """Marks without which it must never be reached; proven when the file is read."""
    clears: Flag = False
    """Whether everything begins anew here: marks are forgotten."""
    final: Flag = False
    """Whether nothing need follow."""
    clause: Ident | None = None
    """The clause it rests on."""


class Transition(Record):
    """One way from state to state."""

    id: Ident
    """How results name it."""
    leaves: Idents = Field(min_length=1)
    """The states it leads out of."""
    enters: Ident
    """The state it leads to."""
    on: Pattern | None = None
    """The event that moves it; none for one that time moves."""
    after_hours: Real | None = Field(default=None, gt=0, le=8784)
    """Hours in the state after which time moves it; none for one that an event moves."""
    requires: Idents = ()
    """Marks that must be set."""
    unless: Idents = ()
    """Marks that must not be set."""
    mark: Ident | None = None
    """The mark it sets."""
    priority: Whole = Field(default=0, ge=0, le=100)
    """Where one event could move several, the lowest number does."""
    clause: Ident
    """The clause it rests on."""
    sentence: str = Field(min_length=1)
    """What has happened when it is taken; {role} stands for who fills a role."""
    recommend: str = ""
    """What is recommended to those who may move it, while they may."""
    notices: tuple[NoticeRule, ...] = ()
    """Who is told."""
    alert: AlertRule | None = None
    """How it is announced; none means it is not."""


class Duty(Record):
    """What somebody has to do while a state lasts, and by when."""

    id: Ident
    """How results name it."""
    states: Idents = Field(min_length=1)
    """The states in which it is due."""
    by: Ident
    """The role that has it."""
    within_hours: Real = Field(gt=0, le=8784)
    """Hours from the start of the state, or from when that became known."""
    done: Pattern
    """The event that fulfils it."""
    clause: Ident
    """The clause it rests on."""
    sentence: str = Field(min_length=1)
    """What has to be done."""


class Missing(Record):
    """What was missing for something to be allowed."""

    mark: Ident
    """The mark that was not set."""
    clause: Ident
    """The clause that asks for it."""
    sentence: str = Field(min_length=1)
    """Why that is a breach."""


class Limit(Record):
    """What is allowed only in some states."""

    id: Ident
    """How results name it."""
    on: Pattern
    """The events it is about."""
    permitted_in: Idents = ()
    """The states in which they are allowed; none means never."""
    clause: Ident
    """The clause that forbids them otherwise."""
    sentence: str = Field(min_length=1)
    """What the breach is."""
    missing: tuple[Missing, ...] = ()
    """Which conditions may have been missing."""


class CaseRule(Record):
    """Who is who."""

    id: Ident
    """How results name it."""
    title: str = Field(min_length=1)
    """Its name on the page."""
    roles: dict[Ident, Idents]
    """Actors by role."""
    sector: str = Field(default="", max_length=100)
    """The part of the line it is about; all of it when left out."""


def _listed(what: str) -> AfterValidator:
    return AfterValidator(unique(lambda one: one.id, what))


class Machine(Record):
    """Rules of engagement: one file."""

    id: Ident
    """How results name it."""
    version: Whole = Field(ge=1)
    """Raised with every change of the rules."""
    title: str = Field(min_length=1)
    """Its title on the page."""
    summary: str = Field(min_length=1)
    """What the rules are, in a sentence or two."""
    basis: Literal["agreement", "judgement"]
    """Whether parties agreed to them, or somebody proposes them."""
    begins: AwareDatetime | None = None
    """Events before this time are not judged."""
    initial: Ident
    """The state it begins in."""
    attribution_needed: Real = Field(gt=0.5, le=1)
    """Probability from which an incident counts as an actor's."""
    roles: Idents = Field(min_length=1)
    """The roles that a case fills."""
    sources: Annotated[tuple[Source, ...], _listed("source")] = ()
    """The documents the rules rest on."""
    actors: Annotated[tuple[Actor, ...], _listed("actor")] = Field(min_length=1)
    """Who can act or be told."""
    clauses: Annotated[tuple[Clause, ...], _listed("clause")] = Field(min_length=1)
    """What the rules rest on."""
    states: Annotated[tuple[StateRule, ...], _listed("state")] = Field(min_length=1)
    """The states."""
    transitions: Annotated[tuple[Transition, ...], _listed("transition")] = Field(min_length=1)
    """The ways between them."""
    duties: Annotated[tuple[Duty, ...], _listed("duty")] = ()
    """What is due while states last."""
    limits: Annotated[tuple[Limit, ...], _listed("limit")] = ()
    """What is allowed only in some states."""
    cases: Annotated[tuple[CaseRule, ...], _listed("case")] = Field(min_length=1)
    """For whom."""

    @property
    def name(self) -> str:
        """Id and version, as every output names it."""
        return f"{self.id}@{self.version}"

    def state(self, name: str) -> StateRule:
        """A state by its id."""
        return next(one for one in self.states if one.id == name)

    def clause(self, name: str) -> Clause:
        """A clause by its id."""
        return next(one for one in self.clauses if one.id == name)

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks that transitions set, in the order of the file."""
        return tuple(dict.fromkeys(t.mark for t in self.transitions if t.mark is not None))

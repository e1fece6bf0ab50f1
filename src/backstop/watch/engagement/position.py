"""Where the rules stand: the state, how it was reached, what was breached and what is due.

Everything here follows from the machine, the events and the time; nothing is remembered besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that was taken."""

    key: str
    transition: str
    leaves: str
    enters: str
    at: datetime
    known: datetime
    """When it could be known."""
    event: str
    """The event that moved it; empty when time did."""
    marks: tuple[tuple[str, str], ...]
    """The marks after it, each with the event that set it."""
    clause: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who has to be told of a transition."""

    key: str
    """What an acknowledgement refers to."""
    move: str
    """Key of the transition."""
    to: tuple[str, ...]
    """Actors, any one of whom acknowledges for all."""
    text: str
    at: datetime
    due: datetime | None
    """By when it should be acknowledged; None when it need not be."""
    acknowledged: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that the rules do not allow."""

    key: str
    limit: str
    event: str
    by: tuple[str, ...]
    """Actors who filled the role, empty when nobody of known role did it."""
    at: datetime
    state: str
    """The state as it happened."""
    clauses: tuple[str, ...]
    """The clauses breached, the limit's own first."""
    sentence: str
    certain: bool
    """False when the time is too vague to tell."""
    probability: float
    """Probability with which it is whose it is held to be."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """A duty that was not done in time."""

    key: str
    duty: str
    by: tuple[str, ...]
    due: datetime
    clause: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What is recommended to whom. Nothing here acts."""

    key: str
    kind: str
    """``state``: what holds now; ``may``: what somebody may do; ``must``: a duty that is open."""
    by: tuple[str, ...]
    """Those who may or must; empty for everybody."""
    text: str
    clause: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The answer to "where do the rules stand?"."""

    state: str
    since: datetime | None
    """When that state began; None for the beginning."""
    marks: tuple[tuple[str, str], ...]
    """What has been established, each with the event that did."""
    permits: tuple[str, ...]
    """What the state permits."""
    moves: tuple[Move, ...]
    notices: tuple[Notice, ...]
    breaches: tuple[Breach, ...]
    lapses: tuple[Lapse, ...]
    recommendations: tuple[Recommendation, ...]

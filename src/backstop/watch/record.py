"""What a mission keeps: observation, incident, episode; effort, denial, jamming; tally.

Three levels are never mixed. An *observation* is what one source reports. An *incident* is what
observations of one act were fused to. An *episode* is a run of incidents in one place. *Effort*,
*denial* of access and *jamming* are records too: without them "unobserved" looks like "quiet". A
*tally* is a total that a source published for a region and a period; it is never added to
observations, because it counts some of them again.

A record holds what was said, nothing that was worked out later: distances to a line, clauses and
clusters are entries of their own that name the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backstop.watch.act import LARGEST_COUNT, Act, Count
from backstop.watch.actors import NOBODY, Actors
from backstop.watch.moment import Moment
from backstop.watch.place import NOWHERE, Place
from backstop.watch.quick import quickly_made
from backstop.watch.vocabulary import (
    ACCESS_KINDS,
    CREDIBILITY,
    EFFORT_KINDS,
    HANDLING,
    JAMMING_TARGETS,
    MEANS,
    RELIABILITY,
    TALLY_KINDS,
    VERIFICATION,
    known,
)

#: Changes when a field is renamed or changes its meaning; new fields do not change it.
SCHEMA = "backstop/watch-record/1"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film, sound or document, held by its digest."""

    sha256: str
    """Digest of the file, 64 hexadecimal digits in lower case."""
    mime: str = ""
    """Its media type."""
    url: str = ""
    """Where it was found."""
    archived_at: Moment | None = None
    """When the copy was taken."""

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or not set(self.sha256) <= set("0123456789abcdef"):
            raise ValueError(f"media digest {self.sha256[:20]!r} is not 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every record has: whose it is, when, where, and how far it can be relied on."""

    record_type: ClassVar[str]

    source: str
    """Whose record it is, e.g. ``ucdp-ged``."""
    source_record_id: str
    """What the source calls it; with ``source`` it is the same through all revisions."""
    occurred: Moment
    """When, as exactly as the source knows."""
    place: Place = NOWHERE
    """Where, as exactly as the source knows."""
    stream: str = ""
    """The observer within the source (a team, a camera); one stream reports one act once."""
    period: Moment | None = None
    """The reporting period it was published for; rarely a calendar day."""
    reported_at: Moment | None = None
    """When the source published it."""
    text: str = ""
    """What was written, raw; never to be put on a page unescaped."""
    language: str = ""
    """Language of the text (BCP 47)."""
    codes: tuple[tuple[str, str], ...] = ()
    """The source's own codes by column, always as text: ``010`` is not ``10``."""
    taxonomy: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Category by taxonomy, finest level first."""
    reliability: str = "F"
    """Reliability of the source, A to F (NATO Admiralty code); F is "cannot be judged"."""
    credibility: int = 6
    """Credibility of what it says, 1 to 6; 6 is "cannot be judged"."""
    verification: str = "reported"
    """How far it was checked: monitoring is not verification, verification no investigation."""
    media: tuple[Media, ...] = ()
    """Pictures and documents, by digest."""
    handling: str = "mission"
    """Who may see it."""
    protected: bool = False
    """Whether it could lead somebody to a person who spoke."""
    notes: tuple[str, ...] = ()
    """What the intake had to interpret, e.g. a range that did not hold its own best estimate."""

    def __post_init__(self) -> None:
        if not self.source or not self.source_record_id:
            raise ValueError("a record needs a source and the source's id of it")
        if (
            self.reliability in RELIABILITY
            and self.credibility in CREDIBILITY
            and self.verification in VERIFICATION
            and self.handling in HANDLING
        ):
            return
        known(RELIABILITY, self.reliability, "reliability")
        known(CREDIBILITY, self.credibility, "credibility")
        known(VERIFICATION, self.verification, "verification")
        known(HANDLING, self.handling, "handling class")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Entry):
    """What one source reports of one kind of act."""

    record_type: ClassVar[str] = "observation"

    act: Act
    """What was done, how often, with what."""
    means: str = "unknown"
    """How it became known."""
    platform: str = ""
    """The camera, aircraft or post that saw it."""
    effort: str = ""
    """Key of the effort record it was made under."""
    actors: Actors = NOBODY
    """Who took part, who is accused and by whom, and what was assessed."""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        known(MEANS, self.means, "means")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Entry):
    """Observations that were judged to be of one act; counts are intervals."""

    record_type: ClassVar[str] = "incident"

    act: Act
    actors: Actors = NOBODY
    members: tuple[tuple[str, float], ...] = ()
    """Ids of the observations, each with the weight (0 to 1) with which it belongs."""
    confidence: float = 1.0
    """Probability that it is one act and not several."""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        for member, weight in self.members:
            if not 0 < weight <= 1:
                raise ValueError(f"member {member} has weight {weight}, not in (0, 1]")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} is not a probability")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(Entry):
    """A run of incidents in one place, in one direction, without a long pause."""

    record_type: ClassVar[str] = "episode"

    members: tuple[str, ...] = ()
    """Keys of the incidents."""
    rule: str
    """The counting rule that made it an episode, with its version."""
    direction: str = "unknown"
    bearing_deg: float | None = None
    actors: Actors = NOBODY


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Effort(Entry):
    """Looking: a patrol, a post, a camera that was up. Exposure for every rate."""

    record_type: ClassVar[str] = "effort"

    kind: str
    """Patrol, post, camera, …."""
    hours: float | None = None
    """Hours it looked; for several of them together, their sum."""
    planned_hours: float | None = None
    """Hours it was meant to look."""
    people: int | None = None
    platform: str = ""
    night: bool | None = None
    """Whether it was dark."""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        known(EFFORT_KINDS, self.kind, "kind of effort")
        if self.people is not None and not 0 <= self.people <= LARGEST_COUNT:
            raise ValueError(f"{float(self.people):.3g} people on a patrol")
        for hours in (self.hours, self.planned_hours):
            if hours is not None and not 0 <= hours < 1e6:
                raise ValueError(f"{hours} hours of effort")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(Entry):
    """Access denied, delayed or allowed on conditions: itself a breach, and a hole in exposure."""

    record_type: ClassVar[str] = "denial"

    kind: str
    """Denial, delay or conditional."""
    actors: Actors = NOBODY
    """Who barred the way."""
    minutes: float | None = None
    """How long it lasted."""
    reason: str = ""
    """What was given as the reason."""
    effort: str = ""
    """Key of the effort record it cut short."""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        known(ACCESS_KINDS, self.kind, "kind of restriction")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Jamming(Entry):
    """Interference with the mission's own instruments."""

    record_type: ClassVar[str] = "jamming"

    target: str
    """What was jammed."""
    platform: str = ""
    minutes: float | None = None
    actors: Actors = NOBODY
    effort: str = ""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        known(JAMMING_TARGETS, self.target, "target of jamming")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(Entry):
    """A total that a source published for a region (``place.region``) and a ``period``."""

    record_type: ClassVar[str] = "tally"

    kind: str
    """What was counted: a kind of act, or ``ceasefire_violation`` for all of them."""
    count: Count
    part_of: str = ""
    """``source_record_id`` of the tally that includes this one; empty for a whole."""
    previous: Count | None = None
    """The figure that the source gives for the period before."""

    def __post_init__(self) -> None:
        Entry.__post_init__(self)
        known(TALLY_KINDS, self.kind, "kind of act")

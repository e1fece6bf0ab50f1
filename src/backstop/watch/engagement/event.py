"""What happens: incidents, orders, calls on the mechanism, notices and acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backstop.watch.actors import UNDETERMINED
from backstop.watch.identity import key_of
from backstop.watch.record import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, as one source states it."""

    id: str
    """The same through all its revisions; for an incident the key of its record."""
    type: str
    """Incident, order, mechanism, notice, acknowledgement or statement."""
    at: datetime
    """When it happened, at the earliest."""
    until: datetime | None = None
    """When it happened, at the latest; None when ``at`` is exact."""
    reported: datetime | None = None
    """When it became known; None when at once."""
    by: tuple[tuple[str, float], ...] = ()
    """Whose it is: an actor with probability 1, or the attribution of an incident."""
    to: tuple[str, ...] = ()
    """Actors it goes to."""
    subject: str = ""
    """What an order, call or notice is for; what an incident was directed at, e.g. ``force``."""
    about: str = ""
    """The event or the notice that it refers to."""
    kind: str = ""
    """Kind of act of an incident."""
    weapon_class: str = ""
    assessment: str = ""
    """Violation, exempt, not_covered or undetermined; empty when it was not classified."""
    clause: str = ""
    """Clause of the agreement by which it was classified."""
    sector: str = ""
    """The part of the line; empty when not known, or when all of it is meant."""
    revision: int = 0
    """Raised when the source corrects it."""
    withdrawn: bool = False
    """Whether the source takes it back."""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an event needs an id")
        for moment in (self.at, self.until, self.reported):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"event {self.id[:60]!r}: time {moment} has no offset")
        if self.until is not None and self.until < self.at:
            raise ValueError(f"event {self.id[:60]!r} ends before it begins")
        if any(not 0 <= share <= 1 for _, share in self.by):
            raise ValueError(f"event {self.id[:60]!r}: a probability is outside 0 to 1")
        if sum(share for _, share in self.by) > 1 + 1e-9:
            raise ValueError(f"event {self.id[:60]!r}: its probabilities sum to more than one")
        object.__setattr__(self, "by", tuple(sorted(self.by)))

    @property
    def latest(self) -> datetime:
        """When it happened at the latest."""
        return self.until or self.at

    @property
    def known(self) -> datetime:
        """When it had both happened and become known."""
        return max(self.at, self.reported or self.at)


def event_dict(event: Event) -> dict[str, Any]:
    """The event as JSON values, without the fields that keep their default."""
    found: dict[str, Any] = {"id": event.id, "type": event.type, "at": time_text(event.at)}
    for name in ("until", "reported"):
        moment = getattr(event, name)
        if moment is not None:
            found[name] = time_text(moment)
    if event.by:
        found["by"] = dict(event.by)
    if event.to:
        found["to"] = list(event.to)
    for name in ("subject", "about", "kind", "weapon_class", "assessment", "clause", "sector"):
        if getattr(event, name):
            found[name] = getattr(event, name)
    if event.revision:
        found["revision"] = event.revision
    if event.withdrawn:
        found["withdrawn"] = True
    return found


def read_event(held: Mapping[str, Any]) -> Event:
    """The event of its JSON values.

    Raises
    ------
    ValueError
        When a field is unknown, missing or has no meaning.
    """
    values = dict(held)
    try:
        for name in ("at", "until", "reported"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        if "by" in values:
            values["by"] = tuple((actor, float(share)) for actor, share in values["by"].items())
        if "to" in values:
            values["to"] = tuple(values["to"])
        return Event(**values)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"this is no event: {error}") from None


def time_text(moment: datetime) -> str:
    """A time in UTC, in a form that sorts as it runs."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def of_incident(
    incident: Incident,
    *,
    assessment: str = "",
    clause: str = "",
    subject: str = "",
    sector: str = "",
    revision: int = 0,
    withdrawn: bool = False,
    reported: datetime | None = None,
) -> Event:
    """The event that an incident of the record is.

    Whose it is, is what an assessor says, never what somebody alleges; without an assessment it is
    nobody's. ``undetermined`` keeps its share.
    """
    assessed = incident.actors.assessed
    by = () if assessed is None else tuple(p for p in assessed.parties if p[0] != UNDETERMINED)
    return Event(
        id=key_of(incident.source, incident.source_record_id),
        type="incident",
        at=incident.occurred.earliest,
        until=incident.occurred.latest,
        reported=reported or (incident.reported_at.latest if incident.reported_at else None),
        by=by,
        subject=subject,
        kind=incident.act.kind,
        weapon_class=incident.act.weapon_class,
        assessment=assessment,
        clause=clause,
        sector=sector,
        revision=revision,
        withdrawn=withdrawn,
    )

"""A record as the clauses see it: its act, who did it, its points in place and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backstop.watch.act import Act
from backstop.watch.actors import NOBODY, UNDETERMINED, Actors
from backstop.watch.agreement.agreement import Agreement
from backstop.watch.agreement.arms import Arm, possible_arms
from backstop.watch.agreement.cloud import Cloud, Floats, cloud_of, times
from backstop.watch.agreement.whereabouts import (
    Bounds,
    Distance,
    LineLookup,
    as_stated,
    in_band,
    in_regions,
    measure,
)
from backstop.watch.record import Denial, Entry, Incident, Jamming, Observation, Tally

#: What can be held against an agreement. Effort is no act, an episode only a run of incidents.
Classifiable = Observation | Incident | Denial | Jamming | Tally
#: A party that the agreement does not know.
OUTSIDER = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A record before an agreement."""

    record: Classifiable
    act: Act
    arms: tuple[Arm, ...]
    """Every weapon it may have been done with."""
    agreement: Agreement
    cloud: Cloud
    seconds: Floats
    """POSIX time of each point of the cloud, shape (draws,)."""
    days: npt.NDArray[np.int64]
    """Its calendar day in the record's own zone."""
    parties: Mapping[str, float]
    """Probability of each party of the agreement, and of ``OUTSIDER``."""
    nobody_knows: float
    """What is left of the probability, over all parties of the agreement."""
    circumstances: Mapping[str, float]
    lines: Mapping[str, LineLookup]
    _distances: dict[str, Distance] = field(default_factory=dict)
    _bounds: dict[tuple[str, str | None], Bounds] = field(default_factory=dict)

    def distance(self, line: str) -> Distance:
        """To a line of the agreement; measured once."""
        if line not in self._distances:
            reference = self.agreement.line(line)
            edges = [
                edge for zone in self.agreement.zones if zone.line == line for edge in zone.edges_km
            ]
            self._distances[line] = measure(
                self.cloud, self.days, reference, self.lines, edges_km=edges
            )
        return self._distances[line]

    def inside(self, name: str, party: str | None) -> Bounds:
        """Whether each point lies in a zone; ``party`` where the clause binds one side."""
        if (name, party) not in self._bounds:
            self._bounds[name, party] = self._inside(name, party)
        return self._bounds[name, party]

    def _inside(self, name: str, party: str | None) -> Bounds:
        zone = self.agreement.zone(name)
        if zone.line is not None:
            sides = {one.id: one.side for one in self.agreement.parties}
            return in_band(zone, self.distance(zone.line), side=sides.get(party or ""))
        if zone.circumstance is not None:
            return as_stated(self.cloud.size, self.circumstances.get(zone.circumstance))
        return in_regions(zone, self.cloud, self.record.place.region)


def case_of(
    record: Classifiable,
    agreement: Agreement,
    *,
    lines: Mapping[str, LineLookup],
    circumstances: Mapping[str, float],
    draws: int,
) -> Case:
    """Prepare a record for an agreement."""
    act = act_of(record)
    cloud = cloud_of(record.place, draws=draws)
    seconds, days = times(record.occurred, cloud)
    parties, unknown = _parties(_actors(record), agreement)
    return Case(
        record,
        act,
        possible_arms(act, agreement),
        agreement,
        cloud,
        seconds,
        days,
        parties,
        unknown,
        circumstances,
        lines,
    )


def act_of(record: Entry) -> Act:
    """What was done, in the words of acts: barred access and jamming are acts too."""
    match record:
        case Observation() | Incident():
            return record.act
        case Denial():
            return Act("freedom_of_movement_restriction")
        case Jamming():
            return Act("jamming")
    # A total may be of several kinds together; `kind_of` reads which.
    return Act("other")


def kind_of(record: Entry, act: Act) -> str:
    """The kind that clauses name; a tally may also count several together, as no act does."""
    return record.kind if isinstance(record, Tally) else act.kind


def _actors(record: Entry) -> Actors:
    if isinstance(record, Tally):
        return NOBODY
    actors = getattr(record, "actors", NOBODY)
    assert isinstance(actors, Actors)
    return actors


def _parties(actors: Actors, agreement: Agreement) -> tuple[dict[str, float], float]:
    """Probabilities of the parties: as assessed; else the one that was involved; else unknown.

    An allegation is no assessment: it leaves the party unknown.
    """
    found: dict[str, float] = {}
    unknown = 0.0
    if actors.assessed is not None:
        for name, share in actors.assessed.parties:
            if name == UNDETERMINED:
                unknown += share
                continue
            party = agreement.party(name)
            key = party.id if party else OUTSIDER
            found[key] = found.get(key, 0.0) + share
        return found, unknown
    if len(actors.involved) == 1:
        party = agreement.party(actors.involved[0])
        return {party.id if party else OUTSIDER: 1.0}, 0.0
    return {}, 1.0

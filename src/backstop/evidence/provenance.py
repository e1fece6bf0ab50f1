"""What each number and position of a scenario rests on, and where the evidence disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Literal

from backstop.evidence.scope import Entry, Scope
from backstop.futures.uncertain import quantities
from backstop.scenario.design import Design
from backstop.scenario.evidence import Claim, Evidence
from backstop.scenario.position import Position
from backstop.scenario.quantity import Quantity
from backstop.scenario.scenario import Scenario

Basis = Literal["source", "partly", "context", "judgement"]
"""Evidence is named for it; evidence is named, but the note says that part of it is judgement;
only the record or table row around it names some; or there is none."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the scenario and what it rests on."""

    path: str
    """Where it stands."""
    record: str
    """Path of the record it is part of."""
    value: str
    """The value or distribution, as a table cell would hold it."""
    basis: Basis
    """How well it is supported."""
    sources: tuple[str, ...]
    """Ids of the evidence; for ``context`` that of the record around it."""
    note: str
    """The author's reason."""

    @property
    def area(self) -> str:
        """The part of the scenario it belongs to: the first name of its path."""
        return self.path.partition(".")[0].partition("[")[0]


@dataclass(frozen=True, slots=True)
class Stand:
    """One position and what it rests on."""

    path: str
    """Where it stands."""
    actor: str
    """Whose it is."""
    question: str
    """What it is about."""
    stance: str
    """What it is."""
    date: str
    """When it was taken."""
    confidence: str
    """How well it is attested."""
    basis: Basis
    """How well it is supported."""
    sources: tuple[str, ...]
    """Ids of the evidence."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Claims that give different figures for one quantity: side by side, never averaged."""

    quantity: str
    """What they are about."""
    claims: tuple[Claim, ...]
    """The claims, smallest figure first and those in words last."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many entries of an area rest on what."""

    area: str
    """The part of the scenario."""
    total: int
    """All entries."""
    source: int
    """Entries with evidence of their own."""
    partly: int
    """Entries with evidence of their own whose note says that part of them is judgement."""
    context: int
    """Entries whose record names evidence, but not they themselves."""
    judgement: int
    """Entries with none."""

    @property
    def share(self) -> float:
        """Share that rests on evidence alone; 1 when there is nothing to support."""
        return self.source / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers and positions of a scenario, or of one design of it, come from."""

    numbers: tuple[Number, ...]
    """Every number, in the order of the files."""
    positions: tuple[Stand, ...]
    """Every position, by actor, question and date."""
    disputes: tuple[Dispute, ...]
    """Quantities for which the claims give different figures."""
    unused: tuple[str, ...]
    """Sources and claims that nothing in the whole scenario rests on; empty for one design."""

    def areas(self) -> tuple[Coverage, ...]:
        """Coverage of each part of the scenario, positions last."""
        names = dict.fromkeys(number.area for number in self.numbers)
        parts = [_count(a, (n for n in self.numbers if n.area == a)) for a in names]
        return (*parts, _count("positions", self.positions))

    def coverage(self) -> dict[str, Coverage]:
        """Coverage of all numbers, and of all positions."""
        return {
            "numbers": _count("numbers", self.numbers),
            "positions": _count("positions", self.positions),
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "coverage": {name: _shown(part) for name, part in self.coverage().items()},
            "areas": [_shown(part) for part in self.areas()],
            "numbers": [asdict(number) for number in self.numbers],
            "positions": [asdict(stand) for stand in self.positions],
            "disputes": [
                {"quantity": d.quantity, "claims": [c.model_dump(mode="json") for c in d.claims]}
                for d in self.disputes
            ],
            "unused": list(self.unused),
        }


def trace(scenario: Scenario, *, design: Design | None = None) -> Provenance:
    """Trace every number and position to its evidence.

    Parameters
    ----------
    scenario : Scenario
        Where they stand.
    design : Design, optional
        List only what this design depends on.
    """
    scope = Scope(scenario, design)
    numbers = tuple(number for entry in scope.entries() for number in _numbers(entry))
    positions = tuple(_stand(position) for position in scope.positions())
    named = {one for number in numbers for one in number.sources}
    named |= {one for stand in positions for one in stand.sources} | scope.cited()
    return Provenance(
        numbers=numbers,
        positions=positions,
        disputes=tuple(disputes(scenario.evidence)),
        unused=_unused(scenario.evidence, named) if design is None else (),
    )


def disputes(evidence: Evidence) -> Iterator[Dispute]:
    """Quantities for which the claims give more than one figure, or figures in different units."""
    stated = [claim for claim in evidence.claims if claim.quantity and claim.value]
    stated.sort(key=lambda claim: (claim.quantity, _figure(claim), claim.id))
    for quantity, group in groupby(stated, key=lambda claim: claim.quantity):
        claims = tuple(group)
        if len({(_figure(claim), claim.unit) for claim in claims}) > 1:
            yield Dispute(quantity=quantity, claims=claims)


def _figure(claim: Claim) -> tuple[float, str]:
    """What orders and tells apart the stated figures: 30,000 is 30000, words come last."""
    try:
        return float(claim.value.replace(",", "").replace("_", "")), ""
    except ValueError:
        return float("inf"), claim.value


def _numbers(entry: Entry) -> Iterator[Number]:
    for place in quantities(entry.record, prefix=entry.path):
        basis, sources = _basis(place.quantity, entry)
        yield Number(
            path=place.path,
            record=entry.path,
            value=str(place.quantity),
            basis=basis,
            sources=sources,
            note=place.quantity.note,
        )


def _basis(quantity: Quantity, entry: Entry) -> tuple[Basis, tuple[str, ...]]:
    admitted = "judgement" in quantity.note.lower()
    if quantity.source:
        return ("partly" if admitted else "source"), quantity.source
    if not entry.sources or admitted:
        return "judgement", ()
    return ("source" if entry.speaks_for_all else "context"), entry.sources


def _stand(position: Position) -> Stand:
    return Stand(
        path=f"positions[{position.id}]",
        actor=position.actor,
        question=position.question,
        stance=position.stance,
        date=position.date,
        confidence=position.confidence,
        basis="source" if position.source else "judgement",
        sources=position.source,
    )


def _count(area: str, items: Iterable[Number | Stand]) -> Coverage:
    bases = [item.basis for item in items]
    return Coverage(
        area=area,
        total=len(bases),
        source=bases.count("source"),
        partly=bases.count("partly"),
        context=bases.count("context"),
        judgement=bases.count("judgement"),
    )


def _shown(part: Coverage) -> Mapping[str, Any]:
    return {**asdict(part), "sourced_share": part.share}


def _unused(evidence: Evidence, named: set[str]) -> tuple[str, ...]:
    behind = {claim.source for claim in evidence.claims if claim.id in named}
    return tuple(sorted(evidence.ids() - named - behind))

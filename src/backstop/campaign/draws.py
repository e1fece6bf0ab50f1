"""The uncertain quantities a campaign depends on, drawn for some of the worlds.

They are drawn by the paths that ``--set`` reads, so that a world has the same values here as in
the other stages, whatever else is drawn beside them and however the worlds are cut into chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.futures import Drawn, Place, quantities, sample
from backstop.futures.streams import world_numbers
from backstop.scenario.campaign import Campaign
from backstop.scenario.rules import Correlation
from backstop.scenario.scenario import Case
from backstop.scenario.theatre import Party

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Questions:
    """What has to be drawn for a case; worked out once for all chunks."""

    case: Case
    seed: int
    places: dict[str, Place] = field(repr=False)
    correlations: tuple[Correlation, ...]

    @classmethod
    def of(cls, case: Case, *, seed: int) -> Questions:
        """The quantities of the case; InputError when it says nothing of an attack."""
        campaign = campaign_of(case)
        needed = {place.path: place for place in _needed(case, campaign)}
        pairs = case.scenario.file.correlations
        while True:
            tied = tuple(c for c in pairs if c.a in needed or c.b in needed)
            missing = {path for c in tied for path in (c.a, c.b)} - needed.keys()
            if not missing:
                return cls(case=case, seed=seed, places=needed, correlations=tied)
            # A correlated value depends on all that hangs together with it: draw that as well.
            every = {place.path: place for place in _every(case)}
            pairs = tuple(c for c in pairs if {c.a, c.b} <= every.keys())
            needed |= {path: every[path] for path in missing & every.keys()}

    def draw(self, numbers: NDArray[np.uint64]) -> Draws:
        """Their values in the worlds of these numbers."""
        drawn = sample(
            {
                path: (place.quantity, place.bounds)
                for path, place in self.places.items()
                if not place.quantity.fixed
            },
            worlds=numbers,
            seed=self.seed,
            correlations=self.correlations,
        )
        return Draws(worlds=drawn, places=self.places)


def drawn(case: Case, *, worlds: range | NDArray[np.integer], seed: int) -> Draws:
    """What a campaign depends on, in these worlds, for all that is fought in them.

    Raises
    ------
    InputError
        When the scenario says nothing of an attack.
    """
    return Questions.of(case, seed=seed).draw(world_numbers(worlds))


@dataclass(frozen=True, slots=True, eq=False)
class Draws(Drawn):
    """What a campaign depends on, in each world."""

    def rows(self, places: slice | NDArray[np.integer]) -> Draws:
        """The same in some of the worlds, by their place; a world may come several times."""
        return Draws(worlds=self.worlds.rows(places), places=self.places)

    def get(self, path: str) -> Floats | None:
        """The same, or None where the field was left out."""
        return self[path] if path in self.places else None


def campaign_of(case: Case) -> Campaign:
    """What the scenario says of the attack; InputError when it says nothing."""
    campaign = case.scenario.file.campaign
    if campaign is None:
        message = (
            "says nothing of an attack, so nobody can say whether the line would hold; write a "
            "table [campaign] (docs/scenario.md, Campaign)"
        )
        raise InputError([Problem("scenario.toml", 0, 0, "campaign", message)])
    return campaign


def party_of(case: Case, name: str) -> Party:
    """A party of the scenario by its id."""
    return next(party for party in case.scenario.file.parties if party.id == name)


def _needed(case: Case, campaign: Campaign) -> Iterator[Place]:
    scenario, design = case.scenario, case.design
    wanted = {requirement.capability for requirement in design.requirements}
    for place in quantities(campaign, prefix="campaign"):
        # What a unit is worth matters for the units that the design asks for.
        named = place.path.partition("campaign.units[")[2].partition("]")[0]
        if not named or _unit_name(campaign, named) in wanted:
            yield place
    yield from quantities(scenario.battle, prefix="battle")
    lines = tuple(x for x in scenario.file.theatre.lines if x.id == campaign.line)
    yield from quantities(lines, prefix="theatre.lines")
    yield from _stocks(case, campaign)
    if design.air is not None:
        yield from quantities(design.air, prefix=f"designs[{design.id}].air")
    if design.arms is not None and campaign.arms is not None:
        yield from quantities(design.arms, prefix=f"designs[{design.id}].arms")
    worth = {unit.capability for unit in campaign.units}
    needs = tuple(x for x in design.requirements if x.capability in worth)
    yield from quantities(needs, prefix=f"designs[{design.id}].requirements")
    for capability in scenario.file.capabilities:
        if capability.id in worth & wanted:
            path = f"capabilities[{capability.id}]"
            yield from _only(quantities(capability, prefix=path), (f"{path}.notice_days",))


def _unit_name(campaign: Campaign, place: str) -> str:
    return campaign.units[int(place)].capability


def _stocks(case: Case, campaign: Campaign) -> Iterator[Place]:
    for army in (campaign.attacker, campaign.protected):
        nation = party_of(case, army.party).nation
        named = {force.stock for force in army.forces} | {army.aircraft_stock}
        row = tuple(n for n in case.scenario.nations if n.iso3 == nation)
        paths = tuple(f"nations[{nation}].stocks.{stock}" for stock in named if stock)
        yield from _only(quantities(row, prefix="nations"), paths)


def _only(places: Iterator[Place], paths: Sequence[str]) -> Iterator[Place]:
    return (place for place in places if place.path in paths)


def _every(case: Case) -> Iterator[Place]:
    scenario = case.scenario
    yield from quantities(scenario.file)
    yield from quantities(scenario.battle, prefix="battle")
    yield from quantities(scenario.sizing, prefix="sizing")
    yield from quantities(scenario.nations, prefix="nations")
    yield from quantities(scenario.stances, prefix="stances")
    for offer in scenario.offers:
        yield from quantities(offer, prefix=f"offers[{offer.id}]")
    for design in scenario.designs:
        yield from quantities(design, prefix=f"designs[{design.id}]")

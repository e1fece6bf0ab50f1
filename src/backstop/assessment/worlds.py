"""The futures of a case: every uncertain quantity it depends on, drawn once for all stages.

Paths are those that ``--set`` reads, so that a driving assumption can be changed by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from backstop.campaign.draws import Questions
from backstop.futures import Drawn, Place, Stream, quantities, sample
from backstop.scenario.body import Body
from backstop.scenario.capability import Capability
from backstop.scenario.rules import Correlation
from backstop.scenario.scenario import Case, Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Futures(Drawn):
    """Sampled worlds of a case, looked up by path; a fixed quantity is the same in each."""

    seed: int

    def uniforms(self, decision: str) -> Floats:
        """The uniform number of one decision in each world, shape (worlds,)."""
        stream = Stream(self.seed, decision)
        return stream.uniforms(worlds=self.worlds.numbers, draws=1)[:, 0]

    def ones(self) -> Floats:
        """1 in every world."""
        return np.ones(len(self))

    def uncertain(self) -> Iterator[tuple[str, Floats]]:
        """Path and values of every quantity that has a spread."""
        for path, place in self.places.items():
            if not place.quantity.fixed:
                yield path, self.worlds[path]

    def central(self, path: str) -> float:
        """The middle of one quantity: what the planning case uses."""
        return self.places[path].quantity.central


def draw(case: Case, *, worlds: range | NDArray[np.integer], seed: int) -> Futures:
    """Draw every uncertain quantity that the case depends on, but for those of a war alone.

    Raises
    ------
    InputError
        When a correlation names no uncertain quantity, or the correlations contradict each other.
    """
    places = {place.path: place for place in _places(case)}
    return _draw(places, _pairs(case, places), worlds=worlds, seed=seed)


def draw_war(case: Case, futures: Futures, *, first: int) -> Futures:
    """The first of these futures, with what only the campaign and the crisis depend on besides.

    Those are many quantities, told in fewer worlds than the rest.

    Raises
    ------
    InputError
        As in ``draw``.
    """
    places = {**futures.places, **_of_war(case, seed=futures.seed)}
    pairs = _pairs(case, places)
    new = places.keys() - futures.places.keys()
    # A correlated value depends on all that hangs together with it: draw such ones again.
    while tied := {path for c in pairs if {c.a, c.b} & new for path in (c.a, c.b)} - new:
        new |= tied
    known = futures.worlds.rows(slice(first))
    fresh = sample(
        {p: (place.quantity, place.bounds) for p, place in places.items() if p in new},
        worlds=known.numbers,
        seed=futures.seed,
        correlations=[c for c in pairs if c.a in new],
    )
    together = replace(known, values=MappingProxyType({**known.values, **fresh.values}))
    return Futures(worlds=together, places=places, seed=futures.seed)


def _pairs(case: Case, places: Mapping[str, Place]) -> list[Correlation]:
    """The stated pairs of these; one with another design's quantity does not concern the case."""
    return [c for c in case.scenario.file.correlations if c.a in places and c.b in places]


def draw_body(scenario: Scenario, body: Body, *, worlds: range, seed: int) -> Futures:
    """Draw what one body's decision depends on."""
    found = [
        *quantities(scenario.stances, prefix="stances"),
        *quantities(body, prefix=f"bodies[{body.id}]"),
    ]
    return _draw({place.path: place for place in found}, (), worlds=worlds, seed=seed)


def _draw(
    places: dict[str, Place],
    pairs: Sequence[Correlation],
    *,
    worlds: range | NDArray[np.integer],
    seed: int,
) -> Futures:
    drawn = sample(
        {path: (place.quantity, place.bounds) for path, place in places.items()},
        worlds=worlds,
        seed=seed,
        correlations=pairs,
    )
    return Futures(worlds=drawn, places=places, seed=seed)


def _places(case: Case) -> Iterator[Place]:
    scenario, design = case.scenario, case.design
    main = scenario.file
    wanted = {requirement.capability for requirement in design.requirements}
    yield from quantities(main.theatre, prefix="theatre")
    yield from quantities(main.sourcing, prefix="sourcing")
    yield from quantities(main.debate, prefix="debate")
    yield from quantities(main.conditions, prefix="conditions")
    capabilities = tuple(c for c in main.capabilities if c.id in wanted)
    yield from quantities(capabilities, prefix="capabilities")
    offers = tuple(o for o in scenario.offers if o.capability in wanted)
    for offer in offers:
        yield from quantities(offer, prefix=f"offers[{offer.id}]")
    yield from _of_nations(scenario, {offer.nation for offer in offers}, capabilities)
    yield from quantities(scenario.stances, prefix="stances")
    yield from quantities(scenario.sizing, prefix="sizing")
    yield from quantities(design, prefix=f"designs[{design.id}]")
    for route in design.mandate.routes:
        for step in route.steps:
            body = scenario.body(step.body)
            yield from quantities(body, prefix=f"bodies[{body.id}]")
    yield from quantities(scenario.parliaments, prefix="parliaments")


def _of_war(case: Case, *, seed: int) -> dict[str, Place]:
    """What the campaign and the crisis depend on beside the rest."""
    main = case.scenario.file
    found = dict(Questions.of(case, seed=seed).places) if main.campaign is not None else {}
    if main.deterrence is not None:
        found |= {p.path: p for p in quantities(main.deterrence, prefix="deterrence")}
    return found


def _of_nations(
    scenario: Scenario, offering: set[str], capabilities: Sequence[Capability]
) -> Iterator[Place]:
    """Numbers of the offering nations, of their stocks only those that a rule here starts from."""
    stocks = {c.pool.stock for c in capabilities if c.pool is not None}
    nations = tuple(n for n in scenario.nations if n.iso3 in offering)
    for place in quantities(nations, prefix="nations"):
        _, found, stock = place.path.partition(".stocks.")
        if not found or stock in stocks:
            yield place

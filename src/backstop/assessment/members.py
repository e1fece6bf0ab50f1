"""Who would honour the promise: the members of the guarantee and what each brings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.stages import Run
from backstop.assessment.statement import question, usable
from backstop.assessment.supply import Supply
from backstop.deterrence.members import MOST_MEMBERS, Members, parts
from backstop.scenario.design import Requirement
from backstop.scenario.theatre import Location

Floats = NDArray[np.float64]


def members_of(run: Run, *, rows: NDArray[np.intp]) -> Members:
    """The members of a design's guarantee, in the futures at these places.

    Where states are asked to promise, they are those asked, and their answer to that question is
    their public position; elsewhere they are the nations that the plan counts on, and it is their
    answer to sending what it counts on. Of more than ``MOST_MEMBERS`` those count that bring most.
    """
    asked = _asked(run)
    brought = _brought(run)
    names = sorted(asked, key=lambda n: (-brought.get(n, _NOTHING).people, n))[:MOST_MEMBERS]
    chances = [run.decisions.yes[name, asked[name]][rows] for name in names]
    leads = {p.nation for p in run.case.scenario.file.parties if p.role == "guarantor"}
    have = [brought.get(name, _NOTHING) for name in names]
    people = np.array([one.people for one in have])
    return Members(
        names=tuple(names),
        position=np.stack(chances, axis=1) if names else np.zeros((len(rows), 0)),
        weight=parts(people if people.any() else np.ones(len(names))),
        in_place=np.array([one.in_place > 0 for one in have], dtype=np.bool_),
        lead=np.array([name in leads for name in names], dtype=np.bool_),
        caveat=np.array([one.barred_share for one in have], dtype=np.float64),
        left_out=len(asked) - len(names),
    )


class _Brought:
    """People of one nation that the plan counts on, and where they may not be used."""

    def __init__(self) -> None:
        self.in_place = self.outside = self.barred = 0.0

    @property
    def people(self) -> float:
        """All of them."""
        return self.in_place + self.outside

    @property
    def barred_share(self) -> float:
        """Share of them barred from the front by a caveat."""
        return self.barred / self.people if self.people else 0.0


_NOTHING = _Brought()


def _asked(run: Run) -> dict[str, str]:
    """All members and the question that each one's position is taken from."""
    promised = _promised(run) if run.case.design.pledge is not None else {}
    if promised:
        return promised
    counted = sorted(run.decisions.planning(), key=lambda b: (-run.decisions.central[b], b))
    found: dict[str, str] = {}
    for nation, asked in counted:
        found.setdefault(nation, asked)
    return found


def _promised(run: Run) -> dict[str, str]:
    """Nations that are asked to promise, each for itself, on the way to the mandate."""
    routes = {route.route: route for route in run.decisions.authorisation.routes}
    best = run.decisions.authorisation.recommended or next(iter(routes))
    chosen = next(r for r in run.case.design.mandate.routes if r.id == best)
    found: dict[str, str] = {}
    for step in chosen.steps:
        body = run.case.scenario.body(step.body)
        if body.rule.kind == "opt_in":
            found |= {
                nation: step.question
                for nation, asked in run.decisions.yes
                if asked == step.question
            }
    return found


def _brought(run: Run) -> Mapping[str, _Brought]:
    places = {place.id: place for place in run.case.scenario.file.theatre.locations}
    willing = run.decisions.planning()
    found: dict[str, _Brought] = {}
    for supply in run.supplies:
        may, _ = usable(supply, run.case.design.requirements, places)
        kinds = _kinds(supply, may, places, willing)
        if not kinds:
            continue
        people = supply.central * run.futures.central(
            f"capabilities[{supply.capability.id}].troops_per_unit"
        )
        one = found.setdefault(supply.nation.iso3, _Brought())
        if kinds & {"front", "rear"}:
            one.in_place += people
        else:
            one.outside += people
        one.barred += people if "front" in supply.offer.caveats else 0.0
    return found


def _kinds(
    supply: Supply,
    may: Iterable[Requirement],
    places: Mapping[str, Location],
    willing: Collection[tuple[str, str]],
) -> set[str]:
    """Kinds of place to which the plan counts on this force to come."""
    nation = supply.nation.iso3
    there = [places[requirement.location] for requirement in may]
    return {p.kind for p in there if (nation, question(supply.capability, p)) in willing}

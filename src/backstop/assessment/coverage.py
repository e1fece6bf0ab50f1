"""How much of what is asked for gets filled, in every world.

The flow of ``sourcing.balance`` is computed for each rotation in which something changes: a line
begins or ends, or a nation's notice to move runs out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.decisions import Decisions
from backstop.assessment.statement import Calendar, question, usable
from backstop.assessment.supply import Supply
from backstop.assessment.worlds import Futures
from backstop.scenario.design import Requirement
from backstop.scenario.scenario import Case
from backstop.sourcing.balance import fill

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


#: Supply is stated for the worlds in which the mandate stands, so that a refusal counts once, in
#: the chance of the route; where fewer than this stand, for all worlds.
FEWEST = 100


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What is asked for and filled, line by line."""

    asked: Mapping[str, Floats]
    """Units asked for, shape (rotations, worlds)."""
    filled: Mapping[str, Floats]
    """Units filled at best, shape (rotations, worlds)."""
    weight: Mapping[str, Floats]
    """People in one unit of the line, shape (worlds,): what lines are added up by."""
    tier: Mapping[str, int]
    """Tier of each line."""
    given: Bools
    """The worlds that the shares below are stated for, shape (worlds,)."""
    on_mandate: bool
    """Whether those are the worlds in which the mandate stands; all of them otherwise."""

    def of_line(self, line: str) -> Floats:
        """Share of one line filled over the horizon, shape (given worlds,)."""
        return _share(self.filled[line].sum(axis=0), self.asked[line].sum(axis=0))[self.given]

    def of_rotation(self, rotation: int) -> Floats:
        """Share of all people asked for in one rotation that are there, shape (given worlds,)."""
        filled, asked = (self._people(part, rotation) for part in (self.filled, self.asked))
        return _share(filled, asked)[self.given]

    def overall(self, *, tier: int | None = None) -> Floats:
        """Share of all people-rotations filled, of one tier or of all, shape (given worlds,)."""
        lines = [line for line in self.asked if tier is None or self.tier[line] == tier]
        filled = sum((self.filled[x].sum(axis=0) * self.weight[x] for x in lines), self._zero())
        asked = sum((self.asked[x].sum(axis=0) * self.weight[x] for x in lines), self._zero())
        return _share(filled, asked)[self.given]

    def _people(self, part: Mapping[str, Floats], rotation: int) -> Floats:
        people = (part[line][rotation] * self.weight[line] for line in sorted(part))
        return sum(people, self._zero())

    def _zero(self) -> Floats:
        return np.zeros(len(next(iter(self.weight.values()))))


def _share(filled: Floats, asked: Floats) -> Floats:
    """Nothing asked for is filled."""
    return np.where(asked > 0, filled / np.where(asked > 0, asked, 1.0), 1.0)


def cover(
    case: Case,
    futures: Futures,
    *,
    calendar: Calendar,
    supplies: Sequence[Supply],
    decisions: Decisions,
) -> Coverage:
    """Fill every line of the design in every world, capability by capability."""
    requirements = sorted(case.design.requirements, key=lambda r: (r.tier, r.id))
    lead = decisions.lead_days()
    asked: dict[str, Floats] = {}
    filled: dict[str, Floats] = {}
    weight: dict[str, Floats] = {}
    for capability in sorted({r.capability for r in requirements}):
        lines = [r for r in requirements if r.capability == capability]
        demand = _demand(case, futures, calendar, lines)
        pools = _Pools.of(case, futures, calendar, supplies, decisions, lines, lead)
        served = pools.serve(demand)
        people = futures[f"capabilities[{capability}].troops_per_unit"]
        for column, line in enumerate(lines):
            asked[line.id] = demand[:, :, column]
            filled[line.id] = served[:, :, column]
            weight[line.id] = people
    tiers = {r.id: r.tier for r in requirements}
    stands = decisions.mandate
    enough = int(np.count_nonzero(stands)) >= FEWEST
    given = stands if enough else np.ones_like(stands)
    return Coverage(asked, filled, weight, tiers, given, enough)


def _demand(
    case: Case, futures: Futures, calendar: Calendar, lines: Sequence[Requirement]
) -> Floats:
    """Units asked for, shape (rotations, worlds, lines)."""
    base = f"designs[{case.design.id}].requirements"
    units = np.stack([futures[f"{base}[{line.id}].units"] for line in lines], axis=1)
    active = [
        [calendar.active(line, rotation) for line in lines]
        for rotation in range(calendar.rotations)
    ]
    return np.asarray(np.array(active, dtype=float)[:, None, :] * units)


@dataclass(frozen=True, slots=True, eq=False)
class _Pools:
    """The pools of one capability in every world."""

    deployable: Floats
    """Units kept deployed for ever, shape (worlds, pools)."""
    first: NDArray[np.int64]
    """The first rotation they can serve, shape (worlds, pools)."""
    until: Floats
    """The rotation in which the offer stands no more, infinite for none, shape (worlds, pools)."""
    reaches: Bools
    """Shape (pools, lines)."""
    tiers: tuple[int, ...]
    """Tier of each line, first tier first."""

    @classmethod
    def of(
        cls,
        case: Case,
        futures: Futures,
        calendar: Calendar,
        supplies: Sequence[Supply],
        decisions: Decisions,
        lines: Sequence[Requirement],
        lead_days: Floats,
    ) -> _Pools:
        places = {place.id: place for place in case.scenario.file.theatre.locations}
        tour = float(calendar.tour_months)
        dwell = futures[f"designs[{case.design.id}].rotation.dwell_months"]
        columns: list[tuple[Floats, NDArray[np.int64], Floats, list[bool]]] = []
        for supply in supplies:
            may, _ = usable(supply, lines, places)
            asked = {r.id: question(supply.capability, places[r.location]) for r in may}
            gate = _gate(supply, decisions, len(futures))
            units = supply.units * gate / (1 + dwell / tour)
            first = calendar.firsts(lead_days + supply.notice_days)
            until = first + calendar.spans(supply.endurance_months)
            for comes, reach in _behaviours(supply.nation.iso3, asked, decisions):
                open_to = [line.id in reach for line in lines]
                columns.append((units * comes, first, until, open_to))
        worlds, tiers = len(futures), tuple(line.tier for line in lines)
        if not columns:
            none = np.zeros((worlds, 0))
            return cls(none, none.astype(np.int64), none, np.zeros((0, len(lines)), bool), tiers)
        return cls(
            np.stack([c[0] for c in columns], axis=1),
            np.stack([c[1] for c in columns], axis=1),
            np.stack([c[2] for c in columns], axis=1),
            np.array([c[3] for c in columns], dtype=bool),
            tiers,
        )

    def serve(self, demand: Floats) -> Floats:
        """Units filled, shape (rotations, worlds, lines)."""
        ends = self.until[np.isfinite(self.until)]
        latest = max(self.first.max(initial=0), ends.max(initial=0.0))
        served: list[Floats] = []
        for rotation in range(len(demand)):
            settled = rotation > latest and np.array_equal(demand[rotation], demand[rotation - 1])
            if settled:
                served.append(served[-1])
                continue
            stands = (self.first <= rotation) & (rotation < self.until)
            here = np.where(stands, self.deployable, 0.0)
            served.append(_shared(here, self.reaches, demand[rotation], self.tiers))
        return np.stack(served)


def _shared(supply: Floats, reaches: Bools, demand: Floats, tiers: tuple[int, ...]) -> Floats:
    """Fill lines tier by tier, those of one tier sharing what there is.

    Filling in order favours the line that comes first. The mean over orders in which each line
    of a tier is first in turn is a flow as well (flows are convex) and favours none.
    """
    places = np.arange(len(tiers))
    blocks = [places[np.array(tiers) == tier] for tier in sorted(set(tiers))]
    turns = max(len(block) for block in blocks)
    total = np.zeros_like(demand)
    for turn in range(turns):
        order = np.concatenate([np.roll(block, -turn) for block in blocks])
        filled = fill(supply, reaches=reaches[:, order], demand=demand[:, order])
        total[:, order] += filled
    return total / turns


def _gate(supply: Supply, decisions: Decisions, worlds: int) -> Bools:
    """Whether the conditions of the offer hold, shape (worlds,)."""
    holds = np.ones(worlds, dtype=np.bool_)
    for condition in supply.offer.conditions:
        holds &= decisions.conditions[condition]
    return holds


def _behaviours(
    nation: str, asked: Mapping[str, str], decisions: Decisions
) -> list[tuple[Bools, set[str]]]:
    """In which worlds the nation sends the pool where, when places put different questions to it.

    Every combination of yes and no to the questions is a pool of its own, open in the worlds in
    which the nation answers so; no unit is counted twice.
    """
    questions = sorted(set(asked.values()))
    answers = [decisions.comes[nation, q] for q in questions]
    found = []
    for code in range(1, 1 << len(questions)):
        yes = {q for i, q in enumerate(questions) if code >> i & 1}
        here = np.ones(len(answers[0]), dtype=np.bool_)
        for asked_now, answer in zip(questions, answers, strict=True):
            here &= answer if asked_now in yes else ~answer
        if here.any():
            found.append((here, {line for line, q in asked.items() if q in yes}))
    return found

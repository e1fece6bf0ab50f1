"""From the other stages to the crisis: what a war would bring, and what is told about its drivers.

The parties to a crisis expect the mean of the wars they could have, not the one that chance would
bring: in every world the campaign is fought several times over with other luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.attack import Force, force_of, scaled
from backstop.assessment.coverage import Coverage
from backstop.assessment.members import members_of
from backstop.assessment.stages import Run
from backstop.assessment.worlds import Futures, draw, draw_war
from backstop.campaign import Arrivals, Draws, repeated
from backstop.deterrence.convergence import Convergence
from backstop.deterrence.members import Members
from backstop.deterrence.prospects import Prospects
from backstop.deterrence.result import Deterrence
from backstop.deterrence.stage import begin, deter, quarters_needed
from backstop.deterrence.trajectories import Trajectories, trajectories
from backstop.errors import InputError, Problem
from backstop.scenario.scenario import Case
from backstop.watch.plan import attribution

Floats = NDArray[np.float64]

#: Worlds in which the crisis is played: the first of those that supply is stated for.
PLAYED = 512
#: Worlds whose first crisis is solved at a time.
AT_ONCE = 4096
#: Battles a world and case, whose mean the players expect. With 4, 8 and 32 the range of survival
#: after five years differs by less than a point at either end (tripwire, 512 worlds).
REPLICATIONS = 4
#: Shares of the sustained force for which a war is fought.
LEVELS = (0.0, 0.5, 1.0)
#: Where on the horizon wars are fought; between these, outcomes are taken as linear.
ANCHORS = (0.0, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Crisis:
    """The answer of the deterrence stage, and the worlds it was given in."""

    answer: Deterrence
    bare: Deterrence
    """The same worlds with no guarantee at all: no force, promise, watch or arms."""
    futures: Futures
    members_left_out: int = 0
    """Members of the guarantee beyond those that it can be solved with: they bring least."""

    def gain(self) -> Floats:
        """What the design adds to the chance that the ceasefire stands, shape (worlds,)."""
        return self.answer.survived - self.bare.survived


def crisis(
    run: Run,
    coverage: Coverage | None,
    *,
    horizon_years: float = 10.0,
    types: int = 3,
    explained: int = 0,
    threads: int = 2,
) -> Crisis:
    """Play the crisis over the horizon with what the other stages say, and with no guarantee.

    Raises
    ------
    InputError
        When the scenario has no table ``[deterrence]`` or no table ``[campaign]``.
    """
    refuse_without(run.case, "deterrence", "campaign")
    force = force_of(run, coverage).part(0, PLAYED)
    futures = draw_war(run.case, run.futures, first=len(force.numbers))
    clock = _Clock(horizon_years, types, threads)
    wars = _fight(run, force, futures, clock)
    prospects = _prospects(run, coverage, force, futures, wars)
    answer = _play(run.case, prospects, futures, clock, explained)
    alone = without_guarantee(run.case)
    bare = _play(alone, _bare(alone, futures, prospects, wars), futures, clock, explained)
    return Crisis(answer, bare, futures, prospects.members.left_out)


def first_crises(
    run: Run,
    coverage: Coverage | None,
    *,
    worlds: int,
    types: int = 3,
    threads: int = 2,
    say: Callable[[str], None] = lambda _: None,
) -> Convergence:
    """Solve the crisis of the first quarter in many worlds, and say how many were not solved.

    The worlds are drawn, fought over and solved in parts, so that memory does not grow with them.
    """
    refuse_without(run.case, "deterrence", "campaign")
    case, clock, found = run.case, _Clock(0.25, types, threads), []
    force = force_of(run, coverage, worlds=worlds)
    for start in range(0, worlds, AT_ONCE):
        part = force.part(start, start + AT_ONCE)
        futures = draw(case, worlds=part.numbers, seed=run.futures.seed)
        futures = draw_war(case, futures, first=len(part.numbers))
        wars = _fight(run, part, futures, clock)
        prospects = _prospects(run, coverage, part, futures, wars)
        course = begin(
            case, prospects=prospects, worlds=futures.worlds, horizon_years=0.25, types=types
        )
        found.append(course.first().convergence)
        say(f"{start + len(part.numbers):,} of {worlds:,} futures")
    return reduce(add, found)


@dataclass(frozen=True, slots=True)
class _Clock:
    """How far and how finely the crisis is played."""

    horizon_years: float
    types: int
    threads: int


def refuse_without(case: Case, *tables: str) -> None:
    """Raise InputError, every problem at once, when the scenario lacks one of these tables."""
    missing = [name for name in tables if getattr(case.scenario.file, name) is None]
    if missing:
        raise InputError(
            [
                Problem(
                    "scenario.toml",
                    0,
                    0,
                    name,
                    f"is not there; write a table [{name}] (docs/scenario.md)",
                )
                for name in missing
            ]
        )


def without_guarantee(case: Case) -> Case:
    """The same scenario with a design that does nothing."""
    nothing = ("land", "air", "sea", "monitoring", "arms", "pledge", "backstop", "engagement")
    update: dict[str, object] = dict.fromkeys(nothing) | {"requirements": ()}
    return Case(scenario=case.scenario, design=case.design.model_copy(update=update))


def _play(
    case: Case, prospects: Prospects, futures: Futures, clock: _Clock, explained: int
) -> Deterrence:
    return deter(
        case,
        prospects=prospects,
        worlds=futures.worlds,
        horizon_years=clock.horizon_years,
        types=clock.types,
        explained=explained,
    )


def _fight(run: Run, force: Force, futures: Futures, clock: _Clock) -> _Wars:
    """The wars that may come over the horizon, in the force's worlds."""
    draws = force.draws(run)
    arrivals = force.arrivals(run, draws)
    # Where nobody comes, a half and the whole of it are the same war.
    levels = LEVELS if arrivals.strength.any() or arrivals.aircraft.any() else LEVELS[:1]
    theatre = _Theatre(run.case, draws, arrivals, clock)
    return _Wars.of(theatre, futures, backstop=force.backstop[force.rows] > 0, levels=levels)


def _prospects(
    run: Run, coverage: Coverage | None, force: Force, futures: Futures, wars: _Wars
) -> Prospects:
    """What a war in each quarter would bring, in the force's worlds."""
    years = wars.theatre.clock.horizon_years
    return Prospects(
        levels=np.array(wars.levels),
        taken=wars.taken,
        challenger_loss=wars.challenger_loss,
        protected_loss=wars.protected_loss,
        guarantor_loss=wars.guarantor_loss,
        presence=_presence(run, coverage, force, quarters_needed(years)),
        attribution=attribution(run.case, draws=futures),
        members=members_of(run, rows=force.rows),
        backstop=force.backstop[force.rows] > 0,
        delay_days=futures["campaign.decision_days"] + force.outside_days[force.rows],
        first_week_loss=wars.first_week,
    )


def _bare(case: Case, futures: Futures, full: Prospects, known: _Wars) -> Prospects:
    """The same with nobody but the protected state, and without arms from abroad.

    ``known`` are the design's own wars in the same worlds.
    """
    worlds = len(futures)
    nobody = np.zeros(worlds, dtype=np.bool_)
    theatre = _Theatre(case, known.theatre.draws, Arrivals.none(worlds), known.theatre.clock)
    wars = _Wars.of(theatre, futures, backstop=nobody, levels=LEVELS[:1], known=known)
    return Prospects(
        levels=np.array(wars.levels),
        taken=wars.taken,
        challenger_loss=wars.challenger_loss,
        protected_loss=wars.protected_loss,
        guarantor_loss=wars.guarantor_loss,
        presence=np.zeros_like(full.presence),
        attribution=attribution(case, draws=futures),
        members=Members.nobody(worlds),
        backstop=nobody,
    )


def _presence(run: Run, coverage: Coverage | None, force: Force, quarters: int) -> Floats:
    """Share of the sustained force that is there in each quarter, shape (worlds, quarters).

    After the last rotation of the plan it stays as it was in that one.
    """
    if coverage is None:
        return np.zeros((len(force.numbers), quarters))
    people = sum(
        (coverage.filled[line] * coverage.weight[line] for line in sorted(coverage.filled)),
        np.zeros((run.calendar.rotations, len(run.futures))),
    )[:, force.rows]
    share = people / np.maximum(people.max(axis=0), 1e-9)
    rotation = np.arange(quarters) * 3 // run.calendar.tour_months
    return np.asarray(share[np.minimum(rotation, run.calendar.rotations - 1)].T)


@dataclass(frozen=True, slots=True, eq=False)
class _Theatre:
    """Where the wars of a case are fought: what they depend on, and the force that is there."""

    case: Case
    draws: Draws
    arrivals: Arrivals
    clock: _Clock


@dataclass(frozen=True, slots=True, eq=False)
class _Wars:
    """Expected outcomes of the wars of a case, by anchor, level and world."""

    theatre: _Theatre
    course: Trajectories
    anchors: NDArray[np.int64]
    """Quarters in which wars are fought."""
    levels: tuple[float, ...]
    means: Floats
    """Taken, the three sides' losses and the guarantor's first week: (5, anchors, levels, worlds).
    """

    @classmethod
    def of(
        cls,
        theatre: _Theatre,
        futures: Futures,
        *,
        backstop: NDArray[np.bool_],
        levels: Sequence[float],
        known: _Wars | None = None,
    ) -> _Wars:
        """Fight them, but for those of level 0 that are ``known`` from the same worlds."""
        years = theatre.clock.horizon_years
        course = trajectories(
            theatre.case, worlds=futures.worlds, backstop=backstop, horizon_years=years
        )
        quarters = course.attacker.shape[1]
        anchors = np.unique(np.rint(np.array(ANCHORS) * (quarters - 1)).astype(int))
        means = np.zeros((5, len(anchors), len(levels), len(futures)))
        cases, places = [], []
        for at, quarter in enumerate(anchors):
            met = known is not None and known.same(course, int(quarter))
            for place, level in enumerate(levels):
                if known is not None and met and level == 0.0:
                    means[:, at, place] = known.means[:, at, known.levels.index(0.0)]
                else:
                    cases.append((int(quarter), level))
                    places.append((at, place))
        if cases:
            told = _fought(theatre, course, cases).reshape(5, len(cases), len(futures))
            for (at, place), found in zip(places, np.moveaxis(told, 1, 0), strict=True):
                means[:, at, place] = found
        return cls(theatre, course, anchors, tuple(levels), means)

    def same(self, course: Trajectories, quarter: int) -> bool:
        """Whether both armies are as strong in a quarter in every world.

        A war that nobody comes to is then the same, whose ever the design: a case draws what its
        wars depend on by the name of each number.
        """
        return all(
            np.array_equal(one[:, quarter], other[:, quarter])
            for one, other in (
                (self.course.attacker, course.attacker),
                (self.course.protected, course.protected),
            )
        )

    @property
    def taken(self) -> Floats:
        """Share of the prize taken, shape (worlds, quarters, levels)."""
        return self._told(0)

    @property
    def challenger_loss(self) -> Floats:
        """Share of its force that the challenger loses, shape as of ``taken``."""
        return self._told(1)

    @property
    def protected_loss(self) -> Floats:
        """Share of its force that the protected state loses, shape as of ``taken``."""
        return self._told(2)

    @property
    def guarantor_loss(self) -> Floats:
        """Share of its whole force that the guarantor loses, shape as of ``taken``."""
        return self._told(3)

    @property
    def first_week(self) -> Floats:
        """Guarantor's losses in the first week of the first quarter's war, all of it fighting."""
        return np.asarray(self.means[4, 0, -1])

    def _told(self, which: int) -> Floats:
        by_world = np.moveaxis(self.means[which], 2, 0)
        return np.clip(_between(by_world, self.anchors, self.course.attacker.shape[1]), 0.0, 1.0)


def _fought(theatre: _Theatre, course: Trajectories, cases: Sequence[tuple[int, float]]) -> Floats:
    """Means over replications, shape (5 outcomes, cases x worlds)."""
    worlds = len(theatre.draws)
    total = np.zeros((5, len(cases) * worlds))
    for found in repeated(
        theatre.case,
        worlds=theatre.draws.rows(np.tile(np.arange(worlds), len(cases))),
        seed=theatre.draws.worlds.seed,
        threads=theatre.clock.threads,
        arrivals=_joined([scaled(theatre.arrivals, level) for _, level in cases]),
        attacker_scale=np.concatenate([course.attacker[:, quarter] for quarter, _ in cases]),
        protected_scale=np.concatenate([course.protected[:, quarter] for quarter, _ in cases]),
        replications=range(REPLICATIONS),
    ):
        # What the guarantor loses is told as a share of all it has there, whoever fights.
        whole = np.tile(found.guarantor_committed[-worlds:], len(cases))
        total += (
            found.taken_share,
            _share(found.attacker_losses, found.attacker_committed),
            _share(found.protected_losses, found.protected_committed),
            _share(found.guarantor_losses, whole),
            found.first_week_guarantor_losses,
        )
    return total / REPLICATIONS


def _share(part: NDArray[np.float32], whole: NDArray[np.float32]) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0).astype(np.float64)


def _joined(forces: list[Arrivals]) -> Arrivals:
    """Forces of several cases side by side, as of more worlds."""
    return Arrivals(
        day=np.concatenate([f.day for f in forces], axis=-1),
        strength=np.concatenate([f.strength for f in forces], axis=-1),
        aircraft=np.concatenate([f.aircraft for f in forces], axis=-1),
        place=forces[0].place,
        suppression=np.concatenate([f.suppression for f in forces]),
        backstop=np.concatenate([f.backstop for f in forces]),
    )


def _between(values: Floats, anchors: NDArray[np.int64], quarters: int) -> Floats:
    """(worlds, anchors, levels) to (worlds, quarters, levels), linear between anchors."""
    if len(anchors) == 1:
        return np.repeat(values, quarters, axis=1)
    at = np.arange(quarters)
    high = np.clip(np.searchsorted(anchors, at), 1, len(anchors) - 1)
    left, right = anchors[high - 1], anchors[high]
    share = ((at - left) / (right - left))[None, :, None]
    return np.asarray((1 - share) * values[:, high - 1] + share * values[:, high])

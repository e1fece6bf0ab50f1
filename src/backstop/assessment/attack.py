"""What happens if the line is attacked, with the force that sourcing keeps there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.coverage import Coverage
from backstop.assessment.stages import Run
from backstop.campaign import (
    DAYS,
    Arrivals,
    Draws,
    Outcomes,
    arriving,
    drawn,
    joined,
    repeated,
    simulate,
)
from backstop.futures.range import Range

Floats = NDArray[np.float64]
Numbers = NDArray[np.uint64]

#: Battles fought over again with other luck, to tell the chance of holding in one world.
REPLICATIONS = 16
#: Worlds in which that is done: the first of those at hand.
REPEATED = 512
#: Worlds fought in at a time: the quantities of more would not fit beside each other.
AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Attack:
    """The campaign twice in the same worlds: with the guarantor's force, and without it."""

    honoured: Outcomes
    """The guarantor fights with what sourcing keeps there."""
    alone: Outcomes
    """The protected state alone; everything else, luck included, is the same."""
    held: Mapping[str, Range]
    """By day: chance that the line holds, over worlds; its mean is the share of all worlds."""
    held_alone: Mapping[str, Range]
    """The same without the guarantor."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``campaign`` object, with what a page needs besides."""
        return {
            "worlds": len(self.honoured),
            "horizon_days": self.honoured.horizon_days,
            "telling_day": self.honoured.telling_day(),
            **_outcome(self.honoured, self.held),
            "effective_day": Range.of(self.honoured.effective_day).to_dict(),
            "never_effective": self.never_effective(),
            "guarantor_committed": Range.of(self.honoured.guarantor_committed).to_dict(),
            "first_week_guarantor_losses": Range.of(
                self.honoured.first_week_guarantor_losses
            ).to_dict(),
            "area_saved_km2": Range.of(self.saved_km2()).to_dict(),
            "alone": _outcome(self.alone, self.held_alone),
        }

    def saved_km2(self) -> NDArray[np.float32]:
        """Ground that the guarantor's force keeps from being lost, in the same worlds (worlds,)."""
        return self.alone.area_lost_km2 - self.honoured.area_lost_km2

    def never_effective(self) -> float:
        """Share of worlds in which half of the guarantor's force never fights."""
        return float(np.mean(self.honoured.effective_day >= self.honoured.horizon_days))


def _outcome(found: Outcomes, held: Mapping[str, Range]) -> dict[str, Any]:
    last = found.horizon_days
    return {
        "held": {day: span.to_dict() for day, span in held.items()},
        "deepest_km": Range.of(found.deepest_km).to_dict(),
        "area_lost_km2": Range.of(found.area_lost_km2).to_dict(),
        "taken_share": Range.of(found.taken_share).to_dict(),
        "losses": {
            "attacker": Range.of(found.attacker_losses).to_dict(),
            "protected": Range.of(found.protected_losses).to_dict(),
            "guarantor": Range.of(found.guarantor_losses).to_dict(),
        },
        "attacker_breaks_off": float(np.mean(found.break_off_day < last)),
        "defence_collapses": float(np.mean(found.collapse_day < last)),
    }


@dataclass(frozen=True, slots=True, eq=False)
class Force:
    """What the guarantor has there in some worlds, and when more of it comes."""

    numbers: Numbers
    """World numbers."""
    rows: NDArray[np.intp]
    """For each the place, among the futures drawn, of the one its force is taken from."""
    units: Mapping[str, Floats]
    """By requirement the units that are there on average over the plan, in those futures."""
    outside_days: Floats
    """Days of decision that a force outside the country waits besides, in those futures."""
    backstop: Floats
    """1 where the backstop's provider acts, in those futures."""

    def part(self, start: int, stop: int) -> Force:
        """The same in some of the worlds."""
        here = slice(start, stop)
        return Force(
            self.numbers[here], self.rows[here], self.units, self.outside_days, self.backstop
        )

    def draws(self, run: Run) -> Draws:
        """What a campaign depends on in its worlds."""
        return drawn(run.case, worlds=self.numbers, seed=run.futures.seed)

    def arrivals(self, run: Run, draws: Draws) -> Arrivals:
        """The same as waves of force."""
        return arriving(
            run.case,
            draws=draws,
            units={line: units[self.rows] for line, units in self.units.items()},
            outside_days=self.outside_days[self.rows],
            backstop=self.backstop[self.rows],
        )


def force_of(run: Run, coverage: Coverage | None, *, worlds: int | None = None) -> Force:
    """What sourcing keeps there, in the first worlds (as many as were drawn, when left out).

    Supply is stated for the futures in which the mandate stands. Each world takes its force from
    one of these in turn, and everything else from itself: so all designs are fought over in the
    same worlds, and there may be more worlds than futures drawn. Sources and stances are drawn
    apart from armies and battles, so nothing is lost that hangs together.

    Forces that stand in the country act under their own rules of engagement. Those outside need
    the decision to come, which a promise has settled beforehand; without one it takes as long as
    the mandate did.
    """
    decided, futures = run.decisions, run.futures
    given = coverage.given if coverage is not None else np.ones(len(futures), np.bool_)
    numbers = np.arange(len(futures) if worlds is None else worlds, dtype=np.uint64)
    lead = decided.lead_days()
    backstop = run.case.design.backstop
    acts = decided.conditions[backstop.condition] if backstop else np.zeros(len(given), np.bool_)
    return Force(
        numbers=numbers,
        rows=np.flatnonzero(given)[numbers.astype(np.intp) % int(given.sum())],
        units=_mean_units(coverage),
        outside_days=np.zeros_like(lead) if run.case.design.pledge is not None else lead,
        backstop=acts.astype(np.float64),
    )


def _mean_units(coverage: Coverage | None) -> dict[str, Floats]:
    """Units filled of each line, averaged over the rotations that ask for it."""
    if coverage is None:
        return {}
    found = {}
    for line, filled in coverage.filled.items():
        asking = (coverage.asked[line] > 0).sum(axis=0)
        found[line] = filled.sum(axis=0) / np.maximum(asking, 1)
    return found


def attack(
    run: Run, coverage: Coverage | None, *, worlds: int | None = None, threads: int = 2
) -> Attack:
    """Fight the campaign with the guarantor's force and without it, on the same worlds.

    Raises
    ------
    InputError
        When the scenario has no table ``[campaign]``.
    """
    force = force_of(run, coverage, worlds=worlds)
    honoured, alone = _everywhere(run, force, threads)
    part = force.part(0, REPEATED)
    draws = part.draws(run)
    waves = part.arrivals(run, draws)
    return Attack(
        honoured=honoured,
        alone=alone,
        held=_held(run, draws, waves, honoured, threads),
        held_alone=_held(run, draws, scaled(waves, 0.0), alone, threads),
    )


def _everywhere(run: Run, force: Force, threads: int) -> tuple[Outcomes, Outcomes]:
    """The campaign in every world with the force and without, as many as fit at a time."""
    honoured: list[Outcomes] = []
    alone: list[Outcomes] = []
    for start in range(0, len(force.numbers), AT_A_TIME):
        part = force.part(start, start + AT_A_TIME)
        draws = part.draws(run)
        waves = part.arrivals(run, draws)
        for arrivals, found in ((waves, honoured), (scaled(waves, 0.0), alone)):
            found.append(
                simulate(
                    run.case,
                    worlds=draws,
                    seed=run.futures.seed,
                    threads=threads,
                    arrivals=arrivals,
                )
            )
    return joined(honoured), joined(alone)


def scaled(arrivals: Arrivals, level: float) -> Arrivals:
    """A share of the same force, at the same times; the backstop's arms go on."""
    return replace(arrivals, strength=arrivals.strength * level, aircraft=arrivals.aircraft * level)


def trajectory(found: Outcomes, world: int) -> list[dict[str, float]]:
    """One world day by day, for a table.

    Raises
    ------
    NotFound
        When the world is not among those that were fought in.
    """
    path = found.replay(world)
    return [
        {
            "day": day + 1,
            "deepest_km": float(path.deepest_km[day]),
            "area_lost_km2": float(path.area_lost_km2[day]),
            "attacker_brigades": float(path.attacker[day].sum()),
            "protected_brigades": float(path.protected[day].sum()),
            "guarantor_brigades": float(path.guarantor[day]),
            "attacker_losses": float(path.losses[day, 0]),
            "protected_losses": float(path.losses[day, 1]),
            "guarantor_losses": float(path.losses[day, 2]),
        }
        for day in range(len(path.deepest_km))
    ]


def _held(
    run: Run, draws: Draws, waves: Arrivals, every: Outcomes, threads: int
) -> dict[str, Range]:
    """Chance of holding by day, over worlds: battles repeated with other luck."""
    fought = repeated(
        run.case,
        worlds=draws,
        seed=run.futures.seed,
        threads=threads,
        arrivals=waves,
        replications=range(REPLICATIONS),
    )
    total = sum((again.held for again in fought), np.zeros((len(DAYS), len(draws))))
    found = {}
    for place, day in enumerate(every.days()):
        span = Range.of(total[place] / REPLICATIONS)
        found[str(day)] = Range(span.p05, span.p50, span.p95, float(every.held[place].mean()))
    return found

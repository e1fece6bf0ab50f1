"""What happens if it is attacked? A case and its worlds to outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.campaign import engine
from backstop.campaign import parameters as at
from backstop.campaign.arrivals import Arrivals
from backstop.campaign.draws import Draws, Floats, Questions, campaign_of
from backstop.campaign.inputs import Notes
from backstop.campaign.line import LEAST_KM, Line
from backstop.campaign.outcomes import DAYS, Outcomes
from backstop.campaign.prepare import Prepared, prepare
from backstop.campaign.statement import asked_for
from backstop.campaign.trajectory import Trajectory
from backstop.errors import InputError, NotFound, Problem
from backstop.futures import Stream
from backstop.scenario.campaign import Campaign
from backstop.scenario.scenario import Case

#: Worlds drawn and run at a time; a multiple of the blocks of 1,024 in which they are drawn.
CHUNK = 8192
#: Worlds below which a part is not cut further for a thread's sake.
LEAST_PART = 256
#: Name of the stream that decides the battle's luck.
STREAM = "campaign battle"


def simulate(
    case: Case,
    *,
    worlds: range | NDArray[np.integer] | Draws = range(4096),
    seed: int = 1,
    threads: int = 2,
    arrivals: Arrivals | None = None,
    attacker_scale: ArrayLike | None = None,
    protected_scale: ArrayLike | None = None,
    replication: int = 0,
    lanes: int = engine.LANES,
    chunk: int = CHUNK,
) -> Outcomes:
    """Run the attack of the scenario against a design in every world.

    Parameters
    ----------
    case : Case
        One design of one scenario that has a table ``[campaign]``.
    worlds : range or array of integers, shape (worlds,), or Draws
        World numbers, below 2**32. The same number is the same world whatever runs beside it.
        Or what ``drawn`` gave of them, for several campaigns in the same worlds.
    seed : int
    threads : int
    arrivals : Arrivals, optional
        The guarantor's force in these worlds; the design's statement of requirements as asked for
        when left out.
    attacker_scale, protected_scale : float or array, shape (worlds,), optional
        Factors on the strengths of the two armies and their aircraft, for a war in other years.
    replication : int
        Another number draws other luck in battle and leaves each world's quantities as they are.
    lanes, chunk : int
        How the work is cut; they change no result.

    Returns
    -------
    Outcomes

    Raises
    ------
    InputError
        When the scenario says nothing of an attack, or a scale is no positive number.
    """
    plan = _Plan.of(case, seed=seed, replication=replication, lanes=lanes)
    numbers = _numbers(worlds.worlds.numbers if isinstance(worlds, Draws) else worlds)
    scales = (
        _scale(attacker_scale, "attacker_scale", numbers.size),
        _scale(protected_scale, "protected_scale", numbers.size),
    )
    assert arrivals is None or arrivals.worlds == numbers.size, "arrivals are of these worlds"

    def replay(world: int) -> Trajectory:
        place = int(np.flatnonzero(numbers == world)[0])
        force = None if arrivals is None else arrivals.part(place, place + 1)
        return plan.replay(world, force, (scales[0][[place]], scales[1][[place]]))

    source = worlds.rows if isinstance(worlds, Draws) else plan.drawing(numbers)
    fields = _run(plan, numbers.size, source, arrivals, scales, threads=threads, chunk=chunk)
    return _outcomes_of(plan, numbers, fields, replay)


def repeated(
    case: Case,
    *,
    worlds: Draws,
    seed: int,
    arrivals: Arrivals,
    replications: Iterable[int],
    threads: int = 2,
    attacker_scale: ArrayLike | None = None,
    protected_scale: ArrayLike | None = None,
    chunk: int = 1024,
) -> Iterator[Outcomes]:
    """The same worlds fought over again with other luck, prepared only once.

    The parameters are those of ``simulate``, and so is each answer: the outcomes of its
    replication. All worlds are held in memory at a time, so they should not be millions. A world
    may come several times, with another force or scale.
    """
    plan = _Plan.of(case, seed=seed, replication=0, lanes=engine.LANES)
    numbers = _numbers(worlds.worlds.numbers)
    attacker = _scale(attacker_scale, "attacker_scale", numbers.size)
    protected = _scale(protected_scale, "protected_scale", numbers.size)

    def prepare_part(part: tuple[int, int]) -> Prepared:
        here = slice(*part)
        return plan.prepare(
            worlds.rows(here), arrivals.part(*part), (attacker[here], protected[here])
        )

    with ThreadPoolExecutor(max_workers=threads) as pool:
        prepared = list(pool.map(prepare_part, _cuts(numbers.size, chunk, threads)))
        for replication in replications:
            again = partial(plan.fight, replication=replication)
            yield _outcomes_of(plan, numbers, _joined(list(pool.map(again, prepared))), _no_replay)


def _no_replay(world: int) -> Trajectory:
    raise NotFound(f"world {world} was fought over again and again; replay it by simulate")


_Part = dict[str, Any]


def _run(
    plan: _Plan,
    worlds: int,
    source: Callable[[slice], Draws],
    arrivals: Arrivals | None,
    scales: tuple[Floats, Floats],
    *,
    threads: int,
    chunk: int,
) -> _Part:
    """Outcomes of all worlds, chunk by chunk."""

    def work(part: tuple[int, int]) -> _Part:
        start, stop = part
        force = None if arrivals is None else arrivals.part(start, stop)
        here = (scales[0][start:stop], scales[1][start:stop])
        prepared = plan.prepare(source(slice(start, stop)), force, here)
        return plan.fight(prepared, replication=plan.replication)

    cuts = list(_cuts(worlds, chunk, threads))
    if threads > 1 and len(cuts) > 1:
        with ThreadPoolExecutor(max_workers=threads) as pool:
            parts = list(pool.map(work, cuts))
    else:
        parts = [work(part) for part in cuts]
    return _joined(parts)


def _joined(parts: Sequence[_Part]) -> _Part:
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _outcomes_of(
    plan: _Plan, numbers: NDArray[np.uint64], fields: _Part, replay: Callable[[int], Trajectory]
) -> Outcomes:
    days = plan.campaign.horizon_days
    return Outcomes(numbers=numbers, horizon_days=days, _replay=replay, **fields)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all chunks share."""

    case: Case
    campaign: Campaign
    line: Line
    seed: int
    key: tuple[int, int]
    replication: int
    lanes: int

    @classmethod
    def of(cls, case: Case, *, seed: int, replication: int, lanes: int) -> _Plan:
        campaign = campaign_of(case)
        return cls(
            case=case,
            campaign=campaign,
            line=Line.of(campaign, cells=_cells(case, campaign)),
            seed=seed,
            key=Stream(seed, STREAM).key,
            replication=replication,
            lanes=lanes,
        )

    def drawing(self, numbers: NDArray[np.uint64]) -> Callable[[slice], Draws]:
        """What a campaign depends on in some of these worlds, drawn when it is asked for."""
        questions = Questions.of(self.case, seed=self.seed)
        return lambda part: questions.draw(numbers[part])

    def fight(self, prepared: Prepared, *, replication: int) -> _Part:
        """Outcomes of worlds that are prepared, with one luck in battle."""
        notes = engine.run(
            prepared.inputs,
            key=self.key,
            checkpoints=(*DAYS, prepared.inputs.days),
            replication=replication,
            lanes=self.lanes,
        )
        return _outcomes(prepared, notes)

    def replay(
        self, world: int, arrivals: Arrivals | None, scales: tuple[Floats, Floats]
    ) -> Trajectory:
        """One world again, alone, by the reference."""
        from backstop.campaign.reference import run_one

        draws = self.drawing(np.array([world], np.uint64))(slice(None))
        prepared = self.prepare(draws, arrivals, scales)
        _, path = run_one(
            prepared.inputs, key=self.key, checkpoints=(), replication=self.replication
        )
        return Trajectory.of(
            path,
            world=world,
            width_km=np.float32(1) / prepared.inputs.sector[at.NARROW, :, 0],
            brigade_troops=float(prepared.brigade_troops[0]),
        )

    def prepare(
        self, draws: Draws, arrivals: Arrivals | None, scales: tuple[Floats, Floats]
    ) -> Prepared:
        """Everything the kernel is given for some worlds."""
        force = asked_for(self.case, draws) if arrivals is None else arrivals
        return prepare(
            self.case,
            self.campaign,
            self.line,
            draws,
            force,
            attacker_scale=scales[0],
            protected_scale=scales[1],
        )


def _outcomes(prepared: Prepared, notes: Notes) -> _Part:
    """Notes in brigades and days to outcomes in people and shares."""
    last = notes.notes[-1]
    troops = prepared.brigade_troops
    prize = prepared.prize_km2
    part: dict[str, Any] = {
        "held": notes.notes[: len(DAYS), at.DEEPEST] <= prepared.hold_km,
        "deepest_km": last[at.DEEPEST],
        "area_lost_km2": last[at.AREA],
        "taken_share": np.where(prize > 0, last[at.AREA] / np.where(prize > 0, prize, 1.0), 0.0),
        "attacker_losses": last[at.ATTACKER_LOSS] * troops,
        "protected_losses": last[at.PROTECTED_LOSS] * troops,
        "guarantor_losses": last[at.GUARANTOR_LOSS] * troops,
        "first_week_guarantor_losses": notes.notes[0, at.GUARANTOR_LOSS] * troops,
        "attacker_committed": prepared.committed[0] * troops,
        "protected_committed": prepared.committed[1] * troops,
        "guarantor_committed": (
            prepared.committed[2] + prepared.relief_share * last[at.GUARANTOR_LOSS]
        )
        * troops,
        "effective_day": prepared.effective_day,
        "break_off_day": notes.ends[at.BREAK_OFF],
        "collapse_day": notes.ends[at.COLLAPSE],
    }
    return {name: np.asarray(values, np.float32) for name, values in part.items()}


def _cells(case: Case, campaign: Campaign) -> float:
    """Parts of the line that move as one; the same in all worlds, at the middle of its length."""
    line = next(x for x in case.scenario.file.theatre.lines if x.id == campaign.line)
    breach = max(case.scenario.battle.movement.breach_km.central, LEAST_KM)
    return max(line.length_km.central, LEAST_KM) / breach


def _numbers(worlds: range | NDArray[np.integer]) -> NDArray[np.uint64]:
    numbers = np.asarray(worlds)
    assert numbers.ndim == 1, "worlds are a list of numbers"
    assert numbers.size, "at least one world is run"
    assert int(numbers.min()) >= 0, "world numbers are not negative"
    assert int(numbers.max()) < 2**32, "world numbers are below 2**32"
    return numbers.astype(np.uint64)


def _scale(value: ArrayLike | None, name: str, worlds: int) -> Floats:
    scale = np.broadcast_to(np.asarray(1.0 if value is None else value, np.float64), (worlds,))
    if not np.isfinite(scale).all() or (scale < 0).any():
        message = "a factor on an army is a number, 0 or more"
        raise InputError([Problem(name, 0, 0, "", message)])
    return scale


def _cuts(worlds: int, chunk: int, threads: int) -> Iterator[tuple[int, int]]:
    """Parts of at most a chunk, nearly alike and as many for one thread as for another."""
    assert chunk > 0, "a chunk has worlds"
    parts = threads * -(-worlds // (chunk * threads))
    size = max(LEAST_PART, -(-worlds // max(parts, 1)))
    return ((start, min(start + size, worlds)) for start in range(0, worlds, size))

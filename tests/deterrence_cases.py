"""Made prospects for the deterrence stage: a war of one formula, so that signs can be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from backstop.assessment.worlds import draw as futures
from backstop.assessment.worlds import draw_war
from backstop.deterrence.members import Members, parts
from backstop.deterrence.prospects import Prospects
from backstop.deterrence.result import Deterrence
from backstop.deterrence.stage import deter, quarters_needed
from backstop.deterrence.trajectories import trajectories
from backstop.futures import Place, Worlds, quantities, sample
from backstop.scenario.load import load
from backstop.scenario.quantity import Quantity
from backstop.scenario.scenario import Case
from backstop.watch.plan import attribution

FloatArray = npt.NDArray[np.float64]

WORLDS = 48
LEVELS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


@cache
def case(design: str = "tripwire", scenario: str = "ukraine-2025") -> Case:
    """A shipped case."""
    return load(scenario).design(design)


def with_terms(base: Case, **changes: float) -> Case:
    """The case with numbers of ``[deterrence]`` fixed; ``__`` stands for a dot in their path."""
    terms = base.scenario.file.deterrence
    assert terms is not None
    for path, value in changes.items():
        terms = _put(terms, path.split("__"), Quantity(value=value))
    file = base.scenario.file.model_copy(update={"deterrence": terms})
    return Case(scenario=base.scenario.model_copy(update={"file": file}), design=base.design)


def with_pledge(base: Case, **changes: object) -> Case:
    """The case with another promise."""
    assert base.design.pledge is not None
    pledge = base.design.pledge.model_validate({**base.design.pledge.model_dump(), **changes})
    return replace(base, design=base.design.model_copy(update={"pledge": pledge}))


def _put(record: object, way: list[str], value: Quantity) -> object:
    if not way:
        return value
    inner = _put(getattr(record, way[0]), way[1:], value)
    return record.model_copy(update={way[0]: inner})  # type: ignore[attr-defined]


def draw(base: Case, *, worlds: int = WORLDS, seed: int = 1) -> Worlds:
    """Every uncertain number that the stage reads."""
    drawn = {place.path: (place.quantity, place.bounds) for place in _places(base)}
    return sample(drawn, worlds=range(worlds), seed=seed)


def _places(base: Case) -> Iterator[Place]:
    assert base.scenario.file.deterrence is not None
    yield from quantities(base.scenario.file.deterrence, prefix="deterrence")
    yield from quantities(base.design, prefix=f"designs[{base.design.id}]")


@dataclass(frozen=True)
class War:
    """A made war: what the challenger takes alone, and how far the guarantor's force denies it."""

    taken: float = 0.35
    denial: float = 0.7
    """Share of that which the whole force prevents."""
    challenger_loss: float = 0.15
    added_loss: float = 0.15
    guarantor_loss: float = 0.2
    protected_loss: float = 0.3
    attribution: float = 0.6
    presence: float = 1.0
    backstop: bool = False


def members(
    worlds: int = WORLDS,
    *,
    positions: tuple[float, ...] = (0.9, 0.9, 0.7, 0.7, 0.5),
    in_place: tuple[bool, ...] | None = None,
    leads: int = 1,
    caveat: float = 0.0,
) -> Members:
    """A few members of equal weight; the first lead."""
    count = len(positions)
    there = in_place if in_place is not None else (True,) * count
    return Members(
        names=tuple(f"M{i}" for i in range(count)),
        position=np.tile(positions, (worlds, 1)).reshape(worlds, count),
        weight=parts(np.ones(count)),
        in_place=np.array(there, dtype=bool),
        lead=np.arange(count) < leads,
        caveat=np.full(count, caveat),
    )


def prospects(
    war: War | None = None,
    *,
    worlds: int = WORLDS,
    years: float = 10.0,
    who: Members | None = None,
) -> Prospects:
    """The made war in every world and quarter."""
    war = war or War()
    shape = (worlds, quarters_needed(years), len(LEVELS))
    return Prospects(
        levels=LEVELS,
        taken=np.broadcast_to(war.taken * (1 - war.denial * LEVELS), shape),
        challenger_loss=np.broadcast_to(war.challenger_loss + war.added_loss * LEVELS, shape),
        protected_loss=np.broadcast_to(war.protected_loss * (1 - 0.3 * LEVELS), shape),
        guarantor_loss=np.broadcast_to(war.guarantor_loss * LEVELS, shape),
        presence=np.full(shape[:2], war.presence),
        attribution=np.full(worlds, war.attribution),
        members=who if who is not None else members(worlds),
        backstop=np.full(worlds, war.backstop),
    )


def answer(
    base: Case,
    war: War | None = None,
    *,
    worlds: int = WORLDS,
    years: float = 2.0,
    who: Members | None = None,
    types: int = 3,
) -> Deterrence:
    """The stage's answer to a made war."""
    return deter(
        base,
        prospects=prospects(war, worlds=worlds, years=years, who=who),
        worlds=draw(base, worlds=worlds),
        horizon_years=years,
        types=types,
    )


def told(base: Case) -> dict[str, object]:
    """Everything the stage says of a case over ten years, for a war that follows both armies."""
    worlds, war = draw(base, worlds=8), War(backstop=True)
    there = np.ones(8, dtype=bool)
    armies = trajectories(base, worlds=worlds, backstop=there, horizon_years=10.0)
    who = members(8, in_place=(True, False, True, False, True), caveat=0.5)
    made = prospects(war, worlds=8, years=10.0, who=who)
    ratio = (armies.attacker / armies.protected)[:, :, None]
    seen = attribution(base, draws=draw_war(base, futures(base, worlds=range(8), seed=1), first=8))
    made = replace(made, taken=np.clip(made.taken * ratio, 0, 1), attribution=seen)
    found = deter(base, prospects=made, worlds=worlds, types=3)
    return {**found.to_dict(), "explained": found.explanation.to_dict()}

"""The verb of the stage: a case and its prospects in, survival with its causes out."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt

from backstop.deterrence.collective import collective
from backstop.deterrence.explain import explain
from backstop.deterrence.matching import Setting
from backstop.deterrence.members import Members, Rule
from backstop.deterrence.prospects import Prospects
from backstop.deterrence.quarters import Calendar, fatigue
from backstop.deterrence.result import Deterrence
from backstop.deterrence.stakes import Stakes
from backstop.deterrence.survival import Course
from backstop.deterrence.tally import tally
from backstop.deterrence.willingness import Temper
from backstop.errors import InputError, Problem
from backstop.futures import Stream, Worlds, resolve
from backstop.scenario.design import Design
from backstop.scenario.scenario import Case

FloatArray = npt.NDArray[np.float64]

#: The stream of what is seen in each quarter; the same for every design.
HISTORY = "deterrence.history"
#: Tasks of forces that are there to fight if it comes to it.
FIGHTING = ("deter", "separate", "hold")
#: Tasks that put a force or a zone between the armies.
BETWEEN = ("interpose", "separate")


def deter(
    case: Case,
    *,
    prospects: Prospects,
    worlds: Worlds,
    horizon_years: float = 10.0,
    types: int = 3,
    explained: int = 0,
) -> Deterrence:
    """Say how likely a probe or an attack is, whether it is answered, and how long it holds.

    Parameters
    ----------
    case : Case
        Its scenario has a ``[deterrence]`` table.
    prospects : Prospects
        What war would bring, for every quarter of the horizon (see `quarters_needed`).
    worlds : Worlds
        Hold every uncertain quantity of ``deterrence`` and of the design's pledge.
    horizon_years : float
        From a day to a century.
    types : int
        Types of resolve a side.
    explained : int
        The world, counted from 0, whose first crisis is laid open.

    Returns
    -------
    Deterrence

    Raises
    ------
    InputError
        Where the scenario has no such table, or prospects do not fit the horizon or the worlds.
    """
    _fit(case, prospects, worlds, Calendar(horizon_years), types=types, explained=explained)
    course = begin(
        case, prospects=prospects, worlds=worlds, horizon_years=horizon_years, types=types
    )
    first = course.first()
    explanation = explain(course.matching, first, world=explained, quarter=0)
    quarters = tuple(course.quarters(first))
    return tally(course, quarters, first=first, explanation=explanation)


def begin(
    case: Case, *, prospects: Prospects, worlds: Worlds, horizon_years: float, types: int
) -> Course:
    """The quarters of a case, not yet played; arguments as for `deter`, and that fit."""
    calendar, design = Calendar(horizon_years), case.design
    if not promises(design):
        prospects = replace(prospects, members=Members.nobody(prospects.worlds))
    stakes = Stakes.of(case, worlds)
    temper = temperament(case, stakes, worlds, prospects)
    answer = collective(prospects.members, rule=rule_of(case, prospects.members), temper=temper)
    setting = Setting(
        stakes=stakes,
        prospects=prospects,
        answer=answer,
        formality=design.pledge.formality if design.pledge else "none",
        fatigue=fatigue(stakes, calendar),
        types=types,
    )
    buffer = design.land is not None and design.land.task in BETWEEN
    luck = Stream(worlds.seed, HISTORY).uniforms(worlds=worlds.numbers, draws=len(calendar))
    return Course(setting, calendar=calendar, buffer=buffer, fortune=luck)


def promises(design: Design) -> bool:
    """Whether anybody would have to fight: a promise, or a force that is there to deter or hold.

    Who watches, stands between consenting parties or sends arms has promised no war, and does not
    break a promise by staying out of one.
    """
    armed = design.air is not None or (design.land is not None and design.land.task in FIGHTING)
    return design.pledge is not None or armed


def quarters_needed(horizon_years: float) -> int:
    """How many quarters the prospects must cover."""
    return len(Calendar(horizon_years))


def rule_of(case: Case, members: Members) -> Rule:
    """The rule of a design; where nothing is promised each decides for itself."""
    pledge = case.design.pledge
    if pledge is None:
        return Rule("opt-in", 1)
    if pledge.rule == "weighted":
        return Rule("weighted", ceil(pledge.force_needed * int(members.weight.sum()) - 1e-9))
    return Rule(pledge.rule, pledge.members_needed)


def temperament(case: Case, stakes: Stakes, worlds: Worlds, prospects: Prospects) -> Temper:
    """What moves the members of a case, in every world.

    A member without troops in the country lacks that part of the reference member's cost of
    reneging: λ times the cost, at the horizon's mean presence.
    """
    presence = prospects.presence.mean(axis=1)
    return Temper(
        rho=stakes["coalition.common_factor"],
        position_share=stakes["coalition.position_share"],
        absent=stakes["rationality"] * stakes.reneging("troops") * presence,
        caveat=stakes["coalition.caveat"],
        lead_pull=stakes["coalition.lead_pull"],
        backstop_pull=stakes["coalition.backstop_pull"],
        backstop=prospects.backstop,
        follow=stakes["coalition.follow"],
        automatic=_drawn_in(case, stakes, worlds) * (presence > 0),
    )


def _drawn_in(case: Case, stakes: Stakes, worlds: Worlds) -> FloatArray:
    """τ: chance that an attack draws those in place in, by where they stand."""
    pledge, land = case.design.pledge, case.design.land
    if pledge is not None and pledge.drawn_in is not None:
        path = f"designs[{case.design.id}].pledge"
        own: FloatArray = resolve(pledge, worlds, prefix=path)["drawn_in"]
        return own
    along = stakes["coalition.drawn_in"]
    match land.stationing if land else "outside":
        case "front":
            return along
        case "rear":
            return along * stakes["coalition.drawn_in_rear"]
        case _:
            return np.zeros(len(worlds))


def _fit(
    case: Case,
    prospects: Prospects,
    worlds: Worlds,
    calendar: Calendar,
    *,
    types: int,
    explained: int,
) -> None:
    faults = []
    if case.scenario.file.deterrence is None:
        faults.append(("deterrence", "scenario.toml has no [deterrence] table; write one"))
    if prospects.worlds != len(worlds):
        faults.append(("prospects", f"{prospects.worlds} worlds, not {len(worlds)}"))
    if prospects.quarters != len(calendar):
        message = f"{prospects.quarters} quarters, but the horizon has {len(calendar)}"
        faults.append(("prospects", message))
    if not 1 <= types <= 9:
        faults.append(("types", f"1 to 9 types of resolve a side, not {types}"))
    if not 0 <= explained < len(worlds):
        faults.append(("explained", f"there is no world {explained}"))
    if faults:
        raise InputError([Problem("", 0, 0, path, message) for path, message in faults])

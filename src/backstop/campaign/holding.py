"""Does the line hold with so many combat troops? The question that sizing inverts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backstop.campaign.arrivals import TYPES, Arrivals
from backstop.campaign.draws import campaign_of
from backstop.campaign.outcomes import DAYS
from backstop.campaign.stage import simulate
from backstop.errors import InputError, Problem
from backstop.scenario.scenario import Case

#: How the combat troops of a force that is not yet designed divide into the force types.
MIX = {"manoeuvre": 0.8, "light": 0.0, "fires": 0.2}


def holds(
    case: Case,
    *,
    days: int = 90,
    worlds: range = range(1024),
    seed: int = 1,
    threads: int = 2,
) -> Callable[[float], NDArray[np.bool_]]:
    """Whether the line holds, as a function of the guarantor's combat troops on it.

    The force stands along the whole line from the first day, four fifths manoeuvre and one fifth
    fires, in brigade equivalents of ``campaign.brigade_troops`` at its middle. Everything else is
    as in the case: the worlds are the same at every call, and more troops never hold in fewer.

    Parameters
    ----------
    case : Case
    days : {7, 30, 90, 180}
        End of the day at which it is asked; of the last one before it where the scenario follows
        a war for less.
    worlds, seed, threads
        As in ``simulate``.

    Returns
    -------
    callable
        Combat troops to an array of bool, shape (worlds,).

    Raises
    ------
    InputError
        When the scenario says nothing of an attack, or another day is asked for.
    """
    campaign = campaign_of(case)
    if days not in DAYS:
        message = f"{days} is none of the days at which it is noted: {', '.join(map(str, DAYS))}"
        raise InputError([Problem("days", 0, 0, "", message)])
    troops_each = max(campaign.brigade_troops.central, 1.0)
    count = len(worlds)

    def held(troops: float) -> NDArray[np.bool_]:
        brigades = np.array([MIX[name] for name in TYPES]) * troops / troops_each
        force = Arrivals(
            day=np.zeros((1, count)),
            strength=np.broadcast_to(brigades[None, :, None], (1, len(TYPES), count)),
            aircraft=np.zeros((1, count)),
            place=("front",),
            suppression=np.zeros(count),
            backstop=np.ones(count),
        )
        outcomes = simulate(case, worlds=worlds, seed=seed, threads=threads, arrivals=force)
        day = days if days in outcomes.days() else outcomes.telling_day()
        return outcomes.held_at(day) > 0

    return held

"""How strong both armies are in each quarter: what the campaign needs to look years ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.quarters import Calendar, attacker_scale, protected_scale
from backstop.deterrence.stakes import Stakes
from backstop.futures import Worlds, resolve
from backstop.scenario.scenario import Case

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Scale factors of both armies, shape (worlds, quarters) each."""

    attacker: FloatArray
    """The challenger's force as a share of the recovered one."""
    protected: FloatArray
    """The protected state's force as a multiple of today's."""


def trajectories(
    case: Case, *, worlds: Worlds, backstop: npt.NDArray[np.bool_], horizon_years: float = 10.0
) -> Trajectories:
    """Say how both armies change over the horizon.

    Parameters
    ----------
    case : Case
        Its scenario has a ``[deterrence]`` table.
    worlds : Worlds
        Hold the uncertain quantities of ``deterrence`` and of the design.
    backstop : array of bool, shape (worlds,)
        Whether the backstop gives its share of the arms.
    horizon_years : float
    """
    stakes, calendar = Stakes.of(case, worlds), Calendar(horizon_years)
    arms, nothing = case.design.arms, np.zeros(len(worlds))
    found = resolve(arms, worlds, prefix=f"designs[{case.design.id}].arms") if arms else {}
    return Trajectories(
        attacker=attacker_scale(stakes, calendar),
        protected=protected_scale(
            stakes,
            calendar,
            usd_bn_per_year=found.get("usd_bn_per_year", nothing),
            backstop_share=found.get("backstop_share", nothing),
            backstop=backstop,
        ),
    )

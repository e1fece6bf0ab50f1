"""The parameters that the package ships for its campaign model, drawn in worlds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backstop.futures import quantities, sample
from backstop.scenario.battle import Battle
from backstop.scenario.shipped import raw

Floats = NDArray[np.float64]


class Draws(dict[str, Floats]):
    """Values by path in each world; its length is the number of worlds, as the stage expects."""

    def __len__(self) -> int:
        return len(next(iter(self.values())))


def shipped_draws(
    worlds: range, *, seed: int = 1, instead: Mapping[str, float | Floats] | None = None
) -> Draws:
    """The shipped quantities by the paths that the campaign stage uses (``battle.…``).

    Parameters
    ----------
    worlds : range
        World numbers.
    seed : int
    instead : mapping of str to float or array, shape (worlds,)
        Values to put in the place of drawn ones, or beside them, by path.

    Returns
    -------
    Draws
    """
    battle = Battle.model_validate(raw("campaign.toml").data)
    places = {place.path: place for place in quantities(battle, prefix="battle")}
    drawn = sample(
        {path: (p.quantity, p.bounds) for path, p in places.items() if not p.quantity.fixed},
        worlds=worlds,
        seed=seed,
    )
    values = Draws()
    for path, place in places.items():
        fixed = place.quantity.fixed
        values[path] = (
            np.full(len(worlds), place.quantity.support()[0]) if fixed else np.array(drawn[path])
        )
    for path, value in (instead or {}).items():
        values[path] = np.broadcast_to(np.asarray(value, dtype=float), (len(worlds),))
    return values

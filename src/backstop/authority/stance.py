"""From public positions to the chances of each ballot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from backstop.authority.passage import Chance
from backstop.authority.tally import Ballot
from backstop.scenario.body import StanceTable
from backstop.scenario.dates import last_day
from backstop.scenario.position import Position
from backstop.scenario.quantity import Quantity

FloatArray = npt.NDArray[np.float64]

UNKNOWN = "unknown"
_ATTESTED = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class StanceDraw:
    """One stance of the table in every world, arrays of shape (worlds,)."""

    yes: FloatArray
    unmet: FloatArray
    """Probability of a yes when its condition fails; never above ``yes``."""
    abstains: FloatArray
    conditional: bool


@dataclass(frozen=True, slots=True)
class StanceDraws:
    """The stance table in every world."""

    stances: Mapping[str, StanceDraw]
    unnamed: FloatArray
    """Probability that a condition holds that the position does not name, shape (worlds,)."""
    rho: FloatArray
    """Correlation of latent willingness, shape (worlds,)."""

    @classmethod
    def of(cls, table: StanceTable, draw: Callable[[str, Quantity], FloatArray]) -> StanceDraws:
        """Sample a table. ``draw(path, quantity)`` gives a quantity's value in every world."""
        unmet = draw("stances.unmet", table.unmet)
        stances: dict[str, StanceDraw] = {}
        for name, stance in table.stances.items():
            place = f"stances.stances.{name}"
            yes = draw(f"{place}.yes", stance.yes)
            failed = unmet if stance.unmet is None else draw(f"{place}.unmet", stance.unmet)
            stances[name] = StanceDraw(
                yes=yes,
                unmet=np.minimum(failed, yes),
                abstains=draw(f"{place}.abstains", stance.abstains),
                conditional=stance.conditional,
            )
        return cls(stances, draw("stances.unnamed", table.unnamed), draw("stances.rho", table.rho))


def latest(positions: Iterable[Position], *, as_of: date) -> dict[Ballot, Position]:
    """For each actor and question the last position on or before a day.

    A date known to the month counts from the month's last day, since it may mean that day. Of
    two on one day the better attested counts, then the first in the alphabet of stances, so that
    the order of the file does not matter.
    """

    def rank(position: Position) -> tuple[date, int, str, tuple[str, ...]]:
        confidence = _ATTESTED[position.confidence]
        return (last_day(position.date), -confidence, position.stance, position.conditions)

    newest: dict[Ballot, Position] = {}
    for position in sorted(positions, key=rank):
        day = last_day(position.date)
        ballot = (position.actor, position.question)
        if day > as_of:
            continue
        held = newest.get(ballot)
        if held is None or last_day(held.date) < day:
            newest[ballot] = position
    return newest


def branches(
    ballot: Ballot, *, positions: Mapping[Ballot, Position], draws: StanceDraws
) -> tuple[FloatArray, FloatArray, FloatArray, tuple[str, ...]]:
    """A ballot's chance of a yes when its conditions hold and when one fails.

    Returns ``(met, unmet, abstains, conditions)``; the arrays have shape (worlds,). A stance
    that is conditional without naming a condition is mixed into ``met`` already.
    """
    position = positions.get(ballot)
    stance = draws.stances[position.stance if position else UNKNOWN]
    conditions = tuple(position.conditions) if position else ()
    met = stance.yes
    if stance.conditional and not conditions:
        met = draws.unnamed * stance.yes + (1 - draws.unnamed) * stance.unmet
    return met, stance.unmet if conditions else met, stance.abstains, conditions


def chances(
    ballots: Iterable[Ballot],
    *,
    positions: Mapping[Ballot, Position],
    draws: StanceDraws,
    conditions: Mapping[str, FloatArray],
) -> dict[Ballot, Chance]:
    """The chances of every ballot, in every world.

    Parameters
    ----------
    ballots
        The (actor, question) pairs to be cast.
    positions
        The position in force for each pair (see :func:`latest`); missing pairs are unknown.
    draws
        The stance table in every world.
    conditions
        For each condition its state in every world, shape (worlds,): 0 or 1 where it was drawn
        (see :func:`backstop.authority.condition.settle`), or a probability.
    """
    found: dict[Ballot, Chance] = {}
    for ballot in ballots:
        met, unmet, abstains, named = branches(ballot, positions=positions, draws=draws)
        yes = met
        if named:
            holds = np.prod([conditions[name] for name in named], axis=0)
            yes = holds * met + (1 - holds) * unmet
        found[ballot] = Chance(yes=yes, abstain=(1 - yes) * abstains)
    return found

"""Would it be tested, would it be honoured, how long would it hold: the answer."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.deterrence.convergence import Convergence
from backstop.deterrence.explain import Explanation
from backstop.futures.range import Range

FloatArray = npt.NDArray[np.float64]


class Named:
    """A record of parts, each of which is told under its own name."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        assert is_dataclass(self), "the parts are the fields of a dataclass"
        return {part.name: getattr(self, part.name).to_dict() for part in fields(self)}


@dataclass(frozen=True, slots=True)
class Opening(Named):
    """What the challenger does: ranges over worlds of P(comply), P(probe), P(attack)."""

    comply: Range
    probe: Range
    attack: Range


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter, given that the ceasefire stands at its start."""

    quarter: int
    """Its number, from 1."""
    ends_year: float
    """Year in which it ends."""
    opening: Opening
    """What the challenger does in it."""
    in_force: Range
    """Chance that the ceasefire still stands at its end."""
    causes: tuple[float, float, float]
    """Chance that it ends in it by an escalated probe, an attack or an accident."""

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        probe, attack, accident = self.causes
        return {
            "quarter": self.quarter,
            "ends_year": self.ends_year,
            **self.opening.to_dict(),
            "in_force": self.in_force.to_dict(),
            "ends": {"probe": probe, "attack": attack, "accident": accident},
        }


@dataclass(frozen=True, slots=True)
class Band:
    """Worlds whose rationality lies within bounds."""

    low: float
    high: float | None
    worlds: int
    survival: Range
    attack: Range

    @property
    def band(self) -> str:
        """In words."""
        if self.high is None:
            return f"{self.low:g} and above"
        return f"{self.low:g} to {self.high:g}" if self.low else f"below {self.high:g}"


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """What the same clock gives when choices are made at random (λ → 0, all utilities zero)."""

    opening: Opening
    survival: dict[str, Range]

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        survival = {year: span.to_dict() for year, span in self.survival.items()}
        return {"per_quarter": self.opening.to_dict(), "survival": survival}


@dataclass(frozen=True, slots=True)
class Losses(Named):
    """Expected over the horizon, wars that do not come counted as nothing."""

    taken: Range
    """Share of the prize that the challenger takes."""
    challenger: Range
    """Share of its force that the challenger loses."""
    protected: Range
    """Share of its force that the protected state loses."""
    guarantor: Range
    """Share of its force that the guarantor loses."""


@dataclass(frozen=True, slots=True)
class After(Named):
    """The second quarter's crisis, by what was seen in the first."""

    resolute: Range
    """What is believed: chance that the guarantor is of its most resolved type."""
    probe: Range
    """Chance that the challenger probes when it weighs its choice."""
    attack: Range
    """Chance that it attacks then."""
    honoured: Range
    """P(honoured | attack)."""


@dataclass(frozen=True, slots=True)
class Lesson(Named):
    """What the answer to a proven probe teaches about the guarantor, beside a quiet quarter.

    What is believed of the challenger is the same in all three.
    """

    quiet: After
    ignored: After
    answered: After


@dataclass(frozen=True, slots=True)
class TypeBelief:
    """What is believed of one type of challenger at the start."""

    type: int
    """Its number, from 0; the last is the most resolved."""
    prior: float
    """Its chance before anything is on record."""
    posterior: Range
    """Its chance after what is on record; the prior where nothing is."""

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {"type": self.type, "prior": self.prior, "posterior": self.posterior.to_dict()}


@dataclass(frozen=True, slots=True)
class Deterrence:
    """The answer of the deterrence stage, ranges over worlds."""

    horizon_years: float
    periods: tuple[Period, ...]
    """Every quarter."""
    per_quarter: Opening
    """The mean quarter of the horizon, given that the ceasefire stands."""
    survival: dict[str, Range]
    """Chance that the ceasefire stands after 1, 2, 5 and 10 years, as far as the horizon goes."""
    at_horizon: Range
    """The same at the end of the horizon."""
    survival_years: Range
    """Mean years that it stands within the horizon."""
    causes: dict[str, float]
    """Of all ends within the horizon, the share by each cause."""
    honoured_given_attack: Range
    """P(honoured | attack), weighed by when attacks come."""
    strength_given_attack: Range
    """Expected share of the sustained force that fights | attack, nobody where it reneges."""
    members: tuple[float, ...]
    """P(number of members | honoured), from none to all."""
    member_names: tuple[str, ...]
    """Who could come."""
    direct_combat: Range
    """Chance of direct combat between guarantor and challenger within the horizon."""
    losses: Losses
    """What is expected to be lost."""
    first_week_loss: Range | None
    """Guarantor's casualties in the first week, if it honours with all."""
    delay_days: Range | None
    """Days until the guarantor's decision."""
    by_rationality: tuple[Band, ...]
    """Survival by band of rationality."""
    band_years: float
    """Years that the bands' survival is for."""
    survived: FloatArray
    """The chance that it stands after so many years in each world, shape (worlds,)."""
    noise_floor: NoiseFloor
    """What random choice would give."""
    decision_days: Range
    """Days between two occasions on which the challenger weighs its choice."""
    convergence: Convergence
    """How many crises of all worlds and quarters were solved, and what the others can change."""
    multiple: float
    """Share of worlds where members' expectations or a quarter's game have several solutions."""
    challenger_types: tuple[TypeBelief, ...]
    """What is believed of the challenger at the start."""
    lesson: Lesson
    """What a first probe teaches."""
    explanation: Explanation
    """One world's first quarter, every utility and probability of it."""

    @property
    def converged(self) -> float:
        """Share of worlds and quarters solved to the tolerance."""
        return 1.0 - self.convergence.at_most

    def to_dict(self) -> dict[str, Any]:
        """The contract's object, with what a page needs besides."""
        years = f"survival_{self.band_years:g}y"
        bands = [
            {
                "band": band.band,
                "worlds": band.worlds,
                years: band.survival.to_dict(),
                "attack": band.attack.to_dict(),
            }
            for band in self.by_rationality
        ]
        return {
            "horizon_years": self.horizon_years,
            "per_quarter": self.per_quarter.to_dict(),
            "quarters": [period.to_dict() for period in self.periods],
            "survival": {year: span.to_dict() for year, span in self.survival.items()},
            "survival_at_horizon": self.at_horizon.to_dict(),
            "mean_years": self.survival_years.to_dict(),
            "causes": dict(self.causes),
            "honoured_given_attack": self.honoured_given_attack.to_dict(),
            "strength_given_attack": self.strength_given_attack.to_dict(),
            "members_given_honoured": list(self.members),
            "members": list(self.member_names),
            "direct_combat": self.direct_combat.to_dict(),
            "expected_losses": self.losses.to_dict(),
            "first_week_loss": _or_none(self.first_week_loss),
            "delay_days": _or_none(self.delay_days),
            "by_rationality": bands,
            "noise_floor": self.noise_floor.to_dict(),
            "decision_days": self.decision_days.to_dict(),
            "challenger_types": [belief.to_dict() for belief in self.challenger_types],
            "lesson": self.lesson.to_dict(),
            "converged": self.converged,
            "convergence": self.convergence.to_dict(),
            "multiple": self.multiple,
        }


def _or_none(span: Range | None) -> dict[str, float] | None:
    return None if span is None else span.to_dict()

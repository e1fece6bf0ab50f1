"""Would it be tested, and would it hold: campaign and crisis of a design, and their drivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.attack import Attack, attack
from backstop.assessment.coverage import Coverage
from backstop.assessment.crisis import Crisis, crisis
from backstop.assessment.drivers import Driver, Outcome, drivers
from backstop.assessment.finding import Finding
from backstop.assessment.stages import Run
from backstop.assessment.war_findings import campaign_findings, crisis_findings
from backstop.assessment.worlds import Futures, draw_war
from backstop.deterrence.baserates import base_rates
from backstop.futures import Place
from backstop.futures.figures import chance, number, percent, several, years
from backstop.futures.range import Range

Floats = NDArray[np.float64]

#: Worlds in which it is asked what moves the outcome of a war.
TRACED = 2048
#: Assumptions named for each outcome.
MOST_DRIVERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class War:
    """What the campaign and the deterrence stage say of a design; None where not assessed."""

    attack: Attack | None
    crisis: Crisis | None
    futures: Futures
    """The first of their worlds, with every quantity that they depend on."""
    campaign_drivers: tuple[Driver, ...]
    """The assumptions that move the ground lost."""
    crisis_drivers: tuple[Driver, ...]
    """The assumptions that move the survival of the ceasefire."""

    @classmethod
    def of(cls, run: Run, fought: Attack | None, played: Crisis | None) -> War:
        """Campaign, crisis or both, with what moves them."""
        futures = _futures(run, fought, played)
        return cls(
            fought, played, futures, _campaign_drivers(fought, futures), _crisis_drivers(played)
        )

    def campaign(self) -> dict[str, Any] | None:
        """The contract's ``campaign`` object."""
        return None if self.attack is None else self.attack.to_dict()

    def deterrence(self) -> dict[str, Any] | None:
        """The contract's ``deterrence`` object."""
        if self.crisis is None:
            return None
        return {
            **self.crisis.answer.to_dict(),
            "worlds": len(self.crisis.futures),
            "without_guarantee": self._bare(),
            "drivers": [driver.to_dict() for driver in self.crisis_drivers],
            "base_rates": base_rates(),
        }

    def _bare(self) -> dict[str, Any]:
        """The ceasefire with no guarantee, in the same futures, and what the design adds."""
        assert self.crisis is not None
        gain = f"gain_{self.crisis.answer.band_years:g}y"
        survival = {year: span.to_dict() for year, span in self.crisis.bare.survival.items()}
        return {
            "survival": survival,
            "per_quarter": self.crisis.bare.per_quarter.to_dict(),
            gain: Range.of(self.crisis.gain()).to_dict(),
        }

    def drivers(self) -> tuple[Driver, ...]:
        """What moves the war and the ceasefire."""
        return (*self.campaign_drivers, *self.crisis_drivers)

    def known(self, run: Run) -> Mapping[str, Place]:
        """Every quantity that the case depends on, those of the war included."""
        return {**run.futures.places, **self.futures.places}

    def findings(self, run: Run) -> Iterator[Finding]:
        """What a reader must not miss."""
        if self.attack is not None:
            yield from campaign_findings(run.case, self.attack)
        if self.crisis is not None:
            yield from crisis_findings(run.case, self.crisis)

    def verdict(self) -> str:
        """The answer in a clause or two."""
        said = []
        if self.attack is not None:
            day = self.attack.honoured.telling_day()
            held, alone = self.attack.held[str(day)], self.attack.held_alone[str(day)]
            said.append(
                f"If it is attacked, the line holds for {several(day, 'day')} with "
                f"{chance(held.to_dict())}, "
                f"without the guarantor with {percent(alone.mean)}."
            )
        if self.crisis is not None and "5" in self.crisis.answer.survival:
            stands = self.crisis.answer.survival["5"].to_dict()
            said.append(f"The ceasefire stands after five years with {chance(stands)}.")
        return " ".join(said)


def war(
    run: Run, coverage: Coverage | None, *, threads: int = 2, horizon_years: float = 10.0
) -> War | None:
    """Fight the campaign and play the crisis; None where the scenario says nothing of an attack."""
    main = run.case.scenario.file
    if main.campaign is None:
        return None
    fought = attack(run, coverage, threads=threads)
    played = None
    if main.deterrence is not None:
        played = crisis(run, coverage, horizon_years=horizon_years, threads=threads)
    return War.of(run, fought, played)


def _campaign_drivers(fought: Attack | None, futures: Futures) -> tuple[Driver, ...]:
    if fought is None:
        return ()
    lost = fought.honoured.area_lost_km2[: len(futures)].astype(np.float64)
    phrase = "the ground lost in an attack, in square kilometres,"
    outcome = Outcome("area_lost_km2", phrase, lost, number, heavy_tailed=True)
    return drivers(futures.uncertain(), outcomes=[outcome], most=MOST_DRIVERS)


def _crisis_drivers(played: Crisis | None) -> tuple[Driver, ...]:
    if played is None:
        return ()
    answer = played.answer
    phrase = f"the chance that the ceasefire stands after {years(answer.band_years)}"
    outcome = Outcome(f"survival_{answer.band_years:g}", phrase, answer.survived, percent)
    return drivers(
        played.futures.uncertain(), outcomes=[outcome], most=MOST_DRIVERS, least=MOST_DRIVERS
    )


def _futures(run: Run, fought: Attack | None, played: Crisis | None) -> Futures:
    """The first of the worlds that were fought in, with every quantity they depend on."""
    if fought is None:
        assert played is not None, "a campaign or a crisis is assessed"
        return played.futures
    return draw_war(run.case, run.futures, first=min(TRACED, len(fought.honoured)))

"""The stages of one case, each run once, in the order in which they need each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.concept import size_case
from backstop.assessment.coverage import Coverage, cover
from backstop.assessment.decisions import Decisions, decide
from backstop.assessment.statement import Calendar, Numbers, Statement, calendar_of, state
from backstop.assessment.supply import Supply, supplies
from backstop.assessment.worlds import Futures, draw
from backstop.scenario.scenario import Case
from backstop.sizing.requirement import Requirement

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A case with its futures drawn; every stage is computed when it is asked for."""

    case: Case
    futures: Futures
    calendar: Calendar
    supplies: tuple[Supply, ...]
    decisions: Decisions

    @classmethod
    def of(cls, case: Case, *, worlds: range, seed: int) -> Run:
        """Draw the futures of a case and decide who comes."""
        futures = draw(case, worlds=worlds, seed=seed)
        found = supplies(case, futures)
        decisions = decide(case, futures, supplies=found)
        return cls(case, futures, calendar_of(case, Numbers(futures)), found, decisions)

    def size(self, *, inverted: bool = False) -> Requirement:
        """How much force the concept takes; ``inverted`` fights a campaign whatever the regime."""
        return size_case(self.case, self.futures, calendar=self.calendar, inverted=inverted)

    def cover(self) -> Coverage:
        """How much of what is asked for gets filled, in every world."""
        return cover(
            self.case,
            self.futures,
            calendar=self.calendar,
            supplies=self.supplies,
            decisions=self.decisions,
        )

    def statement(self) -> Statement:
        """The planning case as a sourcing problem."""
        return state(
            self.case,
            Numbers(self.futures),
            supplies=self.supplies,
            willing=self.decisions.planning(),
            open_conditions=self.decisions.open_conditions(),
            lead_days=float(np.median(self.decisions.lead_days())),
        )

    def statement_in(self, world: int) -> Statement:
        """One world as a sourcing problem."""
        decided = self.decisions
        return state(
            self.case,
            Numbers(self.futures, world),
            supplies=self.supplies,
            willing={ballot for ballot, comes in decided.comes.items() if comes[world]},
            open_conditions={name for name, holds in decided.conditions.items() if holds[world]},
            lead_days=float(decided.lead_days()[world]),
        )

    def force_cost_usd_m_per_year(self, coverage: Coverage | None) -> Floats:
        """Extra cost a year of the units that are filled, shape (given worlds,)."""
        total = np.zeros(len(self.futures))
        capability = {r.id: r.capability for r in self.case.design.requirements}
        for line, filled in sorted(coverage.filled.items() if coverage else ()):
            price = self.futures[f"capabilities[{capability[line]}].cost_usd_m_per_unit_year"]
            total += filled.mean(axis=0) * price
        return total[coverage.given] if coverage else total

    def arms_cost_usd_m_per_year(self) -> Floats:
        """Value a year of the pipeline of arms and training, shape (worlds,)."""
        if self.case.design.arms is None:
            return np.zeros(len(self.futures))
        return 1000.0 * self.futures[f"designs[{self.case.design.id}].arms.usd_bn_per_year"]

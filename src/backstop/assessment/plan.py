"""The planning case solved: who serves where and when, what is short, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstop.assessment.coverage import Coverage
from backstop.assessment.finding import Finding
from backstop.assessment.stages import Run
from backstop.futures.range import Range


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard sourcing looks."""

    cost_rounds: int = 0
    """Rounds of looking for a cheaper plan; 0 leaves the first plan that is as full as can be."""
    critical: bool = False
    """Whether to solve again without each nation."""


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """The ``sourcing`` object, and what to say of it."""

    body: Mapping[str, Any]
    findings: tuple[Finding, ...]
    contributing_nations: int

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return dict(self.body)


def plan(run: Run, coverage: Coverage | None, *, effort: Effort) -> PlanAnswer:
    """Solve the planning case."""
    if coverage is None:
        return PlanAnswer({"lines": [], "rotations": []}, (), 0)
    statement = run.statement()
    overall = Range.of(coverage.overall()).to_dict()
    return PlanAnswer(
        {
            "coverage": overall,
            "lines": [
                {"id": r.id, "coverage": Range.of(coverage.of_line(r.id)).to_dict()}
                for r in run.case.design.requirements
            ],
            "rotations": [],
            "cost_usd_m_per_year": Range.of(run.cost_usd_m_per_year(coverage)).to_dict(),
            "pools": len(statement.problem.pools),
        },
        (),
        int(np.count_nonzero([c > 0.5 for c in run.decisions.chance.values()])),
    )

"""How far the quick flow overstates what a plan can fill, measured in worlds that stand for others.

The flow leaves out framework nations, national ceilings, lift, couplings, incompatible nations and
the fact that units are whole. The exact steady state is solved in the worlds at the 5th, 50th and
95th percentile of the flow; the ratio of the two scales the flow's range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backstop.assessment.coverage import Coverage
from backstop.assessment.stages import Run
from backstop.futures.range import Range
from backstop.sourcing.cyclic import sustain
from backstop.sourcing.plan import filled, plan_of
from backstop.sourcing.proof import Effort

PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True)
class Exactness:
    """The range of coverage with every rule in force."""

    coverage: Range
    ratio: float
    """Exact over flow in the middle world."""


def worlds_at(coverage: Coverage) -> tuple[int, ...]:
    """Places of the worlds at the percentiles of the flow's coverage; ties by place."""
    order = np.argsort(coverage.overall(), kind="stable")
    last = len(order) - 1
    return tuple(int(order[round(p / 100 * last)]) for p in PERCENTILES)


def exactness(run: Run, coverage: Coverage, *, worlds: Sequence[int], effort: Effort) -> Exactness:
    """Solve the steady state of each world exactly and scale the flow's range by what it shows."""
    ratios = [_ratio(run, coverage, world, effort) for world in worlds]
    flow = Range.of(coverage.overall())
    ends = sorted(r * end for r, end in zip(ratios, (flow.p05, flow.p50, flow.p95), strict=True))
    scaled = Range(ends[0], ends[1], ends[2], flow.mean * float(np.mean(ratios)))
    return Exactness(scaled, ratios[1])


def _ratio(run: Run, coverage: Coverage, world: int, effort: Effort) -> float:
    steady = sustain(run.statement_in(world).problem, effort=effort).staged
    problem = steady.programme.problem
    points = filled(plan_of(steady.programme, values=steady.values), problem=problem)
    exact = flow = 0.0
    for line in problem.lines:
        if not line.required[0]:
            continue
        people = float(coverage.weight[line.id][world])
        exact += people * float(np.mean([points[line.id, t] for t in range(problem.rotations)]))
        flow += people * line.required[0] * _lasting_share(coverage, line.id, world)
    return min(1.0, exact / flow) if flow > 0 else 1.0


def _lasting_share(coverage: Coverage, line: str, world: int) -> float:
    """The flow's share of a line in the last rotation that asks for it."""
    asked, filled_ = coverage.asked[line][:, world], coverage.filled[line][:, world]
    last = int(np.flatnonzero(asked)[-1]) if asked.any() else 0
    return float(filled_[last] / asked[last]) if asked[last] else 0.0

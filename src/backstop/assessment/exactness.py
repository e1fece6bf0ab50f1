"""How far the quick flow overstates what a plan can fill, measured in worlds that stand for others.

The flow leaves out national ceilings, lift, couplings, incompatible nations and the fact that units
are whole. The exact steady state is solved in five worlds: at the 5th and the
95th percentile of the flow, and at three around its middle, whose ratios are averaged. The ratios
scale the flow's range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.coverage import Coverage
from backstop.assessment.stages import Run
from backstop.futures.range import Range
from backstop.sourcing.cyclic import sustain
from backstop.sourcing.plan import filled, plan_of
from backstop.sourcing.proof import Effort

Floats = NDArray[np.float64]

#: Percentiles of the flow at which worlds are solved; the middle three stand for the median.
PERCENTILES = (5, 35, 50, 65, 95)
#: Nodes for one solve: the plan found by then may be a little short of the best, never over it.
NODES = 30


@dataclass(frozen=True, slots=True)
class Exactness:
    """Coverage with every rule in force."""

    coverage: Range
    """Of all tiers."""
    first_tier: Range
    """Of the first tier alone."""
    ratio: float
    """Exact over flow around the middle, all tiers."""


def worlds_at(coverage: Coverage) -> tuple[int, ...]:
    """Places of the worlds at the percentiles of the flow's coverage; ties by place."""
    order = np.flatnonzero(coverage.given)[np.argsort(coverage.overall(), kind="stable")]
    last = len(order) - 1
    return tuple(int(order[round(p / 100 * last)]) for p in PERCENTILES)


def exactness(run: Run, coverage: Coverage, *, worlds: Sequence[int]) -> Exactness:
    """Solve the steady state of each world exactly and scale the flow's range by what it shows."""
    ratios = [_ratios(run, coverage, world) for world in worlds]
    every, first = ([pair[i] for pair in ratios] for i in (0, 1))
    return Exactness(
        coverage=_scaled(coverage.overall(), every),
        first_tier=_scaled(coverage.overall(tier=1), first),
        ratio=float(np.mean(every[1:4])),
    )


def _scaled(flow: Floats, ratios: Sequence[float]) -> Range:
    span = Range.of(flow)
    middle = float(np.mean(ratios[1:4]))
    ends = sorted((ratios[0] * span.p05, middle * span.p50, ratios[-1] * span.p95))
    mean = span.mean * float(np.mean([ratios[0], middle, ratios[-1]]))
    return Range(p05=ends[0], p50=ends[1], p95=ends[2], mean=mean)


def _ratios(run: Run, coverage: Coverage, world: int) -> tuple[float, float]:
    """Exact over flow in one world, in people: of all tiers, and of the first."""
    # A missing framework nation is a fault of its own, not a unit short; and without its yearly
    # rule one turn of the dwell is the whole period.
    asked = replace(run.statement_in(world).problem, framework=None, rotation_months=12)
    steady = sustain(asked, effort=Effort(NODES)).staged
    problem = steady.programme.problem
    points = filled(plan_of(steady.programme, values=steady.values), problem=problem)
    exact, flow = np.zeros(2), np.zeros(2)
    for line in problem.lines:
        if not line.required[0]:
            continue
        # All lines count in the first place, those of the first tier in the second as well.
        counts = np.array([1.0, float(line.tier == 1)])
        people = float(coverage.weight[line.id][world])
        mean = sum(points[line.id, t] for t in range(problem.rotations)) / problem.rotations
        exact += counts * people * mean
        flow += counts * people * line.required[0] * _lasting_share(coverage, line.id, world)
    shares = [min(1.0, e / f) if f > 0 else 1.0 for e, f in zip(exact, flow, strict=True)]
    return shares[0], shares[1]


def _lasting_share(coverage: Coverage, line: str, world: int) -> float:
    """The flow's share of a line in the last rotation that asks for it."""
    asked, filled_ = coverage.asked[line][:, world], coverage.filled[line][:, world]
    last = int(np.flatnonzero(asked)[-1]) if asked.any() else 0
    return float(filled_[last] / asked[last]) if asked[last] else 0.0

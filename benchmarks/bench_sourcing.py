"""Sourcing on a generated conference: CPU seconds, proofs and peak memory, by seed.

    python benchmarks/bench_sourcing.py [SEED ...] [--peer]

The instance is ``sourcing_instance.instance``: 32 nations, about 200 pools, 20 lines, 12
half-year rotations at dwell 1:3 with caveats, caps, incompatibilities, priced lift, framework
shares and couplings. The named peer is the whole horizon model given to HiGHS at once, in one
solve a stage and stopped at 300 nodes, which is what a modelling layer would do.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from backstop.sourcing.cyclic import size, sustain
from backstop.sourcing.finish import lessen
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.plan import plan_of
from backstop.sourcing.polish import Search
from backstop.sourcing.problem import Problem
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.reason import explain
from backstop.sourcing.stages import fill
from backstop.sourcing.withdrawal import withdraw
from sourcing_instance import instance

T = TypeVar("T")


def timed(name: str, limit_s: float, work: Callable[[], T]) -> T:
    """Run, print the CPU seconds beside the target, and return the result."""
    begun = time.process_time()
    result = work()
    spent = time.process_time() - begun
    met = "met" if spent <= limit_s else "MISSED"
    print(f"  {name:<28}{spent:8.2f} CPU-s  target {limit_s:5.0f}  {met}", flush=True)
    return result


def words(proofs: tuple[Proof, ...]) -> str:
    """Return each stage as objective/bound."""
    return ", ".join(f"{p.stage} {p.objective}/{p.bound}" for p in proofs)


def measure(seed: int) -> None:
    """Time every question on one instance."""
    problem = instance(seed)
    programme = build(problem)
    print(
        f"seed {seed}: {len(problem.pools)} pools, {len(problem.lines)} lines, "
        f"{len(programme.model.names)} integers, {len(programme.model.rows)} rows"
    )
    effort = Effort()
    staged = timed("shortfall stages", 12, lambda: fill(build(problem), effort=effort))
    print("   ", words(staged.proofs))
    near = plan_of(staged.programme, values=staged.values)
    steady = timed("sustainable: after the plan", 1, lambda: sustain(problem, near=near))
    timed("sustainable: from nothing", 12, lambda: sustain(problem))
    print("   ", words(steady.staged.proofs))
    sizes = timed("sustainable: sizes", 1, lambda: size(problem))
    print(f"    {sizes}")
    reason = timed("named reason", 10, lambda: explain(problem))
    print("   ", reason.sentence if reason is not None else "nothing is short")
    objective = staged.programme.cost_objective()
    search = Search(2, effort.window_nodes)
    costed = timed("cost", 60, lambda: lessen(staged, "cost", objective, search))
    gap = costed.proofs[-1].gap
    print(f"    gap {100 * gap:.2f} %, target 1 %, {'met' if gap <= 0.01 else 'MISSED'}")
    signed = plan_of(staged.programme, values=costed.values)
    for nation in ("nation-03", "nation-12"):
        left = timed(
            f"withdrawal of {nation}", 15, partial(withdraw, problem, plan=signed, nation=nation)
        )
        print(f"    {left.lost} unit-rotations lost, {left.changed} changed; {words(left.proofs)}")


def peer(problem: Problem) -> None:
    """Time the peer: the whole horizon at once."""
    programme = build(problem)
    model: IntegerModel = programme.model.copy()
    start: tuple[int, ...] | None = None
    for tier in problem.tiers:
        objective = programme.tier_objective(tier)
        begun = time.process_time()
        answer = minimise(model, objective=objective, start=start, limits=Limits(300))
        spent = time.process_time() - begun
        print(f"  peer tier-{tier}: {answer.objective}/{answer.bound} in {spent:.1f} CPU-s")
        model.row(f"keep[{tier}]", group="stage", terms=objective.items(), upper=answer.objective)
        start = answer.values


def main() -> None:
    """Measure each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=[1, 2, 3])
    parser.add_argument("--peer", action="store_true")
    chosen = parser.parse_args()
    for seed in chosen.seeds:
        measure(seed)
        if chosen.peer:
            peer(instance(seed))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB (target 300)")


if __name__ == "__main__":
    main()

"""Sourcing on a generated conference: each target, what was measured, and a named peer.

    python benchmarks/bench_sourcing.py [SEED ...] [--peer]

The instance is ``sourcing_instance.instance``: 32 nations, about 200 pools, 20 lines, 12
half-year rotations at dwell 1:3 with caveats, caps, incompatibilities, priced lift, framework
shares and couplings. The named peer is SCIP through PySCIPOpt, given the same horizon model at
once, one solve a stage, and stopped after ``PEER_S`` CPU seconds each.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from backstop.sourcing.cyclic import size, sustain
from backstop.sourcing.finish import cheapen, late
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.plan import plan_of
from backstop.sourcing.problem import Problem
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.reason import explain
from backstop.sourcing.stages import Staged, fill
from backstop.sourcing.verify import _loaded
from backstop.sourcing.withdrawal import withdraw
from measure import word
from sourcing_instance import instance

T = TypeVar("T")

PEER_S = 60.0


def verdict(name: str, measured: float, target: float, unit: str, *, peer: str = "") -> None:
    """Print one row: what was measured, the target, and whether it is met."""
    met = word(measured <= target)
    print(f"  {name:<30}{measured:8.2f} {unit:<6} target {target:6.1f}  {met:<8}{peer}", flush=True)


def timed(name: str, limit_s: float, work: Callable[[], T], *, peer: str = "") -> T:
    """Run, print the CPU seconds beside the target, and return the result."""
    begun = time.process_time()
    result = work()
    verdict(name, time.process_time() - begun, limit_s, "CPU-s", peer=peer)
    return result


def words(proofs: tuple[Proof, ...]) -> str:
    """Return each stage as objective/bound."""
    return ", ".join(f"{p.stage} {p.objective}/{p.bound}" for p in proofs)


def measure(seed: int, *, with_peer: bool) -> None:
    """Time every question on one instance."""
    problem = instance(seed)
    programme = build(problem)
    print(
        f"seed {seed}: {len(problem.pools)} pools, {len(problem.lines)} lines, "
        f"{len(programme.model.names)} integers, {len(programme.model.rows)} rows"
    )
    effort = Effort()
    staged = fill_timed(problem, effort, with_peer=with_peer)
    near = plan_of(staged.programme, values=staged.values)
    steady = timed("sustainable: after the plan", 1, lambda: sustain(problem, near=near))
    timed("sustainable: from nothing", 12, lambda: sustain(problem))
    print("   ", words(steady.staged.proofs))
    sizes = timed("sustainable: sizes", 1, lambda: size(problem))
    print(f"    {sizes}")
    reason = timed("named reason", 10, lambda: explain(problem))
    print("   ", reason.sentence if reason is not None else "nothing is short")
    other = peer(staged.model, staged.programme.cost_objective()) if with_peer else ""
    costed = timed("cost", 60, lambda: cheapen(staged, effort=effort))
    verdict("cost: proven gap", 100 * costed.proofs[-1].gap, 1.0, "%", peer=other)
    print("   ", words(costed.proofs))
    # No target of its own: half of what cost may take keeps it from dominating.
    timed("unfairness and tie-break", 30, lambda: late(costed, rounds=effort.fair_rounds))
    signed = plan_of(staged.programme, values=costed.values)
    for nation in ("nation-03", "nation-12"):
        left = timed(
            f"withdrawal of {nation}", 15, partial(withdraw, problem, plan=signed, nation=nation)
        )
        print(f"    {left.lost} unit-rotations lost, {left.changed} changed; {words(left.proofs)}")


def fill_timed(problem: Problem, effort: Effort, *, with_peer: bool) -> Staged:
    """Time the shortfall stages, and the peer's first stage."""
    programme = build(problem)
    other = peer(programme.model, programme.tier_objective(1)) if with_peer else ""
    staged = timed("shortfall stages", 12, lambda: fill(build(problem), effort=effort), peer=other)
    print("   ", words(staged.proofs))
    return staged


def peer(model: IntegerModel, objective: Mapping[int, int]) -> str:
    """Solve one stage with SCIP and return its value, its bound and its CPU seconds."""
    solver, _ = _loaded(model, objective)
    solver.setParam("limits/time", PEER_S)
    solver.setParam("timing/clocktype", 1)
    solver.setParam("limits/gap", 0.01 if max(objective.values()) > 1000 else 0.0)
    begun = time.process_time()
    solver.optimize()
    spent = time.process_time() - begun
    worth = f"{solver.getObjVal():.0f}" if solver.getNSols() else "no plan"
    return f"SCIP: {worth}/{solver.getDualbound():.0f} in {spent:.1f} CPU-s"


def main() -> None:
    """Measure each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=[1, 2, 3])
    parser.add_argument("--peer", action="store_true")
    chosen = parser.parse_args()
    for seed in chosen.seeds:
        measure(seed, with_peer=chosen.peer)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict("peak memory, all seeds", peak, 300, "MB")


if __name__ == "__main__":
    main()

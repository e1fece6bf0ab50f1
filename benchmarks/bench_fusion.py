"""Candidate pairs and fusion, in CPU time: ``python benchmarks/bench_fusion.py``.

A million made records over four years, gathered around places along a line as news of a war is;
all pairs within 5 km and 3 days. Peer: SciPy's k-d tree in scaled space and time with a filter, on
the largest part of it that it can do in memory; both must find the same pairs. Then whole fusions
of records of which two in five are second reports of an act, with the peak of memory after each.

Exit status 1 when a budget is missed or the counts differ.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from backstop.watch.fusion import Fusion, Reports, Window, candidate_pairs, fuse, reports

RECORDS, YEARS, TOWNS, BUDGET_S, PEER_RECORDS = 1_000_000, 4, 300, 5.0, 100_000
FUSED_RECORDS, FUSED_BUDGET_S = (20_000, 200_000), 150.0


def made(count: int, *, days: float, streams: int = 4) -> Reports:
    """Records around towns near a line 1,000 km long, some towns far busier than others."""
    draw = np.random.default_rng(1)
    town = np.column_stack([draw.uniform(0, 1e6, TOWNS), draw.normal(0, 4e4, TOWNS)])
    busy = draw.pareto(1.6, TOWNS) + 0.2
    which = draw.choice(TOWNS, count, p=busy / busy.sum())
    place = town[which] + draw.normal(0, 3_000, (count, 2))
    return reports(
        key=[f"{number:07d}" for number in range(count)],
        x_m=place[:, 0],
        y_m=place[:, 1],
        start_day=draw.uniform(0, days, count),
        stream=draw.integers(0, streams, count),
        taxonomies={"kind": draw.integers(0, 8, (count, 1))},
    )


def reported_twice(count: int) -> Reports:
    """Records of three streams of acts in a strip of towns, as dense as a busy month's record."""
    draw = np.random.default_rng(2)
    acts = int(count / 1.65)
    towns = acts // 15
    home = np.column_stack([draw.uniform(0, 360 * towns, towns), draw.uniform(0, 1e6, towns)])
    where = home[draw.integers(0, towns, acts)] + draw.normal(0, 2_500, (acts, 2))
    when, kind = draw.uniform(0, 120, acts), draw.integers(0, 8, acts)
    seen, stream = np.nonzero(draw.random((acts, 3)) < (0.65, 0.55, 0.45))
    radius = np.array([300.0, 1_000.0, 2_000.0])[stream]
    place = where[seen] + draw.normal(0, 1, (seen.size, 2)) * radius[:, None] / 1.51
    other = draw.random(seen.size) < 0.1
    return reports(
        key=[f"{a:06d}/{s}" for a, s in zip(seen.tolist(), stream.tolist(), strict=True)],
        x_m=place[:, 0],
        y_m=place[:, 1],
        start_day=when[seen] + draw.normal(0, 0.2, seen.size),
        stream=stream,
        radius_m=radius,
        taxonomies={"kind": np.where(other, draw.integers(0, 8, seen.size), kind[seen])[:, None]},
    )


def cpu(call: Callable[[], object]) -> tuple[float, object]:
    """CPU seconds of a call, and what it gave."""
    begin = time.process_time()
    got = call()
    return time.process_time() - begin, got


def by_tree(found: Reports) -> int:
    """The same count by a k-d tree."""
    scaled = np.column_stack([found.x_m / 5_000, found.y_m / 5_000, found.start_day / 3])
    a, b = cKDTree(scaled).query_pairs(2**0.5 + 1e-9, output_type="ndarray").T
    near = np.hypot(found.x_m[a] - found.x_m[b], found.y_m[a] - found.y_m[b]) <= 5_000
    return int((near & (np.abs(found.start_day[a] - found.start_day[b]) <= 3)).sum())


def main() -> int:
    """Measure, print, judge."""
    candidate_pairs(made(1_000, days=10))
    whole = made(RECORDS, days=YEARS * 365.25)
    seconds, pairs = cpu(lambda: len(candidate_pairs(whole)))
    part = made(PEER_RECORDS, days=YEARS * 36.525)
    ours_s, ours = cpu(lambda: len(candidate_pairs(part)))
    peer_s, peer = cpu(lambda: by_tree(part))
    fused = [_fused(count) for count in FUSED_RECORDS]
    shown = {
        "records": RECORDS, "pairs": pairs, "cpu_s": round(seconds, 2), "budget_s": BUDGET_S,
        "peer": {"records": PEER_RECORDS, "pairs": ours, "ours_s": round(ours_s, 2),
                 "kd_tree_s": round(peer_s, 2), "same": ours == peer},
        "fuse": fused, "fuse_budget_s": FUSED_BUDGET_S,
    }  # fmt: skip
    print(json.dumps(shown, indent=1))
    in_time = seconds <= BUDGET_S and all(one["cpu_s"] <= FUSED_BUDGET_S for one in fused)
    return 0 if in_time and ours == peer else 1


def _fused(count: int) -> dict[str, float]:
    found = reported_twice(count)
    seconds, got = cpu(lambda: fuse(found, window=Window(10, 3)))
    assert isinstance(got, Fusion)
    return {
        "records": len(found),
        "pairs": got.parameters["candidate_pairs"],
        "cpu_s": round(seconds, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


if __name__ == "__main__":
    sys.exit(main())

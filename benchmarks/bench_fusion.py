"""Candidate pairs and fusion, in CPU time: ``python benchmarks/bench_fusion.py``.

A million made records over four years, gathered around places along a line as news of a war is;
all pairs within 5 km and 3 days. Peer: SciPy's k-d tree in scaled space and time with a filter, on
the largest part of it that it can do in memory; both must find the same pairs. Then a whole fusion.

Exit status 1 when the budget is missed or the counts differ.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from backstop.watch.fusion import Reports, candidate_pairs, fuse, reports

RECORDS, YEARS, TOWNS, BUDGET_S, PEER_RECORDS = 1_000_000, 4, 300, 5.0, 100_000
FUSED_RECORDS = 20_000


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
    fused = made(FUSED_RECORDS, days=YEARS * 36.525)
    fuse_s, fusion = cpu(lambda: fuse(fused).to_dict()["parameters"])
    shown = {
        "records": RECORDS, "pairs": pairs, "cpu_s": round(seconds, 2), "budget_s": BUDGET_S,
        "peer": {"records": PEER_RECORDS, "pairs": ours, "ours_s": round(ours_s, 2),
                 "kd_tree_s": round(peer_s, 2), "same": ours == peer},
        "fuse": {"records": FUSED_RECORDS, "cpu_s": round(fuse_s, 2),
                 "pairs": fusion["candidate_pairs"]},  # type: ignore[index]
    }  # fmt: skip
    print(json.dumps(shown, indent=1))
    return 0 if seconds <= BUDGET_S and ours == peer else 1


if __name__ == "__main__":
    sys.exit(main())

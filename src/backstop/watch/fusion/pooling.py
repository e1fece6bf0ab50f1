"""Ratios that never rise: neighbours that do are pooled (isotonic regression)."""

from __future__ import annotations

import numpy as np

from backstop.watch.fusion.reports import Floats


def falling(m: Floats, u: Floats) -> Floats:
    """``m`` with m / u made never to rise from one place to the next."""
    pools: list[tuple[float, float, int]] = []
    for like, unlike in zip(m, u, strict=True):
        pool = (float(like), float(unlike), 1)
        while pools and pools[-1][0] * pool[1] < pool[0] * pools[-1][1]:
            a, b, c = pools.pop()
            pool = (a + pool[0], b + pool[1], c + pool[2])
        pools.append(pool)
    ratio = np.repeat([a / b for a, b, _ in pools], [c for _, _, c in pools])
    return np.asarray(ratio * u)

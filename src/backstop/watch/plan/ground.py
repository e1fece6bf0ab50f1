"""Cut a drawn line into stretches of given proportions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

Point = tuple[float, float]


def cut(points: Sequence[Point], shares: Sequence[float]) -> tuple[tuple[Point, ...], ...]:
    """The parts of a line, end to end, whose lengths are to each other as the shares.

    Lengths are those on a sphere (haversine; Sinnott 1984), which is exact enough for proportions.
    """
    assert len(points) >= 2
    assert all(share > 0 for share in shares)
    reached = [0.0, *accumulate(_angle(a, b) for a, b in pairwise(points))]
    total = sum(shares)
    ends = [reached[-1] * sum(shares[: n + 1]) / total for n in range(len(shares))]
    ends[-1] = reached[-1]
    parts, start = [], 0.0
    for end in ends:
        inside = [p for p, at in zip(points, reached, strict=True) if start < at < end]
        parts.append((_at(points, reached, start), *inside, _at(points, reached, end)))
        start = end
    return tuple(parts)


def _at(points: Sequence[Point], reached: Sequence[float], where: float) -> Point:
    for number, (before, after) in enumerate(pairwise(reached)):
        if where <= after:
            part = (where - before) / (after - before) if after > before else 0.0
            (x1, y1), (x2, y2) = points[number], points[number + 1]
            return x1 + part * (x2 - x1), y1 + part * (y2 - y1)
    return points[-1]


def _angle(first: Point, second: Point) -> float:
    x1, y1, x2, y2 = map(math.radians, (*first, *second))
    rise, turn = math.sin((y2 - y1) / 2), math.sin((x2 - x1) / 2)
    return 2 * math.asin(min(1.0, math.sqrt(rise**2 + math.cos(y1) * math.cos(y2) * turn**2)))

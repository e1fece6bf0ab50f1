"""The map of a day in characters: where acts were, and how many along each part of the line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Json = Mapping[str, Any]

#: Characters across, and at most so many down; a character is about twice as high as wide.
COLUMNS, ROWS, ASPECT = 64, 20, 2.0
#: Parts that the line is cut into, of equal length.
PARTS = 8
_KM_PER_DEGREE = 111.195
_MARKS = {"denial": "x", "jamming": "~"}
_LINE, _BOTH = "·", "*"


def grid(found: Json) -> list[str]:
    """Rows of characters: a digit for acts in a cell, the line as dots; empty without places."""
    places = [(_middle(one), _MARKS.get(one["type"], "")) for one in found["shapes"]]
    if not places:
        return []
    west, east, south, north = _box([point for point, _ in places], found["line"])
    squeeze = max(0.05, math.cos(math.radians((south + north) / 2)))
    cell = max((east - west) * squeeze / COLUMNS, (north - south) / ROWS / ASPECT)
    across = max(1, math.ceil((east - west) * squeeze / cell))
    down = max(1, math.ceil((north - south) / cell / ASPECT))
    held = [[" "] * across for _ in range(down)]

    def at(x: float, y: float) -> tuple[int, int] | None:
        row, column = int((north - y) / cell / ASPECT), int((x - west) * squeeze / cell)
        return (row, column) if 0 <= row < down and 0 <= column < across else None

    for x, y in _along(found["line"], cell / 2):
        spot = at(x, y)
        if spot is not None:
            held[spot[0]][spot[1]] = _LINE
    counts: Counter[tuple[int, int]] = Counter()
    marks: dict[tuple[int, int], str] = {}
    for (x, y), mark in places:
        spot = at(x, y)
        assert spot is not None
        counts[spot] += not mark
        if mark:
            marks[spot] = mark
    for spot, mark in marks.items():
        held[spot[0]][spot[1]] = _BOTH if counts[spot] else mark
    for spot, n in counts.items():
        if n and spot not in marks:
            held[spot[0]][spot[1]] = str(n) if n < 10 else "#"
    width_km = across * cell * _KM_PER_DEGREE
    edge = "+" + "-" * across + "+"
    corner = f"{west:.1f}E {north:.1f}N, {width_km:.0f} km across; north is up"
    return [edge, *("|" + "".join(row) + "|" for row in held), edge, corner]


def legend(found: Json) -> str:
    """What the characters mean."""
    kinds = {one["type"] for one in found["shapes"]}
    parts = ["1-9 acts in a cell, # ten or more"]
    parts += [f"x {word}" for word in ["barred way"] if "denial" in kinds]
    parts += ["~ jamming"] if "jamming" in kinds else []
    parts += ["* acts and one of these"] if kinds & set(_MARKS) else []
    if found["line"]:
        parts.append(f"{_LINE} the line as drawn for {found['line_day']}")
    else:
        parts.append("no line of contact is known for this day")
    return "; ".join(parts) + ". A vague place stands at its middle."


def strip(found: Json) -> Iterator[tuple[str, str, str]]:
    """Acts by part of the line: from where to where, how many, and a bar. Nothing without a line.

    The line is cut into parts of about equal length; an act counts for the part it is nearest to.
    """
    points = list(_along(found["line"], 0.02))
    acts = [_middle(one) for one in found["shapes"] if one["type"] not in _MARKS]
    if not points or not acts:
        return
    size = math.ceil(len(points) / PARTS)
    squeeze = math.cos(math.radians(sum(y for _, y in points) / len(points)))
    counts: Counter[int] = Counter()
    for x, y in acts:
        near = min(
            range(len(points)),
            key=lambda n: ((points[n][0] - x) * squeeze) ** 2 + (points[n][1] - y) ** 2,
        )
        counts[near // size] += 1
    most = max(counts.values())
    for part in range(math.ceil(len(points) / size)):
        first, last = points[part * size], points[min(len(points) - 1, (part + 1) * size - 1)]
        n = counts[part]
        bar = "█" * max(1, round(20 * n / most)) if n else ""
        yield f"{_spot(first)} to {_spot(last)}", f"{n:,}", bar


def _spot(point: tuple[float, float]) -> str:
    return f"{point[0]:.2f}E {point[1]:.2f}N"


def _middle(one: Json) -> tuple[float, float]:
    if one["shape"] != "area":
        return float(one["longitude"]), float(one["latitude"])
    points = [point for ring in one["rings"] for point in ring]
    return (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )


def _box(
    places: Sequence[tuple[float, float]], line: Sequence[Sequence[Sequence[float]]]
) -> tuple[float, float, float, float]:
    """Around the places, and the part of the line that runs by them."""
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    pad = max(0.3, 0.15 * max(east - west, north - south))
    near = [
        (x, y)
        for part in line
        for x, y in part
        if west - 2 * pad <= x <= east + 2 * pad and south - 2 * pad <= y <= north + 2 * pad
    ]
    both = [*places, *near]
    west, east = min(x for x, _ in both) - pad / 4, max(x for x, _ in both) + pad / 4
    south, north = min(y for _, y in both) - pad / 4, max(y for _, y in both) + pad / 4
    # A tall and narrow map would be a few characters wide.
    squeeze = max(0.05, math.cos(math.radians((south + north) / 2)))
    more = max(0.0, (north - south) / squeeze - (east - west)) / 2
    return west - more, east + more, south, north


def _along(line: Sequence[Sequence[Sequence[float]]], step: float) -> Iterator[tuple[float, float]]:
    """Points along the pieces of a line, at most so many degrees apart."""
    for part in line:
        for (x, y), (to_x, to_y) in pairwise(part):
            pieces = max(1, math.ceil(math.hypot(to_x - x, to_y - y) / step))
            for n in range(pieces):
                yield x + (to_x - x) * n / pieces, y + (to_y - y) * n / pieces

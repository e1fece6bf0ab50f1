"""The map of a day as SVG: shapes in longitude and latitude on a plain grid, no borders."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

Json = Mapping[str, Any]

WIDTH, MARGIN = 760, 24
_METRES_PER_DEGREE = 111_195.0
_COLOUR = {"denial": "#8a5a00", "jamming": "#5b3a8a"}


@dataclass(frozen=True, slots=True)
class Frame:
    """Longitude and latitude to the page: equal distances at the middle latitude."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float

    def x(self, longitude: float) -> float:
        """Across, from the left."""
        return MARGIN + (longitude - self.west) * self.squeeze * self.scale

    def y(self, latitude: float) -> float:
        """Down, from the top."""
        return MARGIN + (self.north - latitude) * self.scale

    def length(self, metres: float) -> float:
        """Of a distance."""
        return metres / _METRES_PER_DEGREE * self.scale


def svg(found: Json) -> str:
    """The map; an empty text where there is none."""
    if found["none"]:
        return ""
    frame = frame_of(list(_points(found)))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {frame.height:.0f}" role="img" aria-label="Map of the day">',
        f'<rect width="{WIDTH}" height="{frame.height:.0f}" fill="#f4f5f2"/>',
        *_line(found, frame),
        *(_shape(one, frame) for one in found["shapes"]),
        *scale_bar(frame),
        "</svg>",
    ]
    return "\n".join(parts)


def _points(found: Json) -> Iterator[tuple[float, float]]:
    for one in found["shapes"]:
        if one["shape"] == "area":
            yield from ((x, y) for ring in one["rings"] for x, y, *_ in ring)
            continue
        x, y = one["longitude"], one["latitude"]
        up = (one["radius_m"] or 0.0) / _METRES_PER_DEGREE if one["shape"] == "circle" else 0.0
        aside = up / max(0.05, math.cos(math.radians(y)))
        yield from ((x - aside, y - up), (x + aside, y + up))


def frame_of(points: Sequence[tuple[float, float]]) -> Frame:
    """A frame around points, with some room."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    pad = max(0.1, 0.08 * max(east - west, north - south))
    west, east, south, north = west - pad, east + pad, south - pad, north + pad
    squeeze = max(0.05, math.cos(math.radians((south + north) / 2)))
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / ((east - west) * squeeze), 1.2 * inner / (north - south))
    return Frame(west, north, scale, squeeze, (north - south) * scale + 2 * MARGIN)


def _line(found: Json, frame: Frame) -> Iterator[str]:
    for part in found["line"]:
        points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in part)
        yield f'<polyline points="{points}" fill="none" stroke="#444" stroke-width="1.5"/>'


def _shape(one: Json, frame: Frame) -> str:
    colour = _COLOUR.get(one["type"], "#b3261e")
    title = f"<title>{escape(one['what'])} {escape(one['name'] or one['region'])}</title>"
    if one["shape"] == "area":
        rings = " ".join(
            "M" + " L".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y, *_ in ring) + "Z"
            for ring in one["rings"]
        )
        return (
            f'<path d="{rings}" fill="{colour}" fill-opacity="0.12" stroke="{colour}" '
            f'stroke-width="0.8" fill-rule="evenodd">{title}</path>'
        )
    x, y = frame.x(one["longitude"]), frame.y(one["latitude"])
    if one["shape"] == "circle":
        radius = max(4.0, frame.length(one["radius_m"]))
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" '
            f'fill-opacity="0.06" stroke="{colour}" stroke-dasharray="3 3">{title}</circle>'
        )
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}" fill-opacity="0.7">'
        f"{title}</circle>"
    )


def scale_bar(frame: Frame) -> Iterator[str]:
    """A bar of a round number of kilometres."""
    span = (WIDTH - 2 * MARGIN) / 4 / frame.scale * _METRES_PER_DEGREE / 1000
    km = 10 ** math.floor(math.log10(span))
    km *= next(step for step in (5, 2, 1) if step * km <= span)
    end = MARGIN + frame.length(km * 1000)
    y = frame.height - MARGIN / 2
    yield f'<path d="M{MARGIN},{y:.1f} H{end:.1f}" stroke="#222" stroke-width="2"/>'
    yield f'<text x="{end + 6:.1f}" y="{y + 4:.1f}" font-size="11" fill="#222">{km:g} km</text>'

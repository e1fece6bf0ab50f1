"""What the map of a day shows: places as uncertain as they are, and the line of contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from backstop.watch.export import geometry
from backstop.watch.line import LineSeries
from backstop.watch.record import Denial, Entry, Incident, Jamming, Observation

#: A place that is less certain than this is drawn as the circle it may lie in, without a point.
POINT_M = 5_000.0
#: Places that one map shows.
MOST = 2_000


def chart_of(records: Sequence[Entry], *, day: date, lines: LineSeries | None) -> dict[str, Any]:
    """Shapes in longitude and latitude; ``none`` says why there is no map, else it is empty."""
    fused = any(isinstance(one, Incident) for one in records)
    wanted = (Incident if fused else Observation, Denial, Jamming)
    meant = [one for one in records if isinstance(one, wanted)]
    shapes = [_shape(one) for one in meant]
    shown = [shape for shape in shapes if shape is not None]
    line, vintage = _line(lines, day)
    reason = "" if shown else "no record of this day has coordinates"
    return {
        "none": reason,
        "shapes": shown[:MOST],
        "left_out": max(0, len(shown) - MOST),
        "without_place": len(shapes) - len(shown),
        "line": line,
        "line_day": vintage,
        "note": (
            "The map draws places and the line of contact only, no borders. Acts are red, barred "
            "ways brown, jamming violet. A circle holds the place with probability 0.68; a sector "
            "is what an observer stated."
        ),
    }


def _shape(record: Entry) -> dict[str, Any] | None:
    place = record.place
    about = {
        "type": record.record_type,
        "what": record.act.kind
        if isinstance(record, Observation | Incident)
        else record.record_type,
        "name": place.name,
        "region": place.region,
    }
    drawn = geometry(place)
    if drawn is None or place.longitude is None:
        return None
    if drawn["type"] == "Point":
        vague = place.radius_m is not None and place.radius_m > POINT_M
        return {
            **about,
            "shape": "circle" if vague else "point",
            "longitude": place.longitude,
            "latitude": place.latitude,
            "radius_m": place.radius_m,
        }
    parts = drawn["coordinates"] if drawn["type"] == "MultiPolygon" else [drawn["coordinates"]]
    return {**about, "shape": "area", "rings": [ring for part in parts for ring in part]}


def _line(lines: LineSeries | None, day: date) -> tuple[list[list[list[float]]], str | None]:
    """The line as it ran on the day; nothing where none was drawn yet."""
    if lines is None:
        return [], None
    number = int(lines.vintage_of(np.array([day.toordinal()], np.int64))[0])
    if number < 0:
        return [], None
    vintage = lines.vintages[number]
    parts = [[[round(float(x), 5), round(float(y), 5)] for x, y in part] for part in vintage.parts]
    return parts, str(vintage.day)

"""The line that a scenario draws, as geometry for an agreement's zones."""

from __future__ import annotations

import numpy as np

from backstop.errors import NotFound
from backstop.scenario.dates import last_day
from backstop.scenario.geometry import Lines
from backstop.scenario.ident import did_you_mean
from backstop.watch.line import LineSeries, Vintage


def scenario_line(lines: Lines, *, name: str) -> LineSeries:
    """A line of ``line.geojson`` with each day it is drawn for.

    Where the file gives a month or a year, its last day is taken, so that no record is measured
    against a line of later.

    Raises
    ------
    NotFound
        When the scenario draws no line of that id.
    """
    drawn = [one for one in lines.features if one.properties.id == name]
    if not drawn:
        known = sorted({one.properties.id for one in lines.features})
        raise NotFound(f"the scenario draws no line {name[:60]!r}{did_you_mean(name, known)}")
    parts: dict[str, list[np.ndarray]] = {}
    for one in drawn:
        points = np.array(one.geometry.coordinates, dtype=np.float64)
        parts.setdefault(one.properties.date, []).append(points)
    return LineSeries(name, [Vintage(last_day(day), tuple(held)) for day, held in parts.items()])

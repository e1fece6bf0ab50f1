"""Lines for an agreement's zones: those that come with the package, and a scenario's own."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from backstop.errors import NotFound
from backstop.scenario.dates import last_day
from backstop.scenario.files import shipped_text
from backstop.scenario.geometry import Lines
from backstop.scenario.ident import did_you_mean
from backstop.watch.adapters.lines import vintages_of
from backstop.watch.line import LineSeries, Vintage

#: The drawings that come with the package; each file says its sources, period and error.
DRAWINGS = ("donbas-2014-09-19", "donbas-2015")


@cache
def shipped_line(name: str) -> LineSeries:
    """A drawing that comes with the package.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    if name not in DRAWINGS:
        listed = ", ".join(DRAWINGS)
        known = f"{did_you_mean(name, DRAWINGS)}; there are {listed}"
        raise NotFound(f"no drawing {name[:60]!r} comes with the package{known}")
    text = shipped_text("watch", "lines", f"{name}.geojson")
    return LineSeries(name, vintages_of(json.loads(text), name=name))


def joined(name: str, own: LineSeries, shipped: LineSeries) -> LineSeries:
    """One line of both drawings; on a day that both draw the mission's own holds.

    A shipped drawing ends where the mission's own next begins.
    """
    days = {one.day for one in own.vintages}
    return LineSeries(
        name, [*own.vintages, *(one for one in shipped.vintages if one.day not in days)]
    )


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
    off: dict[str, float] = {}
    for one in drawn:
        stated = one.properties.uncertainty_km
        if stated is not None:
            off[one.properties.date] = max(stated, off.get(one.properties.date, 0.0))
        points = np.array(one.geometry.coordinates, dtype=np.float64)
        parts.setdefault(one.properties.date, []).append(points)
    return LineSeries(
        name,
        [
            Vintage(last_day(day), tuple(held), uncertainty_km=off.get(day))
            for day, held in parts.items()
        ],
    )

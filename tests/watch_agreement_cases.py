"""Lines, agreements and records that the tests of agreement and classification share."""

from __future__ import annotations

from datetime import date

import numpy as np
from pyproj import Geod

from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors
from backstop.watch.agreement import read_agreement
from backstop.watch.line import LineSeries, Vintage
from backstop.watch.moment import days
from backstop.watch.place import Place
from watch_cases import observation

EARTH = Geod(ellps="WGS84")
DAY = date(2021, 3, 26)
#: Latitudes of two made lines that run due east at longitudes 36 to 41.
ACTUAL, FROZEN = 48.2, 48.0

#: A small agreement: one band of 50 km, one actor, one period; ``{}`` is replaced.
MODEL = """
id = "test"
version = 3
title = "Test"
summary = "Made for tests."
concluded = "2021-01-01"
in_force_from = 2021-01-01T00:00:00+02:00
in_force_until = 2022-01-01T00:00:00+02:00
parties = [{{ id = "north", title = "North", names = ["N"] }}, {{ id = "south", title = "South" }}]

[[lines]]
id = "actual"
title = "line"
most_stale_days = 90

[[zones]]
id = "band"
title = "zone"
line = "actual"
{zone}

[[clauses]]
id = "guns"
text = "point 1"
paraphrase = "No guns."
acts = ["weapon_outside_storage"]
zone = "band"
{clause}

[[sources]]
id = "made"
title = "Made"
publisher = "Test"
date = "2021"
language = "en"
"""


def model(zone="width_km = 50", clause="", **kinds):
    """The small agreement, with changes."""
    return read_agreement(MODEL.format(zone=zone, clause=clause, **kinds), file="test.toml")


def straight(day: str, latitude: float, beyond=None) -> Vintage:
    """A line along a parallel."""
    points = np.column_stack([np.linspace(36.0, 41.0, 51), np.full(51, latitude)])
    return Vintage(date.fromisoformat(day), (points,), beyond)


def lines(day: str = "2021-03-20", **more):
    """The actual line and that of 19 September 2014, 22 km apart."""
    return {
        "actual": LineSeries("actual", [straight(day, ACTUAL)]),
        "line-2014-09-19": LineSeries("frozen", [straight("2014-09-19", FROZEN)]),
        **more,
    }


def one_line():
    """The actual line alone."""
    return {"actual": lines()["actual"]}


def north_of(latitude: float, km: float, radius_m: float = 50.0) -> Place:
    """A point so far north of a parallel, on longitude 38.5."""
    _, there, _ = EARTH.fwd(38.5, latitude, 0.0, km * 1000)
    return Place(38.5, there, radius_m, "gps")


def weapon(km: float, *, kind="weapon_outside_storage", radius_m=50.0, by=(), day=DAY, **act):
    """A weapon seen so far north of the actual line."""
    return observation(
        occurred=days(day, day, "Europe/Kyiv"),
        place=north_of(ACTUAL, km, radius_m),
        act=Act(kind, **act),
        actors=Actors(involved=by),
    )


def rounds(n: int, kind="explosion", **changes):
    """So many rounds in one observation."""
    return observation(act=Act(kind, count=Count(n, "rounds@1")), **changes)

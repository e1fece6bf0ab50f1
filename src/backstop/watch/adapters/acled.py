"""ACLED export: one event a row.

Columns and codes after ACLED, "Codebook" (2024) and "Guide to 2023 ACLED column changes". The
data may not be passed on, so that no real file stands behind the tests: theirs is made from the
codebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import Actors
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import day_of, moment_of_days, point, tidy, whole
from backstop.watch.crosswalk import meaning_of, radius_m
from backstop.watch.moment import Moment
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import SOURCE_EVENT

SOURCE = "acled"
_ONE = Count(1, SOURCE_EVENT)
_KEPT = (
    "disorder_type", "event_type", "sub_event_type", "inter1", "inter2", "interaction",
    "civilian_targeting", "iso", "admin2", "time_precision", "source", "source_scale", "tags",
)  # fmt: skip
#: Days to either side of the date given, by ``time_precision``: the day, the week, the month.
_REACH = {"1": 0, "2": 3, "3": 15}
_CLAIM = {"1": "day", "2": "week", "3": "month"}


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    event, when, certain = at["event_id_cnty"], at["event_date"], at["time_precision"]
    sub, one, two = at["sub_event_type"], at["actor1"], at["actor2"]
    east, north, precise = at["longitude"], at["latitude"], at["geo_precision"]
    location, region, dead, notes = at["location"], at["admin1"], at["fatalities"], at["notes"]
    kept = [(name, at.first(name)) for name in _KEPT if at.first(name) >= 0]

    def read(cells: list[str]) -> Sequence[Observation]:
        longitude, latitude = point(cells[east], cells[north])
        place = Place(
            longitude,
            latitude,
            radius_m("acled", cells[precise]),
            "gazetteer",
            f"acled:geo_precision={cells[precise].strip()}",
            name=tidy(cells[location]),
            region=tidy(cells[region]),
        )
        killed = whole(cells[dead] or "0", "fatalities")
        meaning = meaning_of("acled", cells[sub])
        return (
            Observation(
                source=setting.source or SOURCE,
                source_record_id=cells[event].strip(),
                occurred=_occurred(cells[when], cells[certain], setting),
                place=place,
                text=tidy(cells[notes]),
                codes=tuple([(name, cells[here]) for name, here in kept if cells[here]]),
                notes=setting.check_place(place),
                act=Act(
                    meaning.kind,
                    meaning.detail,
                    _ONE,
                    meaning.weapon_class,
                    # ACLED gives one number of dead without a range.
                    casualties=Casualties(killed=Figure(killed, killed, killed)),
                ),
                means="compiled",
                # The order of the actors says nothing about who attacked.
                actors=Actors(tuple(filter(None, (tidy(cells[one]), tidy(cells[two]))))),
            ),
        )

    return read


def _occurred(text: str, precision: str, setting: Setting) -> Moment:
    middle = day_of(text, setting)
    if precision.strip() not in _REACH:
        raise ValueError(f"time_precision {precision[:20]!r} is not 1, 2 or 3")
    reach = timedelta(days=_REACH[precision.strip()])
    return moment_of_days(middle - reach, middle + reach, setting, _CLAIM[precision.strip()])


ACLED = Adapter(
    name="acled",
    title="ACLED export (CSV)",
    version=1,
    needs=frozenset({"event_id_cnty", "event_date", "sub_event_type", "geo_precision", "actor1"}),
    dates=("event_date",),
    cells=_reader,
)

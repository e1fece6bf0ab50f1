"""The layout of the ``meltt`` sets: data set, event, date, end date, place, taxonomies.

Donnay, Dunford, McGrath, Backer and Cunningham (2019), "Integrating Conflict Event Data", Journal
of Conflict Resolution 63(5). Every further column is a taxonomy, and its cell a base category.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from backstop.watch.act import Act, Count
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import day_of, moment_of_days, point
from backstop.watch.moment import Moment
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import SOURCE_EVENT

_OWN = {"dataset", "event", "date", "enddate", "latitude", "longitude"}
_EVENT = Act("other", count=Count(1, SOURCE_EVENT))


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    dataset, event, start, end = at["dataset"], at["event"], at["date"], at.first("enddate")
    east, north = at["longitude"], at["latitude"]
    levels = [(name, place) for place, name in enumerate(columns) if name and name not in _OWN]
    when = lru_cache(maxsize=4_096)(partial(_occurred, setting))

    def read(cells: list[str]) -> Sequence[Observation]:
        longitude, latitude = point(cells[east], cells[north])
        place = Place(longitude, latitude, method="stated")
        return (
            Observation(
                source=cells[dataset].strip(),
                source_record_id=cells[event].strip(),
                occurred=when(cells[start], cells[end] if end >= 0 else ""),
                place=place,
                taxonomy=tuple([(name, (cells[here].strip(),)) for name, here in levels]),
                notes=setting.check_place(place),
                act=_EVENT,
                means="compiled",
            ),
        )

    return read


def _occurred(setting: Setting, start: str, end: str) -> Moment:
    first = day_of(start, setting)
    return moment_of_days(first, day_of(end, setting) if end.strip() else first, setting)


MELTT = Adapter(
    name="meltt",
    title="meltt layout (CSV)",
    version=1,
    needs=frozenset({"dataset", "event", "date", "latitude", "longitude"}),
    dates=("date", "enddate"),
    cells=_reader,
)

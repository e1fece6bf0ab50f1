"""The layout of the ``meltt`` sets: data set, event, date, end date, place, taxonomies.

Donnay, Dunford, McGrath, Backer and Cunningham (2019), "Integrating Conflict Event Data", Journal
of Conflict Resolution 63(5). Every further column is a taxonomy, and its cell a base category.
"""

from __future__ import annotations

from collections.abc import Sequence

from backstop.watch.act import Act, Count
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import day_of, moment_of_days, point
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import SOURCE_EVENT

_OWN = {"dataset", "event", "date", "enddate", "latitude", "longitude"}
_ONE = Count(1, SOURCE_EVENT)


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    dataset, event, start, end = at["dataset"], at["event"], at["date"], at.first("enddate")
    east, north = at["longitude"], at["latitude"]
    levels = [(name, place) for place, name in enumerate(columns) if name and name not in _OWN]

    def read(cells: list[str]) -> Sequence[Observation]:
        longitude, latitude = point(cells[east], cells[north])
        place = Place(longitude, latitude, method="stated")
        first = day_of(cells[start], setting)
        last = day_of(cells[end], setting) if end >= 0 and cells[end].strip() else first
        return (
            Observation(
                source=cells[dataset].strip(),
                source_record_id=cells[event].strip(),
                occurred=moment_of_days(first, last, setting),
                place=place,
                taxonomy=tuple([(name, (cells[here].strip(),)) for name, here in levels]),
                notes=setting.check_place(place),
                act=Act("other", count=_ONE),
                means="compiled",
            ),
        )

    return read


MELTT = Adapter(
    name="meltt",
    title="meltt layout (CSV)",
    version=1,
    needs=frozenset({"dataset", "event", "date", "latitude", "longitude"}),
    dates=("date", "enddate"),
    cells=_reader,
)

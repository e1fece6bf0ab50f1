"""ACLED export: one event a row.

Columns and codes after ACLED, "Codebook" (2024) and "Guide to 2023 ACLED column changes". The
data may not be passed on, so that no real file stands behind the tests: theirs is made from the
codebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache, partial
from operator import itemgetter

from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import Actors
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import coded_place, day_of, moment_of_days, tidy, whole
from backstop.watch.crosswalk import meaning_of
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
    event, told, source = at["event_id_cnty"], at["notes"], setting.source or SOURCE
    dated = itemgetter(at["event_date"], at["time_precision"])
    placed = itemgetter(
        *(at[n] for n in ("longitude", "latitude", "geo_precision", "location", "admin1"))
    )
    done, fought = (
        itemgetter(at["sub_event_type"], at["fatalities"]),
        itemgetter(at["actor1"], at["actor2"]),
    )
    kept = [(name, at.first(name)) for name in _KEPT if at.first(name) >= 0]
    # Days, places, acts and actors recur from row to row.
    when = lru_cache(maxsize=4_096)(partial(_occurred, setting))
    where = lru_cache(maxsize=4_096)(partial(_place, setting))

    def read(cells: list[str]) -> Sequence[Observation]:
        place, notes = where(*placed(cells))
        return (
            Observation(
                source=source,
                source_record_id=cells[event].strip(),
                occurred=when(*dated(cells)),
                place=place,
                text=tidy(cells[told]),
                codes=tuple([(name, cells[here]) for name, here in kept if cells[here]]),
                notes=notes,
                act=_act(*done(cells)),
                means="compiled",
                actors=_actors(*fought(cells)),
            ),
        )

    return read


def _place(
    setting: Setting, east: str, north: str, precision: str, name: str, region: str
) -> tuple[Place, tuple[str, ...]]:
    return coded_place(
        setting,
        east,
        north,
        scheme="acled",
        precision=precision,
        basis=f"acled:geo_precision={precision.strip()}",
        name=name,
        region=region,
    )


@lru_cache(maxsize=4_096)
def _act(sub_event: str, fatalities: str) -> Act:
    killed = whole(fatalities or "0", "fatalities")
    meaning = meaning_of("acled", sub_event)
    # ACLED gives one number of dead without a range.
    casualties = Casualties(killed=Figure(killed, killed, killed))
    return Act(meaning.kind, meaning.detail, _ONE, meaning.weapon_class, casualties=casualties)


@lru_cache(maxsize=4_096)
def _actors(one: str, two: str) -> Actors:
    """Who took part; the order of the actors says nothing about who attacked."""
    return Actors(tuple(filter(None, (tidy(one), tidy(two)))))


def _occurred(setting: Setting, text: str, precision: str) -> Moment:
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

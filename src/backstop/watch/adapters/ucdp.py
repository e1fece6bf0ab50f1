"""UCDP Georeferenced Event Dataset, final and candidate: one lethal event a row.

Columns and codes after Sundberg and Melander (2013) and Högbladh (2022), "UCDP GED Codebook
version 22.1"; the candidate set after Hegre and others (2020). Both number events alike, so a
final event is a revision of its candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from operator import itemgetter

from backstop.watch.act import Act, Casualties, Count, Figure
from backstop.watch.actors import Actors
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import coded_place, day_of, tidy, whole
from backstop.watch.crosswalk import meaning_of
from backstop.watch.moment import Moment, days
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import LETHAL_EVENT

SOURCE = "ucdp-ged"
_ONE = Count(1, LETHAL_EVENT)
#: ``date_prec``: 1 the day, 2 two to six days, 3 the week, 4 up to 30 days or the month, 5 longer.
_PRECISION = {"2": "interval", "3": "week", "4": "month", "5": "year"}
_PLACE = ("where_coordinates", "adm_1")
_DEATHS = (
    "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "low", "high",
)  # fmt: skip
_KEPT = (
    "conflict_new_id", "dyad_new_id", "type_of_violence", "event_clarity", "date_prec",
    "code_status", "number_of_sources", "adm_2", "priogrid_gid", "gwnoa",
)  # fmt: skip

_Notes = tuple[str, ...]


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    event, source = at["id"], setting.source or SOURCE
    words, headline = at.first("where_description"), at.first("source_headline")
    kept = [(name, at.first(name)) for name in _KEPT if at.first(name) >= 0]
    dated = itemgetter(at["date_start"], at["date_end"], at["date_prec"])
    placed = itemgetter(*(at[n] for n in ("longitude", "latitude", "where_prec", *_PLACE)))
    fought = itemgetter(*(at[n] for n in ("type_of_violence", "side_a", "side_b", *_DEATHS)))
    # Days, places and small numbers of dead recur from row to row.
    when = lru_cache(maxsize=4_096)(partial(_occurred, setting))
    where = lru_cache(maxsize=4_096)(partial(_place, setting))
    what = lru_cache(maxsize=4_096)(_act)

    def read(cells: list[str]) -> Sequence[Observation]:
        place, notes = where(*placed(cells))
        act, actors, doubts = what(*fought(cells))
        told = (cells[words] if words >= 0 else "", cells[headline] if headline >= 0 else "")
        return (
            Observation(
                source=source,
                source_record_id=cells[event].strip(),
                occurred=when(*dated(cells)),
                place=place,
                text="\n".join(filter(None, map(tidy, told))),
                codes=tuple([(name, cells[one]) for name, one in kept if cells[one]]),
                notes=notes + doubts,
                act=act,
                means="compiled",
                actors=actors,
            ),
        )

    return read


def _occurred(setting: Setting, start: str, end: str, precision: str) -> Moment:
    first = day_of(start, setting)
    last = day_of(end, setting) if end else first
    claim = _PRECISION.get(precision, "") if last > first else ""
    moment = days(first, last, setting.zone, claim)
    setting.check_time(moment)
    return moment


def _place(
    setting: Setting, east: str, north: str, precision: str, name: str, region: str
) -> tuple[Place, tuple[str, ...]]:
    return coded_place(
        setting,
        east,
        north,
        scheme="ucdp",
        precision=precision,
        basis=f"ucdp:where_prec={precision}",
        name=name,
        region=region,
    )


def _act(violence: str, side_a: str, side_b: str, *deaths: str) -> tuple[Act, Actors, _Notes]:
    """Act, parties, and what had to be interpreted; deaths in the order of ``_DEATHS``."""
    by_a, by_b, civilians, unknown, best, low, high = _numbers(deaths)
    killed, notes = _figure(best, low, high)
    actors = _parties(side_a, side_b)
    first, second = actors.involved
    # Two factions of one name are one name with the dead of both.
    by_party = ((first, by_a + by_b),) if first == second else ((first, by_a), (second, by_b))
    casualties = Casualties(killed, None, civilians, by_party, unknown)
    kind = meaning_of("ucdp", violence).kind
    return Act(kind, "", _ONE, casualties=casualties), actors, notes


def _numbers(deaths: tuple[str, ...]) -> Iterable[int]:
    try:
        return list(map(int, deaths))
    except ValueError:
        return [whole(text or "0", "deaths") for text in deaths]


@lru_cache(maxsize=4096)
def _parties(side_a: str, side_b: str) -> Actors:
    return Actors((tidy(side_a), tidy(side_b)))


def _figure(best: int, low: int, high: int) -> tuple[Figure, _Notes]:
    """The range of deaths; some rows give a best estimate outside their own range."""
    figure = Figure(best, min(best, low, high), max(best, low, high))
    if low <= best <= high:
        return figure, ()
    return figure, (f"deaths given as low {low}, best {best}, high {high}; range widened",)


UCDP = Adapter(
    name="ucdp",
    title="UCDP GED and GED candidate (CSV)",
    version=1,
    needs=frozenset({"id", "type_of_violence", "where_prec", "date_prec", "date_start", "best"}),
    dates=("date_start", "date_end"),
    cells=_reader,
)

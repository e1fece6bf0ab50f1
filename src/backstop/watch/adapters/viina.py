"""VIINA: news reports on the war in Ukraine, classified by machine, and their one-a-day events.

Zhukov and Ayers (2023), "VIINA 2.0". A label that is empty was not made for that year: it is left
out, never read as "no". Counts must not be compared across years, because outlets come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from operator import itemgetter

from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors, Allegation
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import day_of, moment_of_days, point, tidy
from backstop.watch.adapters.viina_labels import Labels
from backstop.watch.crosswalk import Meaning, radius_m
from backstop.watch.moment import Moment, between, zone_of
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import NEWS_EVENT_A_DAY, SOURCE_EVENT

SOURCE = "viina"
#: VIINA's dates and times are those of Kyiv.
_ZONE = "Europe/Kyiv"
_KEPT = (
    "n_reports", "event_ids", "event_ids_matching", "sources_matching", "source", "report_id",
    "target_classes", "attack_terms", "GEO_PRECISION", "GEO_API", "feature_code",
    "location_bucket", "url",
)  # fmt: skip
_PLACE = (("GEO_PRECISION",), ("geonameid",), ("asciiname", "address"), ("ADM1_NAME",))


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    daily = at.first("event_id_1pd") >= 0
    number, when = at["event_id_1pd" if daily else "event_id"], at["date"]
    source = setting.source or (SOURCE if daily else f"{SOURCE}-reports")
    count = Count(1, NEWS_EVENT_A_DAY if daily else SOURCE_EVENT)
    clock, stream, language = _cell(at, "time"), _cell(at, "source"), _cell(at, "lang")
    told, attacked = _cell(at, "representative_text", "text"), _cell(at, "attack_terms")
    spot = itemgetter(at["longitude"], at["latitude"])
    about = [_cell(at, *names) for names in _PLACE]
    kept = [(name, at.first(name)) for name in _KEPT if at.first(name) >= 0]
    labels = Labels(columns)
    # Times and places recur from row to row.
    occurred = lru_cache(maxsize=4_096)(partial(_occurred, setting))
    where = lru_cache(maxsize=4_096)(partial(_place, setting))

    def read(cells: list[str]) -> Sequence[Observation]:
        event, day, said = cells[number].strip(), cells[when], labels.texts(cells)
        if not event:
            raise ValueError("the event has no id")
        moment = occurred(day, clock(cells))
        place, notes = where(*spot(cells), *[name(cells) for name in about])
        return (
            Observation(
                source=source,
                # Numbers begin anew every year.
                source_record_id=f"{day[:4]}-{event}",
                stream=stream(cells),
                occurred=moment,
                place=place,
                text=tidy(told(cells)),
                language=language(cells),
                codes=(
                    *[(name, cells[here]) for name, here in kept if cells[here]],
                    *labels.made(said),
                ),
                notes=notes,
                act=_act(labels.sharpest(said), attacked(cells) != "", count),
                means="media",
                actors=_actors(*labels.parties(said)),
            ),
        )

    return read


def _cell(at: Columns, *names: str) -> Callable[[Sequence[str]], str]:
    """The getter of a cell; of several columns the first that says something."""
    places = [at.first(name) for name in names if at.first(name) >= 0]
    if len(places) == 1:
        return itemgetter(*places)

    def first(cells: Sequence[str]) -> str:
        for place in places:
            if text := cells[place]:
                return text
        return ""

    return first


def _occurred(setting: Setting, date: str, time: str) -> Moment:
    day, clock = day_of(date, setting), time.strip()
    if not clock:
        return moment_of_days(day, day, setting)
    # The time is that of the report, and no event is reported before it happened.
    said = datetime.fromisoformat(f"{day.isoformat()}T{clock.zfill(5)}")
    reported = datetime.combine(said, said.time(), zone_of(_ZONE))
    moment = between(reported - timedelta(days=1), reported)
    setting.check_time(moment)
    return moment


def _place(
    setting: Setting, east: str, north: str, precision: str, number: str, name: str, region: str
) -> tuple[Place, tuple[str, ...]]:
    longitude, latitude = point(east, north)
    code, number = (precision or "PPL").strip(), number.strip()
    place = Place(
        longitude,
        latitude,
        radius_m("viina", code),
        "geocoder",
        f"viina:GEO_PRECISION={code}" if precision else "",
        name=tidy(name),
        region=tidy(region),
        gazetteer_id=f"geonames:{number}" if number else "",
    )
    return place, setting.check_place(place)


@lru_cache(maxsize=1024)
def _act(label: Meaning | None, attacked: bool, count: Count) -> Act:
    if label is not None:
        return Act(label.kind, count=count, weapon_class=label.weapon_class)
    # Extracts without the labels of tactics: words of an attack were found in the text.
    return Act("attack" if attacked else "other", count=count)


@lru_cache(maxsize=256)
def _actors(*parties: str) -> Actors:
    return Actors(alleged=tuple(Allegation(party, "news") for party in parties))


VIINA = Adapter(
    name="viina",
    title="VIINA one-per-day events (CSV)",
    version=1,
    needs=frozenset({"event_id_1pd", "date", "longitude", "latitude"}),
    cells=_reader,
)
VIINA_REPORTS = Adapter(
    name="viina-reports",
    title="VIINA event reports (CSV)",
    version=1,
    needs=frozenset({"event_id", "report_id", "date", "GEO_PRECISION", "longitude", "latitude"}),
    cells=_reader,
)

"""VIINA: news reports on the war in Ukraine, classified by machine, and their one-a-day events.

Zhukov and Ayers (2023), "VIINA 2.0". A label that is empty was not made for that year: it is left
out, never read as "no". Counts must not be compared across years, because outlets come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors, Allegation
from backstop.watch.adapters.adapter import Adapter, named
from backstop.watch.adapters.cells import day_of, moment_of_days, point, real, tidy
from backstop.watch.crosswalk import crosswalk, radius_m
from backstop.watch.moment import Moment, between, zone_of
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import NEWS_EVENT_A_DAY, SOURCE_EVENT

SOURCE = "viina"
#: VIINA's dates and times are those of Kyiv.
_ZONE = "Europe/Kyiv"
_PARTIES = {"a_rus": "RUS", "a_ukr": "UKR", "a_civ": "civilians", "a_other": "other"}
_KEPT = (
    "n_reports", "event_ids", "event_ids_matching", "sources_matching", "source", "report_id",
    "target_classes", "attack_terms", "GEO_PRECISION", "GEO_API", "feature_code",
    "location_bucket", "url",
)  # fmt: skip


def _read_with(setting: Setting) -> Any:
    def read(row: Mapping[str, Any]) -> Sequence[Observation]:
        daily = "event_id_1pd" in row
        number = str(row["event_id_1pd" if daily else "event_id"]).strip()
        if not number:
            raise ValueError("the event has no id")
        occurred = _occurred(row, setting)
        place = _place(row)
        labels = _labels(row)
        kind, weapon = _kind(row, labels)
        return (
            Observation(
                source=setting.source or (SOURCE if daily else f"{SOURCE}-reports"),
                # Numbers begin anew every year.
                source_record_id=f"{row['date'][:4]}-{number}",
                stream=str(row.get("source", "")),
                occurred=occurred,
                place=place,
                text=tidy(row.get("representative_text") or row.get("text") or ""),
                language=str(row.get("lang", "")),
                codes=tuple([(n, row[n]) for n in _KEPT if row.get(n)] + sorted(labels.items())),
                notes=setting.check_place(place),
                act=Act(kind, count=Count(1, NEWS_EVENT_A_DAY if daily else SOURCE_EVENT),
                        weapon_class=weapon),
                means="media",
                actors=Actors(alleged=tuple(_alleged(labels))),
            ),
        )  # fmt: skip

    return read


def _occurred(row: Mapping[str, Any], setting: Setting) -> Moment:
    day = day_of(row["date"], setting)
    clock = (row.get("time") or "").strip()
    if not clock:
        moment = moment_of_days(day, day, setting)
    else:
        # The time is that of the report, and no event is reported before it happened.
        reported = datetime.fromisoformat(f"{day}T{clock.zfill(5)}").replace(tzinfo=zone_of(_ZONE))
        moment = between(reported - timedelta(days=1), reported)
        setting.check_time(moment)
    return moment


def _place(row: Mapping[str, Any]) -> Place:
    longitude, latitude = point(row["longitude"], row["latitude"])
    code = (row.get("GEO_PRECISION") or "PPL").strip()
    number = (row.get("geonameid") or "").strip()
    return Place(
        longitude,
        latitude,
        radius_m("viina", code),
        "geocoder",
        f"viina:GEO_PRECISION={code}" if row.get("GEO_PRECISION") else "",
        name=tidy(row.get("asciiname") or row.get("address") or ""),
        region=tidy(row.get("ADM1_NAME") or ""),
        gazetteer_id=f"geonames:{number}" if number else "",
    )


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    """Labels that were made, with ``1`` or ``0``; probabilities only where nothing else is."""
    return {
        name: str(value).strip()
        for name, value in row.items()
        if name[:2] in {"t_", "a_"} and not name.endswith("_field")
        if str(value).strip()
    }


def _says(labels: Mapping[str, str], name: str) -> bool:
    value = labels.get(f"{name}_b") or labels.get(name) or "0"
    return real(value, name) >= 1


def _kind(row: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, str]:
    """The first label that holds, in the order of the crosswalk: the sharpest stand first."""
    for name, meaning in crosswalk("viina").items():
        if _says(labels, name):
            return meaning.kind, meaning.weapon_class
    # Extracts without the labels of tactics: words of an attack were found in the text.
    return ("attack" if row.get("attack_terms") else "other"), "unknown"


def _alleged(labels: Mapping[str, str]) -> list[Allegation]:
    """Who began it, as the news say; ``a_…_init`` where it was made, else ``a_…``."""
    return [
        Allegation(party, "news")
        for name, party in _PARTIES.items()
        if _says(labels, f"{name}_init" if labels.get(f"{name}_init") else name)
    ]


VIINA = Adapter(
    name="viina",
    title="VIINA one-per-day events (CSV)",
    version=1,
    needs=frozenset({"event_id_1pd", "date", "longitude", "latitude"}),
    cells=named(_read_with),
)
VIINA_REPORTS = Adapter(
    name="viina-reports",
    title="VIINA event reports (CSV)",
    version=1,
    needs=frozenset({"event_id", "report_id", "date", "GEO_PRECISION", "longitude", "latitude"}),
    cells=named(_read_with),
)

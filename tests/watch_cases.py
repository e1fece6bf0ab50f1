"""Missions, files and records that the tests of the watch share."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from backstop.scenario.load import load
from backstop.watch.act import Act, Count
from backstop.watch.adapters.reading import choose, read_file
from backstop.watch.adapters.stream import survey
from backstop.watch.folder import MissionFolder, create_mission
from backstop.watch.ledger import SigningKey
from backstop.watch.moment import days
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Bounds, Setting

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
KYIV = Setting(zone="Europe/Kyiv", bounds=Bounds(22, 44, 41, 53), not_after=date(2026, 1, 1))

#: The columns of UCDP GED that the adapter reads, and one sound row.
UCDP_ROW = {
    "id": "147997", "relid": "UKR-2014-1-14085-0", "year": "2014", "active_year": "1",
    "code_status": "Clear", "type_of_violence": "1", "conflict_new_id": "13219",
    "dyad_new_id": "14085", "side_a": "Government of Ukraine", "side_b": "Maidan",
    "number_of_sources": "5", "source_headline": "Police disperse protest", "where_prec": "1",
    "where_coordinates": "Kiev city", "where_description": "Kiev/Kyiv city", "adm_1": "Kiev city",
    "adm_2": "", "latitude": "50.45", "longitude": "30.52333", "priogrid_gid": "202022",
    "event_clarity": "1", "date_prec": "1", "date_start": "2014-01-22", "date_end": "2014-01-22",
    "deaths_a": "0", "deaths_b": "5", "deaths_civilians": "0", "deaths_unknown": "0", "best": "5",
    "high": "5", "low": "5", "gwnoa": "369",
}  # fmt: skip


def raw_file(*parts: str) -> Path:
    """A raw data file beside the repository; the test skips where there is none."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"raw data {'/'.join(parts)} is not here")
    return path


def ucdp_csv(*changes: Mapping[str, str]) -> str:
    """A UCDP file with one row for each set of changes to the sound row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(UCDP_ROW), lineterminator="\n")
    writer.writeheader()
    for number, change in enumerate(changes, start=1):
        writer.writerow({**UCDP_ROW, "id": str(number), **change})
    return out.getvalue()


def read_all(path: Path, *, adapter: str = "", setting: Setting = KYIV, mapping=None):
    """Records and faults of a file, in order."""
    source = survey(path)
    choice = choose(source, adapter=adapter, mapping=mapping)
    readings = list(read_file(source, choice, setting))
    return [r for one in readings for r in one.records], [o.fault for o in readings if o.fault]


@cache
def _scenario():
    return load("ukraine-2025")


def new_mission(folder: Path, *, zone: str = "Europe/Kyiv") -> MissionFolder:
    """A fresh mission with a fixed key."""
    return create_mission(
        folder, scenario=_scenario(), scenario_name="ukraine-2025", agreement="package",
        key=SigningKey("example.org/mission", bytes(range(32))), origin="example.org/mission",
        author="init", now=NOW, zone=zone,
    )  # fmt: skip


def observation(**changes) -> Observation:
    """A plain observation."""
    day = date(2022, 2, 18)
    fields = {
        "source": "smm", "source_record_id": "1", "occurred": days(day, day, "Europe/Kyiv"),
        "place": Place(37.8, 48.0, 1000.0, "gps"),
        "act": Act("explosion", "undetermined", Count(48, "each-round-or-burst@1")),
    }  # fmt: skip
    return Observation(**{**fields, **changes})


def write(path: Path, text: str | bytes | Sequence[str]) -> Path:
    """A file with that text."""
    raw = text if isinstance(text, bytes) else str(text).encode()
    path.write_bytes(raw)
    return path

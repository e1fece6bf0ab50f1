"""The raw files: where they come from, and whether they are the ones the figures rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of raw data, never shipped."""

    path: str
    """Below the data folder."""
    sha256: str
    """Of the file that the documented figures were made from."""
    origin: str
    """Where it comes from."""


FILES = (
    RawFile(
        "battles/cdb90_odd.csv",
        "ff62437d2c3e0d08cf75bd661a69b72342dc8875afc64f6944ba1eaf21b40a65",
        "github.com/jrnold/CDB90, src-data/CDB90, rows with an odd ISQNO; ODC-BY",
    ),
    RawFile(
        "battles/active_periods.csv",
        "aa5543e390d472f85598463b99915bde530c8e235cddb11cddf6a903e64ee861",
        "github.com/jrnold/CDB90, data/active_periods.csv; ODC-BY",
    ),
    RawFile(
        "front/occupied_daily_20240708_20250630.tar.xz",
        "0499c40a619e565b4fda388f86d69f5251d5f62d1498cd0e7e68127b45a1de0c",
        "github.com/cyterat/deepstate-map-data, data/*.geojson; the map's own terms apply",
    ),
    RawFile(
        "front/front_line_fortnightly.geojson",
        "d7f70d52915a2bfba519b28eb40aeea72598376257f185a58d6631bfc537c2d7",
        "lines of contact derived from the daily maps",
    ),
)


def problems(folder: Path) -> Iterator[str]:
    """Sentences on files that are absent or not the documented ones."""
    for file in FILES:
        path = folder / file.path
        if not path.is_file():
            yield f"{file.path} is absent; it comes from {file.origin}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            yield f"{file.path} differs from the file behind the documented figures"

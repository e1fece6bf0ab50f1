"""``backstop watch quarantine`` and ``export``: rows that could not be read, records for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import printable
from backstop.cli.watch_mission import (
    clock,
    known_on_option,
    mapping_of,
    mission_argument,
    watch_head,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from backstop.watch.folder import MissionFolder
    from backstop.watch.record import Entry

#: Rows that are shown; all of them are in the files.
_MOST = 40


@click.command()
@mission_argument
@click.option(
    "--take",
    "take",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Take the mended rows of this file in. Repeatable.",
)
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(dir_okay=False),
    help="The mapping that these rows were first read with.",
)
@json_option
def quarantine(folder: str, take: tuple[str, ...], mapping_file: str | None, as_json: bool) -> None:
    """What could not be read, why, and how to mend it.

    The rows lie in MISSION/quarantine as CSV, one file for each file they came from. Mend a cell
    in a spreadsheet, leave the columns that begin with _ as they are, and take the file in.

    \b
    backstop watch quarantine mission/
    backstop watch quarantine mission/ --take mission/quarantine/ged-1a2b.csv
    """
    from backstop.watch.desk import Order, intake
    from backstop.watch.folder import open_mission

    mission = open_mission(folder)
    order = Order(mapping=mapping_of(mapping_file))
    done = [intake(mission, file, clock=clock, order=order) for file in take]
    files = [_rows_of(place) for place in sorted((mission.path / "quarantine").glob("*.csv"))]
    total = sum(len(one["rows"]) for one in files)
    if as_json:
        taken = [{"file": file, **one.to_dict()} for file, one in zip(take, done, strict=True)]
        print_json({**watch_head("quarantine", mission), "rows": total, "files": files,
                    "taken": taken})  # fmt: skip
        return
    for file, one in zip(take, done, strict=True):
        left = one.set_aside
        click.echo(f"{printable(file)}: {len(one.mended)} mended and taken in, {left} still not")
    click.echo(f"{total:,} rows in quarantine")
    for held in files:
        click.echo(f"{held['file']}: {len(held['rows']):,} rows")
        for row in held["rows"][:_MOST]:
            place = f"{printable(row['file'])}, row {row['row']}"
            click.echo(f"  {place}: {printable(row['reason'])}")
        if len(held["rows"]) > _MOST:
            click.echo(f"  … and {len(held['rows']) - _MOST:,} more")
    if files:
        click.echo(f"Mend the cells, then: backstop watch quarantine {folder} --take FILE")


def _rows_of(place: Path) -> dict[str, Any]:
    from backstop.watch.shelf import quarantined_rows

    rows = [
        {
            "id": one.id,
            "file": one.row.file,
            "row": one.row.row,
            "adapter": one.row.adapter,
            "reason": one.row.reason,
        }
        for one in quarantined_rows(place)
    ]
    return {"file": str(place), "rows": rows}


@click.command()
@mission_argument
@click.option("--geojson", type=click.Path(dir_okay=False), help="GeoJSON into this file.")
@click.option("--jsonl", type=click.Path(dir_okay=False), help="JSON Lines into this file.")
@click.option("--csv", "csv_", type=click.Path(dir_okay=False), help="CSV into this file.")
@click.option(
    "--geoparquet",
    type=click.Path(dir_okay=False),
    help="GeoParquet 1.1 into this file (needs pyarrow).",
)
@click.option(
    "--json-schema", type=click.Path(dir_okay=False), help="JSON Schema of the JSON Lines."
)
@click.option("--restricted", is_flag=True, help="Also what only named persons may see.")
@known_on_option
@json_option
def export(
    folder: str,
    geojson: str | None,
    jsonl: str | None,
    csv_: str | None,
    geoparquet: str | None,
    json_schema: str | None,
    restricted: bool,
    as_known_on: date | datetime | None,
    as_json: bool,
) -> None:
    """Write the standing records for others. Concealed names and texts are not in it.

    \b
    backstop watch export mission/ --geojson record.geojson --csv record.csv
    """
    from backstop.monitoring.known import read_known
    from backstop.watch import export as written
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger
    from backstop.watch.record_schema import schema_text

    if not any((geojson, jsonl, csv_, geoparquet, json_schema)):
        names = "--geojson, --jsonl, --csv, --geoparquet or --json-schema"
        raise click.UsageError(f"name a file: {names}")
    mission = open_mission(folder)
    with open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger, as_known_on=as_known_on)
    records = [one.record for one in known.held]
    records = [one for one in records if restricted or one.handling != "restricted"]
    files = []
    for place, pieces in (
        (geojson, written.geojson),
        (jsonl, written.json_lines),
        (csv_, written.csv_rows),
    ):
        if place is not None:
            with _whole(place) as file:
                file.writelines(piece.encode() for piece in pieces(records))
            files.append(place)
    if geoparquet is not None:
        _parquet(geoparquet, records)
        files.append(geoparquet)
    if json_schema is not None:
        with _whole(json_schema) as file:
            file.write(schema_text().encode())
        files.append(json_schema)
    _told(mission, files, len(records), len(known.held) - len(records), as_json=as_json)


def _told(
    mission: MissionFolder, files: list[str], count: int, held_back: int, *, as_json: bool
) -> None:
    if as_json:
        body = {"files": files, "records": count, "restricted_left_out": held_back}
        print_json({**watch_head("export", mission), **body})
        return
    click.echo(f"{count:,} records written to {', '.join(map(printable, files))}")
    if held_back:
        click.echo(f"{held_back:,} restricted records were left out (--restricted)")


@contextmanager
def _whole(place: str) -> Iterator[IO[bytes]]:
    """A file that is there whole or not at all, written piece by piece."""
    import os
    import tempfile
    from pathlib import Path

    from backstop.errors import InputError, Problem

    target, name = Path(place), ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            yield file
        # mkstemp makes files private; these are for others, so they get the usual mode.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, target)
    except BaseException as error:
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = f"cannot be written: {error.strerror or error}"
            raise InputError([Problem(place, 0, 0, "", reason)]) from None
        raise


def _parquet(place: str, records: list[Entry]) -> None:
    from importlib import import_module

    from backstop.watch.export import geoparquet_table

    table = geoparquet_table(records)
    with _whole(place) as file:
        import_module("pyarrow.parquet").write_table(table, file)


COMMANDS = (quarantine, export)

"""``backstop watch init`` and ``intake``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import printable
from backstop.cli.watch_mission import (
    bar,
    clock,
    key_place,
    mapping_of,
    mission_argument,
    own_text,
    watch_head,
)

if TYPE_CHECKING:
    from pathlib import Path

    from backstop.errors import Problem
    from backstop.monitoring.begin import Start
    from backstop.watch.adapters.stream import Source
    from backstop.watch.folder import MissionFolder
    from backstop.watch.intake import Intake

#: Reasons that are shown on the terminal; all of them are in the JSON and in the quarantine.
_MOST_REASONS = 8


@click.command()
@mission_argument
@click.option("--scenario", required=True, help="The scenario it watches over.")
@click.option(
    "--agreement",
    required=True,
    help="A shipped agreement by its id or a part of it, or a .toml file of your own.",
)
@click.option(
    "--zone",
    default="",
    metavar="ZONE",
    help="By whose clock it counts days, as Europe/Kyiv; the scenario's when left out.",
)
@click.option("--name", default="", help="Its name on reports; the folder's when left out.")
@click.option("--origin", default="", help="The name of its log, best like example.org/mission.")
@click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False),
    help="Private key that signs; made beside the folder when there is none.",
)
@json_option
def init(
    folder: str,
    scenario: str,
    agreement: str,
    zone: str,
    name: str,
    origin: str,
    key_file: str | None,
    as_json: bool,
) -> None:
    """Begin the record of a ceasefire in the folder MISSION.

    The private key is written beside the folder, not into it: the folder is copied and handed
    around, and whoever has the key can sign another past.
    """
    from pathlib import Path

    from backstop.errors import InputError, Problem
    from backstop.monitoring.begin import AGREEMENT_FILE, Start, shipped_name
    from backstop.scenario.load import load
    from backstop.watch.agreement.load import read_agreement
    from backstop.watch.folder import MISSION_FILE

    place = Path(folder)
    if (place / MISSION_FILE).exists():
        raise InputError([Problem(folder, 0, 0, "", "holds a mission already")])
    own = own_text(agreement) if agreement.endswith(".toml") else ""
    if own:
        read_agreement(own, file=agreement)
    title = name or place.resolve().name
    loaded = load(scenario)
    start = Start(
        scenario=loaded,
        scenario_name=scenario,
        agreement=AGREEMENT_FILE if own else shipped_name(agreement),
        agreement_text=own,
        name=title,
        origin=origin or f"backstop.local/{_plain_name(title)}",
        zone=zone,
    )
    if zone:
        _check_zone(zone)
    secret = key_place(folder, key_file)
    mission = _begin(folder, start, secret)
    held = mission.mission
    if as_json:
        body = watch_head("init", mission, folder=folder, key=str(secret), origin=held.origin)
        print_json({**body, "zone": held.zone})
        return
    click.echo(f"{held.name}: a mission under {held.agreement}, watching {held.scenario}")
    click.echo(f"Days are counted by the clock of {held.zone} (--zone at the beginning)")
    click.echo(f"Private key: {secret}. Keep it apart from the folder, and keep a copy.")
    click.echo(f"Next: backstop watch intake {folder} FILE…")


def _plain_name(name: str) -> str:
    kept = "".join(char if char.isalnum() or char in "-._" else "-" for char in name)
    return kept.strip("-") or "mission"


def _begin(folder: str, start: Start, secret: Path) -> MissionFolder:
    """The mission and, where there is none, its key."""
    from backstop.errors import BackstopError
    from backstop.monitoring.begin import begin_mission
    from backstop.watch.ledger import create_key, read_key

    made = not secret.exists()
    key = create_key(secret, name=start.origin) if made else read_key(secret)
    try:
        return begin_mission(folder, start=start, key=key, now=clock())
    except BackstopError:
        # Nothing is written when the input is bad: no key of a mission that never began either.
        if made:
            secret.unlink(missing_ok=True)
        raise


def _check_zone(name: str) -> None:
    from backstop.errors import InputError, Problem
    from backstop.watch.moment import zone_of

    try:
        zone_of(name)
    except ValueError as error:
        raise InputError([Problem("--zone", 0, 0, "", str(error))]) from None


@click.command()
@mission_argument
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--adapter", default="", help="How to read them; told from the file when left out.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(dir_okay=False),
    help="A .toml file that says what the columns of a table mean.",
)
@json_option
def intake(
    folder: str, files: tuple[str, ...], adapter: str, mapping_file: str | None, as_json: bool
) -> None:
    """Take files into the record: new, revised, unchanged, or set aside with the reason.

    The same file twice changes nothing. An interrupted intake goes on where it stopped when it is
    started again. What cannot be read lies in MISSION/quarantine; mend it there and take that in.

    \b
    backstop watch intake mission/ ged.csv firms.csv
    backstop watch intake mission/ patrols.csv --mapping patrols.toml
    backstop watch intake mission/ mission/quarantine/ged-1a2b.csv
    """
    from backstop.watch.desk import Order
    from backstop.watch.desk import intake as take_in
    from backstop.watch.folder import open_mission

    mission = open_mission(folder)
    order = Order(adapter, mapping_of(mapping_file))
    done = []
    for file, source in zip(files, _look_into(files, order), strict=True):
        with bar(file) as progress:
            done.append(take_in(mission, source, clock=clock, order=order, progress=progress))
        if not as_json:
            _print_intake(file, done[-1])
    if as_json:
        body = watch_head("intake", mission)
        print_json({**body, **_summed(done), "files": _by_file(files, done)})
    elif any(one.quarantined for one in done):
        click.echo(
            f"Mend the rows in {mission.path / 'quarantine'} and take those files in again: "
            f"backstop watch quarantine {folder}",
            err=True,
        )


def _look_into(files: Sequence[str], order: Any) -> list[Source]:
    """Refuse before anything is written, when a file is missing or fits nothing."""
    from backstop.errors import InputError
    from backstop.watch.adapters.reading import choose
    from backstop.watch.adapters.stream import survey

    found: list[Source] = []
    problems: list[Problem] = []
    for file in files:
        try:
            with bar(f"{file}: digest") as progress:
                found.append(survey(file, progress=progress))
            choose(found[-1], adapter=order.adapter, mapping=order.mapping)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _print_intake(file: str, done: Intake) -> None:
    click.echo(
        f"{printable(file)}: {done.read:,} read, {done.new:,} new, {done.revised:,} revised, "
        f"{done.unchanged:,} unchanged, {done.set_aside:,} in quarantine"
        + (f", {len(done.mended):,} mended" if done.mended else "")
        + (f"; went on at row {done.resumed_at_row:,}" if done.resumed_at_row else "")
    )
    for one in done.quarantined[:_MOST_REASONS]:
        click.echo(f"  row {one.row}: {printable(one.reason)}")
    more = done.set_aside - _MOST_REASONS
    if more > 0:
        click.echo(f"  … and {more:,} more")


def _summed(done: Sequence[Intake]) -> dict[str, Any]:
    """The contract's figures over all files."""
    total: dict[str, Any] = {"read": 0, "new": 0, "revised": 0, "unchanged": 0}
    for one in done:
        for name in total:
            total[name] += getattr(one, name)
    total["quarantined"] = [row.to_dict() for one in done for row in one.quarantined]
    total["quarantined_unlisted"] = sum(one.unlisted for one in done)
    return total


def _by_file(files: Sequence[str], done: Sequence[Intake]) -> list[dict[str, Any]]:
    return [
        {"file": file, **one.to_dict(), "quarantined": one.set_aside}
        for file, one in zip(files, done, strict=True)
    ]


COMMANDS = (init, intake)

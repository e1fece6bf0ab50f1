"""``backstop watch fuse``, ``classify``, ``merge``, ``split``, ``engage``: what is made of it."""

from __future__ import annotations

from typing import Any

import click

from backstop.cli.options import json_option, print_json, working
from backstop.cli.plain import printable
from backstop.cli.watch_mission import (
    agreed_lines,
    agreement_for,
    bar,
    clock,
    mission_argument,
    own_text,
    rules_of,
    watch_head,
)


@click.command()
@mission_argument
@click.option(
    "--window-km",
    default=5.0,
    show_default=True,
    type=float,
    help="How far apart two reports of one act may lie.",
)
@click.option(
    "--window-days",
    default=3.0,
    show_default=True,
    type=float,
    help="How far apart in time they may lie.",
)
@click.option(
    "--taxonomy",
    "taxonomies",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="A table of categories; its name names the column. Repeatable.",
)
@click.option(
    "--method",
    type=click.Choice(["calibrated", "meltt"]),
    help="meltt where taxonomies are given, else calibrated.",
)
@click.option("--seed", default=0, show_default=True, type=int, help="Seed of the interval.")
@json_option
def fuse(
    folder: str,
    window_km: float,
    window_days: float,
    taxonomies: tuple[str, ...],
    method: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """Join the observations that are of one act into incidents.

    Each incident is an entry, so that a later fusion revises it and nothing is lost. `split` and
    `merge` say of two reports that they are not, or are, of one act; both bind the next fusion.

    \b
    backstop watch fuse mission/ --window-km 3 --window-days 2
    """
    from backstop.monitoring.fusing import fuse_record
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.fusion import Window, read_taxonomy, taxonomy_name
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    window = Window(window_km, window_days)
    given = [
        read_taxonomy(own_text(file).splitlines(), name=taxonomy_name(file), file=file)
        for file in taxonomies
    ]
    with working("fusing"), mission.alone(), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger)
        done = fuse_record(
            known,
            ledger,
            window=window,
            method=method or ("meltt" if given else "calibrated"),
            taxonomies=given,
            clock=clock,
            seed=seed,
        )
    body = {**watch_head("fuse", mission), **done.to_dict()}
    if as_json:
        print_json(body)
    else:
        _print_fused(body)


def _print_fused(body: dict[str, Any]) -> None:
    span = body["incidents_range"]
    between = ""
    if span:
        more = body["unplaced"]
        between = f" (5–95 %: {span['p05'] + more:,.0f}–{span['p95'] + more:,.0f})"
    click.echo(
        f"{body['observations']:,} observations, {body['incidents']:,} incidents{between}: "
        f"{body['matched_groups']:,} of several reports, {body['duplicates_removed']:,} "
        "reports beyond the first"
    )
    ledger_ = body["ledger"]
    click.echo(
        f"Ledger: {ledger_['new']:,} new, {ledger_['revised']:,} revised, "
        f"{ledger_['unchanged']:,} unchanged, {ledger_['withdrawn']:,} withdrawn"
    )
    if body["unplaced"]:
        click.echo(f"{body['unplaced']:,} without coordinates stand alone; nothing tells them.")


@click.command()
@mission_argument
@json_option
def classify(folder: str, as_json: bool) -> None:
    """Hold every record against the agreement: violation, exempt, not covered, undetermined.

    Lines are read from MISSION/lines: a drawing in lines/ID/ is the agreement's line ID, one in
    lines/ itself the line of contact as it ran. Without a drawing a zone is undetermined.
    """
    from backstop.monitoring.classifying import classify_record
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    agreement = agreement_for(mission)
    lines = agreed_lines(mission, agreement)
    with mission.alone(), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger)
        with bar("classifying") as progress:
            done = classify_record(
                known, ledger, agreement, lines=lines, clock=clock, progress=progress
            )
    body = {**watch_head("classify", mission), **done.to_dict()}
    if as_json:
        print_json(body)
        return
    click.echo(f"Under {done.agreement}:")
    for outcome, n in done.outcomes.items():
        click.echo(f"  {n:>9,} {outcome.replace('_', ' ')}")
    for clause, n in done.violations_by_clause.items():
        click.echo(f"  {n:>9,} violations of {clause}")
    for name, said in done.lines.items():
        click.echo(f"Line {name}: {said}")
    click.echo(f"{done.entered:,} entered, {done.unchanged:,} unchanged")


@click.command()
@mission_argument
@click.argument("one", metavar="REPORT")
@click.argument("other", metavar="REPORT")
@click.option("--reason", required=True, help="Why; it goes into the ledger.")
@json_option
def merge(folder: str, one: str, other: str, reason: str, as_json: bool) -> None:
    """Say that two reports are of one act; the next `fuse` keeps to it."""
    _judge(folder, [(one, other)], same=True, reason=reason, as_json=as_json)


@click.command()
@mission_argument
@click.argument("names", nargs=-1, required=True, metavar="INCIDENT | REPORT REPORT")
@click.option("--reason", required=True, help="Why; it goes into the ledger.")
@json_option
def split(folder: str, names: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Undo a merge: of an INCIDENT all reports, or of two REPORTs these, are not of one act."""
    if len(names) > 2:
        raise click.UsageError("name one incident, or two reports")
    pairs = [(names[0], names[1])] if len(names) == 2 else []
    _judge(folder, pairs, same=False, reason=reason, as_json=as_json, incident=names[0])


def _judge(
    folder: str,
    pairs: list[tuple[str, str]],
    *,
    same: bool,
    reason: str,
    as_json: bool,
    incident: str = "",
) -> None:
    from itertools import combinations

    from backstop.errors import InputError, Problem
    from backstop.monitoring.fusing import judge_pair, key_named, members_of
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    with mission.alone(), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger)
        keys = [(key_named(known, a), key_named(known, b)) for a, b in pairs]
        keys = keys or list(combinations(members_of(known, incident), 2))
        if not keys or any(a == b for a, b in keys):
            reason_ = "is one report, and stands alone already"
            raise InputError([Problem(incident, 0, 0, "", reason_)])
        for a, b in keys:
            judge_pair(ledger, a, b, same=same, reason=reason, now=clock())
    if as_json:
        print_json({**watch_head("judge", mission), "pairs": keys, "same": same})
        return
    said = "of one act" if same else "not of one act"
    click.echo(f"{len(keys)} pairs entered as {said}; run: backstop watch fuse {folder}")


@click.command()
@mission_argument
@click.option(
    "--event",
    "event_file",
    type=click.Path(dir_okay=False),
    help="A JSON file with an event: an order, a call on the mechanism, a notice, …",
)
@click.option(
    "--cap", "cap_folder", type=click.Path(file_okay=False), help="Write alerts here (CAP 1.2)."
)
@click.option("--actual", is_flag=True, help="Alerts are actual; else they are an exercise.")
@json_option
def engage(
    folder: str, event_file: str | None, cap_folder: str | None, actual: bool, as_json: bool
) -> None:
    """Enter an event of the rules of engagement, and what follows from it. Nothing acts.

    Without an event only the time is taken in: deadlines that have passed are entered.
    """
    import json

    from backstop.errors import InputError, Problem
    from backstop.monitoring.events import take_event
    from backstop.store.atomic import write_all
    from backstop.watch.engagement.event import read_event
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    machine = rules_of(mission)
    if machine is None:
        reason = "has no rules; engagement.toml in the folder would be them"
        raise InputError([Problem(folder, 0, 0, "", reason)])
    event = None
    if event_file is not None:
        try:
            event = read_event(json.loads(own_text(event_file)))
        except ValueError as error:
            raise InputError([Problem(event_file, 0, 0, "", str(error))]) from None
    with mission.alone(), open_ledger(mission.path) as ledger:
        done = take_event(
            machine, ledger, event=event, now=clock(), sender=mission.mission.origin, actual=actual
        )
    if cap_folder is not None and done.alerts:
        write_all(cap_folder, done.alerts)
    body: dict[str, Any] = {**watch_head("engage", mission), **done.to_dict()}
    if as_json:
        print_json(body)
        return
    for line in done.lines():
        click.echo(printable(line))
    if cap_folder is not None:
        click.echo(f"{len(done.alerts)} alerts written to {cap_folder}", err=True)


COMMANDS = (fuse, classify, merge, split, engage)

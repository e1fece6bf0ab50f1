"""``backstop watch fuse`` and ``classify``: what is made of the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import counted, printable
from backstop.cli.watch_mission import (
    agreed_lines,
    agreement_for,
    bar,
    clock,
    mission_argument,
    own_text,
    steps,
    watch_head,
)

if TYPE_CHECKING:
    from backstop.watch.fusion import Group


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

    Each merge and split is an entry and can be undone (`undo`), and so is each incident, so that a
    later fusion revises it and nothing is lost. `split` and `merge` say of two reports that they
    are not, or are, of one act; both bind later fusions.

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
    with mission.alone(), open_ledger(mission.path) as ledger, steps() as progress:
        progress("reading the record", 0, 0)
        known = read_known(mission, ledger)
        done = fuse_record(
            known,
            ledger,
            window=window,
            method=method or ("meltt" if given else "calibrated"),
            taxonomies=given,
            clock=clock,
            seed=seed,
            progress=progress,
        )
    body = {**watch_head("fuse", mission), **done.to_dict()}
    if as_json:
        print_json(body)
    else:
        _print_fused(body, done.unsure, folder)


def _print_fused(body: dict[str, Any], unsure: Sequence[Group], folder: str) -> None:
    from backstop.monitoring.incidents import incident_subject

    span = body["incidents_range"]
    between = f" (5–95 %: {span['p05']:,.0f}–{span['p95']:,.0f})" if span else ""
    click.echo(
        f"{counted(body['observations'], 'observation')}, "
        f"{counted(body['incidents'], 'incident')}{between}: "
        f"{body['matched_groups']:,} of several reports, "
        f"{counted(body['duplicates_removed'], 'report')} beyond the first"
    )
    ledger_ = body["ledger"]
    click.echo(
        f"Ledger: {counted(ledger_['merges'], 'merge')}, {counted(ledger_['splits'], 'split')}; "
        "incidents "
        f"{ledger_['new']:,} new, {ledger_['revised']:,} revised, "
        f"{ledger_['unchanged']:,} unchanged, {ledger_['withdrawn']:,} withdrawn"
    )
    if ledger_["judgements"]:
        click.echo(f"A person's word on {counted(ledger_['judgements'], 'pair')} was kept to.")
    if not body["parameters"]["candidate_pairs"]:
        click.echo(
            "No two reports of different sources lie within the window, so nothing can be joined."
        )
    elif span:
        click.echo(
            "Each source is taken to report an act once; where one repeats itself, the count and "
            "its interval are too high."
        )
    if body["unplaced"]:
        click.echo(
            f"{body['unplaced']:,} without coordinates stand alone, unless a person merged them."
        )
    cut = body["parameters"].get("beyond_window", 0)
    if cut >= max(0.5, 0.02 * body["incidents"]):
        click.echo(
            f"By their own radii some {cut:,.0f} reports of an act lie beyond the window of "
            f"{body['parameters']['window_km']:g} km; the interval allows for them, the incidents "
            "do not. A wider --window-km would join them."
        )
    if unsure:
        click.echo(f"Least sure (backstop watch split {folder} INCIDENT would part them):")
    named = {one["incident"]: one for one in body["groups"]}
    for group in unsure:
        shown = named[incident_subject(group.keys)]
        reports = ", ".join(one["report"] for one in shown["members"])
        click.echo(printable(f"  {group.confidence:4.0%}  {shown['incident']}: {reports}"))


#: What a record wants that is undetermined.
_OPEN = {
    "edge": "it may lie on either side of a zone's edge",
    "party": "who did it is not known",
    "place": "how far it is from the line is not known",
    "sign": "it may come from a breach and shows none",
    "time": "it may have happened before or after the clause was in force",
    "weapon": "which weapon it was is not known",
}


@click.command()
@mission_argument
@json_option
def classify(folder: str, as_json: bool) -> None:
    """Hold every record against the agreement: violation, exempt, not covered, undetermined.

    Lines are read from MISSION/lines: a drawing in lines/ID/ is the agreement's line ID, one in
    lines/ itself the line of contact as it ran. For the Minsk agreements schematic drawings come
    with the package, each with its error. Without a drawing a zone is undetermined.
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
    click.echo(f"Under {done.agreement}, of incidents and of records that are in none:")
    for outcome, n in done.outcomes.items():
        click.echo(f"  {n:>9,} {outcome.replace('_', ' ')}")
    for clause, n in done.violations_by_clause.items():
        click.echo(f"  {n:>9,} violations of {clause}")
    for reason, n in done.open_because.items():
        click.echo(f"  {n:>9,} undetermined: {_OPEN[reason]}")
    for name, said in done.lines.items():
        click.echo(f"Line {name}: {said}")
    click.echo(f"{done.entered:,} entered, {done.unchanged:,} unchanged")


COMMANDS = (fuse, classify)

"""``backstop watch merge``, ``split``, ``undo`` and ``assess``: what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import printable
from backstop.cli.watch_mission import (
    agreement_for,
    clock,
    mission_argument,
    share_of,
    watch_head,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backstop.monitoring.deciding import Decision, Past
    from backstop.watch.folder import MissionFolder

#: Rows of the list of changes.
_SHOWN = 20


@click.command()
@mission_argument
@click.argument("one", metavar="REPORT")
@click.argument("other", metavar="REPORT")
@click.option("--reason", required=True, help="Why; it goes into the ledger.")
@json_option
def merge(folder: str, one: str, other: str, reason: str, as_json: bool) -> None:
    """Say that two reports are of one act; their incidents become one, and `fuse` keeps to it."""
    from backstop.monitoring.deciding import merge_reports
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    with mission.alone(), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger)
        done = merge_reports(known, ledger, one, other, reason=reason, now=clock())
    _show("merge", mission, done, "Entered as of one act.", as_json)


@click.command()
@mission_argument
@click.argument("names", nargs=-1, required=True, metavar="INCIDENT | REPORT REPORT")
@click.option("--reason", required=True, help="Why; it goes into the ledger.")
@json_option
def split(folder: str, names: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Say of all reports of an INCIDENT, or of two REPORTs, that no two are of one act.

    Of two reports the second leaves the incident. `fuse` keeps to it.
    """
    from backstop.monitoring.deciding import split_reports
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    if len(names) > 2:
        raise click.UsageError("name one incident, or two reports")
    mission = open_mission(folder)
    with mission.alone(), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger)
        done = split_reports(known, ledger, names, reason=reason, now=clock())
    _show("split", mission, done, "Entered as not of one act.", as_json)


@click.command()
@mission_argument
@click.argument("name", required=False, metavar="[CHANGE]")
@click.option("--all", "every", is_flag=True, help="List those of fusions too.")
@json_option
def undo(folder: str, name: str | None, every: bool, as_json: bool) -> None:
    """Take back a merge or a split by its name; without a name, list them, the latest first.

    Both stay in the ledger. What a fusion has joined it may join again: `split` binds it.
    """
    from backstop.monitoring.deciding import past_changes, undo_change
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    if name is None:
        with open_ledger(mission.path) as ledger:
            past = past_changes(read_known(mission, ledger), by_hand=not every)
        _list(mission, past, every, as_json)
        return
    with mission.alone(), open_ledger(mission.path) as ledger:
        done = undo_change(read_known(mission, ledger), ledger, name, now=clock())
    said = "Undone." if done.settled else "Taken back; the next fuse divides these reports anew."
    _show("undo", mission, done, said, as_json)


@click.command()
@mission_argument
@click.argument("name", metavar="INCIDENT")
@click.option(
    "--by", "culprits", multiple=True, required=True, metavar="PARTY=SHARE",
    help="Whose it was, with what probability. Repeatable; the rest is undetermined.",
)  # fmt: skip
@click.option(
    "--basis", "basis", multiple=True, required=True, metavar="TEXT",
    help="What it rests on, such as crater analysis. Repeatable.",
)  # fmt: skip
@click.option("--role", default="duty officer", show_default=True, help="Who assesses: a role.")
@json_option
def assess(
    folder: str,
    name: str,
    culprits: tuple[str, ...],
    basis: tuple[str, ...],
    role: str,
    as_json: bool,
) -> None:
    """Say whose act an INCIDENT was, as a distribution with what it rests on.

    The incident may also be named by one of its reports. The last assessment counts, and stays with
    its reports when they are fused again. An accusation in a report is no assessment.

    \b
    backstop watch assess mission/ patrols/17 --by russia=0.8 --basis 'crater analysis'
    """
    from backstop.monitoring.assessing import assess_incident
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    if not all(text.strip() for text in basis):
        raise click.UsageError("say what it rests on, with --basis: it goes into the ledger")
    mission = open_mission(folder)
    shares = [share_of(text) for text in culprits]
    with mission.alone(), open_ledger(mission.path) as ledger:
        done = assess_incident(
            read_known(mission, ledger), ledger, name, shares=shares, basis=basis, assessor=role,
            agreement=agreement_for(mission), now=clock(),
        )  # fmt: skip
    if as_json:
        print_json({**watch_head("assess", mission), **done.to_dict()})
        return
    said = ", ".join(
        f"{party} {100 * share:.0f} %" for party, share in done.assessment.held.parties
    )
    click.echo(printable(f"{done.assessment.incident}: {said}"))
    for party in done.outsiders:
        click.echo(printable(f"{party} is no party of the agreement."), err=True)
    click.echo(f"Whose it was can change the verdict: backstop watch classify {mission.path}")


def _show(command: str, mission: MissionFolder, done: Decision, said: str, as_json: bool) -> None:
    if as_json:
        print_json({**watch_head(command, mission), **done.to_dict()})
        return
    click.echo(said)
    for subject in done.incidents if done.entered.to_dict() else ():
        click.echo(printable(f"  stands now: {subject}"))
    if not done.change.undoes:
        click.echo(f"To take it back: backstop watch undo {mission.path} {done.change.name}")


def _list(mission: MissionFolder, past: Sequence[Past], every: bool, as_json: bool) -> None:
    if as_json:
        rows = [one.to_dict() for one in past]
        print_json({**watch_head("undo", mission), "changes": rows})
        return
    for one in past[:_SHOWN]:
        state = " (undone)" if one.undone else ""
        reports = ", ".join(one.reports)
        row = f"{one.change.name}  {one.change.kind.value}{state}: {reports} — {one.change.reason}"
        click.echo(printable(row))
    more = len(past) - _SHOWN
    if more > 0:
        click.echo(f"and {more:,} earlier ones; --json has them all")
    if not past:
        click.echo("Nothing was merged or split" + ("." if every else " by hand; see --all."))


COMMANDS = (merge, split, undo, assess)

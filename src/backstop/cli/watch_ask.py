"""``backstop watch status``, ``report``: what the record says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import emit, json_option, out_option, working
from backstop.cli.watch_engage import OPEN_DAYS
from backstop.cli.watch_mission import (
    Day,
    agreement_for,
    clock,
    known_on_option,
    line_of_contact,
    mission_argument,
    rules_of,
    watch_head,
)

if TYPE_CHECKING:
    from backstop.monitoring.known import Known
    from backstop.watch.folder import MissionFolder
    from backstop.watch.ledger import Ledger


@click.command()
@mission_argument
@known_on_option
@click.option("--series", default="", help="What to count, by the name that status lists.")
@click.option(
    "--quiet", nargs=2, type=Day(), metavar="FIRST LAST", help="The stretch that was quiet."
)
@click.option("--since", type=Day(), metavar="DAY", help="Leave out everything before this day.")
@click.option(
    "--false-alarms",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 50, min_open=True),
    help="False alarms a year that you accept, over all sectors together.",
)
@click.option("--quick", is_flag=True, help="Leave the self-exciting model out.")
@out_option
@json_option
def status(
    folder: str,
    as_known_on: date | datetime | None,
    series: str,
    quiet: tuple[date, date] | None,
    since: date | None,
    false_alarms: float,
    quick: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Is it holding? What do the rules of engagement say comes next?

    \b
    backstop watch status mission/
    backstop watch status mission/ --quiet 2021-01-01 2021-12-31 --false-alarms 0.5
    """
    from backstop.monitoring.known import read_known
    from backstop.monitoring.lessons import for_deterrence
    from backstop.monitoring.status import Wish, holding, stamp
    from backstop.report.watch_status import status_page
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    wish = Wish(
        series=series,
        quiet=quiet or None,
        false_alarms_per_year=false_alarms,
        since=since,
        in_force=agreement_for(mission).in_force_from.date(),
        deep=not quick,
    )
    with working("reading the record") as part, open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger, as_known_on=as_known_on)
        part("testing whether it holds")
        answer: dict[str, Any] = holding(mission, known, wish=wish)
        answer["engagement"] = _engagement(mission, known, ledger, as_known_on)
        answer["for_deterrence"] = for_deterrence(known, first=since)
    body = {**watch_head("status", mission), "record": stamp(known), **answer}
    emit(body, status_page, as_json=as_json, out=out, name=f"{mission.mission.name}-status")


def _engagement(
    mission: MissionFolder, known: Known, ledger: Ledger, as_known_on: date | datetime | None
) -> dict[str, Any]:
    """What the rules say, at the moment that is asked for."""
    from backstop.monitoring.engaging import engagement_dict, standings
    from backstop.monitoring.proposing import proposals
    from backstop.watch.ledger import Kind

    machine = rules_of(mission)
    if machine is None:
        return {"why": "The mission has no rules; engagement.toml in its folder would be them."}
    now = clock()
    if as_known_on is not None and known.moment.last is not None:
        now = known.moment.last
    kinds = (Kind.TRANSITION, Kind.ACKNOWLEDGEMENT, Kind.ALERT)
    entries = list(ledger.entries(stop=known.moment.size, kinds=kinds))
    waiting = proposals(
        machine, known, entries, agreement=agreement_for(mission), now=now,
        since=now - timedelta(days=OPEN_DAYS),
    )  # fmt: skip
    return engagement_dict(machine, standings(machine, entries, now=now), waiting)


@click.command()
@mission_argument
@click.option("--day", required=True, type=Day(), metavar="DAY", help="The day to report on.")
@known_on_option
@click.option("--html", "html_file", type=click.Path(dir_okay=False), help="Also write a page.")
@out_option
@json_option
def report(
    folder: str,
    day: date,
    as_known_on: date | datetime | None,
    html_file: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """The daily report of a mission: by region, against the period before, with its rules.

    The same day as known at the same moment gives the same report, byte for byte.

    \b
    backstop watch report mission/ --day 2022-02-19 --html report.html
    backstop watch report mission/ --day 2022-02-19 --as-known-on 2022-02-20
    """
    from pathlib import Path

    from backstop.monitoring.day import report_day
    from backstop.monitoring.known import read_known
    from backstop.report.watch_day import day_page
    from backstop.report.watch_html import day_html
    from backstop.store.atomic import write_all
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    with working("reading the record"), open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger, as_known_on=as_known_on)
        answer = report_day(mission, known, day=day, lines=line_of_contact(mission))
    body = {**watch_head("report", mission), **answer}
    if html_file is not None:
        page = Path(html_file)
        write_all(page.parent, {page.name: day_html(_shown(body))})
    emit(body, day_page, as_json=as_json, out=out, name=f"{mission.mission.name}-{day}")


def _shown(value: Any) -> Any:
    """Texts with what steers a reader's eye written out, as on the terminal."""
    from backstop.cli.plain import printable

    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    return [_shown(one) for one in value] if isinstance(value, list) else value


COMMANDS = (status, report)

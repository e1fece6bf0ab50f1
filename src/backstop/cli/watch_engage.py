"""``backstop watch engage``: violations proposed to the rules; a person confirms, nothing acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import counted, printable
from backstop.cli.watch_mission import (
    Day,
    agreement_for,
    clock,
    mission_argument,
    own_text,
    rules_of,
    share_of,
    watch_head,
)

if TYPE_CHECKING:
    from backstop.monitoring.proposing import Decision, Proposal
    from backstop.watch.agreement import Agreement
    from backstop.watch.engagement import Event, Machine
    from backstop.watch.engagement.proposal import Outcome
    from backstop.watch.folder import MissionFolder
    from backstop.watch.ledger import Ledger

#: Violations that were over so many days ago are proposed only when ``--since`` asks for them.
OPEN_DAYS = 14
#: Proposals that the terminal tells in full.
_MOST = 8


@click.command()
@mission_argument
@click.option(
    "--event",
    "event_file",
    type=click.Path(dir_okay=False),
    help="A JSON file with an event: an order, a call on the mechanism, a notice, …",
)
@click.option("--confirm", metavar="INCIDENT", help="Confirm a proposed violation as an event.")
@click.option("--dismiss", metavar="INCIDENT", help="Dismiss a proposed violation.")
@click.option("--reason", default="", help="Why it is confirmed or dismissed; into the ledger.")
@click.option("--role", default="duty officer", show_default=True, help="Who decides: a role.")
@click.option("--directed-at", default="", metavar="TARGET", help="At what it was directed.")
@click.option("--by", "culprits", multiple=True, metavar="ACTOR=SHARE", help="Who did it.")
@click.option(
    "--since",
    type=Day(),
    metavar="DAY",
    help=f"Propose violations from this day on; else of the last {OPEN_DAYS} days.",
)
@click.option(
    "--cap", "cap_folder", type=click.Path(file_okay=False), help="Write alerts here (CAP 1.2)."
)
@click.option("--actual", is_flag=True, help="Alerts are actual; else they are an exercise.")
@json_option
def engage(
    folder: str,
    event_file: str | None,
    confirm: str | None,
    dismiss: str | None,
    reason: str,
    role: str,
    directed_at: str,
    culprits: tuple[str, ...],
    since: date | None,
    cap_folder: str | None,
    actual: bool,
    as_json: bool,
) -> None:
    """What the rules of engagement say of new violations; a person confirms, nothing acts.

    Fused incidents that `classify` calls violations are proposed, with what would follow and by
    when. Confirming one makes it an event of the rules; its deadlines run from then. Without any
    option only the time is taken in: deadlines that have passed, and new proposals, are entered.

    \b
    backstop watch engage mission/
    backstop watch engage mission/ --confirm r-1a2b --by russia=0.9 --directed-at line \\
        --reason "two patrols saw the muzzle flashes"
    backstop watch engage mission/ --event order.json --cap alerts/
    """
    from backstop.errors import InputError, Problem
    from backstop.monitoring.proposing import Decision
    from backstop.store.atomic import write_all
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    _one_of(event_file, confirm, dismiss, reason=reason)
    mission = open_mission(folder)
    machine = rules_of(mission)
    if machine is None:
        message = "has no rules; engagement.toml in the folder would be them"
        raise InputError([Problem(folder, 0, 0, "", message)])
    event = None if event_file is None else _event_in(event_file)
    decision = None
    if confirm or dismiss:
        decision = Decision(
            confirm or dismiss or "", confirm is not None, reason, role, directed_at,
            tuple(map(share_of, culprits)),
        )  # fmt: skip
    with mission.alone(), open_ledger(mission.path) as ledger:
        desk = _Desk(mission, machine, agreement_for(mission), ledger, since)
        body, alerts, lines = desk.work(event, decision, actual=actual)
    if cap_folder is not None and alerts:
        write_all(cap_folder, alerts)
    if as_json:
        print_json({**watch_head("engage", mission), **body})
        return
    for line in lines:
        click.echo(printable(line))
    if cap_folder is not None:
        click.echo(f"{counted(len(alerts), 'alert')} written to {cap_folder}", err=True)


class _Desk:
    """One look at the rules: what was decided is entered, then what is open is proposed."""

    def __init__(
        self,
        mission: MissionFolder,
        machine: Machine,
        agreement: Agreement,
        ledger: Ledger,
        since: date | None,
    ) -> None:
        from backstop.monitoring.known import read_known
        from backstop.watch.moment import zone_of

        self.mission, self.machine, self.agreement = mission, machine, agreement
        self.ledger, self.now = ledger, clock()
        self.known = read_known(mission, ledger)
        zone = zone_of(mission.mission.zone)
        day = since or self.now.astimezone(zone).date() - timedelta(days=OPEN_DAYS)
        self.since = datetime.combine(day, time.min, zone)

    def open(self) -> tuple[Proposal, ...]:
        """What is proposed as the ledger stands."""
        from backstop.monitoring.proposing import proposals

        return proposals(
            self.machine, self.known, self.entries(), agreement=self.agreement, now=self.now,
            since=self.since,
        )  # fmt: skip

    def entries(self) -> list[Any]:
        """All that was entered on the rules."""
        from backstop.watch.ledger import Kind

        kinds = (Kind.TRANSITION, Kind.ACKNOWLEDGEMENT, Kind.ALERT)
        return list(self.ledger.entries(kinds=kinds))

    def work(
        self, event: Event | None, decision: Decision | None, *, actual: bool
    ) -> tuple[dict[str, Any], Mapping[str, str], Sequence[str]]:
        """The answer as JSON, the alerts, and the answer in lines."""
        from backstop.monitoring.events import take_event
        from backstop.monitoring.proposing import decide, proposal_named, undecided

        if decision is not None:
            chosen = proposal_named(self.open(), decision.incident)
            decision = _full(decision, chosen)
            if decision.confirm:
                event = decide(chosen, decision, machine=self.machine, now=self.now)
            self.ledger.append([decision.draft(self.now)], author="engagement", now=self.now)
        done = take_event(
            self.machine, self.ledger, event=event, now=self.now,
            sender=self.mission.mission.origin, actual=actual,
        )  # fmt: skip
        found = self.open()
        new = list(undecided(found, self.entries()))
        if new:
            self.ledger.append(new, author="engagement", now=self.now)
        body = {
            **done.to_dict(),
            "proposals": [one.to_dict() for one in found],
            "proposals_entered": len(new),
        }
        unfused = not self.known.incidents
        lines = [*done.lines(), *_told(found, self.mission, since=self.since, unfused=unfused)]
        return body, done.alerts, lines


def _full(decision: Decision, proposal: Proposal) -> Decision:
    from dataclasses import replace

    return replace(decision, incident=proposal.event.id)


def _told(
    found: Sequence[Proposal], mission: MissionFolder, *, since: datetime, unfused: bool
) -> Iterator[str]:
    if unfused:
        yield "No incidents: `backstop watch fuse` and `classify` make the ones that are proposed."
        return
    from backstop.watch.moment import zone_of

    zone = zone_of(mission.mission.zone)
    yield (
        f"{counted(len(found), 'violation')} since {since.date()} to be confirmed or dismissed by "
        "a person; --since DAY goes further back"
    )
    before: list[str] = []
    for one in found[:_MOST]:
        event = one.event
        kind = event.kind.replace("_", " ")
        yield f"  {event.id}  {event.at.astimezone(zone):%Y-%m-%d}  {kind}  {one.where}"
        if one.why != "new":
            yield f"    the record changed since it was confirmed ({one.why})"
        follows = [line for each in one.outcomes[:3] for line in _outcome(each, zone)]
        if len(one.outcomes) > 3:
            follows.append(f"    … and {len(one.outcomes) - 3} more ways to read it (--json)")
        if one.wants:
            follows.append(
                f"    to say: {' and '.join(one.wants)} (--by ACTOR=SHARE, --directed-at TARGET)"
            )
        yield from ["    as for the one before"] if follows == before else follows
        before = follows
    if len(found) > _MOST:
        yield f"  … and {len(found) - _MOST} more (--json)"
    if found:
        yield f"Times are by the clock of {mission.mission.zone}."
        yield (
            f"To decide: backstop watch engage {mission.path} --confirm INCIDENT --reason … "
            "(or --dismiss). Nothing acts."
        )


def _outcome(follows: Outcome, zone: tzinfo) -> Iterator[str]:
    said = [
        *([f"by {follows.by}"] if follows.by else []),
        *([f"directed at {follows.subject}"] if follows.subject else []),
    ]
    condition = f"if {' and '.join(said)}: " if said else ""
    move = f" → {follows.enters}" if follows.enters != follows.leaves else ""
    yield f"    {condition}{' '.join(follows.sentences)} ({follows.case}{move})"
    for one in follows.tell:
        due = f", acknowledged by {one.due.astimezone(zone):%Y-%m-%d %H:%M}" if one.due else ""
        yield f"      would tell {', '.join(one.to)}{due}"
    for one in follows.do:
        due = f" by {one.due.astimezone(zone):%Y-%m-%d %H:%M}" if one.due else ""
        yield f"      {', '.join(one.to)} would have to{due}: {one.text}"


def _one_of(event: str | None, confirm: str | None, dismiss: str | None, *, reason: str) -> None:
    if sum(one is not None for one in (event, confirm, dismiss)) > 1:
        raise click.UsageError("give one of --event, --confirm and --dismiss")
    if (confirm is not None or dismiss is not None) and not reason.strip():
        raise click.UsageError("say why, with --reason: it goes into the ledger")


def _event_in(place: str) -> Event:
    import json

    from backstop.errors import InputError, Problem
    from backstop.watch.engagement.event import read_event

    try:
        return read_event(json.loads(own_text(place)))
    except ValueError as error:
        raise InputError([Problem(place, 0, 0, "", str(error))]) from None


COMMANDS = (engage,)

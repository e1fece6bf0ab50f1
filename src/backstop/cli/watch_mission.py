"""What the commands of the watch share: the mission, the clock, the moment that is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backstop.cli.options import head
from backstop.cli.plain import printable

if TYPE_CHECKING:
    from pathlib import Path

    from backstop.watch.adapters.mapping import Mapping
    from backstop.watch.agreement import Agreement
    from backstop.watch.engagement import Machine
    from backstop.watch.folder import MissionFolder
    from backstop.watch.line import LineSeries

Command = TypeVar("Command", bound=Callable[..., Any])

mission_argument = click.argument("folder", metavar="MISSION")


class Day(click.ParamType[Any]):
    """A calendar day, as 2022-02-19."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day of its text."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day like 2022-02-19", param, ctx)


class KnownOn(click.ParamType[Any]):
    """A day, or a time with its offset."""

    name = "day or time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | datetime:
        """The day or time of its text."""
        if isinstance(value, date):
            return value
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
            when = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither a day like 2022-02-19 nor a time", param, ctx)
        if when.tzinfo is None:
            self.fail(f"{value!r} has no offset from UTC, such as +02:00", param, ctx)
        return when


known_on_option = click.option(
    "--as-known-on",
    type=KnownOn(),
    metavar="DAY",
    help="Use nothing that was taken in after this day (UTC) or time.",
)


def clock() -> datetime:
    """What the clock says; the one place where the watch asks it."""
    return datetime.now(UTC)


def watch_head(command: str, mission: MissionFolder, **more: Any) -> dict[str, Any]:
    """The head of every JSON object of the watch."""
    held = mission.mission
    about = {"mission": held.name, "scenario": held.scenario_digest, "agreement": held.agreement}
    return head(f"watch-{command}", **about, **more)


def key_place(folder: str, key_file: str | None) -> Path:
    """The private key lies beside the folder, unless it is said where."""
    from pathlib import Path

    place = Path(folder).resolve()
    return Path(key_file) if key_file else place.with_name(f"{place.name}.key")


def lines_of(mission: MissionFolder) -> LineSeries | None:
    """The dated lines in the mission's folder; None when there are none."""
    from backstop.watch.adapters.lines import read_lines

    folder = mission.path / "lines"
    return read_lines(folder) if any(folder.glob("*.geojson")) else None


def line_of_contact(mission: MissionFolder) -> LineSeries | None:
    """The line of contact as it ran, for maps: the mission's own, joined to a shipped one."""
    agreement = agreement_for(mission)
    drawn = agreed_lines(mission, agreement)
    actual = [drawn[one.id] for one in agreement.lines if one.day is None and one.id in drawn]
    return actual[0] if actual else lines_of(mission)


def own_text(place: str | Path) -> str:
    """The text of a file that somebody named.

    Raises
    ------
    NotFound
        When there is no such file.
    InputError
        When it cannot be read.
    """
    from pathlib import Path

    from backstop.errors import InputError, NotFound, Problem

    try:
        return Path(place).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(f"{place}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(place), 0, 0, "", f"cannot be read: {error}")]) from None


def mapping_of(place: str | None) -> Mapping | None:
    """The mapping in a file; None when no file is named."""
    from backstop.watch.adapters.mapping import read_mapping

    return None if place is None else read_mapping(own_text(place), file=place)


def agreement_for(mission: MissionFolder) -> Agreement:
    """The agreement of a mission: a shipped one, or its own."""
    from backstop.monitoring.begin import AGREEMENT_FILE, agreement_of

    own = mission.mission.agreement == AGREEMENT_FILE
    text = own_text(mission.path / AGREEMENT_FILE) if own else ""
    return agreement_of(mission.mission, own_text=text)


def rules_of(mission: MissionFolder) -> Machine | None:
    """The rules of engagement: ``engagement.toml`` in the folder, else those shipped for it."""
    from backstop.monitoring.engaging import rules_for
    from backstop.watch.engagement import read_machine, shipped_machine

    own = mission.path / "engagement.toml"
    if own.exists():
        return read_machine(own_text(own), file=str(own))
    held = mission.mission
    name = rules_for(agreement=held.agreement, scenario=held.scenario)
    return shipped_machine(name) if name else None


def agreed_lines(mission: MissionFolder, agreement: Agreement) -> dict[str, LineSeries]:
    """A drawing for each line of the agreement that has one.

    ``lines/ID/`` holds the drawings of the line ID; what lies in ``lines/`` itself is the line of
    contact as it ran, and serves for every line that is not bound to a day. Where the mission has
    none of the day, a drawing that comes with the package serves, if the agreement names one.
    """
    from backstop.watch.adapters.lines import read_lines
    from backstop.watch.agreement import joined, shipped_line

    found: dict[str, LineSeries] = {}
    actual = lines_of(mission)
    for line in agreement.lines:
        own = mission.path / "lines" / line.id
        if any(own.glob("*.geojson")):
            found[line.id] = read_lines(own, line=line.id)
        elif actual is not None and line.day is None:
            found[line.id] = actual
        if line.drawing is not None:
            shipped, drawn = shipped_line(line.drawing), found.get(line.id)
            found[line.id] = joined(line.id, drawn, shipped) if drawn else shipped
    return found


def share_of(text: str) -> tuple[str, float]:
    """``russia=0.9``; an actor alone is certain."""
    name, _, share = text.partition("=")
    try:
        value = float(share or "1")
    except ValueError:
        value = -1.0
    if not name or not 0 < value <= 1:
        raise click.UsageError(f"--by {text[:60]!r} is not like russia=0.9")
    return name, value


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr where a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(escape(printable(what)), total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr for work of several steps, each named, where a person is looking."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def told(what: str, done: int, total: int) -> None:
            shown = escape(printable(what))
            bars.update(task, description=shown, completed=done, total=total or None)

        yield told

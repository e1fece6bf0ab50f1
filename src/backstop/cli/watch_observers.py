"""``backstop watch observers``: two observers of the same events held against each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import json_option, print_json
from backstop.cli.plain import counted, printable
from backstop.cli.watch_mission import known_on_option, mission_argument, watch_head

if TYPE_CHECKING:
    from backstop.monitoring.observers import Compared

#: Windows where none is named, in minutes.
_WINDOWS = (1.0, 5.0, 15.0, 30.0, 60.0, 180.0)
_WIDTHS = (8, 24, 24, 22, 26)


@click.command()
@mission_argument
@click.argument("first", default="")
@click.argument("second", default="")
@click.option(
    "--window-minutes",
    "minutes",
    multiple=True,
    type=click.FloatRange(0, 7 * 1440, min_open=True),
    help="Two reports of one event lie at most this far apart in time. Repeatable.",
)
@click.option(
    "--window-km",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0, 1_000, min_open=True),
    help="The same in space. Places without coordinates have to be the same region.",
)
@click.option("--kind", default="", help="Only acts of this kind, as alert.")
@click.option("--seed", default=0, show_default=True, type=int, help="Seed of the ranges.")
@known_on_option
@json_option
def observers(
    folder: str,
    first: str,
    second: str,
    minutes: tuple[float, ...],
    window_km: float,
    kind: str,
    seed: int,
    as_known_on: date | datetime | None,
    as_json: bool,
) -> None:
    """How far do two observers of the same events agree, and how much later is the second?

    Share of each one's reports that the other has too, against the window, beside what chance
    would match, and the lag between the two. Without names: who is in the record.

    \b
    backstop watch observers mission/
    backstop watch observers mission/ official-alerts volunteer-alerts
    """
    from backstop.monitoring.known import read_known
    from backstop.monitoring.observers import compare_observers, observers_of
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import Kind, open_ledger

    if first and not second:
        raise click.UsageError("name two observers, or none to see who is in the record")
    mission = open_mission(folder)
    with open_ledger(mission.path) as ledger:
        known = read_known(mission, ledger, as_known_on=as_known_on, kinds=(Kind.OBSERVATION,))
    if not first:
        held = observers_of(known)
        if as_json:
            print_json({**watch_head("observers", mission), "observers": held})
            return
        for name, count in held.items():
            click.echo(f"{count:>9,} {printable(name)}")
        click.echo(counted(len(held), "observer"))
        return
    found = compare_observers(
        known, first, second,
        km=window_km, minutes=minutes or _WINDOWS, kind=kind, seed=seed,
    )  # fmt: skip
    if as_json:
        body = {"window_km": window_km, "kind": kind, "seed": seed, **found.to_dict()}
        print_json({**watch_head("observers", mission), **body})
        return
    _print(found)


def _print(found: Compared) -> None:
    first, second = printable(found.first), printable(found.second)
    a, b = found.reports
    click.echo(
        f"{a:,} reports of {first} and {b:,} of {second}, "
        f"{found.since.date()} to {found.until.date()}"
    )
    for why, (of_first, of_second) in found.left_out.items():
        if of_first or of_second:
            click.echo(f"  left out, {why}: {of_first:,} and {of_second:,}")
    titles = ["window", first[:22], second[:22], "by chance", "lag, min"]
    click.echo("".join(f"{cell:>{w}}" for cell, w in zip(titles, _WIDTHS, strict=True)))
    for one in found.windows:
        row = one.to_dict()
        shares = (_share(row[n]) for n in ("first_matched", "second_matched", "by_chance"))
        lag = one.median_lag_minutes
        said = "none" if lag is None else f"{lag.p50:.2f} ({lag.p05:.2f} to {lag.p95:.2f})"
        cells = [f"{one.minutes:g} min", *shares, said]
        click.echo("".join(f"{cell:>{w}}" for cell, w in zip(cells, _WIDTHS, strict=True)))
    click.echo(
        "Share matched, nearest in time first (5–95 %: days drawn anew); by chance: the second "
        "clock\none to four weeks off; lag: the median, the second later where it is above 0."
    )


def _share(span: dict[str, Any]) -> str:
    return f"{span['p50']:.1%} ({span['p05']:.1%}–{span['p95']:.1%})"


COMMANDS = (observers,)

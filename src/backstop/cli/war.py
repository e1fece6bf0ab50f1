"""``backstop campaign`` and ``deter``: what if it is attacked, and would it be."""

from __future__ import annotations

from typing import Any

import click

from backstop.cli.options import (
    case_of,
    emit,
    head,
    json_option,
    out_option,
    seed_option,
    set_option,
    working,
    worlds_option,
)

threads_option = click.option(
    "--threads",
    default=2,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Threads for the campaign; they change no result.",
)


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@set_option
@worlds_option
@seed_option
@threads_option
@click.option(
    "--replay", type=click.IntRange(0), metavar="WORLD", help="Show one future day by day."
)
@out_option
@json_option
def campaign(
    target: str,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    threads: int,
    replay: int | None,
    out: str | None,
    as_json: bool,
) -> None:
    """What happens if the line is attacked, with the force that sourcing keeps there?

    \b
    backstop campaign ukraine-2025/tripwire
    backstop campaign ukraine-2025/tripwire --replay 17
    """
    from backstop.assessment.alone import campaign_alone
    from backstop.report.stage import campaign_page

    case = case_of(target, settings)
    with working(f"fighting {case.design.id} over {worlds:,} futures"):
        answer = campaign_alone(case, worlds=worlds, seed=seed, threads=threads, replay=replay)
    name = f"{case.scenario.name}-{case.design.id}-campaign"
    emit({**head("campaign"), **answer}, campaign_page, as_json=as_json, out=out, name=name)


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@set_option
@worlds_option
@seed_option
@threads_option
@click.option(
    "--years",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 100, min_open=True),
    help="How far to look, in years.",
)
@click.option(
    "--types",
    default=3,
    show_default=True,
    type=click.IntRange(1, 9),
    help="Types of resolve on each side.",
)
@click.option(
    "--record",
    type=click.Path(exists=True, file_okay=False),
    metavar="MISSION",
    help="Take the rate of incidents from this mission's record.",
)
@click.option(
    "--challenger",
    default="",
    metavar="PARTY",
    help="With --record: the party, as the record names it, whose type is learnt from its probes.",
)
@click.option(
    "--everywhere",
    is_flag=True,
    help="Also solve the first quarter's crisis in all --worlds; tell how many were not solved.",
)
@click.option("--explain", is_flag=True, help="Lay one crisis open: every utility and choice.")
@click.option(
    "--future",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="The future that --explain lays open, by its place among those played.",
)
@out_option
@json_option
def deter(
    target: str,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    threads: int,
    years: float,
    types: int,
    record: str | None,
    challenger: str,
    everywhere: bool,
    explain: bool,
    future: int,
    out: str | None,
    as_json: bool,
) -> None:
    """Would it be tested, would the guarantee be honoured, how long does the ceasefire last?

    \b
    backstop deter ukraine-2025/tripwire
    backstop deter ukraine-2025/tripwire --explain
    backstop deter ukraine-2025/tripwire --everywhere --worlds 1000000
    """
    from backstop.assessment.alone import deter_alone
    from backstop.report.stage import deter_page

    if challenger and record is None:
        raise click.UsageError("--challenger names a party of a --record; give both")
    learnt = None if record is None else _lessons(record, challenger)
    taught = (learnt["set"], *learnt["challenger"]["set"]) if learnt else ()
    case = case_of(target, (*settings, *taught))
    with working(f"playing {case.design.id}") as progress:
        answer = deter_alone(
            case,
            worlds=worlds,
            seed=seed,
            threads=threads,
            horizon_years=years,
            types=types,
            explained=future,
            everywhere=everywhere,
            say=progress,
        )
    name = f"{case.scenario.name}-{case.design.id}-deter"
    answer["record"] = learnt
    if not explain:
        del answer["explanation"]

    def render(body: dict[str, Any]) -> Any:
        return deter_page(body, explain=explain)

    emit({**head("deter"), **answer}, render, as_json=as_json, out=out, name=name)


def _lessons(folder: str, challenger: str) -> dict[str, Any]:
    """What a mission's record says of the crisis; InputError where it says nothing."""
    from backstop.errors import InputError, Problem
    from backstop.monitoring.known import read_known
    from backstop.monitoring.lessons import for_deterrence
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    mission = open_mission(folder)
    with open_ledger(mission.path) as ledger:
        learnt = for_deterrence(read_known(mission, ledger), challenger=challenger)
    if learnt["range"] is None:
        raise InputError([Problem(folder, 0, 0, "--record", str(learnt["why"]))])
    if challenger and not learnt["challenger"]["set"]:
        raise InputError([Problem(folder, 0, 0, "--challenger", str(learnt["challenger"]["why"]))])
    return learnt


__all__ = ["campaign", "deter"]

"""``backstop watch plan``: what would be seen, where, when, of what, and the gaps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from backstop.cli.options import (
    case_of,
    emit,
    head,
    json_option,
    out_option,
    seed_option,
    set_option,
    worlds_option,
)


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@click.option(
    "--geojson", type=click.Path(dir_okay=False), help="Stretches with their gaps, for a map."
)
@set_option
@worlds_option
@seed_option
@out_option
@json_option
def plan(
    target: str,
    geojson: str | None,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    out: str | None,
    as_json: bool,
) -> None:
    """What would posts, patrols, cameras and aircraft see, and how many people does it take?

    \b
    backstop watch plan ukraine-2025/monitors
    """
    from backstop.report.watch_plan import plan_page
    from backstop.store.atomic import write_all
    from backstop.watch.plan import Draws
    from backstop.watch.plan import plan as planned

    case = case_of(target, settings)
    found = planned(case, draws=Draws.of(case, worlds=range(worlds), seed=seed))
    if geojson is not None:
        place = Path(geojson)
        text = json.dumps(found.geojson(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        write_all(place.parent, {place.name: text})
    answer = {key: value for key, value in found.to_dict().items() if key != "schema"}
    scenario = case.scenario
    body = {
        **head("watch-plan", scenario=scenario.name, scenario_digest=scenario.digest),
        **answer,
    }
    emit(body, plan_page, as_json=as_json, out=out, name=f"{scenario.name}-{case.design.id}-plan")


COMMANDS = (plan,)

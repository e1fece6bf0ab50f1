"""``backstop watch plan``: what would be seen, where, when, of what, and the gaps."""

from __future__ import annotations

import json
import math
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
@click.option("--html", "html_file", type=click.Path(dir_okay=False), help="A page with maps.")
@click.option(
    "--add",
    "more",
    multiple=True,
    metavar="MEANS=N",
    help="So many more of a means, spread evenly: acoustic=20, satellite=1. Repeatable.",
)
@set_option
@worlds_option
@seed_option
@out_option
@json_option
def plan(
    target: str,
    geojson: str | None,
    html_file: str | None,
    more: tuple[str, ...],
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    out: str | None,
    as_json: bool,
) -> None:
    """What would posts, patrols, cameras and aircraft see, and how many people does it take?

    \b
    backstop watch plan ukraine-2025/monitors
    backstop watch plan ukraine-2025/monitors --add acoustic=20 --html plan.html
    """
    from backstop.report.watch_plan import plan_page
    from backstop.store.atomic import write_all
    from backstop.watch.plan import Draws
    from backstop.watch.plan import plan as planned

    case = case_of(target, settings)
    found = planned(case, draws=Draws.of(case, worlds=range(worlds), seed=seed), extra=_extra(more))
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
    if html_file is not None:
        from backstop.report.watch_plan_html import plan_html

        page = Path(html_file)
        write_all(page.parent, {page.name: plan_html(body)})
    emit(body, plan_page, as_json=as_json, out=out, name=f"{scenario.name}-{case.design.id}-plan")


def _extra(more: tuple[str, ...]) -> dict[str, float]:
    """``acoustic=20``; the same means twice adds up."""
    found: dict[str, float] = {}
    for text in more:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not name or not 0 <= value < 1e6:
            raise click.UsageError(f"--add {text[:60]!r} is not like acoustic=20")
        found[name] = found.get(name, 0.0) + value
    return found


COMMANDS = (plan,)

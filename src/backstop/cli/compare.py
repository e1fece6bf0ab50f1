"""``backstop compare``: all designs of a scenario in one table."""

from __future__ import annotations

import click

from backstop.cli.options import (
    emit,
    head,
    json_option,
    out_option,
    scenario_of,
    seed_option,
    set_option,
    working,
    worlds_option,
)


@click.command()
@click.argument("scenario")
@click.argument("designs", nargs=-1, metavar="[DESIGN]...")
@set_option
@worlds_option
@seed_option
@out_option
@json_option
def compare(
    scenario: str,
    designs: tuple[str, ...],
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    out: str | None,
    as_json: bool,
) -> None:
    """Compare the designs of SCENARIO, or some of them, on the same futures."""
    from backstop.assessment.what_if import Effort
    from backstop.comparison import compare as run
    from backstop.report.table import table

    found = scenario_of(scenario, settings)
    with working(f"comparing designs over {worlds:,} futures") as progress:
        effort = Effort(cost_rounds=0)
        answer = run(
            found, designs=designs, worlds=worlds, seed=seed, effort=effort, progress=progress
        )
    body = {**head("compare"), **answer.to_dict()}
    emit(body, table, as_json=as_json, out=out, name=f"{found.name}-designs")

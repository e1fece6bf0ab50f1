"""``backstop check``: every problem in a scenario, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import head, json_option, print_json, set_option
from backstop.cli.plain import counted
from backstop.errors import Problem

if TYPE_CHECKING:
    from backstop.scenario.scenario import Scenario


@click.command()
@click.argument("scenario")
@set_option
@json_option
def check(scenario: str, settings: tuple[str, ...], as_json: bool) -> int:
    """Report every problem in SCENARIO at once, as file:line:column: path: message."""
    from backstop.scenario.files import split_target
    from backstop.scenario.load import examine

    name, design = split_target(scenario)
    found, problems = examine(name, overrides=settings)
    if found is not None and design is not None:
        found.design(design)
    if as_json:
        digest = found.digest if found and not problems else None
        body = head("check", scenario=name, scenario_digest=digest, problems=_rows(problems))
        print_json(body)
    elif problems:
        for problem in problems:
            click.echo(str(problem))
        click.echo(counted(len(problems), "problem"), err=True)
    else:
        assert found is not None
        click.echo(_nothing_wrong(found))
    return 2 if problems else 0


def _nothing_wrong(found: Scenario) -> str:
    held = (
        counted(len(found.nations), "nation"),
        counted(len(found.offers), "offer"),
        counted(len(found.positions), "position"),
        counted(len(found.designs), "design"),
        counted(len(found.evidence.sources), "source"),
    )
    claims = counted(len(found.evidence.claims), "claim")
    return f"{found.name}: no problems in {', '.join(held)} and {claims}"


def _rows(problems: list[Problem]) -> list[dict[str, Any]]:
    keys = ("file", "line", "column", "path", "message")
    return [{key: getattr(problem, key) for key in keys} for problem in problems]

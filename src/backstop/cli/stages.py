"""``backstop size``, ``source`` and ``authorise``: one stage alone."""

from __future__ import annotations

from typing import Any

import click

from backstop.cli.options import (
    case_of,
    critical_option,
    emit,
    head,
    json_option,
    out_option,
    rounds_option,
    scenario_of,
    seed_option,
    set_option,
    working,
    worlds_option,
)


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@set_option
@worlds_option
@seed_option
@out_option
@json_option
def size(
    target: str, settings: tuple[str, ...], worlds: int, seed: int, out: str | None, as_json: bool
) -> None:
    """How much force does the concept take? Every method, and why the debate differs."""
    from backstop.assessment.alone import size_alone
    from backstop.report.stage import size_page

    case = case_of(target, settings)
    with working(f"sizing {case.design.id}"):
        answer = size_alone(case, worlds=worlds, seed=seed)
    name = f"{case.scenario.name}-{case.design.id}-size"
    emit({**head("size"), **answer}, size_page, as_json=as_json, out=out, name=name)


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@set_option
@worlds_option
@seed_option
@rounds_option(1)
@critical_option
@click.option("--verify", is_flag=True, help="Check the optimum with a second solver (PySCIPOpt).")
@click.option("--without", metavar="NATION", help="Re-plan after this nation withdraws.")
@click.option("--next-pledge", is_flag=True, help="Which pledge would help most?")
@click.option("--strict", is_flag=True, help="Exit with 3 when the first tier stays short.")
@click.option("--gantt", is_flag=True, help="Show the plan as a chart over the rotations.")
@out_option
@json_option
def source(
    target: str,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    cost_rounds: int,
    critical: bool,
    verify: bool,
    without: str | None,
    next_pledge: bool,
    strict: bool,
    gantt: bool,
    out: str | None,
    as_json: bool,
) -> int:
    """Who can supply it, for how long, and what is missing? The plan of the planning case."""
    from backstop.assessment.alone import source_alone
    from backstop.assessment.what_if import Effort
    from backstop.errors import Infeasible
    from backstop.report.stage import source_page

    case = case_of(target, settings)
    effort = Effort(
        cost_rounds=cost_rounds,
        critical=critical,
        verify=verify,
        without=without,
        next_pledge=next_pledge,
    )
    with working(f"sourcing {case.design.id}"):
        answer = source_alone(case, worlds=worlds, seed=seed, effort=effort)
    name = f"{case.scenario.name}-{case.design.id}-source"

    def render(body: dict[str, Any]) -> Any:
        return source_page(body, gantt=gantt)

    emit({**head("source"), **answer}, render, as_json=as_json, out=out, name=name)
    if strict and any(line["tier"] == 1 and line["shortfall"] > 0 for line in answer["lines"]):
        click.echo(f"backstop: the first tier cannot be filled. {answer['reason'] or ''}", err=True)
        return Infeasible.exit_code
    return 0


@click.command()
@click.argument("target", metavar="SCENARIO[/DESIGN]")
@click.option("--body", help="Any body of the library instead of a design's routes.")
@click.option("--question", help="The question put to that body, as in positions.csv.")
@click.option("--power", is_flag=True, help="Show every member's power indices.")
@set_option
@worlds_option
@seed_option
@out_option
@json_option
def authorise(
    target: str,
    body: str | None,
    question: str | None,
    power: bool,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    out: str | None,
    as_json: bool,
) -> None:
    """Who has to agree, who blocks, and whose change of mind opens it?"""
    from backstop.assessment.alone import authorise_alone, authorise_body
    from backstop.report.stage import authority_page

    if body is not None:
        from backstop.scenario.files import split_target

        scenario = scenario_of(split_target(target)[0], settings)
        answer = authorise_body(scenario, body, question=question, worlds=worlds, seed=seed)
        name = f"{scenario.name}-{body}"
    else:
        case = case_of(target, settings)
        answer = authorise_alone(case, worlds=worlds, seed=seed)
        name = f"{case.scenario.name}-{case.design.id}-authority"

    def render(content: dict[str, Any]) -> Any:
        return authority_page(content, power=power)

    emit({**head("authorise"), **answer}, render, as_json=as_json, out=out, name=name)


__all__ = ["authorise", "size", "source"]

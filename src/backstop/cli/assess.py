"""``backstop assess``: all stages for one design, on one page."""

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
@rounds_option(0)
@critical_option
@click.option("--explain", is_flag=True, help="Also list every number with what it rests on.")
@out_option
@json_option
def assess(
    target: str,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    cost_rounds: int,
    critical: bool,
    explain: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Answer for one design: how much force, who supplies it, who has to agree.

    \b
    backstop assess ukraine-2025/reassurance
    backstop assess ukraine-2025/tripwire --set designs[tripwire].rotation.dwell_months=24
    """
    from backstop.assessment.assess import assess as run
    from backstop.assessment.what_if import Effort
    from backstop.report.page import page

    case = case_of(target, settings)
    with working(f"assessing {case.design.id} over {worlds:,} futures"):
        effort = Effort(cost_rounds=cost_rounds, critical=critical)
        answer: dict[str, Any] = run(case, worlds=worlds, seed=seed, effort=effort).to_dict()
    body = {**head("assess"), **answer}

    def render(content: dict[str, Any]) -> Any:
        return page(content, explain=explain)

    emit(body, render, as_json=as_json, out=out, name=f"{case.scenario.name}-{case.design.id}")

"""``backstop assess``: all stages for one design, on one page."""

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


@click.command()
@click.argument("target", metavar="SCENARIO/DESIGN")
@set_option
@worlds_option
@seed_option
@click.option(
    "--cost-rounds",
    default=0,
    show_default=True,
    type=click.IntRange(0, 50),
    help="Rounds of looking for a cheaper plan; `source` looks for one round.",
)
@click.option("--critical", is_flag=True, help="Also solve again without each nation.")
@out_option
@json_option
def assess(
    target: str,
    settings: tuple[str, ...],
    worlds: int,
    seed: int,
    cost_rounds: int,
    critical: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Answer for one design: how much force, who supplies it, who has to agree.

    \b
    backstop assess ukraine-2025/reassurance
    backstop assess ukraine-2025/tripwire --set designs[tripwire].rotation.dwell_months=24
    """
    from backstop.assessment.assess import assess as run
    from backstop.assessment.plan import Effort
    from backstop.report.page import page

    case = case_of(target, settings)
    with working(f"assessing {case.design.id} over {worlds:,} futures"):
        effort = Effort(cost_rounds=cost_rounds, critical=critical)
        answer: dict[str, Any] = run(case, worlds=worlds, seed=seed, effort=effort).to_dict()
    body = {**head("assess"), **answer}
    emit(body, page, as_json=as_json, out=out, name=f"{case.scenario.name}-{case.design.id}")

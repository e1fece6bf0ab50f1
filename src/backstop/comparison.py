"""``compare``: every design of a scenario on the same futures, as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from backstop import __version__
from backstop.assessment.assess import Assessment, assess
from backstop.assessment.view import View
from backstop.assessment.what_if import Effort
from backstop.scenario.scenario import Case, Scenario


class Comparison(View):
    """All designs in one table; ``comparison.designs[0].deployed.p50``."""

    __slots__ = ()


def compare(
    scenario: Scenario,
    *,
    designs: Sequence[str] = (),
    worlds: int = 10_000,
    seed: int = 1,
    effort: Effort | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Assess several designs on common random numbers.

    Parameters
    ----------
    designs
        Names of the designs; all of the scenario's when empty.
    progress
        Called with the name of each design before it is assessed.

    Raises
    ------
    NotFound
        When a design is not there.
    """
    cases = [scenario.design(name) for name in designs] or [
        Case(scenario=scenario, design=design) for design in scenario.designs
    ]
    rows = list(_assessed(cases, worlds, seed, effort, progress))
    body: dict[str, Any] = {
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "seed": seed,
        "worlds": worlds,
        "backstop": __version__,
        "designs": [_row(page) for page in rows],
        "findings": [
            {**finding, "design": page["design"]}
            for page in (row.to_dict() for row in rows)
            for finding in page["findings"]
            if finding["severity"] == "critical"
        ],
    }
    return Comparison(body)


def _assessed(
    cases: Sequence[Case],
    worlds: int,
    seed: int,
    effort: Effort | None,
    progress: Callable[[str], None],
) -> Iterator[Assessment]:
    for case in cases:
        progress(case.design.id)
        yield assess(case, worlds=worlds, seed=seed, effort=effort)


def _row(page: Assessment) -> dict[str, Any]:
    body = page.to_dict()
    authority, sourcing = body["authority"], body["sourcing"]
    campaign, deterrence = body["campaign"], body["deterrence"]
    routes = {route["route"]: route for route in authority["routes"]}
    best = authority["recommended"] or max(routes, key=lambda r: routes[r]["probability"]["mean"])
    return {
        "design": body["design"],
        "title": body["title"],
        "regime": body["sizing"]["regime"],
        "deployed": body["sizing"]["deployed"],
        "pool": body["sizing"]["pool"],
        "coverage": sourcing.get("coverage"),
        "route": routes[best]["title"],
        "route_probability": routes[best]["probability"],
        "held_90": campaign["held"].get("90") if campaign else None,
        "held_90_alone": campaign["alone"]["held"].get("90") if campaign else None,
        "area_saved_km2": campaign["area_saved_km2"] if campaign else None,
        "survival_5": deterrence["survival"].get("5") if deterrence else None,
        "gain_5": deterrence["without_guarantee"].get("gain_5y") if deterrence else None,
        "honoured_given_attack": deterrence["honoured_given_attack"] if deterrence else None,
        "cost_usd_m_per_year": sourcing.get("cost_usd_m_per_year"),
        "verdict": body["verdict"],
    }

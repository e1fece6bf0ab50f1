"""Checks that need more than one place of a scenario: circles, and lines of the wrong length."""

from __future__ import annotations

from collections.abc import Iterator

from backstop.errors import Problem
from backstop.scenario import references
from backstop.scenario.document import Document
from backstop.scenario.geometry import Lines, length_km
from backstop.scenario.scenario import ScenarioFile


def circle_problems(main: Document) -> Iterator[Problem]:
    """Conditions that wait for each other."""
    conditions = main.data.get("conditions")
    items = conditions if isinstance(conditions, list) else []
    requires = {
        str(item["id"]): [str(name) for name in item.get("requires", []) or []]
        for item in items
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }
    order = list(requires)
    for circle in references.circles(requires):
        message = f"the conditions wait for each other: {' -> '.join((*circle, circle[0]))}"
        yield main.problem(("conditions", order.index(circle[0]), "requires"), message)


def line_problems(main: ScenarioFile, lines: Lines, document: Document) -> Iterator[Problem]:
    """Lines whose drawn length is not the stated one, within the line's own tolerance."""
    stated = {line.id: line.length_km for line in main.theatre.lines}
    for number, feature in enumerate(lines.features):
        quantity = stated.get(feature.properties.id)
        if quantity is None:
            continue
        low, high = quantity.support()
        drawn, slack = length_km(feature.geometry), feature.properties.tolerance
        if not low * (1 - slack) <= drawn <= high * (1 + slack):
            message = (
                f"is {drawn:,.0f} km long, but scenario.toml states {quantity} km "
                f"for {feature.properties.id!r}; mend one of them"
            )
            yield document.problem(("features", number, "geometry"), message)

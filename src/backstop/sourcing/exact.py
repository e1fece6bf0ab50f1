"""The exact row check: no plan is believed on a solver's word alone.

A solver works in floating point with tolerances; here every row is summed in integers of any
size. Nothing is rounded, so nothing can hide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backstop.errors import SolverFailed
from backstop.sourcing.integer import IntegerModel


@dataclass(frozen=True, slots=True)
class Violation:
    """A row or bound that a solution breaks, and by how much (positive)."""

    name: str
    group: str
    by: int


def violations(
    model: IntegerModel, *, values: Sequence[int], ignored: Collection[str] = ()
) -> tuple[Violation, ...]:
    """Return every bound and row that integer ``values`` break, in the model's order.

    Rows whose group is among ``ignored`` are not looked at.
    """
    assert len(values) == len(model.names), "one value a variable"
    assert all(type(value) is int for value in values), "values must be Python integers"
    broken = []
    bounds = zip(model.names, model.lower, model.upper, values, strict=True)
    for name, lower, upper, value in bounds:
        by = max(lower - value, value - upper)
        if by > 0:
            broken.append(Violation(name, "bound", by))
    for row in model.rows:
        if row.group in ignored:
            continue
        total = model.activity(row, values)
        below = row.lower - total if row.lower is not None else 0
        above = total - row.upper if row.upper is not None else 0
        if max(below, above) > 0:
            broken.append(Violation(row.name, row.group, max(below, above)))
    return tuple(broken)


def demand_exact(
    model: IntegerModel, *, values: Sequence[int], ignored: Collection[str] = ()
) -> None:
    """Raise when any row is broken.

    Raises
    ------
    SolverFailed
        Names the first rows that do not hold and by how much.
    """
    broken = violations(model, values=values, ignored=ignored)
    if broken:
        named = ", ".join(f"{v.name} by {v.by}" for v in broken[:5])
        raise SolverFailed(
            f"the plan fails its exact row check in {len(broken)} rows ({named}); "
            "this is a fault of the solver or its tolerances: please report the scenario"
        )

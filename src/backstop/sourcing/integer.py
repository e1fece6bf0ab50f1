"""A small integer model of our own: variables, sparse rows, a name and a group tag a row.

Every variable and every coefficient is an integer, so a solution can be checked without
rounding. No modelling layer stands between this and a solver's arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Terms = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """``lower <= sum(coefficient * variable) <= upper``; None is no limit on that side."""

    name: str
    group: str
    terms: tuple[tuple[int, int], ...]
    lower: int | None
    upper: int | None


class IntegerModel:
    """A builder of integer programmes; it holds no objective, which each solve is given."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lower: list[int] = []
        self.upper: list[int] = []
        self.rows: list[Row] = []

    def variable(self, name: str, *, lower: int = 0, upper: int) -> int:
        """Add an integer variable and return its number."""
        assert lower <= upper, f"{name}: {lower} > {upper}"
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.names) - 1

    def row(
        self,
        name: str,
        *,
        group: str,
        terms: Iterable[tuple[int, int]],
        lower: int | None = None,
        upper: int | None = None,
    ) -> int:
        """Add a row and return its number; terms on one variable are added up."""
        gathered: dict[int, int] = {}
        for variable, coefficient in terms:
            gathered[variable] = gathered.get(variable, 0) + coefficient
        kept = tuple((v, c) for v, c in sorted(gathered.items()) if c)
        self.rows.append(Row(name, group, kept, lower, upper))
        return len(self.rows) - 1

    def copy(self) -> IntegerModel:
        """Return a model that can grow without changing this one."""
        other = IntegerModel()
        other.names = list(self.names)
        other.lower = list(self.lower)
        other.upper = list(self.upper)
        other.rows = list(self.rows)
        return other

    def activity(self, row: Row, values: Sequence[int]) -> int:
        """Return a row's exact sum at integer ``values``."""
        return sum(coefficient * values[variable] for variable, coefficient in row.terms)


def value_of(objective: Mapping[int, int], values: Sequence[int]) -> int:
    """Return the exact value of a linear objective at integer ``values``."""
    return sum(coefficient * values[variable] for variable, coefficient in objective.items())


def write_lp(model: IntegerModel, *, objective: Mapping[int, int]) -> str:
    """Write the model in CPLEX LP format, in the model's own order, as canonical text."""
    text = ["Minimize", " objective: " + _sum(model, sorted(objective.items())), "Subject To"]
    group = None
    for row in model.rows:
        if row.group != group:
            group = row.group
            text.append(f"\\ {group}")
        text.extend(_row(model, row))
    text.append("Bounds")
    for name, lower, upper in zip(model.names, model.lower, model.upper, strict=True):
        text.append(f" {lower} <= {name} <= {upper}")
    text.append("Generals")
    text.extend(f" {name}" for name in model.names)
    text.append("End")
    return "\n".join(text) + "\n"


def _row(model: IntegerModel, row: Row) -> list[str]:
    total = _sum(model, row.terms)
    if row.lower is not None and row.lower == row.upper:
        return [f" {row.name}: {total} = {row.lower}"]
    both = row.lower is not None and row.upper is not None
    text = []
    if row.lower is not None:
        text.append(f" {row.name}{'.least' if both else ''}: {total} >= {row.lower}")
    if row.upper is not None:
        text.append(f" {row.name}{'.most' if both else ''}: {total} <= {row.upper}")
    return text


def _sum(model: IntegerModel, terms: Terms) -> str:
    parts = []
    for variable, coefficient in terms:
        sign = "-" if coefficient < 0 else "+"
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        parts.append(f"{sign} {size}{model.names[variable]}")
    return " ".join(parts).removeprefix("+ ") if parts else "0"

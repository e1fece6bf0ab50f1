"""A number as a person writes it: a value, or a distribution, with its source.

The five shapes a file may hold, each with an optional ``source`` and ``note``::

    10                                        a fixed value
    { value = 10, source = "iiss-2025" }      the same, with its source
    { low = 8, high = 12 }                    uniform
    { low = 8, mode = 10, high = 14 }         triangular
    { mean = 10, sd = 2 }                     normal, cut at the field's own bounds
    { median = 8, p95 = 25 }                  log-normal
    { values = [3, 4, 5], weights = [1, 2, 1] }   one of a list

In a CSV cell the same is written ``10``, ``8~12``, ``8~10~14`` or ``10±2``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, Strict, model_validator
from pydantic_core import core_schema

from backstop.scenario.ident import Idents
from backstop.scenario.record import Record

Whole = Annotated[int, Strict()]
"""A whole number; neither text nor true or false is taken for one."""
Real = Annotated[float, Strict()]
"""A number without spread; neither text nor true or false is taken for one."""
Flag = Annotated[bool, Strict()]
"""True or false; no word or number is taken for one."""

#: Nothing Backstop counts, in the units its field names state, is larger.
LARGEST = 1e12


class Quantity(Record, defer_build=False):
    """A number or a distribution over one; exactly one of the shapes above is filled."""

    value: Real | None = None
    """The fixed value."""
    low: Real | None = None
    """Lower end of a uniform or triangular distribution."""
    mode: Real | None = None
    """Most likely value of a triangular distribution."""
    high: Real | None = None
    """Upper end of a uniform or triangular distribution."""
    mean: Real | None = None
    """Mean of a normal distribution (before it is cut at the field's bounds)."""
    sd: Real | None = Field(default=None, ge=0)
    """Standard deviation of a normal distribution."""
    median: Real | None = Field(default=None, gt=0)
    """Median of a log-normal distribution."""
    p95: Real | None = Field(default=None, gt=0)
    """95th percentile of a log-normal distribution."""
    values: tuple[Real, ...] | None = None
    """The values of a discrete distribution."""
    weights: tuple[Real, ...] | None = None
    """Their weights; equal when left out."""
    source: Idents = ()
    """Ids of evidence sources or claims this number rests on; empty means judgement."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """Why this number, in a sentence."""

    @property
    def shape(self) -> str:
        """Name of the shape that is filled: the set of its keys decides."""
        return _SHAPES.get(frozenset(self._filled()), "")

    def _filled(self) -> dict[str, Any]:
        """The keys of a shape that hold something, with what they hold."""
        held = self.__dict__
        return {key: held[key] for key in _SHAPE_KEYS if held[key] is not None}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        filled = self._filled()
        for key, number in filled.items():
            if key != "values" and (not math.isfinite(number) or abs(number) > LARGEST):
                raise ValueError(f"{key} = {number:g} is too large for any quantity")
        shape = _SHAPES.get(frozenset(filled), "")
        if not shape:
            raise ValueError(
                "write a number, {low, high}, {low, mode, high}, {mean, sd}, {median, p95} "
                "or {values, weights}"
            )
        if shape in ("uniform", "triangular"):
            points = [p for p in (self.low, self.mode, self.high) if p is not None]
            if points != sorted(points):
                raise ValueError("low, mode and high must not decrease")
        if shape == "log-normal" and not (self.p95 or 0) >= (self.median or 0):
            raise ValueError("p95 must not be below the median")
        self._check_discrete()
        return self

    def _check_discrete(self) -> None:
        if self.values is None:
            if self.weights is not None:
                raise ValueError("weights stand beside values")
            return
        if not self.values or not all(math.isfinite(v) and abs(v) < LARGEST for v in self.values):
            raise ValueError("values must be finite and at least one")
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise ValueError(f"{len(self.values)} values but {len(self.weights)} weights")
            if not all(w >= 0 and math.isfinite(w) for w in self.weights) or not sum(self.weights):
                raise ValueError("weights must be non-negative and not all zero")

    @property
    def fixed(self) -> bool:
        """Whether it has no spread at all."""
        low, high = self.support()
        return low == high

    def support(self) -> tuple[float, float]:
        """Smallest and largest value it can take (infinite for a normal's open ends)."""
        match self.shape:
            case "fixed":
                return _pair(self.value, self.value)
            case "uniform" | "triangular":
                return _pair(self.low, self.high)
            case "normal":
                if self.sd == 0:
                    return _pair(self.mean, self.mean)
                return -math.inf, math.inf
            case "log-normal":
                if self.p95 == self.median:
                    return _pair(self.median, self.median)
                return 0.0, math.inf
            case _:
                assert self.values is not None
                weights = self.weights or (1.0,) * len(self.values)
                live = [v for v, w in zip(self.values, weights, strict=True) if w > 0]
                return min(live), max(live)

    @property
    def central(self) -> float:
        """The middle: value, mode, midpoint, mean, median or weighted mean of the values."""
        match self.shape:
            case "fixed":
                return float(self.value or 0)
            case "uniform":
                return (float(self.low or 0) + float(self.high or 0)) / 2
            case "triangular":
                return float(self.mode or 0)
            case "normal":
                return float(self.mean or 0)
            case "log-normal":
                return float(self.median or 0)
            case _:
                assert self.values is not None
                weights = self.weights or (1.0,) * len(self.values)
                total = sum(weights)
                return sum(v * w for v, w in zip(self.values, weights, strict=True)) / total

    def __str__(self) -> str:
        match self.shape:
            case "fixed":
                return f"{self.value:,.6g}"
            case "uniform":
                return f"{self.low:,.6g}~{self.high:,.6g}"
            case "triangular":
                return f"{self.low:,.6g}~{self.mode:,.6g}~{self.high:,.6g}"
            case "normal":
                return f"{self.mean:,.6g}±{self.sd:,.6g}"
            case "log-normal":
                return f"median {self.median:,.6g}, p95 {self.p95:,.6g}"
            case _:
                return "one of " + ", ".join(f"{v:,.6g}" for v in self.values or ())


#: Every key that makes up a shape, in the order in which messages look at them.
_SHAPE_KEYS = ("value", "low", "mode", "high", "mean", "sd", "median", "p95", "values")
_SHAPES = {
    frozenset({"value"}): "fixed",
    frozenset({"low", "high"}): "uniform",
    frozenset({"low", "mode", "high"}): "triangular",
    frozenset({"mean", "sd"}): "normal",
    frozenset({"median", "p95"}): "log-normal",
    frozenset({"values"}): "discrete",
}


def _pair(low: float | None, high: float | None) -> tuple[float, float]:
    assert low is not None
    assert high is not None
    return float(low), float(high)


def fixed(value: float, source: str | None = None) -> Quantity:
    """A quantity without spread."""
    return Quantity(value=value, source=(source,) if source else ())


_NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CELL = re.compile(
    rf"\s*(?:({_NUMBER})|({_NUMBER})~({_NUMBER})|({_NUMBER})~({_NUMBER})~({_NUMBER})"
    rf"|({_NUMBER})±({_NUMBER}))\s*"
)


def from_cell(text: str) -> dict[str, float]:
    """Read the CSV form: ``10``, ``8~12``, ``8~10~14`` or ``10±2``."""
    match = _CELL.fullmatch(text) if len(text) <= 100 else None
    if match is None:
        raise ValueError(
            f"{text[:40]!r} is not a number, nor low~high, low~mode~high or mean±sd "
            "(point for decimals, no thousands separator)"
        )
    names = ("value", "low", "high", "low", "mode", "high", "mean", "sd")
    return {
        name: float(group)
        for name, group in zip(names, match.groups(), strict=True)
        if group is not None
    }


def _none_if_blank(value: Any) -> Any:
    return None if value == "" else value


BlankIsNone = BeforeValidator(_none_if_blank)
"""Beside ``X | None``: an empty cell of a CSV file says nothing, which its field may allow."""


def as_quantity(value: Any) -> Any:
    """A number or a CSV cell as the table that says the same; ValueError when it is neither."""
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    if isinstance(value, int | float):
        return {"value": value}
    if isinstance(value, str):
        if not value:
            raise ValueError("is empty; write a number")
        return from_cell(value)
    if isinstance(value, Quantity | dict):
        return value
    raise ValueError("must be a number or a table such as {low = 8, mode = 10, high = 14}")


@dataclass(frozen=True)
class Bounds:
    """The range a field's values are cut to, and what turns what was written into a quantity.

    It is carried in the field's annotation. One annotation does both, because a scenario has
    some three hundred such fields and pydantic works through every annotation of each.
    """

    low: float
    high: float
    unit: str = ""
    """The unit, as a message may name it."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read a number or a cell as a quantity, and check that it lies in the range."""
        read = core_schema.no_info_before_validator_function(as_quantity, handler(source))
        return core_schema.no_info_after_validator_function(self.check, read)

    def check(self, quantity: Quantity) -> Quantity:
        """The quantity, if it lies in the range; open ends are cut there when drawn."""
        bottom, top = quantity.support()
        match quantity.shape:
            case "normal" if quantity.sd != 0:
                bottom = top = quantity.central
            case "log-normal":
                assert quantity.p95 is not None
                bottom, top = quantity.central, quantity.p95
        if bottom < self.low:
            raise ValueError(f"{bottom:,.15g} is too small: at least {self.low:g}{self.unit}")
        if top > self.high:
            raise ValueError(f"{top:,.15g} is too large: at most {self.high:,.15g}{self.unit}")
        return quantity


Number = Annotated[Quantity, Bounds(-math.inf, math.inf)]
"""Any number or distribution."""
Amount = Annotated[Quantity, Bounds(0.0, LARGEST)]
"""A number or distribution that is never negative."""
Share = Annotated[Quantity, Bounds(0.0, 1.0, " (a share, not a percentage)")]
"""A share or probability, 0 to 1."""

# Beyond these bounds a figure is a slip of the pen or of the unit, whatever the scenario.
People = Annotated[Quantity, Bounds(0.0, 1e7, " people")]
"""Troops or personnel; every armed force of today is far below the bound."""
Units = Annotated[Quantity, Bounds(0.0, 1e5, " units")]
"""Units, vehicles, aircraft or ships of one kind."""
Days = Annotated[Quantity, Bounds(0.0, 3660.0, " days (ten years)")]
"""A time in days."""
Months = Annotated[Quantity, Bounds(0.0, 360.0, " months (thirty years)")]
"""A time in months."""
Kilometres = Annotated[Quantity, Bounds(0.0, 40_075.0, " km (the equator)")]
"""A length on the ground."""
SquareKilometres = Annotated[Quantity, Bounds(0.0, 1.5e8, " km² (all land on Earth)")]
"""An area on the ground."""
Millions = Annotated[Quantity, Bounds(0.0, 10_000.0, " million")]
"""People, in millions."""
UsdMillions = Annotated[Quantity, Bounds(0.0, 1e6, " million US dollars")]
"""Money, in millions of US dollars."""
UsdBillions = Annotated[Quantity, Bounds(0.0, 2e5, " billion US dollars")]
"""Money, in billions of US dollars."""
Prizes = Annotated[Quantity, Bounds(0.0, 100.0, " times what is at stake")]
"""A gain or cost in units of what is at stake for whoever bears it."""
LogOdds = Annotated[Quantity, Bounds(0.0, 20.0, " in log-odds")]
"""A shift of the logarithm of the odds."""
Rationality = Annotated[Quantity, Bounds(0.0, 1e6, " per unit of utility")]
"""Precision of choice: 0 picks at random, a large one always the best."""
Years = Annotated[Quantity, Bounds(0.0, 100.0, " years")]
"""A time in years."""
PerYear = Annotated[Quantity, Bounds(0.0, 1e5, " a year")]
"""How often something happens in a year, or how much it grows."""

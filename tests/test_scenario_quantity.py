"""Numbers as people write them: shapes, cells, bounds."""

from __future__ import annotations

import math
import time
from typing import Annotated, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from backstop.scenario.quantity import (
    Amount,
    Bounds,
    Days,
    Number,
    People,
    Quantity,
    Share,
    Units,
    fixed,
    from_cell,
)

NUMBER = TypeAdapter(Number)


@pytest.mark.parametrize(
    ("written", "shape", "support", "central"),
    [
        (10, "fixed", (10, 10), 10),
        ("10", "fixed", (10, 10), 10),
        ("1e3", "fixed", (1000, 1000), 1000),
        ("-1.5", "fixed", (-1.5, -1.5), -1.5),
        ("8~12", "uniform", (8, 12), 10),
        (" 8 ", "fixed", (8, 8), 8),
        ("8~9~14", "triangular", (8, 14), 9),
        ("10±2", "normal", (-math.inf, math.inf), 10),
        ("10±0", "normal", (10, 10), 10),
        ({"median": 8, "p95": 25}, "log-normal", (0, math.inf), 8),
        ({"values": [3, 4, 5], "weights": [0, 1, 1]}, "discrete", (4, 5), 4.5),
        ({"values": [3, 5]}, "discrete", (3, 5), 4),
        ({"value": 7, "source": "a;b"}, "fixed", (7, 7), 7),
    ],
)
def test_each_shape_has_its_support_and_middle(written, shape, support, central):
    quantity = NUMBER.validate_python(written)
    assert quantity.shape == shape
    assert quantity.support() == support
    assert quantity.central == central
    assert quantity.fixed == (support[0] == support[1])


@pytest.mark.parametrize(
    "written",
    [
        True,
        None,
        [1],
        "",
        "x",
        "1,5",
        "8-12",
        "8~",
        "~8",
        "8~9~10~11",
        "±2",
        "10±-2",
        "nan",
        "inf",
        "1e400",
        1e13,
        {},
        {"low": 1},
        {"low": 2, "high": 1},
        {"low": 1, "mode": 5, "high": 3},
        {"mean": 1},
        {"mean": 1, "sd": -1},
        {"value": 1, "low": 0},
        {"median": 0, "p95": 1},
        {"median": 2, "p95": 1},
        {"values": []},
        {"weights": [1]},
        {"values": [1, 2], "weights": [1]},
        {"values": [1], "weights": [0]},
        {"values": [1, 2], "weights": [-1, 2]},
        {"value": "10"},
        {"value": True},
        {"vlaue": 10},
        "1" * 200_000 + "x",
        "9" * 101,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_quantity_is_refused(written):
    started = time.process_time()
    with pytest.raises(ValidationError):
        NUMBER.validate_python(written)
    assert time.process_time() - started < 30.0  # a hang, not a speed


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (
            Share,
            [0, 1, "0~1", "0.5±0.3", {"median": 0.2, "p95": 0.9}],
            [-0.01, 1.01, "0.5~1.2", "1.5±0.1", {"median": 0.5, "p95": 2}],
        ),
        (Amount, [0, 1e12, {"median": 5, "p95": 500}], [-1, "-1~1", "-5±1"]),
        (
            People,
            [10_000_000, {"median": 1e5, "p95": 9e6}],
            [10_000_001, 1e9, {"median": 1e5, "p95": 2e7}],
        ),
        (Units, [100_000], [100_001]),
        (Days, [3660], [3661]),
    ],
)
def test_a_field_takes_what_lies_in_its_bounds(field, good, bad):
    adapter = TypeAdapter(field)
    for written in good:
        adapter.validate_python(written)
    for written in bad:
        with pytest.raises(ValidationError, match=r"is too (large|small): at (most|least) "):
            adapter.validate_python(written)


FINITE = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9)


@given(st.lists(FINITE, min_size=1, max_size=3))
def test_a_cell_reads_back_what_was_written(numbers):
    numbers.sort()
    names = {1: ("value",), 2: ("low", "high"), 3: ("low", "mode", "high")}[len(numbers)]
    assert from_cell("~".join(repr(n) for n in numbers)) == dict(zip(names, numbers, strict=True))


@given(FINITE)
def test_a_fixed_quantity_has_no_spread(number):
    assert fixed(number).support() == (number, number)
    assert fixed(number, "source").source == ("source",)


def test_a_quantity_shows_itself_as_it_is_written():
    assert str(Quantity(low=1000, mode=1100, high=1400)) == "1,000~1,100~1,400"
    assert str(Quantity(mean=10, sd=2)) == "10±2"
    assert str(Quantity(values=(1, 2))) == "one of 1, 2"


def test_equal_bounds_in_other_units_stay_apart():
    """``typing`` keeps one annotation for two that are equal, and a message would name its unit."""
    dollars = Annotated[Quantity, Bounds(0.0, 7e5, " million US dollars")]
    plain = Annotated[Quantity, Bounds(0.0, 7e5)]
    assert [get_args(kind)[1].unit for kind in (dollars, plain)] == [" million US dollars", ""]

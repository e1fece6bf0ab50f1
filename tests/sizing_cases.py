"""Concepts and tables that the sizing tests share."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from backstop.futures import resolve, sample, uncertain_quantities
from backstop.scenario.mission import Mission, parse_missions
from backstop.scenario.regime import Sizing
from backstop.sizing import Concept, Factors, MonitoringNeed
from backstop.sizing.concept import Floats

DATA = files("backstop") / "data"


@cache
def table() -> Sizing:
    """The shipped regimes and gross-up factors."""
    return Sizing.model_validate(tomllib.loads((DATA / "regimes.toml").read_text("utf-8")))


@cache
def missions() -> tuple[Mission, ...]:
    """The shipped missions."""
    return parse_missions((DATA / "missions.csv").read_text("utf-8"))


@cache
def factors(worlds: int = 64, seed: int = 1) -> Factors:
    """The shipped table in so many worlds."""
    places = uncertain_quantities(table(), prefix="sizing")
    drawn = sample({place.path: place[1:] for place in places}, worlds=range(worlds), seed=seed)
    return Factors(table(), resolve(table(), drawn, prefix="sizing"))


def fixed(changes: dict[str, float], worlds: int = 64) -> Factors:
    """The shipped table with some quantities pinned."""
    values = dict(factors(worlds).values)
    for path, value in changes.items():
        assert path in values, path
        values[path] = np.full(worlds, value)
    return Factors(table(), values)


def concept(worlds: int = 64, **changes: Any) -> Concept:
    """A force in the rear of a country like Ukraine; numbers become arrays of one a world."""
    given: dict[str, Any] = {
        "task": "deter",
        "stationing": "rear",
        "headquarters": "division",
        "mandate": "coalition",
        "line": "line of contact",
        "consent_share": 0.05,
        "line_km": 1_200.0,
        "covered_share": 1.0,
        "reserve_share": 0.0,
        "area_km2": 488_000.0,
        "population_m": 31.0,
        "tour_months": 6.0,
        "dwell_months": 18.0,
        "overlap_months": 0.0,
        "method_draw": (np.arange(worlds) + 0.5) / worlds,
        "reading_draw": np.random.default_rng(7).permutation((np.arange(worlds) + 0.5) / worlds),
        "package_troops": 30_000.0,
    } | changes
    return Concept(**{name: _array(value, worlds) for name, value in given.items()})


def need(
    chance: float, access: float = 1.0, night: float = 0.5, worlds: int = 64
) -> MonitoringNeed:
    """What observers must be able to see, the same in all worlds."""
    return MonitoringNeed(*(np.full(worlds, value) for value in (chance, access, night)))


def _array(value: Any, worlds: int) -> Any:
    return np.full(worlds, value) if isinstance(value, float) else value


def same(array: Floats | None) -> float:
    """The one value of an array that has only one."""
    assert array is not None
    assert np.ptp(array) == 0
    return float(array[0])

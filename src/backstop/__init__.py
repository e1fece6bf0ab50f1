"""Backstop: design, stress-test and watch over the security guarantee behind a ceasefire.

>>> import backstop
>>> scenario = backstop.load("ukraine-2025")
>>> page = backstop.assess(scenario.design("tripwire"), worlds=1_000, seed=1)
>>> page.sizing.deployed.p50

The public names are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstop.comparison import Comparison, compare
    from backstop.notebook import Assessment, assess
    from backstop.scenario.load import load
    from backstop.scenario.scenario import Case, Scenario

__version__ = "0.2.0"

_HOME = {
    "Assessment": "backstop.notebook",
    "assess": "backstop.notebook",
    "Comparison": "backstop.comparison",
    "compare": "backstop.comparison",
    "load": "backstop.scenario.load",
    "Scenario": "backstop.scenario.scenario",
    "Case": "backstop.scenario.scenario",
}

__all__ = [
    "Assessment",
    "Case",
    "Comparison",
    "Scenario",
    "assess",
    "compare",
    "load",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'backstop' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""Would it be tested, and would it be honoured? The public names are loaded on first use.

>>> from backstop.deterrence import read_efg, solve
>>> play = solve(read_efg(text), rationality=8.0)
>>> play.choice["Challenger", "C1_0"]["comply"]
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "base_rates": "backstop.deterrence.baserates",
    "deter": "backstop.deterrence.stage",
    "estimate": "backstop.deterrence.estimation",
    "left_out": "backstop.deterrence.validation",
    "read_efg": "backstop.deterrence.efg",
    "write_efg": "backstop.deterrence.efg_text",
    "solve": "backstop.deterrence.quantal",
}

__all__ = ["base_rates", "deter", "estimate", "left_out", "read_efg", "solve", "write_efg"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

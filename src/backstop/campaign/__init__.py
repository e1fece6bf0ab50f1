"""What happens if it is attacked?

The names below are loaded when they are first used, so that nothing here costs a command that
does not ask for a campaign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstop.campaign.arrivals import TYPES, Arrivals
    from backstop.campaign.draws import Draws, drawn
    from backstop.campaign.holding import holds
    from backstop.campaign.outcomes import DAYS, Outcomes, joined
    from backstop.campaign.stage import repeated, simulate
    from backstop.campaign.statement import arriving
    from backstop.campaign.trajectory import Trajectory

__all__ = [
    "DAYS",
    "TYPES",
    "Arrivals",
    "Draws",
    "Outcomes",
    "Trajectory",
    "arriving",
    "drawn",
    "holds",
    "joined",
    "repeated",
    "simulate",
]

_HOME = {
    "DAYS": "outcomes",
    "TYPES": "arrivals",
    "Arrivals": "arrivals",
    "Draws": "draws",
    "Outcomes": "outcomes",
    "Trajectory": "trajectory",
    "holds": "holding",
    "joined": "outcomes",
    "arriving": "statement",
    "drawn": "draws",
    "repeated": "stage",
    "simulate": "stage",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

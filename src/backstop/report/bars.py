"""Shares as little pictures of text."""

from __future__ import annotations

_EIGHTHS = "▁▂▃▄▅▆▇█"


def bar(share: float, width: int = 10) -> str:
    """A bar filled to a share."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)


def strip(shares_: list[float]) -> str:
    """One small column a share."""
    return "".join(_EIGHTHS[min(7, int(max(0.0, s) * 7.999))] for s in shares_)

"""Computed figures in words: no more digits than they deserve."""

from __future__ import annotations


def people(troops: float) -> str:
    """A computed number of people to three figures: more would be pretence."""
    if troops <= 0:
        return "0"
    return f"{float(f'{troops:.3g}'):,.0f}"


def brief(value: float) -> str:
    """A rate, such as troops per kilometre: whole from ten on, to two figures below."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"

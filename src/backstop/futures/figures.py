"""Numbers and ranges in words: rounded to what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

Range = Mapping[str, float]


def number(value: float) -> str:
    """Three significant figures, with thousands set apart."""
    assert isfinite(value), "a page shows finite numbers"
    if value == 0:
        return "0"
    digits = 2 - floor(log10(abs(value)))
    rounded = round(value, digits)
    if abs(rounded) >= 100:
        return f"{rounded:,.0f}"
    return f"{rounded:,.{max(0, min(digits, 3))}f}".rstrip("0").rstrip(".") or "0"


def several(count: float, noun: str) -> str:
    """``1 unit``, ``2.5 units``."""
    return f"{number(count)} {noun}{'s' * (count != 1)}"


def years(count: float) -> str:
    """``1 year``, ``2.5 years``; what is shorter than a month, in days."""
    return several(count, "year") if count > 1 / 12 else several(max(1, round(365 * count)), "day")


def futures(count: int) -> str:
    """``1 future``, ``12,345 futures``: a count is exact and is not rounded."""
    return f"{count:,} future{'s' * (count != 1)}"


def few(names: Sequence[str], most: int = 8) -> str:
    """``A, B and 3 more``: the first names, and how many are left."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def spread(span: Range | None, unit: str = "") -> str:
    """``28,900 (25,100–33,400)``: the median and the middle nine tenths."""
    if span is None:
        return "—"
    low, middle, high = number(span["p05"]), number(span["p50"]), number(span["p95"])
    tail = f" {unit}" if unit else ""
    return f"{middle}{tail}" if low == middle == high else f"{middle} ({low}–{high}){tail}"


def percent(share: float) -> str:
    """A share in per cent; what rounds to none or all but is not says so."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def shares(span: Range | None) -> str:
    """``81 % (64–96 %)``: a share with its range."""
    if span is None:
        return "—"
    low, middle, high = percent(span["p05"]), percent(span["p50"]), percent(span["p95"])
    if low == middle == high:
        return middle
    return f"{middle} ({low.removesuffix(' %')}–{high})"


def chance(span: Range | None) -> str:
    """``58 % (1–92 %)``: a probability that is itself uncertain, by its mean.

    The mean over futures is the chance that it comes about; the median is not.
    """
    if span is None:
        return "—"
    low, mean, high = percent(span["p05"]), percent(span["mean"]), percent(span["p95"])
    return mean if low == mean == high else f"{mean} ({low.removesuffix(' %')}–{high})"

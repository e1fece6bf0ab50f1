"""Rates, changes, echoes and alarms: what counts over time say, and what they cannot."""

from __future__ import annotations

from backstop.watch.statistics.breakdown import Alarm, Breakdown, SectorWatch, watch_sectors
from backstop.watch.statistics.changes import (
    ChangePoint,
    Segment,
    Segmentation,
    best_size,
    find_changes,
    penalty_for,
)
from backstop.watch.statistics.dispersion import fit_size
from backstop.watch.statistics.learning import (
    IncidentRate,
    TypeChance,
    TypePosterior,
    challenger_type,
    incident_rate,
)
from backstop.watch.statistics.performance import Delay, Performance, measure
from backstop.watch.statistics.rate import Rate, estimate_rate, rates
from backstop.watch.statistics.reference import Reference, learn_reference
from backstop.watch.statistics.self_exciting import (
    Excitation,
    SelfExciting,
    Smoothness,
    fit_self_exciting,
    simulate,
)
from backstop.watch.statistics.series import (
    CountSeries,
    aggregate,
    count_series,
    daily,
    periods,
    weekly,
)

__all__ = [
    "Alarm",
    "Breakdown",
    "ChangePoint",
    "CountSeries",
    "Delay",
    "Excitation",
    "IncidentRate",
    "Performance",
    "Rate",
    "Reference",
    "SectorWatch",
    "Segment",
    "Segmentation",
    "SelfExciting",
    "Smoothness",
    "TypeChance",
    "TypePosterior",
    "aggregate",
    "best_size",
    "challenger_type",
    "count_series",
    "daily",
    "estimate_rate",
    "find_changes",
    "fit_self_exciting",
    "fit_size",
    "incident_rate",
    "learn_reference",
    "measure",
    "penalty_for",
    "periods",
    "rates",
    "simulate",
    "watch_sectors",
    "weekly",
]

"""Published durations of ceasefires, shown beside the model and never in place of it.

The figures are a refit (Kaplan-Meier, delayed entry, and Weibull regression) of the data behind
Fortna's study of peacekeeping, checked against the summary printed by Gelman, Hill and Vehtari
(2020, chapter 1) to all digits. They are civil wars.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Any

FORTNA = (
    "Fortna 2004, Does Peacekeeping Keep Peace? (ISQ 48), and 2008, Does Peacekeeping Work?; "
    "refit of the replication data in Gelman, Hill and Vehtari 2020, Regression and Other Stories"
)

#: Why a base rate is no forecast for the case at hand.
WHY_NOT = (
    "The spells are civil wars, after which one side is often disarmed or absorbed; here two "
    "states keep their armies. The parties mostly consented to the missions; here one may not. "
    "Missions went where peace was hardest, so what they achieved cannot be read off survival "
    "alone. The sample is small. Wars between states since 1945 are nearer to the case: almost "
    "half were followed by renewed fighting between at least one pair (Fortna 2003), and in a "
    "larger sample the strength of the agreement made almost no difference (Lo, Hashimoto and "
    "Reiter 2008, against Fortna)."
)


@dataclass(frozen=True, slots=True)
class BaseRate:
    """Survival of one group of ceasefires."""

    id: str
    title: str
    spells: int
    """Ceasefires in the group."""
    failures: int
    """Of these, how many failed under observation."""
    survival: dict[float, float]
    """Share still standing by years since the ceasefire (Kaplan-Meier)."""
    source: str = FORTNA

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "id": self.id,
            "title": self.title,
            "spells": self.spells,
            "failures": self.failures,
            "survival": {f"{year:g}": share for year, share in self.survival.items()},
            "source": self.source,
        }


_AT = (30 / 365.25, 90 / 365.25, 0.5, 1.0, 2.0, 5.0, 10.0)


def _group(id: str, title: str, spells: int, failures: int, *shares: float) -> BaseRate:
    return BaseRate(id, title, spells, failures, dict(zip(_AT, shares, strict=True)))


BASE_RATES = (
    _group(
        "all", "all civil-war ceasefires, 1944-99", 156, 84,
        0.987, 0.910, 0.846, 0.782, 0.711, 0.570, 0.527,
    ),
    _group(
        "truces", "truces after the Cold War", 45, 33,
        0.956, 0.755, 0.599, 0.510, 0.399, 0.266, 0.266,
    ),
    _group(
        "treaties", "settlements by treaty after the Cold War", 29, 14,
        1.0, 0.931, 0.862, 0.793, 0.724, 0.586, 0.515,
    ),
    _group(
        "truces-with-peacekeepers", "truces after the Cold War, with peacekeepers", 13, 7,
        1.0, 0.923, 0.615, 0.615, 0.440, 0.440, 0.440,
    ),
    _group(
        "truces-without-peacekeepers", "truces after the Cold War, without peacekeepers", 34, 26,
        0.939, 0.690, 0.596, 0.471, 0.383, 0.206, 0.206,
    ),
)  # fmt: skip

#: Shape of a Weibull hazard in the post-Cold-War spells, with its standard error: below 1, so the
#: hazard falls with time.
WEIBULL_SHAPE = 0.529
WEIBULL_SHAPE_ERROR = 0.06

#: Hazard ratio of peacekeepers in the same model, and the standard error of its logarithm.
PEACEKEEPERS_HAZARD_RATIO = 0.645
PEACEKEEPERS_LOG_ERROR = 0.31


def weibull(years: float, *, anchor_years: float, anchor: float) -> float:
    """Survival under a Weibull hazard of the published shape through one known point.

    S(t) = exp(-(t/scale)^shape), so ln S(t) = ln S(a) · (t/a)^shape.
    """
    assert 0 < anchor < 1, "the known share lies between 0 and 1"
    return exp(log(anchor) * (years / anchor_years) ** WEIBULL_SHAPE)


def peacekeepers_interval() -> tuple[float, float]:
    """95 % confidence interval of the hazard ratio: it includes 1."""
    half = 1.959964 * PEACEKEEPERS_LOG_ERROR
    return PEACEKEEPERS_HAZARD_RATIO * exp(-half), PEACEKEEPERS_HAZARD_RATIO * exp(half)


def base_rates() -> dict[str, Any]:
    """What a page shows beside the model's own curve."""
    low, high = peacekeepers_interval()
    return {
        "groups": [group.to_dict() for group in BASE_RATES],
        "weibull_shape": {"value": WEIBULL_SHAPE, "standard_error": WEIBULL_SHAPE_ERROR},
        "peacekeepers_hazard_ratio": {
            "value": PEACEKEEPERS_HAZARD_RATIO,
            "low": low,
            "high": high,
        },
        "why_not": WHY_NOT,
    }

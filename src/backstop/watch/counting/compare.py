"""Compare figures of one rule; convert between rules, with how uncertain that is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from backstop.watch.counting.rule import refusal, rule_of, same_rule
from backstop.watch.counting.total import Total


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one counting rule makes of what another counted, from days that both counted."""

    name: str
    version: int
    start: str
    """The rule of the figure that is given."""
    end: str
    """The rule of the figure that is wanted."""
    ratios: tuple[float, ...]
    """How many of the first went to one of the second, on each of the days."""
    source: str
    note: str = ""

    @property
    def key(self) -> str:
        """Name and version, as a converted figure gives it."""
        return f"{self.name}@{self.version}"

    @property
    def middle(self) -> float:
        """The geometric mean of the ratios."""
        return math.exp(sum(map(math.log, self.ratios)) / len(self.ratios))


#: 494 against 4 on 26 March 2021 and 1,021 against 21 on 2 April 2021.
ROUNDS_TO_EPISODES = Conversion(
    "smm-rounds-to-jfo-episodes",
    1,
    "rounds@1",
    "episode@1",
    (494 / 4, 1021 / 21),
    "ukranews, April 2021 (OSCE SMM against the Ukrainian JFO headquarters)",
    "two days of one party: the spread is from the lower to the higher, no interval of confidence; "
    "detection differs too, not only the rule",
)
CONVERSIONS = (ROUNDS_TO_EPISODES,)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two figures side by side."""

    first: Total
    second: Total
    ratio: tuple[float, float | None]
    """The second over the first, at least and at most; None where there is no bound."""
    converted: str
    """The conversion by which they came to one rule; empty where they were of one rule."""
    text: str
    """Both figures, their rules, and how they were made comparable."""


def convert(total: Total, *, by: Conversion) -> Total:
    """A figure by another rule, as uncertain as the days that the conversion rests on.

    Raises
    ------
    InputError
        When the figure is of another rule than the conversion starts from.
    """
    if same_rule(total.rule, by.start):
        low, high = 1 / max(by.ratios), 1 / min(by.ratios)
        middle, end = 1 / by.middle, by.end
    elif same_rule(total.rule, by.end):
        low, high, middle, end = min(by.ratios), max(by.ratios), by.middle, by.start
    else:
        raise refusal(f"{by.key} converts between {by.start} and {by.end}, not {total.rule}")
    n = round(total.n * middle)
    least = math.floor(total.low * low)
    most = None if total.high is None else math.ceil(total.high * high)
    return replace(
        total,
        rule=rule_of(end).key,
        n=n,
        low=min(n, least),
        high=None if most is None else max(n, most),
        by_kind=(),
        notes=(*total.notes, f"converted from {total} by {by.key}: {by.note or by.source}"),
    )


def compare(first: Total, second: Total, *, by: Conversion | None = None) -> Comparison:
    """Two figures of one rule; of two rules only through a conversion, which is named.

    Raises
    ------
    InputError
        When the rules differ and no conversion is given.
    """
    if same_rule(first.rule, second.rule):
        return _compared(first, second, "", f"{first} against {second}")
    if by is None:
        known = [c.key for c in CONVERSIONS if {c.start, c.end} == {first.rule, second.rule}]
        help_ = f" ({', '.join(known)})" if known else "; there is none for them"
        raise refusal(
            f"{first} and {second} were counted by different rules and cannot be compared; "
            f"count the same records by one rule, or give a conversion{help_}"
        )
    converted = convert(first, by=by)
    if not same_rule(converted.rule, second.rule):
        raise refusal(f"{by.key} leads to {converted.rule}, not to {second.rule}")
    text = f"{first}, which is {converted} by {by.key}, against {second}"
    return _compared(converted, second, by.key, text)


def _compared(first: Total, second: Total, converted: str, text: str) -> Comparison:
    low = second.low / first.high if first.high else 0.0
    high = second.high / first.low if second.high is not None and first.low else None
    return Comparison(first, second, (low, high), converted, text)

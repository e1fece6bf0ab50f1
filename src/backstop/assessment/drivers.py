"""Which assumptions move the answer: rank correlation over the same worlds, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Share of the worlds at either end that the low and the high case are means of.
TAIL = 0.1
#: Rank correlation from which two assumptions count as one driver.
SAME = 0.5
#: From fewer worlds than this no driver is named: among some hundred assumptions there are always
#: three that seem to go with a handful of outcomes.
FEWEST_WORLDS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that is driven, and how it is said."""

    name: str
    phrase: str
    """Subject of the sentence, such as "the deployed force"."""
    values: Floats
    """Shape (worlds,)."""
    show: Callable[[float], str]
    heavy_tailed: bool = False
    """Whether a few worlds make the mean; then medians are told, which go with the ranks."""

    def middle(self, worlds: NDArray[Any]) -> float:
        """The median or the mean over some of the worlds, given by index or mask."""
        taken = self.values[worlds]
        return float(np.median(taken) if self.heavy_tailed else taken.mean())

    @property
    def verb(self) -> str:
        """What the sentence says it does."""
        return "has its median at" if self.heavy_tailed else "averages"


@dataclass(frozen=True, slots=True)
class Driver:
    """One assumption that moves one outcome."""

    path: str
    outcome: str
    effect: float
    """Spearman's rank correlation between the assumption and the outcome."""
    low: float
    """Mean (or median) outcome in the tenth of worlds in which the assumption is lowest."""
    high: float
    """The same in the tenth of worlds in which it is highest."""
    sentence: str
    told_from_chance: bool = True
    """Whether the effect is more than what chance alone gives in so few worlds."""

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "path": self.path,
            "outcome": self.outcome,
            "effect": self.effect,
            "low": self.low,
            "high": self.high,
            "told_from_chance": self.told_from_chance,
            "sentence": self.sentence,
        }


def drivers(
    inputs: Iterable[tuple[str, Floats]], *, outcomes: Iterable[Outcome], most: int, least: int = 0
) -> tuple[Driver, ...]:
    """The assumptions that move each outcome most, strongest first.

    Parameters
    ----------
    inputs
        Path and values of every uncertain quantity, arrays of shape (worlds,); a decision is
        given as 0 and 1.
    outcomes
        What may be moved; one that is the same in every world has no driver.
    most
        Most drivers listed for one outcome.
    least
        So many are listed even where the next ones have an effect that chance alone may give;
        their sentence says so.

    Notes
    -----
    A correlation within what chance alone gives (four standard errors, 4 / sqrt(worlds)) is no
    driver told from chance. Rank correlation sees monotone effects only (Saltelli et al. 2008).
    """
    # Sorted, so that the order of nations and offers in the files changes nothing.
    given = sorted(inputs, key=lambda item: item[0])
    worlds = len(given[0][1]) if given else 0
    if worlds < FEWEST_WORLDS:
        return ()
    live = [(path, values) for path, values in given if np.ptp(values) > 0]
    if not live:
        return ()
    scores = np.stack([_scores(values) for _, values in live])
    found: list[Driver] = []
    for outcome in outcomes:
        if np.ptp(outcome.values) == 0:
            continue
        effects = scores @ _scores(outcome.values) / worlds
        strongest = sorted(range(len(live)), key=lambda i: (-abs(effects[i]), live[i][0]))
        chosen: list[int] = []
        for index in strongest:
            if len(chosen) >= (most if _told(effects[index], worlds) else least):
                break
            # What moves with a driver already named is the same driver under another name.
            told = scores[chosen] @ scores[index] / worlds if chosen else np.zeros(1)
            if np.abs(told).max() < SAME:
                chosen.append(index)
        for index in chosen:
            one = _driver(live[index], outcome, float(effects[index]))
            found.append(one if _told(one.effect, worlds) else _doubted(one, worlds))
    return tuple(found)


def _told(effect: float, worlds: int) -> bool:
    """Whether a rank correlation is more than what chance gives in so many worlds."""
    return bool(abs(effect) > 4 / np.sqrt(worlds))


def _doubted(driver: Driver, worlds: int) -> Driver:
    said = f"{driver.sentence}; in {worlds:,} futures that is not told from chance"
    return replace(driver, sentence=said, told_from_chance=False)


def _scores(values: Floats) -> Floats:
    """Ranks (ties share theirs), centred and scaled to unit variance."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse.reshape(-1)]
    ranks = ranks - ranks.mean()
    spread = ranks.std()
    return np.asarray(ranks / spread if spread > 0 else ranks)


def _driver(item: tuple[str, Floats], outcome: Outcome, effect: float) -> Driver:
    path, values = item
    if set(np.unique(values)) <= {0.0, 1.0}:
        low, high = (outcome.middle(values == end) for end in (0.0, 1.0))
        sentence = (
            f"{outcome.phrase} {outcome.verb} {outcome.show(high)} where {path}, "
            f"{outcome.show(low)} where not"
        )
    else:
        order = np.argsort(values, kind="stable")
        count = max(1, round(TAIL * len(values)))
        low, high = outcome.middle(order[:count]), outcome.middle(order[-count:])
        ends = (float(values[order[:count]].mean()), float(values[order[-count:]].mean()))
        sentence = (
            f"{outcome.phrase} {outcome.verb} {outcome.show(low)} with {path} near "
            f"{_short(ends[0])}, {outcome.show(high)} with it near {_short(ends[1])}"
        )
    return Driver(path, outcome.name, effect, low, high, _sentence(sentence))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def as_inputs(decisions: Mapping[str, NDArray[np.bool_]]) -> Iterable[tuple[str, Floats]]:
    """Decisions as 0 and 1."""
    return ((name, holds.astype(np.float64)) for name, holds in decisions.items())

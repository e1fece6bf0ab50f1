"""What a pair of records says for and against one act, field by field, as levels of agreement.

Place and time become a log-likelihood ratio under a simple model of error and then a level; what a
level is worth is learned from the data (``linkage``). So a wrong model of error costs sharpness,
not truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.reports import (
    LEAST_RADIUS_M,
    UNSTATED,
    Floats,
    Integers,
    Reports,
)
from backstop.watch.fusion.window import Window

#: The 68 % radius of a round normal in standard deviations of one coordinate: sqrt(-2 ln 0.32).
RADIUS_SD = math.sqrt(-2 * math.log(0.32))

#: Lower bounds of the levels of place and time, as log-likelihood ratios, best first.
PLACE_STEPS = (5.0, 4.0, 3.0, 2.0, 1.0, 0.0, -1.0, -2.0, -4.0, -7.0)
TIME_STEPS = (6.0, 5.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.5, 0.0, -0.5, -1.0, -2.0, -4.0)

#: Shares of the window by which two reports of one act may usually differ, each as likely, from a
#: clock's minutes to a desk's half day; a judgement. They only shape the levels of time.
USUAL_LAGS = (1 / 6, 1 / 24, 1 / 96, 1 / 384)
#: Shortest time that a record is taken to cover, in days (a quarter of an hour).
_INSTANT = 1 / 96
#: Pairs worked on at once, which bounds the memory.
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Levels of agreement of each pair, shape (pairs, fields); 0 is best, ``UNSTATED`` is none."""

    fields: tuple[str, ...]
    levels: tuple[int, ...]
    """Number of levels of each field."""
    prior: tuple[tuple[float, ...], ...]
    """Log-likelihood ratio that each level would have before anything is learned."""
    table: NDArray[np.int8]


def weigh(found: Reports, pairs: Pairs, *, window: Window) -> Evidence:
    """The evidence of all pairs."""
    fields = {
        "place": (_place_levels(found, pairs, window), _middles(PLACE_STEPS)),
        "time": (_time_levels(found, pairs, window), _middles(TIME_STEPS)),
        "killed": (_killed_levels(found, pairs), (2.0, 0.5, -1.5)),
    }
    column = 0
    for name, depth in zip(found.taxonomies, found.depths, strict=True):
        codes = found.types[:, column : column + depth]
        fields[f"type:{name}"] = (type_levels(codes, pairs), _type_prior(depth))
        column += depth
    return Evidence(
        tuple(fields),
        tuple(len(prior) for _, prior in fields.values()),
        tuple(prior for _, prior in fields.values()),
        np.column_stack([levels for levels, _ in fields.values()]),
    )


def _middles(steps: tuple[float, ...]) -> tuple[float, ...]:
    """A ratio that stands for each level, from the bounds between them."""
    inner = [(a + b) / 2 for a, b in pairwise(steps)]
    return (steps[0] + 0.5, *inner, steps[-1] - 1)


def _type_prior(depth: int) -> tuple[float, ...]:
    """Agreement counts for more the finer it is, disagreement on every level against; judgement."""
    return (*(1.5 / (1 + level) for level in range(depth)), -2.5)


def _levels(ratio: Floats, steps: tuple[float, ...]) -> NDArray[np.int8]:
    # -7 lies in the level that begins at -7: the bounds belong to the better side.
    return np.searchsorted(-np.array(steps), -ratio, side="left").astype(np.int8)


def _chunks(count: int) -> list[slice]:
    return [slice(low, min(low + _CHUNK, count)) for low in range(0, count, _CHUNK)]


def _place_levels(found: Reports, pairs: Pairs, window: Window) -> NDArray[np.int8]:
    out = np.empty(len(pairs), np.int8)
    for part in _chunks(len(pairs)):
        i, j = pairs.left[part], pairs.right[part]
        spread = (found.radius_m[i] ** 2 + found.radius_m[j] ** 2) / RADIUS_SD**2
        square = (found.x_m[i] - found.x_m[j]) ** 2 + (found.y_m[i] - found.y_m[j]) ** 2
        ratio = _log_density(square, spread)
        if found.clouds_m:
            _put_clouds(found, i, j, ratio)
        # Two acts that have nothing to do with each other: anywhere in the window alike.
        out[part] = _levels(ratio + math.log(math.pi * window.metres**2), PLACE_STEPS)
    return out


def _log_density(square: Floats, spread: Floats) -> Floats:
    """Log-density a square metre of a round normal with that variance of one coordinate."""
    shown: Floats = -np.log(2 * math.pi * spread) - square / (2 * spread)
    return shown


def _put_clouds(found: Reports, i: NDArray[np.int32], j: NDArray[np.int32], ratio: Floats) -> None:
    """Overwrite the log-density where one of the two reports a sector, or both.

    It is the chance a square metre that both were at the same point, over their areas.
    """
    number = np.full(len(found), -1)
    number[list(found.clouds_m)] = np.arange(len(found.clouds_m))
    clouds = np.stack(list(found.clouds_m.values()))
    blur = np.array([_blur(one) for one in clouds])
    point = np.column_stack([found.x_m, found.y_m])[:, None, :]
    variance = (found.radius_m / RADIUS_SD) ** 2
    for one, other in ((True, False), (False, True), (True, True)):
        chosen = np.flatnonzero(((number[i] >= 0) == one) & ((number[j] >= 0) == other))
        step = max(1, (1 << 21) // clouds.shape[1] ** (one + other))
        for low in range(0, chosen.size, step):
            some = chosen[low : low + step]
            a, b = i[some], j[some]
            first = clouds[number[a]] if one else point[a]
            second = clouds[number[b]] if other else point[b]
            spread = blur[number[a]] if one else variance[a]
            spread = spread + (blur[number[b]] if other else variance[b])
            apart = first[:, :, None, :] - second[:, None, :, :]
            density = _log_density((apart**2).sum(axis=-1), spread[:, None, None])
            ratio[some] = _log_mean(density.reshape(some.size, -1))


def _blur(cloud: Floats) -> float:
    """Variance of one coordinate around each point of a cloud that closes the gaps between them."""
    extent = float(np.prod(np.ptp(cloud, axis=0))) / len(cloud)
    return max(extent / 4, (LEAST_RADIUS_M / RADIUS_SD) ** 2)


def _log_mean(logs: Floats) -> Floats:
    peak = logs.max(axis=1, keepdims=True)
    shown: Floats = peak[:, 0] + np.log(np.exp(logs - peak).mean(axis=1))
    return shown


def _time_levels(found: Reports, pairs: Pairs, window: Window) -> NDArray[np.int8]:
    out = np.empty(len(pairs), np.int8)
    for part in _chunks(len(pairs)):
        spans = *_span(found, pairs.left[part]), *_span(found, pairs.right[part])
        each = [_time_density(*spans, window.days * lag) for lag in USUAL_LAGS]
        density = np.mean(each, axis=0)
        # The lag of unrelated records: anywhere in the window, or as far as they last.
        out[part] = _levels(np.log(density * 2 * window.days + 1e-300), TIME_STEPS)
    return out


def _span(found: Reports, which: NDArray[np.int32]) -> tuple[Floats, Floats]:
    start, end = found.start_day[which], found.end_day[which]
    middle, half = (start + end) / 2, np.maximum((end - start) / 2, _INSTANT / 2)
    return middle - half, middle + half


def _time_density(
    start: Floats, end: Floats, other_start: Floats, other_end: Floats, lag: float
) -> Floats:
    """Chance a day that two times, each uniform over its interval, differ by a normal lag.

    With F(u) = u Φ(u / s) + s φ(u / s), the second integral of the normal density,
    [F(b1 - a0) - F(b0 - a0) - F(b1 - a1) + F(b0 - a1)] / ((a1 - a0) (b1 - b0)).
    """
    from scipy.special import ndtr

    def second(u: Floats) -> Floats:
        z = u / lag
        shown: Floats = u * ndtr(z) + lag * np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
        return shown

    total = second(other_end - start) - second(other_start - start)
    total -= second(other_end - end) - second(other_start - end)
    shown: Floats = np.maximum(total, 0.0) / ((end - start) * (other_end - other_start))
    return shown


def _killed_levels(found: Reports, pairs: Pairs) -> NDArray[np.int8]:
    """0 the same figure above nought, 1 ranges that overlap, 2 ranges apart."""
    out = np.full(len(pairs), UNSTATED, np.int8)
    for part in _chunks(len(pairs)):
        one, other = found.killed[pairs.left[part]], found.killed[pairs.right[part]]
        stated = (one[:, 0] >= 0) & (other[:, 0] >= 0)
        overlap = (one[:, 0] <= other[:, 1]) & (other[:, 0] <= one[:, 1])
        same = (one == other).all(axis=1) & (one[:, 1] > 0)
        out[part] = np.where(stated, np.where(same, 0, np.where(overlap, 1, 2)), UNSTATED)
    return out


def type_levels(codes: Integers, pairs: Pairs) -> NDArray[np.int8]:
    """The finest level on which two records agree; the depth where on none."""
    out = np.full(len(pairs), UNSTATED, np.int8)
    for part in _chunks(len(pairs)):
        one, other = codes[pairs.left[part]], codes[pairs.right[part]]
        stated = (one != UNSTATED) & (other != UNSTATED)
        agree = (one == other) & stated
        finest = np.where(agree.any(axis=1), agree.argmax(axis=1), codes.shape[1])
        out[part] = np.where(stated.any(axis=1), finest, UNSTATED)
    return out


def pattern_codes(evidence: Evidence) -> Integers:
    """A number for each pair that is the same where all fields agree on the same levels."""
    code = np.zeros(len(evidence.table), np.int64)
    for place, count in enumerate(evidence.levels):
        code = code * (count + 1) + evidence.table[:, place] + 1
    return code

"""What fusion compares: the places, times, types and losses that records report, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.errors import InputError, Problem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Not stated: no evidence for or against.
UNSTATED = -1

#: A day on which the clocks change lasts up to an hour longer; in days.
CLOCK_DAYS = 1.5 / 24

#: Radius of a place whose source states none, in metres; a judgement.
USUAL_RADIUS_M = 1_000.0
#: No place is known better than this, in metres; a judgement.
LEAST_RADIUS_M = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Records of several streams, sorted by key, so that their order on arrival never matters.

    Make one with ``reports``, which checks and sorts.
    """

    key: tuple[str, ...]
    """Unique names, ascending."""
    x_m: Floats
    """Metres east on a plane, shape (n,); for a sector the centre of its area."""
    y_m: Floats
    """Metres north."""
    start_day: Floats
    """Earliest time, in days from any one origin, shape (n,)."""
    end_day: Floats
    """Latest time; not before ``start_day``."""
    radius_m: Floats
    """The act lies within this distance with probability 0.68."""
    stream: Integers
    """Number of the source stream; a stream reports one act once."""
    taxonomies: tuple[str, ...]
    """Names of the taxonomies."""
    depths: tuple[int, ...]
    """Levels of each taxonomy, finest first."""
    types: Integers
    """Codes of all levels of all taxonomies side by side, shape (n, sum of depths)."""
    killed: Integers
    """Least and most people killed, shape (n, 2); ``UNSTATED`` where the record says nothing."""
    clouds_m: Mapping[int, Floats]
    """For records that report a sector: points that stand for its area, shape (points, 2)."""

    def __len__(self) -> int:
        return len(self.key)

    @property
    def lasting(self) -> NDArray[np.bool_]:
        """Whether a record spans more than one day, shape (n,)."""
        return np.asarray(self.end_day - self.start_day > 1 + CLOCK_DAYS)


@dataclass(slots=True)
class _Faults:
    """Every fault of the arrays at once."""

    found: list[Problem] = field(default_factory=list)

    def need(self, sound: bool, path: str, message: str) -> None:
        if not sound:
            self.found.append(Problem("reports", 0, 0, path, message))

    def stop(self) -> None:
        if self.found:
            raise InputError(self.found)


def reports(
    *,
    key: Sequence[str],
    x_m: ArrayLike,
    y_m: ArrayLike,
    start_day: ArrayLike,
    end_day: ArrayLike | None = None,
    radius_m: ArrayLike | None = None,
    stream: ArrayLike | None = None,
    taxonomies: Mapping[str, ArrayLike] | None = None,
    killed: ArrayLike | None = None,
    clouds_m: Mapping[str, ArrayLike] | None = None,
) -> Reports:
    """Check arrays and sort them by key.

    Parameters
    ----------
    key : sequence of str, shape (n,)
        Unique names.
    x_m, y_m, start_day, end_day, radius_m : arrays, shape (n,)
        As in ``Reports``. A record without an end lasts no time; a radius that is not stated is
        given as None for all, or filled in by the caller.
    stream : array of integers, shape (n,)
        None where all records come from one stream.
    taxonomies : mapping of arrays, shape (n, depth)
        Category codes, finest level first; ``UNSTATED`` where a record has none.
    killed : array, shape (n, 2)
        Least and most killed; ``UNSTATED`` where not stated.
    clouds_m : mapping from key to array, shape (points, 2)
        Points of a sector's area, of equal weight; as many for all records.

    Raises
    ------
    InputError
        For keys that recur, arrays of other lengths, numbers that are not finite, times that run
        backwards and radii below nothing: all at once.
    """
    names, n = list(key), len(key)
    east, north, start = _floats(x_m), _floats(y_m), _floats(start_day)
    end = start if end_day is None else _floats(end_day)
    radius = np.full(n, USUAL_RADIUS_M) if radius_m is None else _floats(radius_m)
    streams = np.zeros(n, np.int64) if stream is None else np.asarray(stream, np.int64)
    dead = np.full((n, 2), UNSTATED) if killed is None else np.asarray(killed, np.int64)
    types = {name: _codes(codes, n) for name, codes in (taxonomies or {}).items()}
    numbers = {
        "x_m": east, "y_m": north, "start_day": start, "end_day": end, "radius_m": radius,
    }  # fmt: skip
    _check(names, numbers, streams, dead)
    clouds = {name: _floats(cloud) for name, cloud in (clouds_m or {}).items()}
    _check_clouds(names, clouds)
    rank = {name: new for new, name in enumerate(sorted(names))}
    order = np.argsort(np.array([rank[name] for name in names], np.int64))
    columns = [np.zeros((n, 0), np.int64), *types.values()]
    return Reports(
        tuple(rank), east[order], north[order], start[order], end[order],
        np.maximum(radius, LEAST_RADIUS_M)[order], streams[order],
        tuple(types), tuple(one.shape[1] for one in types.values()), np.hstack(columns)[order],
        dead.reshape(n, 2)[order], {rank[name]: clouds[name] for name in sorted(clouds)},
    )  # fmt: skip


def _codes(codes: ArrayLike, n: int) -> Integers:
    return np.asarray(codes, np.int64).reshape(n, -1) if n else np.zeros((0, 1), np.int64)


def _floats(values: ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _check(
    names: list[str], numbers: Mapping[str, Floats], streams: Integers, dead: Integers
) -> None:
    faults, n = _Faults(), len(names)
    twice = sorted({name for name in names if names.count(name) > 1}) if n < 1_000 else []
    faults.need(len(set(names)) == n, "key", f"names recur: {', '.join(twice[:5]) or 'some'}")
    for path, values in numbers.items():
        faults.need(values.shape == (n,), path, f"has the shape {values.shape}, not ({n},)")
        bad = np.flatnonzero(~np.isfinite(values))
        shown = names[bad[0]] if bad.size and bad[0] < n else ""
        faults.need(not bad.size, path, f"{bad.size} are not finite, first of {shown!r}")
    faults.need(streams.shape == (n,), "stream", f"has the shape {streams.shape}, not ({n},)")
    faults.need(dead.size == 2 * n, "killed", f"has the shape {dead.shape}, not ({n}, 2)")
    faults.stop()
    back = np.flatnonzero(numbers["end_day"] < numbers["start_day"])
    shown = names[back[0]] if back.size else ""
    faults.need(not back.size, "end_day", f"{back.size} end before they start, first {shown!r}")
    faults.need(bool((numbers["radius_m"] >= 0).all()), "radius_m", "a radius is below nothing")
    faults.stop()


def _check_clouds(names: list[str], clouds: Mapping[str, Floats]) -> None:
    faults = _Faults()
    faults.need(clouds.keys() <= set(names), "clouds_m", "names a record that is not there")
    shapes = {one.shape for one in clouds.values()}
    faults.need(len(shapes) <= 1, "clouds_m", "all need the same number of points")
    flat = all(len(one) == 2 and one[0] > 0 and one[1] == 2 for one in shapes)
    faults.need(flat, "clouds_m", "each is an array of shape (points, 2)")
    sound = all(bool(np.isfinite(one).all()) for one in clouds.values())
    faults.need(sound, "clouds_m", "holds numbers that are not finite")
    faults.stop()

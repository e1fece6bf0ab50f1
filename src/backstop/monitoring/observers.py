"""Two observers in the record of a mission held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from backstop.errors import InputError, Problem
from backstop.monitoring.known import Known
from backstop.scenario.ident import did_you_mean
from backstop.watch.fusion import Reports, observed, reports
from backstop.watch.fusion.observed import stream_of
from backstop.watch.fusion.observers import Agreement, agree
from backstop.watch.record import Observation

#: Times that are known to the clock; of any other a lag in minutes says nothing.
_SHARP = frozenset({"instant", "minute", "hour"})
#: Regions without coordinates are put this far apart on the plane, and from all that has any.
_APART_M = 1e7


@dataclass(frozen=True, slots=True)
class Compared:
    """How two observers agree, and what could not be compared."""

    first: str
    second: str
    since: datetime
    until: datetime
    reports: tuple[int, int]
    """Reports of each that were compared."""
    left_out: dict[str, tuple[int, int]]
    """Reports of each that were not, by the reason."""
    windows: tuple[Agreement, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``backstop watch observers``."""
        return {
            "first": self.first,
            "second": self.second,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "reports": list(self.reports),
            "left_out": {why: list(counts) for why, counts in self.left_out.items()},
            "windows": [one.to_dict() for one in self.windows],
        }


def observers_of(known: Known) -> dict[str, int]:
    """How many reports each observer has, by name."""
    return dict(Counter(stream_of(one) for _, one in known.observations).most_common())


def compare_observers(
    known: Known,
    first: str,
    second: str,
    *,
    km: float,
    minutes: Sequence[float],
    kind: str = "",
    seed: int = 0,
) -> Compared:
    """Hold two observers against each other, over the time in which both report.

    Places are one where they lie within ``km``, or, without coordinates, have region and name in
    common. Only places of which both report are compared.

    Raises
    ------
    InputError
        When an observer is not in the record, or there is nothing to compare.
    """
    held = {name: _of(known, name, kind) for name in (first, second)}
    if first == second:
        raise _nothing("the two observers are one")
    both = [held[first], held[second]]
    sharp = [[one for one in some if one[1].occurred.precision in _SHARP] for some in both]
    if not all(sharp):
        raise _nothing("not both observers state a time of day, so there is no lag to tell")
    since = max(min(one.occurred.best for _, one in some) for some in sharp)
    until = min(max(one.occurred.best for _, one in some) for some in sharp)
    within = [[o for o in some if since <= o[1].occurred.best <= until] for some in sharp]
    # Regions are known by name, and only one of which both report can hold a match.
    common = set.intersection(*({_region(one) for _, one in some} for some in within))
    kept = [[o for o in some if o[1].place.located or _region(o[1]) in common] for some in within]
    if not all(kept):
        raise _nothing("at no time and place do both report anything")
    names = ("no time of day", "outside the common time", "at a place of one of them alone")
    stages = [both, sharp, within, kept]
    left_out = {
        name: (len(a[0]) - len(b[0]), len(a[1]) - len(b[1]))
        for name, (a, b) in zip(names, pairwise(stages), strict=True)
    }
    windows = agree(_arrays(kept), km=km, minutes=sorted(minutes), seed=seed)
    counts = (len(kept[0]), len(kept[1]))
    return Compared(first, second, since, until, counts, left_out, windows)


def _of(known: Known, name: str, kind: str) -> list[tuple[str, Observation]]:
    found = [
        (held.subject, one)
        for held, one in known.observations
        if name in (stream_of(one), one.source) and kind in ("", one.act.kind)
    ]
    if not found:
        names = list(observers_of(known))
        about = f" of the kind {kind!r}" if kind else ""
        raise _nothing(f"{name[:60]!r} reports nothing{about}{did_you_mean(name, names)}")
    return found


def _nothing(reason: str) -> InputError:
    return InputError([Problem("observers", 0, 0, "", reason)])


def _region(one: Observation) -> tuple[str, str]:
    place = one.place
    return (place.region.casefold(), place.name.casefold())


def _arrays(kept: Sequence[Sequence[tuple[str, Observation]]]) -> Reports:
    """Both observers' reports as fusion's arrays, streams 0 and 1."""
    rows = [(f"{n}/{key}", one, n) for n, some in enumerate(kept) for key, one in some]
    plane = observed([(key, one) for key, one, _ in rows if one.place.located]).found
    at = {
        key: (float(x), float(y)) for key, x, y in zip(plane.key, plane.x_m, plane.y_m, strict=True)
    }
    bare = sorted({_region(one) for _, one, _ in rows if not one.place.located})
    put = {region: _APART_M * (2 + number) for number, region in enumerate(bare)}
    places = [at[key] if key in at else (put[_region(one)], 0.0) for key, one, _ in rows]
    origin = min(one.occurred.best for _, one, _ in rows)
    day = timedelta(days=1)
    kinds = {name: n for n, name in enumerate(sorted({one.act.kind for _, one, _ in rows}))}
    return reports(
        key=[key for key, _, _ in rows],
        x_m=[x for x, _ in places],
        y_m=[y for _, y in places],
        start_day=[(one.occurred.best - origin) / day for _, one, _ in rows],
        stream=[who for _, _, who in rows],
        taxonomies={"kind": np.array([[kinds[one.act.kind]] for _, one, _ in rows])},
    )

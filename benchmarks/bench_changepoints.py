"""Change points against ruptures, in CPU time: ``python benchmarks/bench_changepoints.py [FILE]``.

The same series, the same cost, the same penalty, every period a possible change: ruptures' Pelt
with a custom cost, as it has none for counts (``min_size=1``, ``jump=1``). Exit status 1 when the
dates differ or the ratio is below 100. FILE is a CSV with the columns ``date_start`` and
``date_end`` (ISO 8601), such as UCDP's; events of one day are counted by day.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import math
import sys

import numpy as np
import ruptures
from numpy.typing import NDArray
from ruptures.base import BaseCost

from backstop.watch.statistics import daily
from backstop.watch.statistics.pruning import segment
from measure import cpu

LEAST_RATIO = 100


class CountCost(BaseCost):  # type: ignore[misc]
    """Least loss of a segment of counts: Poisson, or negative binomial of a given size."""

    model = "count"
    min_size = 1

    def __init__(self, size: float = math.inf) -> None:
        self.size = size

    def fit(self, signal: NDArray[np.float64]) -> CountCost:
        """Running sums, so that a segment costs a few operations."""
        self.signal = signal
        self.total = [0.0, *np.cumsum(signal[:, 0]).tolist()]
        return self

    def error(self, start: int, end: int) -> float:
        """Cost of the periods from ``start`` to before ``end``."""
        count, length = self.total[end] - self.total[start], float(end - start)
        if count <= 0:
            return 0.0
        if math.isinf(self.size):
            return count - count * math.log(count / length)
        shape = self.size * length
        return shape * math.log1p(count / shape) + count * math.log1p(shape / count)


def steps(days: int) -> NDArray[np.int64]:
    """A made series with a change every 150 days."""
    draw = np.random.default_rng(7)
    rates = np.repeat(draw.gamma(1.0, 4.0, size=-(-days // 150)), 150)[:days]
    return draw.poisson(rates).astype(np.int64)


def from_file(path: str) -> NDArray[np.int64]:
    """Events of one day, by day, April 2014 to December 2021."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    dates = [
        dt.date.fromisoformat(row["date_start"][:10])
        for row in rows
        if row["date_start"] == row["date_end"]
    ]
    return daily(dates, first=dt.date(2014, 4, 1), last=dt.date(2021, 12, 31)).counts


def compare(counts: NDArray[np.int64], *, size: float) -> dict[str, float | int | bool]:
    """Both on one series."""
    penalty, exposure = math.log(counts.size), np.ones(counts.size)
    segment(counts, exposure, size, penalty)  # compiles
    ours, _ = segment(counts, exposure, size, penalty)
    seconds = cpu(lambda: segment(counts, exposure, size, penalty), runs=5, warm=False)
    signal = counts.astype(np.float64).reshape(-1, 1)
    theirs: list[list[int]] = []
    other = cpu(
        lambda: theirs.append(
            ruptures.Pelt(custom_cost=CountCost(size), min_size=1, jump=1)
            .fit(signal)
            .predict(pen=penalty)
        ),
        runs=1,
        warm=False,
    )
    return {
        "periods": int(counts.size),
        "changes": int(ours.size),
        "same_dates": theirs[0][:-1] == ours.tolist(),
        "cpu_s": seconds,
        "peer_cpu_s": other,
        "ratio": other / seconds,
    }


def main() -> int:
    """Print the table, or JSON with ``--json``."""
    paths = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    series = {f"made, {days} days": steps(days) for days in (500, 1000, 2000)}
    series |= {path.rsplit("/", 1)[-1]: from_file(path) for path in paths}
    rows = [
        {"case": name, "model": model, **compare(counts, size=size)}
        for name, counts in series.items()
        for model, size in (("poisson", math.inf), ("negative binomial", 5.0))
    ]
    if "--json" in sys.argv:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(
                "{case:45}{model:20}{changes:4} changes  {cpu_s:.5f} s  "
                "ruptures {peer_cpu_s:.2f} s  x {ratio:,.0f}  same dates: {same_dates}".format(
                    **row
                )
            )
    return int(any(not row["same_dates"] or row["ratio"] < LEAST_RATIO for row in rows))


if __name__ == "__main__":
    sys.exit(main())

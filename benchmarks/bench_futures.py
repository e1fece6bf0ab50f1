"""Futures against their peers, in CPU time: ``python benchmarks/bench_futures.py``.

Peers: SciPy's scrambled Sobol' and Latin hypercube samplers (scipy.stats.qmc) and NumPy's Philox
generator. All three draw a table of uniform numbers and cannot draw one world or one quantity
alone; Backstop's ``sample`` can, and the ratio is what that costs. Exit status 1 when a budget is
missed.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from scipy.stats import qmc

from backstop.futures import Stream, philox4x32, sample
from backstop.futures.sample import Method
from backstop.scenario.quantity import Bounds, Quantity
from measure import cpu

WORLDS, QUANTITIES, SEED = 10_000, 300, 1

#: CPU seconds for 10,000 worlds of 300 quantities of four shapes.
BUDGET = 1.0

SHAPES = (
    Quantity(low=8, high=12),
    Quantity(low=8, mode=10, high=14),
    Quantity(mean=10, sd=2),
    Quantity(median=8, p95=25),
)


def table(shapes: tuple[Quantity, ...]) -> dict[str, tuple[Quantity, Bounds | None]]:
    """Paths of the size a scenario has, with the shapes in turn."""
    return {
        f"capabilities[c{i}].troops_per_unit": (shapes[i % len(shapes)], None)
        for i in range(QUANTITIES)
    }


def cases() -> dict[str, tuple[str, float, float | None]]:
    """Name to (peer, seconds, the peer's seconds)."""
    uniform, mixed = table((Quantity(low=0, high=1),)), table(SHAPES)

    def ours(quantities: dict[str, tuple[Quantity, Bounds | None]], method: Method) -> float:
        return cpu(lambda: sample(quantities, worlds=range(WORLDS), seed=SEED, method=method))

    sobol = cpu(lambda: qmc.Sobol(QUANTITIES, scramble=True).random(2**14)[:WORLDS])
    latin = cpu(lambda: qmc.LatinHypercube(QUANTITIES).random(WORLDS))
    numpy_philox = np.random.Generator(np.random.Philox(SEED))
    count = WORLDS * QUANTITIES
    counters = np.arange(count // 2 * 4, dtype=np.uint32).reshape(-1, 4)
    stream = Stream(SEED, "benchmark")
    return {
        "sobol, uniform": ("scipy.stats.qmc.Sobol", ours(uniform, "sobol"), sobol),
        "lhs, uniform": ("scipy.stats.qmc.LatinHypercube", ours(uniform, "lhs"), latin),
        "random, uniform": (
            "numpy.random.Philox",
            ours(uniform, "random"),
            cpu(lambda: numpy_philox.random((WORLDS, QUANTITIES))),
        ),
        "stream of uniforms": (
            "numpy.random.Philox",
            cpu(lambda: stream.uniforms(worlds=range(WORLDS), draws=QUANTITIES)),
            cpu(lambda: numpy_philox.random((WORLDS, QUANTITIES))),
        ),
        "philox4x32, 128 bits each": (
            "numpy.random.Philox, raw",
            cpu(lambda: philox4x32(counters, [1, 2])),
            cpu(lambda: np.random.Philox(SEED).random_raw(count)),
        ),
        "sobol, four shapes": ("budget", ours(mixed, "sobol"), None),
        "lhs, four shapes": ("budget", ours(mixed, "lhs"), None),
        "random, four shapes": ("budget", ours(mixed, "random"), None),
    }


def main() -> int:
    """Print the table, or JSON with ``--json``."""
    rows = [
        {
            "case": name,
            "peer": peer,
            "cpu_s": round(seconds, 4),
            "peer_cpu_s": round(other, 4) if other is not None else BUDGET,
            "ratio": round(seconds / (other if other is not None else BUDGET), 2),
        }
        for name, (peer, seconds, other) in cases().items()
    ]
    if "--json" in sys.argv:
        print(json.dumps({"worlds": WORLDS, "quantities": QUANTITIES, "rows": rows}, indent=1))
    else:
        print(f"{WORLDS:,} worlds x {QUANTITIES} quantities, CPU seconds, least of three")
        for row in rows:
            print(
                "{case:28}{cpu_s:9.3f}   {peer:32}{peer_cpu_s:9.3f}   x {ratio:.2f}".format(**row)
            )
    return int(any(row["peer"] == "budget" and row["ratio"] > 1 for row in rows))


if __name__ == "__main__":
    sys.exit(main())

"""Crisis games against their peers, in CPU time: ``python benchmarks/bench_deterrence.py``.

The kernel at 1, 3 and 5 types a side; the generic solver of any tree, and pygambit's
``logit_solve_lambda``, on the same games with 3 types. The generic solver works on small matrices,
on which threads only wait for each other: set ``OPENBLAS_NUM_THREADS=1``. pygambit is left out
where it is not installed (group ``oracle``). Exit status 1 when a budget is missed.
"""

from __future__ import annotations

import io
import json
import sys
import time

import numpy as np

from backstop.deterrence import solve, write_efg
from backstop.deterrence.crisis import Utilities, solve_crises
from backstop.deterrence.crisis_tree import crisis_tree
from measure import Verdicts, cpu

#: Types a side -> (games in a batch, least games a CPU-second).
CASES: dict[int, tuple[int, float | None]] = {
    1: (200_000, 2e6),
    3: (20_000, 70_000),
    5: (10_000, None),
}
GENERIC, GAMBIT = 20, 5


def crises(games: int, *, types: int, seed: int = 7) -> Utilities:
    """Utilities even in [-1, 1], priors even, λ log-normal with median 8 and 90 % in 3 to 25."""
    draw = np.random.Generator(np.random.Philox(seed))
    return Utilities(
        challenger=draw.uniform(-1, 1, (games, types, 11)),
        guarantor=draw.uniform(-1, 1, (games, types, 11)),
        attributed=draw.uniform(0.05, 0.95, games),
        prior_challenger=draw.dirichlet(np.ones(types), games),
        prior_guarantor=draw.dirichlet(np.ones(types), games),
        rationality=8 * np.exp(0.6927 * draw.standard_normal(games)),
    )


def generic(asked: Utilities) -> None:
    """Every game by the generic solver, its tree included."""
    for game in range(len(asked.rationality)):
        tree = crisis_tree(asked, game=game)
        solve(tree, rationality=float(asked.rationality[game]), restarts=0)


def gambit(asked: Utilities) -> float | None:
    """CPU seconds a game of pygambit, reading the file not counted."""
    try:
        import pygambit
        from pygambit.qre import logit_solve_lambda
    except ImportError:
        return None
    games = [
        pygambit.read_efg(io.StringIO(write_efg(crisis_tree(asked, game=game))))
        for game in range(len(asked.rationality))
    ]
    start = time.process_time()
    for game, rationality in zip(games, asked.rationality, strict=True):
        logit_solve_lambda(game, float(rationality))
    return (time.process_time() - start) / len(games)


def main() -> int:
    found: dict[str, object] = {}
    verdicts = Verdicts()
    rate = {}
    for types, (games, least) in CASES.items():
        asked = crises(games, types=types)
        rate[types] = games / cpu(lambda asked=asked: solve_crises(asked), runs=5)
        record = solve_crises(asked).convergence
        found[f"types {types}"] = {
            "games_per_cpu_second": round(rate[types]),
            "budget": least,
            "lost": record.lost,
            "followed_again": record.again,
            "folded": record.folded,
        }
        verdicts.word(least is None or rate[types] >= least)
    slow = cpu(lambda: generic(crises(GENERIC, types=3)), runs=2) / GENERIC
    found["generic solver, 3 types"] = {
        "cpu_seconds_a_game": round(slow, 4),
        "kernel_is_faster_by": round(slow * rate[3]),
    }
    peer = gambit(crises(GAMBIT, types=3))
    if peer is not None:
        found["pygambit, 3 types"] = {
            "cpu_seconds_a_game": round(peer, 4),
            "kernel_is_faster_by": round(peer * rate[3]),
            "generic_is_faster_by": round(peer / slow, 1),
        }
    print(json.dumps(found, indent=2))
    return verdicts.status


if __name__ == "__main__":
    sys.exit(main())

"""The campaign: kernel, whole command, peers: ``python benchmarks/bench_campaign.py --peers``.

CPU seconds unless it says wall. The case is 20 sectors × 2 sides × 3 force types × 180 days with
four waves of a guarantor's force. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from backstop.campaign import engine  # noqa: E402
from backstop.campaign import parameters as at  # noqa: E402
from backstop.campaign.lanes import apart, inlined, philox  # noqa: E402
from backstop.campaign.reference import run_one  # noqa: E402
from campaign_cases import wild  # noqa: E402
from measure import Verdicts, cpu  # noqa: E402

KEY, SECTORS, DAYS = (1, 2), 20, 180
WORLDS = 8192

#: World-days per CPU-second and core that the kernel must reach.
FLOOR = 4e6
#: Times as fast as the peers.
MESA, NUMPY, JAX = 500, 12, 6
#: Worlds that NumPy and JAX take at once; each is judged by its best.
AT_ONCE = (256, 512, 1024)
#: Wall seconds and megabytes for a million worlds, and for the first of two starts and the second.
MILLION_S, MILLION_MB, COLD_S, CACHED_S = 60, 1024, 8, 1


def random_ceiling() -> float:
    """World-days per CPU-second if there were nothing to do but to draw one block a sector-day."""
    from numba import njit

    @inlined
    def draw(world: Any, c1: Any, key: Any) -> Any:
        a, b, c, d = philox(world, c1, np.uint32(0), np.uint32(0), key[0], key[1])
        return np.uint32(a ^ b ^ c ^ d)

    @njit(error_model="numpy")
    def loop(worlds: Any, out: Any, key: Any, draws: Any) -> None:
        apart()
        lanes = (worlds.shape[0] >> 4) << 4
        for c1 in range(draws):
            for i in range(lanes):
                out[i] ^= draw(worlds[i], np.uint32(c1), key)

    worlds, out = np.arange(32, dtype=np.uint32), np.zeros(32, np.uint32)
    draws = 200 * SECTORS * DAYS
    seconds = cpu(lambda: loop(worlds, out, np.array(KEY, np.uint32), draws))
    return 32 * 200 * DAYS / seconds


def kernel_rate(inputs: Any) -> float:
    """World-days per CPU-second of the engine."""
    seconds = cpu(lambda: engine.run(inputs, key=KEY, checkpoints=(7, 30, 90, 180)))
    return float(inputs.worlds * inputs.days / seconds)


def peers(rate: float) -> list[tuple[str, float, float, float, str]]:
    """Name, ratio, target, world-days per CPU-second and how far the outcomes agree."""
    from campaign_peers import jax_run, numpy_run

    rows = []
    for name, target, peer in (
        ("NumPy over worlds", NUMPY, lambda some: partial(numpy_run, some, key=KEY)),
        ("JAX on the CPU", JAX, lambda some: jax_run(some, key=KEY)),
    ):
        speed, agreement = 0.0, ""
        for worlds in AT_ONCE:
            some = wild(1, sectors=SECTORS, worlds=worlds, days=DAYS, waves=4)
            ours = engine.run(some, key=KEY, checkpoints=(DAYS,)).notes[0]
            run = peer(some)
            off = np.abs(run() - ours) / (np.abs(ours) + 1e-3)
            agreement = f"99 % of outcomes within {np.quantile(off, 0.99):.1e}"
            speed = max(speed, worlds * DAYS / cpu(run, runs=2))
        rows.append((name, rate / speed, target, speed, agreement))
    rows.append(mesa_row(rate))
    return rows


def mesa_row(rate: float) -> tuple[str, float, float, float, str]:
    """The Mesa model, with luck switched off for the comparison and on for the clock."""
    from campaign_mesa import War

    inputs = wild(2, sectors=SECTORS, worlds=4, days=DAYS, waves=4)
    world = inputs.world.copy()
    world[at.SHIFT] = 0
    off = []
    quiet = world.copy()
    quiet[[at.LOSS_SPREAD, at.SPEED_DAY, at.SPEED_WEEK]] = 0
    for place in range(4):
        one = inputs.one(place)
        object.__setattr__(one, "world", quiet[:, [place]])
        noted, path = run_one(one, key=KEY, checkpoints=(DAYS,))
        model = War(one, axes=_axes(path.effort[0], one))
        for _ in range(DAYS):
            model.step()
        ours = noted.notes[0, :, 0].astype(float)
        off.append(np.abs(np.array(model.notes()) - ours) / (np.abs(ours) + 1e-3))
    one = inputs.one(0)

    def run() -> None:
        model = War(one, axes=(3, 12))
        for _ in range(DAYS):
            model.step()

    speed = DAYS / cpu(run, runs=2)
    return "Mesa", rate / speed, MESA, speed, f"without luck within {np.max(off):.1e}"


def _axes(effort: np.ndarray, inputs: Any) -> tuple[int, int]:
    """The two sectors whose triangles make up this effort."""
    w, sectors = inputs.world[:, 0], inputs.sectors
    here = np.arange(sectors)
    best = (np.inf, (0, 0))
    for first in range(sectors):
        for second in range(first, sectors):
            near = sum(np.maximum(w[at.WIDTH] - np.abs(here - x), 0) for x in (first, second))
            part = w[at.CONCENTRATION]
            made = (1 - part) * inputs.weight + part * near / near.sum()
            best = min(best, (float(np.abs(made - effort).max()), (first, second)))
    return best[1]


_RUN = """
import resource, sys, time
start = time.perf_counter()
from backstop.campaign import simulate
from backstop.scenario.load import load
case = load("ukraine-2025").design("tripwire")
simulate(case, worlds=range(int(sys.argv[1])), seed=1, threads=2)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def command(worlds: int, cache: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of a fresh process."""
    env = {**os.environ, "NUMBA_CACHE_DIR": cache}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, str(worlds)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    wall, seconds, megabytes = map(float, ran.stdout.split())
    return wall, seconds, megabytes


def main() -> int:
    verdicts = Verdicts()

    def report(name: str, value: str, *, met: bool | None = None) -> None:
        word = "" if met is None else verdicts.word(met)
        print(f"{name:34} {value:60} {word}", flush=True)

    inputs = wild(1, sectors=SECTORS, worlds=WORLDS, days=DAYS, waves=4)
    rate, ceiling = kernel_rate(inputs), random_ceiling()
    report("kernel, M world-days / CPU-s", f"{rate / 1e6:.2f} (floor 4)", met=rate >= FLOOR)
    share = rate / ceiling
    report("random numbers alone", f"{ceiling / 1e6:.2f}: the kernel reaches {share:.0%} of them")
    if "--peers" in sys.argv:
        for name, ratio, target, speed, agreement in peers(rate):
            value = f"{ratio:,.0f} × {speed:,.0f} world-days / CPU-s (target {target}); {agreement}"
            report(name, value, met=ratio >= target)
    with tempfile.TemporaryDirectory() as cache:
        wall, seconds, _ = command(256, cache)
        report("cold start", f"{wall:.1f} s wall, {seconds:.1f} CPU-s (8)", met=seconds < COLD_S)
        wall, seconds, _ = command(256, cache)
        report(
            "cached start", f"{wall:.2f} s wall, {seconds:.2f} CPU-s (1)", met=seconds < CACHED_S
        )
        wall, seconds, size = command(1_000_000, cache)
        value = f"{wall:.0f} s wall, {seconds:.0f} CPU-s, {size:.0f} MB (60 s, 1,024 MB)"
        report("a million worlds", value, met=wall < MILLION_S and size < MILLION_MB)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"this process: {peak:.0f} MB")
    return verdicts.status


if __name__ == "__main__":
    raise SystemExit(main())

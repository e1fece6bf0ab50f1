"""Whole commands against their peers, in CPU time: ``python benchmarks/bench_cli.py [--peer]``.

Each command runs as a process of its own, so that start-up counts. Floors and peers:

``--help``    the interpreter alone (``python -c pass``), and the same commands written with typer
``check``     check-jsonschema of the same ``scenario.toml`` against ``backstop schema``
``assess``    the same futures drawn and sized in a plain Python loop, one world at a time (the way
              a spreadsheet add-in works), scaled up from 200 worlds

Peers that are not installed are left out: ``pip install typer check-jsonschema`` brings them.
Exit status 1 when a budget is missed.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from measure import Verdicts

BACKSTOP = [sys.executable, "-c", "from backstop.cli import main; main()"]

#: Command -> (arguments, budget in seconds, whether the budget is wall time, runs).
CASES = {
    "--help": (["--help"], 0.150, False, 7),
    "check": (["check", "ukraine-2025"], 0.5, False, 7),
    "assess tripwire": (["assess", "ukraine-2025/tripwire", "--json"], 10.0, True, 2),
    "assess reassurance": (["assess", "ukraine-2025/reassurance", "--json"], 10.0, True, 2),
    "assess package": (["assess", "ukraine-2025/package", "--json"], 10.0, True, 2),
}

TYPER = """
import typer
app = typer.Typer()
def make(name):
    def command(target: str, seed: int = 1, worlds: int = 10_000, json: bool = False) -> None: ...
    app.command(name)(command)
for name in ("init check size source authorise assess compare evidence schema").split():
    make(name)
app()
"""


#: An installed program finds its bytecode compiled; so does every case and every peer here.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str], *, runs: int, cwd: str | None = None) -> tuple[float, float]:
    """Least CPU and least wall seconds of a command over some runs, after one to warm up."""
    best = [float("inf"), float("inf")]
    for number in range(runs + 1):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd=cwd, env=ENVIRONMENT)
        if not number:
            continue
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = [min(best[0], cpu), min(best[1], end - start)]
    return best[0], best[1]


def peers() -> dict[str, tuple[str, float]]:
    """Case -> (peer, its seconds), for the peers that are installed."""
    found = {"--help": ("python -c pass", seconds([sys.executable, "-c", "pass"], runs=7)[0])}
    if _installed("typer"):
        command = [sys.executable, "-c", TYPER, "--help"]
        found["--help"] = ("typer, same commands", seconds(command, runs=7)[0])
    if _installed("check_jsonschema"):
        found["check"] = ("check-jsonschema, scenario.toml only", _jsonschema())
    found["assess tripwire"] = ("plain Python loop, sizing only, scaled", _loop())
    return found


def _installed(module: str) -> bool:
    done = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True)
    return done.returncode == 0


def _jsonschema() -> float:
    with tempfile.TemporaryDirectory() as folder:
        schema = subprocess.run(
            [*BACKSTOP, "schema", "scenario"], capture_output=True, text=True, check=True
        )
        Path(folder, "schema.json").write_text(schema.stdout)
        shipped = files("backstop") / "data" / "scenarios" / "ukraine-2025" / "scenario.toml"
        Path(folder, "scenario.toml").write_text(shipped.read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json"]
        done = seconds([*command, "scenario.toml"], runs=5, cwd=folder)
    return done[0]


def _loop(worlds: int = 200, scaled_to: int = 10_000) -> float:
    """Sizing alone, one world a call: what drawing all worlds together saves."""
    import backstop
    from backstop.assessment.stages import Run

    case = backstop.load("ukraine-2025").design("tripwire")
    start = time.process_time()
    for world in range(worlds // 20):
        Run.of(case, worlds=range(world, world + 1), seed=1).size()
    return (time.process_time() - start) * scaled_to / (worlds // 20)


def main() -> int:
    """Print the table; 1 when a budget is missed."""
    found = peers() if "--peer" in sys.argv[1:] else {}
    verdicts = Verdicts()
    print(f"{'case':<20} {'CPU s':>8} {'wall s':>8} {'budget':>12}  peer (CPU s, ratio)")
    for name, (arguments, budget, by_wall, runs) in CASES.items():
        cpu, wall = seconds([*BACKSTOP, *arguments], runs=runs)
        met = verdicts.word((wall if by_wall else cpu) <= budget)
        stated = f"{budget:g} {'wall' if by_wall else 'CPU'} {met}"
        peer = ""
        if name in found:
            label, theirs = found[name]
            peer = f"{label}: {theirs:.3g}, {theirs / cpu:.2g}x"
        print(f"{name:<20} {cpu:>8.3f} {wall:>8.3f} {stated:>12}  {peer}")
    print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()[0]}))
    return verdicts.status


if __name__ == "__main__":
    sys.exit(main())

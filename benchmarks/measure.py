"""What the benchmarks share: a stopwatch, and the verdicts on what it measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


def cpu(call: Callable[[], object], *, runs: int = 3, warm: bool = True) -> float:
    """Least CPU seconds of a few runs, by default after one to warm up."""
    if warm:
        call()
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return min(seconds)


def word(met: bool) -> str:
    """How a target fared, in a word."""
    return "met" if met else "MISSED"


@dataclass(slots=True)
class Verdicts:
    """Measurements beside their targets, and whether one was missed."""

    missed: bool = False

    def word(self, met: bool) -> str:
        """How a target fared; a missed one is remembered."""
        self.missed = self.missed or not met
        return word(met)

    @property
    def status(self) -> int:
        """The exit status: 1 when a target was missed."""
        return int(self.missed)

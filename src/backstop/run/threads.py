"""Two pieces of work side by side: the solver leaves the interpreter free while it searches."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Run two functions at the same time; neither may change what the other reads."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(first)
        here = second()
        return waiting.result(), here

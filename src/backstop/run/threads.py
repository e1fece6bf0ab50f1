"""Work beside other work: the solver leaves the interpreter free while it searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Answer = TypeVar("Answer")


@contextmanager
def beside(work: Callable[[], Answer]) -> Iterator[Callable[[], Answer]]:
    """Run a function in a thread while the block runs; yields the call that waits for its answer.

    Neither side may change what the other reads. The block does not end before the work does.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(work).result

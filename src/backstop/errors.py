"""Every error Backstop raises on purpose, drawn once.

BackstopError
├── InputError          a person's mistake: every problem at once, with place and remedy   (exit 2)
├── NotFound            a scenario, design, body or file that is not there                 (exit 2)
├── Infeasible          the rules leave no answer, and the reason is named                 (exit 3)
├── CheckFailed         `verify` and `evidence verify` found a difference                  (exit 1)
└── SolverFailed        two solvers disagree, or a plan fails its exact row check          (exit 1)

A design's weakness is not an error: it is a ``Finding`` in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one place. ``line`` and ``column`` count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)


class BackstopError(Exception):
    """The root of the tree; ``exit_code`` is what the command line returns for it."""

    exit_code = 2


class InputError(BackstopError):
    """What a person wrote cannot be used; carries every problem found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotFound(BackstopError):
    """Something named does not exist; the message lists what does."""


class Infeasible(BackstopError):
    """The rules contradict each other before any shortage of force comes into it."""

    exit_code = 3


class CheckFailed(BackstopError):
    """A digest, span, record or lock is not what it was."""

    exit_code = 1


class SolverFailed(BackstopError):
    """A solver's verdict did not survive an independent check."""

    exit_code = 1

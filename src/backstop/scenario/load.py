"""From a folder to a scenario: every problem at once, or a frozen record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backstop.errors import InputError, Problem
from backstop.scenario import files
from backstop.scenario.draft import Draft
from backstop.scenario.scenario import Scenario


def load(name: str, *, overrides: Mapping[str, str] | Sequence[str] = ()) -> Scenario:
    """Load a shipped scenario by name or one's own by path.

    Parameters
    ----------
    name : str
    overrides : mapping of path to value, or sequence of ``path=value``
        Fields to change before the scenario is checked, as for ``--set``.

    Raises
    ------
    NotFound
        When there is no such scenario.
    InputError
        With every problem in it, each with file, line, column, path and remedy.
    """
    scenario, problems = examine(name, overrides=overrides)
    if scenario is None:
        raise InputError(problems)
    return scenario


def examine(
    name: str, *, overrides: Mapping[str, str] | Sequence[str] = ()
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario if it is sound, and every problem if it is not."""
    draft = Draft(files.find(name))
    draft.read()
    draft.override(overrides)
    draft.validate()
    draft.cross_check()
    problems = sorted({_printable(problem) for problem in draft.problems})
    return (None, problems) if problems else (draft.scenario(), [])


def _printable(problem: Problem) -> Problem:
    """The problem without control characters and half characters from a file or its name."""
    return replace(
        problem,
        file=_plain(problem.file),
        path=_plain(problem.path)[:300],
        message=_plain(problem.message)[:600],
    )


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

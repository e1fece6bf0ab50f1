"""What a person or a rule has said of two records: one act, or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstop.errors import InputError, Problem
from backstop.watch.fusion.reports import Reports


@dataclass(frozen=True, slots=True)
class Judgement:
    """Binding on the clustering, and a labelled pair for the model."""

    one: str
    other: str
    same: bool
    """Whether both are of one act."""
    by: str = ""
    """A role or the name of a rule, not a person's name."""

    @property
    def pair(self) -> tuple[str, str]:
        """Both keys in order."""
        return min(self.one, self.other), max(self.one, self.other)


def by_number(
    found: Reports, judgements: Iterable[Judgement]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The pairs of records judged the same, and those judged apart, by number.

    Raises
    ------
    InputError
        When a record is not there, or is judged against itself.
    """
    place = {key: number for number, key in enumerate(found.key)}
    same: list[tuple[int, int]] = []
    apart: list[tuple[int, int]] = []
    problems: list[Problem] = []
    for judged in judgements:
        unknown = [key for key in (judged.one, judged.other) if key not in place]
        if unknown:
            reason = f"there is no record {unknown[0]!r}"
            problems.append(Problem("judgements", 0, 0, "", reason))
        elif judged.one == judged.other:
            reason = f"record {judged.one!r} is judged against itself"
            problems.append(Problem("judgements", 0, 0, "", reason))
        else:
            pair = (place[judged.one], place[judged.other])
            (same if judged.same else apart).append((min(pair), max(pair)))
    if problems:
        raise InputError(problems)
    return sorted(set(same)), sorted(set(apart))

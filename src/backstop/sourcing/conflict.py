"""Minimal conflicts among parts of a question: QuickXplain.

Source: Junker (2004), "QUICKXPLAIN: Preferred explanations and relaxations for
over-constrained problems", Proceedings of AAAI-04, 167-172.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def minimal_conflict(
    parts: Sequence[Part], *, conflicts: Callable[[tuple[Part, ...]], bool]
) -> tuple[Part, ...]:
    """Return parts that conflict although no proper subset of them is known to.

    Parameters
    ----------
    parts
        The most important first. A part is named only when those before it do not already
        conflict, with each other or with what has been found necessary after it.
    conflicts
        Whether some parts cannot all hold; ``parts`` together cannot, and adding a part to a
        conflict leaves a conflict. Where the answer is not known it must be False: the result
        is then still a conflict, though it may hold a part too many.

    Returns
    -------
    tuple
        In the order of ``parts``. For ``k`` parts found among ``n`` the question is asked about
        ``2 k log2(n / k) + 2 k`` times.
    """
    if conflicts(()):
        return ()
    return _minimal((), tuple(parts), conflicts=conflicts, grown=False)


def _minimal(
    kept: tuple[Part, ...],
    parts: tuple[Part, ...],
    *,
    conflicts: Callable[[tuple[Part, ...]], bool],
    grown: bool,
) -> tuple[Part, ...]:
    """Return the least of ``parts`` that conflicts with what is kept."""
    if grown and conflicts(kept):
        return ()
    if len(parts) <= 1:
        return parts
    half = len(parts) // 2
    first, second = parts[:half], parts[half:]
    later = _minimal(kept + first, second, conflicts=conflicts, grown=True)
    earlier = _minimal(kept + later, first, conflicts=conflicts, grown=bool(later))
    return earlier + later

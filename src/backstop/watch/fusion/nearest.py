"""The rule of MELTT: sets in turn, the finest agreement of types first.

K. Donnay, E. T. Dunford, E. C. McGrath, D. Backer and D. E. Cunningham, "Integrating conflict event
data", Journal of Conflict Resolution 63(5), 2019, 1337-1364, and the published documentation of
their package. Written from these descriptions; no code was taken.

1. Events (one day) are compared with events, episodes (longer) with episodes.
2. Two records of different sets are candidates when they lie within the window in space, their
   first days, and for two episodes also their last days, within the window in time, and they agree
   on some level of every taxonomy.
3. Their score is the mean over taxonomies of (level of finest agreement, from 0) / depth. Less is
   better.
4. The second set is matched with the first, the third with what stands then, and so on; what is
   matched keeps the entry of the leftmost set. Each entry is matched at most once a set, the
   lowest score first. Ties here go to the nearer pair, so that the order of records within a set
   does not matter; the order of the sets does.
5. An event and an episode that agree so are not joined but shown to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.watch.fusion.evidence import type_levels
from backstop.watch.fusion.fusion import Fusion, Group, Member
from backstop.watch.fusion.graph import joined_records
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.reports import CLOCK_DAYS, Floats, Reports
from backstop.watch.fusion.window import Window


def match_nearest(
    found: Reports,
    *,
    window: Window,
    same: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> Fusion:
    """Match by the rule above; the sets are taken in the order of their stream numbers.

    Records declared the same are then put together, and what was matched with one of them stays
    where no set reports twice.

    Raises
    ------
    InputError
        When there is no taxonomy.
    """
    if len(found) and not found.taxonomies:
        reason = "this method matches by taxonomies; give them with --taxonomy"
        raise InputError([Problem("fuse", 0, 0, "method", reason)])
    pairs, score = _candidates(found, window, apart)
    group, review = _match(found, pairs, score)
    members: dict[int, list[int]] = {}
    for record, head in enumerate(_with_declared(found, group, same).tolist()):
        members.setdefault(head, []).append(record)
    return Fusion(
        method="meltt",
        observations=len(found),
        groups=tuple(
            Group(tuple(Member(found.key[one], 1.0) for one in inside), 1.0)
            for inside in sorted(members.values())
            if len(inside) > 1
        ),
        count=None,
        alternatives=(),
        review=tuple((found.key[a], found.key[b]) for a, b in review),
        parameters={
            "window_km": window.km,
            "window_days": window.days,
            "taxonomies": list(found.taxonomies),
            "streams": int(np.unique(found.stream).size),
            "candidate_pairs": len(pairs),
        },
    )


def _with_declared(
    found: Reports, head: NDArray[np.int64], same: Sequence[tuple[int, int]]
) -> NDArray[np.int64]:
    """The leading record of each record's group once those declared the same are together."""
    out = head.copy()
    node, groups = joined_records(len(found), same)
    for declared in groups:
        if len(declared) < 2:
            continue
        taken = {int(found.stream[one]) for one in declared}
        others = np.flatnonzero(np.isin(out, out[declared]) & ~np.isin(node, node[declared]))
        for one in others.tolist():
            first = int(found.stream[one]) not in taken
            taken.add(int(found.stream[one]))
            out[one] = declared[0] if first else one
        out[declared] = declared[0]
    return out


def _candidates(
    found: Reports, window: Window, apart: Sequence[tuple[int, int]]
) -> tuple[Pairs, Floats]:
    """Pairs of different sets that pass step 2, with their scores."""
    pairs = candidate_pairs(found, window=window, across=True)
    first, last, days = found.start_day, found.end_day, window.days + CLOCK_DAYS
    near = np.abs(first[pairs.left] - first[pairs.right]) <= days
    # An event and an episode do not end alike; they are only shown to a person.
    mixed = found.lasting[pairs.left] != found.lasting[pairs.right]
    near &= mixed | (np.abs(last[pairs.left] - last[pairs.right]) <= days)
    score, column = np.zeros(len(pairs)), 0
    for depth in found.depths:
        level = type_levels(found.types[:, column : column + depth], pairs)
        near &= (level >= 0) & (level < depth)
        score += level / depth / len(found.depths)
        column += depth
    barred = set(apart)
    for place in np.flatnonzero(near) if barred else ():
        near[place] = (int(pairs.left[place]), int(pairs.right[place])) not in barred
    return Pairs(pairs.left[near], pairs.right[near]), score[near]


def _match(
    found: Reports, pairs: Pairs, score: Floats
) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
    """The leading record of each record's group, and the pairs to look at."""
    square = (found.x_m[pairs.left] - found.x_m[pairs.right]) ** 2
    square += (found.y_m[pairs.left] - found.y_m[pairs.right]) ** 2
    order = np.lexsort((pairs.right, pairs.left, square, np.round(score, 12)))
    head = np.arange(len(found))
    alike = found.lasting[pairs.left] == found.lasting[pairs.right]
    for later in np.unique(found.stream)[1:]:
        taken: set[int] = set()
        for place in order[alike[order]]:
            one, other = int(pairs.left[place]), int(pairs.right[place])
            if found.stream[one] > found.stream[other]:
                one, other = other, one
            # Only what leads a group is compared, and a record joins one group.
            if found.stream[other] != later or head[one] != one or head[other] != other:
                continue
            if one not in taken:
                taken.add(one)
                head[other] = one
    leading = head == np.arange(len(found))
    shown = [
        (int(a), int(b))
        for a, b in zip(pairs.left[~alike], pairs.right[~alike], strict=True)
        if leading[a] and leading[b]
    ]
    return head, sorted(shown)

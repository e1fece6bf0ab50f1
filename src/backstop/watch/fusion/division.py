"""From labels of records to incidents: members with shares, and other divisions with theirs."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.fusion import Alternative, Group, Member
from backstop.watch.fusion.graph import Graph
from backstop.watch.fusion.partition import Samples
from backstop.watch.fusion.reports import Integers, Reports

#: Records whose division is shown as alternatives, at most so many together.
_SHOWN = 12
#: Divisions rarer than this are not shown.
_RARE = 0.05


def groups_of(found: Reports, graph: Graph, label: Integers, drawn: Samples) -> tuple[Group, ...]:
    """The incidents of two records or more in the best clustering, by their first key."""
    home = label[graph.node]
    order = np.argsort(home, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(home[order])) + 1) if order.size else []
    place = _places(graph, drawn)
    groups = [
        _group(found, graph, inside, place, drawn.labels) for inside in parts if inside.size > 1
    ]
    return tuple(sorted(groups, key=lambda one: one.keys))


def _places(graph: Graph, drawn: Samples) -> Integers:
    """Place of each node among the active ones, -1 for the others."""
    place = np.full(graph.nodes, -1)
    place[drawn.active] = np.arange(drawn.active.size)
    return place


def _group(
    found: Reports, graph: Graph, inside: Integers, place: Integers, labels: NDArray[np.int32]
) -> Group:
    shown = place[graph.node[inside]]
    keys = [found.key[one] for one in inside.tolist()]
    if (shown < 0).any():
        # Joined by a person, and nothing else speaks for or against it.
        return Group(tuple(Member(key, 1.0) for key in keys), 1.0)
    held = labels[:, shown]
    together = held[:, :, None] == held[:, None, :]
    # The core is the member that most often has the others with it.
    core = int(together.mean(axis=0).sum(axis=1).argmax())
    weight = together[:, core, :].mean(axis=0)
    return Group(
        # A record that no sample puts with the core is still in the best clustering.
        tuple(
            Member(key, round(max(float(w), 0.5 / len(labels)), 4))
            for key, w in zip(keys, weight, strict=True)
        ),
        round(float(together.all(axis=(1, 2)).mean()), 4),
    )


def alternatives_of(
    found: Reports, graph: Graph, drawn: Samples
) -> tuple[tuple[Alternative, ...], ...]:
    """For each small set of records whose division is open, the divisions with their shares."""
    order = np.argsort(graph.node, kind="stable")
    first = np.searchsorted(graph.node[order], np.arange(graph.nodes + 1))
    out = []
    for component in _open_components(graph, drawn):
        counted = Counter(map(_division, drawn.labels[:, component].tolist()))
        total = len(drawn.labels)
        if counted.most_common(1)[0][1] > (1 - _RARE) * total:
            continue
        nodes = drawn.active[component]
        named = [[found.key[r] for r in order[first[n] : first[n + 1]]] for n in nodes]
        ways = [
            Alternative(
                tuple(tuple(sorted(key for spot in one for key in named[spot])) for one in way),
                round(n / total, 4),
            )
            for way, n in counted.items()
            if n >= _RARE * total
        ]
        out.append(tuple(sorted(ways, key=lambda one: (-one.weight, one.groups))))
    return tuple(sorted((one for one in out if one), key=lambda one: min(one[0].groups)))


def _division(row: list[int]) -> tuple[tuple[int, ...], ...]:
    groups: dict[int, list[int]] = {}
    for spot, cluster in enumerate(row):
        groups.setdefault(cluster, []).append(spot)
    return tuple(sorted(map(tuple, groups.values())))


def _open_components(graph: Graph, drawn: Samples) -> list[Integers]:
    """Small sets of active nodes that some sample joins and another parts, as places."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = _places(graph, drawn)
    left, right = place[graph.left], place[graph.right]
    within = (left >= 0) & (right >= 0)
    left, right = left[within], right[within]
    joined = np.zeros(left.size, np.int64)
    for row in drawn.labels:
        joined += row[left] == row[right]
    used, total, size = joined > 0, len(drawn.labels), drawn.active.size
    links = coo_array((np.ones(int(used.sum())), (left[used], right[used])), shape=(size, size))
    _, component = connected_components(links, directed=False)
    # A division can only be open where some link is.
    least = _RARE * total
    unsure = np.zeros(size, np.bool_)
    unsure[component[left[(joined >= least) & (joined <= total - least)]]] = True
    order = np.argsort(component, kind="stable")
    cut = np.flatnonzero(np.diff(component[order])) + 1
    parts = np.split(order, cut) if size else []
    return [one for one in parts if 2 <= one.size <= _SHOWN and unsure[component[one[0]]]]

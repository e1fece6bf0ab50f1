"""Which records are of one act?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.futures.range import Range
from backstop.futures.streams import Stream
from backstop.watch.fusion.evidence import Evidence, by_pattern, weigh
from backstop.watch.fusion.fusion import Alternative, Fusion, Group, Member
from backstop.watch.fusion.graph import Graph, build_graph
from backstop.watch.fusion.judgement import Judgement, by_number
from backstop.watch.fusion.linkage import Linkage, Tally, fit_linkage
from backstop.watch.fusion.nearest import match_nearest
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.partition import Samples, best_labels, draw_partitions, match_joins
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window

METHODS = ("calibrated", "meltt")
#: Fits to records weighted at random, whose spread is that of the model.
REFITS = 8
#: Records whose division is shown as alternatives, at most so many together.
_SHOWN = 12
#: Divisions rarer than this are not shown.
_RARE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Candidate pairs with the probability that each is of one act."""

    pairs: Pairs
    evidence: Evidence
    linkage: Linkage
    weight: Floats
    """Log-odds, shape (pairs,); meaningful between streams only."""
    refits: tuple[Floats, ...]
    """The same under the model fitted to records weighted at random."""

    @property
    def probability(self) -> Floats:
        """Shape (pairs,)."""
        return np.asarray(1 / (1 + np.exp(-self.weight)))


def fuse(
    found: Reports,
    *,
    window: Window | None = None,
    method: str = "calibrated",
    judgements: Iterable[Judgement] = (),
    samples: int = 200,
    seed: int = 0,
) -> Fusion:
    """Join the records that are of one act.

    Parameters
    ----------
    found : Reports
        The records; their order on arrival does not matter.
    window : Window
        How far apart in space and time two records of one act may lie; also the greatest diameter
        of an incident.
    method : str
        ``calibrated``: the model of Fellegi and Sunter, then the best clustering, with an interval.
        ``meltt``: the rule of Donnay and others (2019), by taxonomies alone; no interval.
    judgements : iterable of Judgement
        Binding. For ``meltt`` only "not the same" is.
    samples : int
        Clusterings drawn for the interval.
    seed : int
        Of the draws.

    Raises
    ------
    InputError
        For an unknown method, judgements that contradict each other, and ``meltt`` without
        taxonomies.
    """
    limits, judged = window or Window(), list(judgements)
    same, apart = by_number(found, judged)
    if method == "meltt":
        return match_nearest(found, window=limits, apart=apart)
    if method != "calibrated":
        reason = f"method {method[:40]!r} is unknown; choose one of {', '.join(METHODS)}"
        raise InputError([Problem("fuse", 0, 0, "method", reason)])
    scored = score_pairs(found, window=limits, same=same, apart=apart, seed=seed)
    graph = build_graph(found, scored.pairs, same=same, apart=apart)
    shift = match_joins(graph, graph.weights(scored.weight), seed=seed)
    label = best_labels(graph, graph.weights(scored.weight) + shift)
    weights = [_shifted(graph, graph.weights(one), seed, chains=2) for one in scored.refits]
    drawn = draw_partitions(graph, weights, seed=seed, samples=samples, start=label)
    return Fusion(
        method=method,
        observations=len(found),
        groups=_groups(found, graph, label, drawn),
        count=Range.of(drawn.clusters) if len(found) else None,
        alternatives=_alternatives(found, graph, label, drawn),
        review=(),
        parameters=_parameters(found, limits, scored, shift, len(drawn.labels), seed)
        | {"judgements": len(judged)},
    )


def _shifted(graph: Graph, weight: Floats, seed: int, *, chains: int) -> Floats:
    return weight + match_joins(graph, weight, seed=seed, chains=chains)


def score_pairs(
    found: Reports,
    *,
    window: Window | None = None,
    same: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    seed: int = 0,
) -> Scored:
    """Candidate pairs and the probability of each to be of one act.

    Pairs of one stream are not scored: they anchor the model as pairs of different acts.
    ``same`` and ``apart`` are labelled pairs, by number of record.
    """
    limits = window or Window()
    pairs = candidate_pairs(found, window=limits)
    evidence = weigh(found, pairs, window=limits)
    patterns, which = by_pattern(evidence)
    sort = _sorts(found, pairs, same, apart)
    ones = np.ones(len(pairs))
    linkage = fit_linkage(evidence, _tally(patterns, which, sort, ones))
    refits = []
    stream = Stream(seed, "watch.fusion.refit")
    for one in range(REFITS):
        # The Bayesian bootstrap over records: a pair counts as much as both its records.
        record = -np.log(stream.uniforms(worlds=range(one, one + 1), draws=len(found)))[0]
        weighted = record[pairs.left] * record[pairs.right]
        fit = fit_linkage(evidence, _tally(patterns, which, sort, weighted), near=linkage)
        refits.append(fit.weights(patterns)[which])
    return Scored(pairs, evidence, linkage, linkage.weights(patterns)[which], tuple(refits))


_UNKNOWN, _OTHER, _SAME = 0, 1, 2


def _sorts(
    found: Reports,
    pairs: Pairs,
    same: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
) -> NDArray[np.int8]:
    within = found.stream[pairs.left] == found.stream[pairs.right]
    sort = np.where(within, _OTHER, _UNKNOWN).astype(np.int8)
    code = pairs.left.astype(np.int64) * len(found) + pairs.right
    for said, value in ((same, _SAME), (apart, _OTHER)):
        if said:
            named = np.array([a * len(found) + b for a, b in said])
            sort[np.isin(code, named)] = value
    return sort


def _tally(
    patterns: NDArray[np.int8], which: Integers, sort: NDArray[np.int8], weight: Floats
) -> Tally:
    kinds = [
        np.bincount(which, np.where(sort == one, weight, 0.0), len(patterns)).astype(np.float64)
        for one in (_UNKNOWN, _OTHER, _SAME)
    ]
    return Tally(patterns, *kinds)


def _groups(found: Reports, graph: Graph, label: Integers, drawn: Samples) -> tuple[Group, ...]:
    members: dict[int, list[int]] = {}
    for record, cluster in enumerate(label[graph.node]):
        members.setdefault(int(cluster), []).append(record)
    place = np.full(graph.nodes, -1)
    place[drawn.active] = np.arange(drawn.active.size)
    groups = [
        _group(found, graph, inside, place, drawn.labels)
        for inside in members.values()
        if len(inside) > 1
    ]
    return tuple(sorted(groups, key=lambda one: one.keys))


def _group(
    found: Reports,
    graph: Graph,
    inside: list[int],
    place: NDArray[np.int64],
    labels: NDArray[np.int32],
) -> Group:
    nodes = graph.node[inside]
    shown = place[nodes]
    if (shown < 0).any():
        # Joined by a person, and nothing else speaks for or against it.
        return Group(tuple(Member(found.key[one], 1.0) for one in inside), 1.0)
    held = labels[:, shown]
    together = held[:, :, None] == held[:, None, :]
    # The core is the member that most often has the others with it.
    core = int(together.mean(axis=0).sum(axis=1).argmax())
    weight = together[:, core, :].mean(axis=0)
    return Group(
        # A record that no sample puts with the core is still in the best clustering.
        tuple(
            Member(found.key[one], round(max(float(w), 0.5 / len(labels)), 4))
            for one, w in zip(inside, weight, strict=True)
        ),
        round(float(together.all(axis=(1, 2)).mean()), 4),
    )


def _alternatives(
    found: Reports, graph: Graph, label: Integers, drawn: Samples
) -> tuple[tuple[Alternative, ...], ...]:
    out = []
    for component in _open_components(graph, drawn):
        counted: Counter[tuple[tuple[int, ...], ...]] = Counter()
        for row in drawn.labels[:, component]:
            counted[_division(row)] += 1
        total = len(drawn.labels)
        if counted.most_common(1)[0][1] > (1 - _RARE) * total:
            continue
        shown = [(way, n / total) for way, n in counted.items() if n >= _RARE * total]
        named = _records(graph, drawn.active[component])
        ways = [
            Alternative(
                tuple(
                    tuple(sorted(found.key[r] for spot in group for r in named[spot]))
                    for group in way
                ),
                round(weight, 4),
            )
            for way, weight in shown
        ]
        out.append(tuple(sorted(ways, key=lambda one: (-one.weight, one.groups))))
    return tuple(sorted((one for one in out if one), key=lambda one: min(one[0].groups)))


def _records(graph: Graph, nodes: Integers) -> list[list[int]]:
    """The records of each node."""
    return [np.flatnonzero(graph.node == one).tolist() for one in nodes]


def _division(row: NDArray[np.int32]) -> tuple[tuple[int, ...], ...]:
    groups: dict[int, list[int]] = {}
    for spot, cluster in enumerate(row.tolist()):
        groups.setdefault(cluster, []).append(spot)
    return tuple(sorted(tuple(one) for one in groups.values()))


def _open_components(graph: Graph, drawn: Samples) -> list[Integers]:
    """Small sets of active nodes that some sample joins, as places in ``drawn.active``."""
    place = np.full(graph.nodes, -1)
    place[drawn.active] = np.arange(drawn.active.size)
    left, right = place[graph.left], place[graph.right]
    within = (left >= 0) & (right >= 0)
    left, right = left[within], right[within]
    used = np.zeros(left.size, np.bool_)
    for row in drawn.labels:
        used |= row[left] == row[right]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = drawn.active.size
    links = coo_array((np.ones(int(used.sum())), (left[used], right[used])), shape=(size, size))
    _, component = connected_components(links, directed=False)
    order = np.argsort(component, kind="stable")
    cut = np.flatnonzero(np.diff(component[order])) + 1
    return [one for one in np.split(order, cut) if 2 <= one.size <= _SHOWN]


def _parameters(
    found: Reports, window: Window, scored: Scored, shift: float, samples: int, seed: int
) -> dict[str, Any]:
    return {
        "window_km": window.km,
        "window_days": window.days,
        "taxonomies": list(found.taxonomies),
        "streams": int(np.unique(found.stream).size),
        "candidate_pairs": len(scored.pairs),
        "model": scored.linkage.to_dict(),
        "shift": shift,
        "samples": samples,
        "seed": seed,
    }

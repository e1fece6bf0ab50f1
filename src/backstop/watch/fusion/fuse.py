"""Which records are of one act?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from backstop.errors import InputError, Problem
from backstop.futures.range import Range
from backstop.futures.streams import Stream
from backstop.watch.fusion.beyond import joins_beyond
from backstop.watch.fusion.division import alternatives_of, groups_of
from backstop.watch.fusion.fusion import Fusion
from backstop.watch.fusion.graph import Graph, build_graph
from backstop.watch.fusion.judgement import Judgement, by_number
from backstop.watch.fusion.nearest import match_nearest
from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.partition import (
    IDLE,
    Samples,
    best_labels,
    draw_partitions,
    match_joins,
)
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.scoring import REFITS, TRUST, Scored, score_pairs
from backstop.watch.fusion.window import Window
from backstop.watch.statistics.random import generator

METHODS = ("calibrated", "meltt")
#: Standard error of the model itself, as a share of the joins, however many records there are. What
#: the refits left unexplained in the made worlds on which the model was chosen: root mean square
#: 2 to 3 %. It decides beyond some thousand records, where the data leave less doubt.
MODEL_ERROR = 0.03
#: Told how far the work is: what is done, and steps done of how many.
Progress = Callable[[str, int, int], None]


def fuse(
    found: Reports,
    *,
    window: Window | None = None,
    method: str = "calibrated",
    judgements: Iterable[Judgement] = (),
    samples: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
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
        Binding.
    samples : int
        Clusterings drawn for the interval.
    seed : int
        Of the draws.
    progress : callable, optional
        Told how far the work is.

    Raises
    ------
    InputError
        For an unknown method, judgements that contradict each other, and ``meltt`` without
        taxonomies.
    """
    limits = window or Window()
    same, apart = by_number(found, judgements)
    if method == "meltt":
        return match_nearest(found, window=limits, same=same, apart=apart)
    if method != "calibrated":
        reason = f"method {method[:40]!r} is unknown; choose one of {', '.join(METHODS)}"
        raise InputError([Problem("fuse", 0, 0, "method", reason)])
    tell = progress or _silent
    scored = score_pairs(
        found, window=limits, same=same, apart=apart, seed=seed,
        progress=lambda done, of: tell("scoring", done, of),
    )  # fmt: skip
    return _cluster(found, scored, limits, same, apart, samples=samples, seed=seed, tell=tell)


def _cluster(
    found: Reports,
    scored: Scored,
    limits: Window,
    same: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
    *,
    samples: int,
    seed: int,
    tell: Progress,
) -> Fusion:
    """The best clustering of scored pairs, and the count over others."""
    kept = _open_pairs(found, scored, same)
    pairs = Pairs(scored.pairs.left[kept], scored.pairs.right[kept])
    graph = build_graph(found, pairs, same=same, apart=apart)
    stratum, couple = (graph.first(one[kept]) for one in (scored.stratum, scored.contest.couple))

    def weigh(by_row: Floats) -> Floats:
        return graph.weights(scored.of_pairs(by_row)[kept])

    weight = graph.weights(scored.weight[kept])
    shifts = match_joins(graph, weight, stratum, couple, seed=seed)
    label = best_labels(graph, weight + shifts.of_edges)
    drawn = draw_partitions(
        graph, [weigh(one) for one in scored.refits], seed=seed, samples=samples,
        start=label, shifts=shifts, progress=lambda done, of: tell("counting", done, of),
    )  # fmt: skip
    middle = draw_partitions(
        graph, [weigh(one) for one in scored.centres], seed=seed + 1,
        samples=max(4, len(drawn.labels) // 5), start=label, shifts=shifts,
    )  # fmt: skip
    beyond = joins_beyond(found, graph, drawn, window=limits, seed=seed)
    return Fusion(
        method="calibrated",
        observations=len(found),
        groups=groups_of(found, graph, label, drawn),
        count=_count(drawn, middle, beyond, len(found), seed) if len(found) else None,
        alternatives=alternatives_of(found, graph, drawn),
        review=(),
        parameters=_parameters(found, limits, scored, graph, len(drawn.labels), seed)
        | {
            "judgements": len(same) + len(apart),
            "shift": _mean(shifts.of_edges, weight),
            "beyond_window": round(float(beyond.mean()), 1) if beyond.size else 0.0,
        },
    )


def _silent(what: str, done: int, total: int) -> None:
    """Nobody is looking."""


def _open_pairs(found: Reports, scored: Scored, same: Sequence[tuple[int, int]]) -> Integers:
    """Pairs that some fit holds possible, and all those of records that a person has joined.

    The others only say that two records are not together, as pairs beyond the window do.
    """
    most = scored.centres[0]
    for one in (*scored.centres, *scored.refits):
        most = np.maximum(most, one)
    kept = scored.of_pairs(most) > IDLE if len(scored.pairs) else np.zeros(0, np.bool_)
    if same:
        declared = np.zeros(len(found), np.bool_)
        declared[np.array(same).ravel()] = True
        kept |= declared[scored.pairs.left] | declared[scored.pairs.right]
    return np.flatnonzero(kept)


def _count(drawn: Samples, middle: Samples, beyond: Integers, records: int, seed: int) -> Range:
    """The number of incidents, with the doubt about the model around its best fit.

    Fits to records weighted at random see the data as rougher than it is and join a little less;
    so their samples are moved to have the mean of those under the fit to all with the same belief
    in chance. What the two beliefs differ by stays.
    """
    if not drawn.clusters.size:
        return Range.of(middle.clusters)
    centres = middle.clusters.reshape(len(TRUST), -1).mean(axis=1)
    by_fit = drawn.clusters.reshape(REFITS, -1)
    moved = np.empty(by_fit.shape)
    for number, centre in enumerate(centres):
        some = by_fit[number :: len(TRUST)]
        moved[number :: len(TRUST)] = some - (some.mean() - centre)
    numbers = generator(Stream(seed, "watch.fusion.model"))
    joins = records - moved.mean()
    off = MODEL_ERROR * joins * numbers.standard_normal(moved.size)
    return Range.of(np.round(np.clip(moved.reshape(-1) - beyond + off, 1, records)))


def _mean(shift: Floats, weight: Floats) -> float:
    """Mean shift of the pairs that are likely of one act."""
    chance = 1 / (1 + np.exp(-weight))
    return round(float(shift @ chance / max(chance.sum(), 1e-9)), 3)


def _parameters(
    found: Reports, window: Window, scored: Scored, graph: Graph, samples: int, seed: int
) -> dict[str, Any]:
    return {
        "window_km": window.km,
        "window_days": window.days,
        "taxonomies": list(found.taxonomies),
        "streams": int(np.unique(found.stream).size),
        "candidate_pairs": len(scored.pairs),
        "open_pairs": graph.edges,
        "chance_counted": scored.moved,
        "model": scored.linkage.to_dict(),
        "samples": samples,
        "seed": seed,
    }

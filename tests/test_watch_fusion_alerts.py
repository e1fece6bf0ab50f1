"""Two observers of one stream of events: official and volunteer air-raid alerts in Ukraine."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from functools import cache

import numpy as np
import pytest

from backstop.watch.fusion import Window, candidate_pairs, fuse, reports
from backstop.watch.fusion.graph import build_graph
from backstop.watch.fusion.partition import best_labels
from watch_cases import raw_file

MINUTES = 1_440


@cache
def _alerts():
    """Region, start in days and observer of the alerts of January to March 2023, whole regions."""
    rows = []
    sets = (("official_2022-03_2024-04.csv.gz", "oblast"), ("volunteer_2022-02_2024-10.csv.gz", ""))
    for number, (name, level) in enumerate(sets):
        with gzip.open(raw_file("alerts", name), "rt") as file:
            rows += [
                (row["oblast"] if level else row["region"], row["started_at"], number)
                for row in csv.DictReader(file)
                if row.get("level", "") == level and "2023-01" <= row["started_at"][:7] <= "2023-03"
            ]
    both = {r for r, _, n in rows if n == 0} & {r for r, _, n in rows if n == 1}
    places = {region: place for place, region in enumerate(sorted(both))}
    rows = [row for row in rows if row[0] in both]
    where = np.array([places[region] * 1e5 for region, _, _ in rows])
    when = np.array([datetime.fromisoformat(t).timestamp() / 86_400 for _, t, _ in rows])
    return where, when, np.array([number for _, _, number in rows])


def _reports(shift_days=0.0):
    where, when, who = _alerts()
    return reports(
        key=[f"{n:06d}" for n in range(len(who))], x_m=where, y_m=np.zeros(len(who)),
        start_day=when + shift_days * who, stream=who,
    )  # fmt: skip


def _matched(minutes, shift_days=0.0):
    """Share of official alerts with a volunteer one, nearest in time first, and their lags."""
    found = _reports(shift_days)
    pairs = candidate_pairs(found, window=Window(1, minutes / MINUTES), across=True)
    lag = (found.start_day[pairs.right] - found.start_day[pairs.left]) * MINUTES
    lag = np.where(found.stream[pairs.left] == 0, lag, -lag)
    graph = build_graph(found, pairs)
    label = best_labels(graph, graph.weights(1_000 - np.abs(lag)))
    joined = label[graph.node[pairs.left]] == label[graph.node[pairs.right]]
    return joined.sum() / (found.stream == 0).sum(), lag[joined]


@pytest.mark.parametrize(("minutes", "share", "chance"), [(1, 0.6, 0.02), (5, 0.85, 0.06)])
def test_most_alerts_are_matched_within_minutes_and_few_by_chance(minutes, share, chance):
    """By chance: the same with the volunteers' clock a week off."""
    got, lag = _matched(minutes)
    assert got > share
    assert abs(np.median(lag)) < 1
    assert _matched(minutes, shift_days=7)[0] < chance


def test_a_wider_window_matches_more_but_mostly_by_chance():
    shares = [_matched(minutes)[0] for minutes in (5, 30, 180)]
    assert shares == sorted(shares)
    assert shares[-1] - shares[0] < _matched(180, shift_days=7)[0]


@pytest.mark.slow
def test_the_model_learns_from_a_wide_window_how_close_two_reports_of_one_alert_are():
    got = fuse(_reports(), window=Window(1, 3 / 24), samples=20)
    within, _ = _matched(5)
    official = int((_alerts()[2] == 0).sum())
    assert got.matched_groups / official == pytest.approx(within, abs=0.08)

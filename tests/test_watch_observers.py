"""Two observers of one stream of events: share matched, by chance, and lag, each with a range."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.fusion import reports
from backstop.watch.fusion.observers import agree
from watch_cases import raw_file
from watch_cli_cases import mission_with, runner

MINUTE = 1 / 1_440


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


def _two(seed, *, events=3_000, seen=0.8, lag_min=2.0, spread_min=1.0, places=20, days=200):
    """Events that the first observer always reports, and the second at times, a little later."""
    draw = np.random.default_rng(seed)
    when, where = draw.uniform(0, days, events), draw.integers(0, places, events) * 1e6
    late = when + draw.normal(lag_min, spread_min, events) * MINUTE
    kept = draw.random(events) < seen
    return reports(
        key=[f"{n:06d}" for n in range(events + kept.sum())],
        x_m=np.concatenate([where, where[kept]]), y_m=np.zeros(events + kept.sum()),
        start_day=np.concatenate([when, late[kept]]),
        stream=np.repeat([0, 1], [events, kept.sum()]),
        taxonomies={"kind": np.zeros((events + kept.sum(), 1), np.int64)},
    ), kept.sum()  # fmt: skip


def test_the_share_and_the_lag_that_were_put_in_come_out_with_ranges_that_hold_them():
    held = 0
    for seed in range(10):
        found, second = _two(seed)
        (one,) = agree(found, km=1, minutes=[10])
        assert one.second_matched.p50 > 0.99
        held += one.first_matched.p05 <= second / 3_000 <= one.first_matched.p95
        assert one.median_lag_minutes is not None
        assert one.median_lag_minutes.p05 - 0.05 <= 2.0 <= one.median_lag_minutes.p95 + 0.05
    assert held >= 8


def test_chance_matches_as_many_as_their_frequency_says():
    """With k reports of the second a place and minute, 1 - exp(-2 w k) lie within w minutes."""
    found, second = _two(3, seen=0.9)
    for one in agree(found, km=1, minutes=[30, 240]):
        expected = 1 - np.exp(-2 * one.minutes * second / 20 / (200 * 1_440))
        assert one.by_chance.p50 == pytest.approx(expected, rel=0.25)


def _greedy(a, b, width):
    """Matches of two lists of times at one place: the nearest first, by brute force."""
    pairs = sorted((abs(y - x), i, j) for i, x in enumerate(a) for j, y in enumerate(b))
    left, right, count = set(), set(), 0
    for far, i, j in pairs:
        if far <= width + 1e-9 and i not in left and j not in right:
            left.add(i)
            right.add(j)
            count += 1
    return count


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=9, unique=True),
    st.lists(st.integers(0, 300), min_size=1, max_size=9, unique=True),
)
def test_each_window_gives_what_it_alone_would_give(a, b):
    found = reports(
        key=[f"{n:02d}" for n in range(len(a) + len(b))], x_m=np.zeros(len(a) + len(b)),
        y_m=np.zeros(len(a) + len(b)), start_day=np.array([*a, *b]) * MINUTE,
        stream=np.repeat([0, 1], [len(a), len(b)]),
        taxonomies={"kind": np.zeros((len(a) + len(b), 1), np.int64)},
    )  # fmt: skip
    for one in agree(found, km=1, minutes=[5.5, 20.5, 100.5]):
        assert one.pairs == _greedy(a, b, one.minutes)


# --- by command -------------------------------------------------------------------------------

MAPPING = """
source = "{source}"
zone = "UTC"
[columns]
id = "id"
occurred = "at"
region = "region"
place = "part"
[fixed]
kind = "{kind}"
means = "party_report"
rule = "one-incident@1"
count = "1"
"""


def _take(watch, folder, tmp_path, source, rows, *, kind="alert"):
    table, mapping = tmp_path / f"{source}.csv", tmp_path / f"{source}-{kind}.toml"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "at", "region", "part"), *rows])
    mapping.write_text(MAPPING.format(source=source, kind=kind), encoding="utf-8")
    assert watch("intake", folder, table, "--mapping", mapping).code == 0


def _rows(minutes, *, region="North", part=""):
    return [
        (f"{region}{part}{n}", f"2025-03-{1 + m // 1440:02d}T{m // 60 % 24:02d}:{m % 60:02d}:00Z",
         region, part)
        for n, m in enumerate(minutes)
    ]  # fmt: skip


def test_shares_and_lags_are_printed_as_ranges_and_what_was_left_out_is_counted(watch, tmp_path):
    folder = mission_with(tmp_path / "m")
    first = [600 * n for n in range(40)]
    _take(watch, folder, tmp_path, "one", [*_rows(first), *_rows([5], region="South")])
    _take(watch, folder, tmp_path, "two", _rows([m + 3 for m in first[:30]] + [39_000]))
    got = watch("observers", folder, "one", "two", "--window-minutes", "1", "--window-minutes",
                "5", "--json").body  # fmt: skip
    assert got["schema"] == "backstop/watch-observers/1"
    near, wide = got["windows"]
    assert (near["pairs"], near["lag_minutes"]) == (0, None)
    # The first of "one" lies before "two" begins, and comes in no window.
    assert got["left_out"]["outside the common time"] == [1, 1]
    assert got["left_out"]["at a place of one of them alone"] == [1, 0]
    assert wide["pairs"] == 29
    assert wide["lag_minutes"] == pytest.approx({"p05": 3, "p50": 3, "p95": 3, "mean": 3})
    assert wide["first_matched"]["p05"] < 29 / 39 < wide["first_matched"]["p95"]
    page = watch("observers", folder, "one", "two").out
    assert "3.00 (3.00 to 3.00)" in page
    assert watch("observers", folder, "--json").body["observers"] == {"one": 41, "two": 31}


def test_places_with_coordinates_are_one_within_the_window_whatever_they_are_called(
    watch, tmp_path
):
    folder = mission_with(tmp_path / "m")
    located = MAPPING.replace('place = "part"', 'longitude = "lon"\nlatitude = "lat"')
    for source, lon, later in (("one", 37.80, 0), ("two", 37.81, 2), ("far", 38.60, 2)):
        table, mapping = tmp_path / f"{source}.csv", tmp_path / f"{source}.toml"
        mapping.write_text(located.format(source=source, kind="explosion"), encoding="utf-8")
        rows = [f"{n},2025-03-{1 + n:02d}T06:0{later}:00Z,{source},{lon},48.0" for n in range(20)]
        table.write_text("\n".join(["id,at,region,lon,lat", *rows, ""]), encoding="utf-8")
        assert watch("intake", folder, table, "--mapping", mapping).code == 0
    # Three quarters of a kilometre apart, and sixty.
    near = watch("observers", folder, "one", "two", "--window-minutes", "5", "--json").body
    # The first of "one" lies before "two" begins, the last of "two" after "one" ends.
    assert near["windows"][0]["pairs"] == 18
    assert near["windows"][0]["lag_minutes"]["p50"] == pytest.approx(2)
    far = watch("observers", folder, "one", "far", "--window-minutes", "5", "--json").body
    assert (far["windows"][0]["pairs"], far["windows"][0]["lag_minutes"]) == (0, None)


def test_a_mistake_is_told_with_its_remedy(watch, tmp_path):
    folder = mission_with(tmp_path / "m")
    _take(watch, folder, tmp_path, "one", _rows([0, 60, 120]))
    _take(watch, folder, tmp_path, "two", [("a", "2025-03-01", "North", "")])
    _take(watch, folder, tmp_path, "three", _rows([30, 90], region="South"))
    for names, said in (
        (("one", "tow"), "did you mean"),
        (("one", "one"), "the two observers are one"),
        (("one", "two"), "no lag to tell"),
        (("one", "three"), "at no time and place"),
    ):
        found = watch("observers", folder, *names)
        assert (found.code, said in found.err) == (2, True), found.err
    assert watch("observers", folder, "one").code == 2
    assert watch("observers", folder, "one", "two", "--kind", "explosion").code == 2


def test_air_raid_alerts_of_two_observers_are_held_against_each_other_by_command(watch, tmp_path):
    """January to March 2023; the published files have no id, so their row number is put in."""
    folder = mission_with(tmp_path / "m")
    sets = (
        ("official", "official_2022-03_2024-04.csv.gz", "oblast"),
        ("volunteer", "volunteer_2022-02_2024-10.csv.gz", "region"),
    )
    for source, name, region in sets:
        with gzip.open(raw_file("alerts", name), "rt") as file:
            rows = [
                (str(n), row["started_at"], row[region], row.get("raion", ""))
                for n, row in enumerate(csv.DictReader(file))
                if "2023-01" <= row["started_at"][:7] <= "2023-03"
            ]
        _take(watch, folder, tmp_path, source, rows)
    got = watch("observers", folder, "official", "volunteer", "--json").body
    shares = {one["minutes"]: one for one in got["windows"]}
    assert shares[1]["first_matched"]["p05"] > 0.6
    assert shares[5]["first_matched"]["p05"] > 0.85
    assert shares[5]["by_chance"]["p95"] < 0.06
    assert 0 < shares[5]["median_lag_minutes"]["p05"] < shares[5]["median_lag_minutes"]["p95"] < 1
    # What a window of three hours adds is no more than chance would.
    added = shares[180]["first_matched"]["p50"] - shares[5]["first_matched"]["p50"]
    assert added < shares[180]["by_chance"]["p05"]

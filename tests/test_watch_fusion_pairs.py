"""Candidate pairs: the same from every method, on real sets and on made ones."""

from __future__ import annotations

import csv
import gzip
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from scipy.spatial import cKDTree

from backstop.errors import InputError
from backstop.watch.fusion import Window, candidate_pairs, reports
from watch_cases import raw_file


def _made(rows, **more):
    x, y, start, last, stream = (np.array(column, float) for column in zip(*rows, strict=True))
    return reports(
        key=[f"{n:04d}" for n in range(len(rows))], x_m=x, y_m=y, start_day=start,
        end_day=start + last, stream=stream.astype(int), **more,
    )  # fmt: skip


ROWS = st.lists(
    st.tuples(
        st.integers(-200, 200).map(lambda n: n * 100.0), st.integers(-200, 200).map(float),
        st.floats(0, 30), st.sampled_from([0, 0, 1, 9]), st.integers(0, 2),
    ),
    min_size=1, max_size=60,
)  # fmt: skip


def _set(found, **how):
    pairs = candidate_pairs(found, **how)
    named = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    assert len(set(named)) == len(named)
    return {(found.key[a], found.key[b]) for a, b in named}


def _brute(found, window, across):
    out = set()
    for a in range(len(found)):
        for b in range(a + 1, len(found)):
            dx, dy = found.x_m[a] - found.x_m[b], found.y_m[a] - found.y_m[b]
            near = dx * dx + dy * dy <= window.metres**2
            near &= found.start_day[a] <= found.end_day[b] + window.days
            near &= found.start_day[b] <= found.end_day[a] + window.days
            if near and not (across and found.stream[a] == found.stream[b]):
                out.add((found.key[a], found.key[b]))
    return out


@settings(deadline=None)
@given(rows=ROWS, km=st.sampled_from([0.5, 2.0, 5.0]), days=st.sampled_from([0.5, 3.0]))
def test_the_grid_finds_what_comparing_all_with_all_finds(rows, km, days):
    found, window = _made(rows), Window(km, days)
    for across in (False, True):
        assert _set(found, window=window, across=across) == _brute(found, window, across)


@settings(deadline=None)
@given(rows=ROWS, more_km=st.floats(0, 5), more_days=st.floats(0, 5))
def test_a_wider_window_loses_no_pair(rows, more_km, more_days):
    found = _made(rows)
    assert _set(found, window=Window(2, 2)) <= _set(
        found, window=Window(2 + more_km, 2 + more_days)
    )


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, seed=st.integers(0, 99))
def test_the_order_of_arrival_changes_no_pair(rows, seed):
    found = _made(rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    again = reports(
        key=[found.key[n] for n in order], x_m=found.x_m[order], y_m=found.y_m[order],
        start_day=found.start_day[order], end_day=found.end_day[order],
        stream=found.stream[order],
    )  # fmt: skip
    assert again.key == found.key
    assert _set(found) == _set(again)


def _tree(x, y, day):
    """The same by a k-d tree: a ball of √2 in scaled space and time, then a filter."""
    tree = cKDTree(np.column_stack([x / 5_000, y / 5_000, day / 3]))
    a, b = tree.query_pairs(2**0.5 + 1e-9, output_type="ndarray").T
    near = np.hypot(x[a] - x[b], y[a] - y[b]) <= 5_000
    return int((near & (np.abs(day[a] - day[b]) <= 3)).sum())


def _plane(rows):
    laea = "+proj=laea +lat_0=48.5 +lon_0=33 +units=m"
    to_plane = Transformer.from_crs("EPSG:4326", laea, always_xy=True)
    place = [(float(row["longitude"]), float(row["latitude"])) for row in rows]
    return (np.array(one) for one in to_plane.transform(*zip(*place, strict=True)))


def _day(text):
    return float(date.fromisoformat(text).toordinal())


def test_ucdp_events_of_ukraine_form_18394_pairs():
    """Counted before with three other methods (Numba, DuckDB, scipy)."""
    with gzip.open(raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"), "rt") as file:
        rows = list(csv.DictReader(file))
    x, y = _plane(rows)
    day = np.array([_day(row["date_start"][:10]) for row in rows])
    found = reports(key=[f"{n:05d}" for n in range(len(rows))], x_m=x, y_m=y, start_day=day)
    assert len(candidate_pairs(found)) == _tree(x, y, day) == 18_394


def test_thermal_detections_over_ukraine_in_2023_form_278434_pairs():
    with gzip.open(raw_file("firms", "firms_snpp_ukr_2023.csv.gz"), "rt") as file:
        rows = list(csv.DictReader(file))
    x, y = _plane(rows)
    clock = [int(row["acq_time"]) for row in rows]
    minute = np.array([(one // 100 * 60 + one % 100) / 1_440 for one in clock])
    day = np.array([_day(row["acq_date"]) for row in rows]) + minute
    found = reports(key=[f"{n:05d}" for n in range(len(rows))], x_m=x, y_m=y, start_day=day)
    assert len(candidate_pairs(found)) == _tree(x, y, day) == 278_434


def test_identical_points_are_all_pairs_of_each_other():
    found = _made([(0.0, 0.0, 1.0, 0.0, n % 2) for n in range(40)])
    assert len(candidate_pairs(found)) == 40 * 39 // 2
    assert len(candidate_pairs(found, across=True)) == 20 * 20


def test_none_and_one_record_have_no_pair():
    empty = reports(key=[], x_m=[], y_m=[], start_day=[])
    assert len(candidate_pairs(empty)) == 0
    assert len(candidate_pairs(_made([(0.0, 0.0, 0.0, 0.0, 0)]))) == 0


@pytest.mark.parametrize("column", ["x_m", "y_m", "start_day", "end_day", "radius_m"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused_by_name(column, bad):
    columns = {"x_m": [0.0], "y_m": [0.0], "start_day": [0.0], "end_day": [0.0], "radius_m": [9.0]}
    with pytest.raises(InputError, match=f"{column}.*'here'"):
        reports(key=["here"], **(columns | {column: [bad]}))


def test_every_fault_is_told_at_once():
    with pytest.raises(InputError) as caught:
        reports(key=["a", "a"], x_m=[0.0, np.nan], y_m=[0.0], start_day=[0.0, 0.0])
    assert {one.path for one in caught.value.problems} == {"key", "x_m", "y_m"}


@pytest.mark.parametrize("bad", [{"km": 0}, {"km": -1}, {"days": 0}, {"days": np.nan}])
def test_a_window_is_above_nothing(bad):
    with pytest.raises(InputError, match="is no window"):
        Window(**bad)

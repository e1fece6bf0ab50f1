"""The front: made maps with a known advance, and the year's raw maps."""

from __future__ import annotations

import datetime
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod

from calibration.front import by_cell, by_week, changes, project, read_line, read_maps
from calibration.front_tables import cell_dispersion, fitted_noise
from calibration.report import front_series
from calibration.statistics import concentration, dispersion, jump_dispersion, persistence

RAW = Path(__file__).resolve().parents[2] / "shared" / "data" / "front"
needs_raw = pytest.mark.skipif(
    not RAW.is_dir(), reason="the raw maps are not beside the repository"
)
#: A made front: held ground east of a meridian, in two strips, from day to day.
SOUTH, MIDDLE, NORTH, EAST = 47.0, 48.0, 49.0, 38.0


def _ground(south: float, north: float) -> shapely.MultiPolygon:
    """Ground held east of one longitude in the southern strip and of another in the northern."""
    strips = [shapely.box(south, SOUTH, EAST, MIDDLE), shapely.box(north, MIDDLE, EAST, NORTH)]
    # Short edges, as in the raw maps: a long one bends away from its parallel when projected.
    joined = shapely.union_all([shapely.segmentize(strip, 0.02) for strip in strips])
    return joined if joined.geom_type == "MultiPolygon" else shapely.MultiPolygon([joined])


def _archive(path: Path, grounds: dict[str, shapely.MultiPolygon]) -> Path:
    archive = path / "occupied_daily_made.tar.xz"
    with tarfile.open(archive, "w:xz") as bundle:
        for date, ground in grounds.items():
            feature = {"type": "Feature", "geometry": json.loads(shapely.to_geojson(ground))}
            text = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
            member = tarfile.TarInfo(f"occupied/map_{date}.geojson")
            member.size = len(text)
            bundle.addfile(member, io.BytesIO(text))
    return archive


def _km2(west: float, south: float, east: float, north: float) -> float:
    """Area on the ellipsoid of a box along meridians and parallels."""
    box = shapely.segmentize(shapely.box(west, south, east, north), 0.02)
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(box)
    return abs(area) / 1e6


@pytest.fixture
def advance(tmp_path):
    return _archive(
        tmp_path,
        {
            "20250103": _ground(36.0, 36.0),
            "20250101": _ground(36.2, 36.0),  # out of order in the archive
            "20250106": _ground(36.0, 36.1),  # three days later, the north is lost again
        },
    )


def test_gain_and_loss_have_their_true_areas(advance):
    found = changes(read_maps(advance))
    assert found.start == datetime.date(2025, 1, 1)
    assert list(found.length_days) == [2, 3]
    south, north = _km2(36.0, SOUTH, 36.2, MIDDLE), _km2(36.0, MIDDLE, 36.1, NORTH)
    assert found.gained_km2 == pytest.approx([south, 0], rel=2e-3, abs=0.1)
    assert found.lost_km2 == pytest.approx([0, north], rel=2e-3, abs=0.1)
    assert list(found.net_km2) == list(found.gained_km2 - found.lost_km2)


def test_a_span_keeps_its_own_intervals_and_patches(advance):
    found = changes(read_maps(advance))
    early = found.until(datetime.date(2025, 1, 3))
    late = found.since(datetime.date(2025, 1, 3))
    assert (len(early.day), len(late.day)) == (1, 1)
    assert early.patch_km2.sum() == pytest.approx(early.gained_km2.sum(), rel=0.01)
    assert late.patch_interval.max(initial=0) == 0


def test_gain_goes_to_the_cell_it_lies_in(advance):
    found = changes(read_maps(advance))
    axis = project(shapely.LineString([(36.1, SOUTH), (36.1, NORTH)]))
    grid = by_cell(found, axis, cells=2)
    assert grid[0, 0] == pytest.approx(found.gained_km2[0], rel=0.01)
    assert grid[0, 1] == pytest.approx(0, abs=10)
    assert by_cell(found, axis, cells=2, reach_km=0.0).sum() == 0


def test_weeks_are_whole_and_count_from_the_first_day():
    day = np.array([1, 2, 7, 8, 10, 14, 15])
    assert list(by_week(np.ones(7), day)) == [3, 3]
    assert list(by_week(np.ones(7), day, first=7)) == [3]
    assert by_week(np.ones((7, 2)), day).shape == (2, 2)


def test_the_axis_is_the_longest_part_of_the_first_line(tmp_path):
    lines = {
        "2025-02-01": [[[30, 47], [30, 49]]],
        "2025-01-01": [[[36, 47], [36, 47.1]], [[37, 47], [37, 48]]],
    }
    features = [
        {
            "type": "Feature",
            "properties": {"date": date},
            "geometry": {"type": "MultiLineString", "coordinates": parts},
        }
        for date, parts in lines.items()
    ]
    path = tmp_path / "lines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    _, _, metres = Geod(ellps="WGS84").inv(37, 47, 37, 48)
    assert read_line(path).length == pytest.approx(metres / 1000, rel=0.01)


@pytest.fixture(scope="module")
def year():
    return front_series(RAW)


@needs_raw
@pytest.mark.slow
def test_daily_gain_scatters_lasts_and_gathers_as_stated(year):
    """Stated: variance/mean about 13, weekly persistence about .7, 70 % in 5 of 35 cells.

    The variance/mean is that of daily net gain of the whole line in km². The persistence that
    comes nearest is that of ln(1 + km²) over all cells and weeks; the plain ones are .6.
    """
    whole, _, _ = year
    assert len(whole.net) == 352
    assert dispersion(whole.net) == pytest.approx(13.1, abs=0.1)
    assert persistence(np.log1p(whole.weekly_grid)) == pytest.approx(0.67, abs=0.01)
    assert persistence(whole.weekly) == pytest.approx(0.61, abs=0.01)
    assert concentration(whole.grid.sum(0)) == pytest.approx(0.68, abs=0.01)


@needs_raw
@pytest.mark.slow
def test_gain_is_a_sum_of_jumps_and_a_cell_scatters_like_the_whole_line(year):
    """A multiplicative shock to the whole line would make the line's variance/mean far larger."""
    whole, _, _ = year
    line, cell = dispersion(whole.net), cell_dispersion(whole.grid)
    assert cell == pytest.approx(line, rel=0.25)
    assert jump_dispersion(whole.patches) == pytest.approx(cell, rel=0.25)


@needs_raw
@pytest.mark.slow
def test_the_noise_fitted_until_march_implies_the_statistics_of_the_days_after(year):
    _, fitted, tested = year
    found = fitted_noise(fitted)
    assert found.mean_km2_per_day == pytest.approx(tested.gained.mean(), rel=0.1)
    # 90 % interval of the test's variance/mean: 10.5 to 20.6.
    assert 10.5 < found.daily_dispersion < 20.6


@needs_raw
@pytest.mark.slow
def test_concentration_hardly_depends_on_how_the_axis_is_smoothed():
    """64 to 68 % without smoothing and with 5 to 20 km."""
    found = changes(read_maps(RAW / "occupied_daily_20240708_20250630.tar.xz"))
    for tolerance_km in (0.0, 5.0, 20.0):
        axis = read_line(RAW / "front_line_fortnightly.geojson", tolerance_km=tolerance_km)
        share = concentration(by_cell(found, axis, cells=35).sum(0))
        assert 0.63 < share < 0.69, tolerance_km

"""Lengths of lines on the Earth."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backstop.scenario.geometry import ROUGHNESS, LineString, length_km, rough_length_km

POINT = st.tuples(st.floats(-90, 90), st.floats(-90, 90))


def _line(*points):
    return LineString(type="LineString", coordinates=points)


def test_a_quarter_of_the_meridian_is_the_old_definition_of_the_metre():
    # 10,001.966 km on WGS 84 (NIMA TR8350.2, 2000); the metre of 1799 made it 10,000.
    assert length_km(_line((0, 0), (0, 90))) == pytest.approx(10_001.966, abs=0.001)


def test_a_degree_along_the_equator():
    # 2 pi a / 360 with a = 6378.137 km.
    assert length_km(_line((30, 0), (31, 0))) == pytest.approx(111.319, abs=0.001)


@given(POINT, POINT, POINT)
def test_the_rough_length_is_within_its_stated_error(a, b, c):
    assume(a != b and b != c)
    line = _line(a, b, c)
    exact = length_km(line)
    assert rough_length_km(line) == pytest.approx(exact, rel=ROUGHNESS, abs=1e-6)

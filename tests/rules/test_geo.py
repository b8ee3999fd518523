"""Distances between places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.rules.geo import EARTH_RADIUS_MILES, distance_miles

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


@pytest.mark.parametrize(
    ("here", "there", "miles"),
    [
        ((42.3601, -71.0589), (42.3601, -71.0589), 0),
        ((42.3601, -71.0589), (40.7128, -74.0060), 190),
        ((40.7128, -74.0060), (34.0522, -118.2437), 2446),
        ((0, 179.5), (0, -179.5), 69),
        ((90, 0), (-90, 0), 12437),
    ],
)
def test_known_distances(
    here: tuple[float, float], there: tuple[float, float], miles: float
) -> None:
    assert distance_miles(*here, *there) == pytest.approx(miles, abs=1)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_distance_is_symmetric_and_at_most_half_round_the_earth(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    there = distance_miles(lat1, lon1, lat2, lon2)
    assert there == pytest.approx(distance_miles(lat2, lon2, lat1, lon1))
    assert 0 <= there <= EARTH_RADIUS_MILES * 3.14160

"""How far places are apart."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius of the Earth."""


def distance_miles(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance in statute miles between two points in degrees."""
    phi1, phi2 = radians(lat1), radians(lat2)
    chord = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    # Rounding may lift the chord of opposite points a hair above 1.
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(chord, 1.0)))

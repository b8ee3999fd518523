"""Where a ZIP lies and what time it may be there, offline: a search in a file, nothing loaded."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from mmap import ACCESS_READ, mmap

from nurse_tui.paths import data_folder

WIDTH = 59
"""Bytes of every line of data/zips.txt with its line end, as tools/build_zips.py writes them."""

_ZIP = re.compile(r"\s*([0-9]{5})(?:[-\s]?[0-9]{4})?\s*")

_ONE_ZONE = {
    "America/New_York": "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL LA MN MO MS OK WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Los_Angeles": "CA WA",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Saipan": "MP",
    "Pacific/Pago_Pago": "AS",
    "Pacific/Majuro": "MH",
    "Pacific/Palau": "PW",
}
STATE_ZONES: Mapping[str, tuple[str, ...]] = {
    state: (zone,) for zone, states in _ONE_ZONE.items() for state in states.split()
} | {
    "AK": ("America/Anchorage", "America/Adak"),
    "AZ": ("America/Phoenix", "America/Denver"),
    "FL": ("America/New_York", "America/Chicago"),
    "FM": ("Pacific/Chuuk", "Pacific/Pohnpei"),
    "ID": ("America/Boise", "America/Los_Angeles"),
    "IN": ("America/Indiana/Indianapolis", "America/Chicago"),
    "KS": ("America/Chicago", "America/Denver"),
    "KY": ("America/New_York", "America/Chicago"),
    "MI": ("America/Detroit", "America/Menominee"),
    "ND": ("America/Chicago", "America/Denver"),
    "NE": ("America/Chicago", "America/Denver"),
    "NV": ("America/Los_Angeles", "America/Denver"),
    "OR": ("America/Los_Angeles", "America/Boise"),
    "SD": ("America/Chicago", "America/Denver"),
    "TN": ("America/New_York", "America/Chicago"),
    "TX": ("America/Chicago", "America/Denver"),
}
"""Zones of every state and territory that keep different times today, the larger part first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ZIP's town; a military ZIP has no zone and lies at no point."""

    zip: str
    city: str
    state: str
    latitude: float | None
    longitude: float | None
    zone: str


@cache
def _rows() -> mmap:
    with (data_folder() / "zips.txt").open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _row(index: int) -> str:
    return _rows()[index * WIDTH : (index + 1) * WIDTH].decode("ascii")


def place(zip_code: str) -> Place | None:
    """Return the place of a ZIP, also of a ZIP+4; None when it is none or not known."""
    written = _ZIP.fullmatch(zip_code)
    if not written:
        return None
    code, count = written[1], len(_rows()) // WIDTH
    # The lines that name zones begin with '#', which sorts before every digit.
    index = bisect_left(range(count), code, key=lambda i: _row(i)[:5])
    row = _row(index) if index < count else ""
    return _parsed(row) if row.startswith(code) else None


def _parsed(row: str) -> Place:
    zone = _row(int(row[28:30]))[4:].strip()
    lat, long = float(row[9:17]), float(row[18:27])
    somewhere = bool(lat or long)
    return Place(
        zip=row[:5],
        city=row[31:].strip(),
        state=row[6:8],
        latitude=lat if somewhere else None,
        longitude=long if somewhere else None,
        zone=zone,
    )


def zones_for(zip_code: str, state: str) -> tuple[str, ...]:
    """Return every IANA zone in which somebody of this address may be; none when it is not known.

    The ZIP decides; without a known one all zones of the state do. Where ZIP and state disagree one
    of them is wrong, so the zones of both are given (D-31).
    """
    found, code = place(zip_code), state.strip().upper()
    of_state = STATE_ZONES.get(code, ())
    if found is None:
        return of_state
    own = (found.zone,) if found.zone else ()
    return own if code in ("", found.state) else tuple(dict.fromkeys(own + of_state))

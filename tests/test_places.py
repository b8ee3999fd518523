from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nurse_tui.paths import data_folder
from nurse_tui.places import STATE_ZONES, WIDTH, Place, place, zones_for
from nurse_tui.settings_values import PLACES
from tools import build_zips

FILE = data_folder() / "zips.txt"
ROWS = [row for row in FILE.read_text("ascii").splitlines() if not row.startswith("#")]
HOURS = [datetime(2027, month, 15, 12, tzinfo=ZoneInfo("UTC")) for month in (1, 3, 7, 11)]


def clock_of(zone: str) -> tuple[object, ...]:
    """The offsets of a zone through the year: zones of one clock count as one."""
    return tuple(hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in HOURS)


def test_the_file_is_what_the_tool_writes() -> None:
    assert FILE.read_text("ascii") == build_zips.build()


def test_the_file_can_be_searched() -> None:
    raw = FILE.read_bytes()
    lines = raw.splitlines(keepends=True)
    assert {len(line) for line in lines} == {WIDTH}
    assert lines == sorted(set(lines))
    assert len(raw) < 3_000_000
    assert len(ROWS) > 42_000


def test_every_zip_is_found_as_it_stands() -> None:
    for row in ROWS:
        found = place(row[:5])
        assert found is not None
        assert (found.zip, found.state, found.city) == (row[:5], row[6:8], row[31:].strip())


@pytest.mark.parametrize(
    "zip_code", ["02116", "02116-1234", "021161234", " 02116 ", "02116 1234", "\t02116\n"]
)
def test_a_zip_as_people_write_it(zip_code: str) -> None:
    assert place(zip_code) == Place("02116", "Boston", "MA", 42.3492, -71.0768, "America/New_York")


@pytest.mark.parametrize(
    "zip_code",
    [
        "",
        "2116",
        "0211",
        "021166",
        "00000",
        "99999",
        "02116-12",
        "O2116",
        "٠٢١١٦",
        "#01 A",
        "-2116",
    ],
)
def test_what_is_no_zip_has_no_place(zip_code: str) -> None:
    assert place(zip_code) is None


@pytest.mark.parametrize(
    ("zip_code", "zone"),
    [
        ("85001", "America/Phoenix"),
        ("86040", "America/Phoenix"),  # Page
        ("86003", "America/Phoenix"),  # Flagstaff
        ("86039", "America/Phoenix"),  # Hopi
        ("86515", "America/Denver"),  # Window Rock, Navajo Nation
        ("86045", "America/Denver"),  # Tuba City
        ("46204", "America/Indiana/Indianapolis"),
        ("46402", "America/Chicago"),  # Gary
        ("46534", "America/Indiana/Knox"),
        ("46996", "America/Indiana/Winamac"),
        ("47586", "America/Indiana/Tell_City"),
        ("47591", "America/Indiana/Vincennes"),
        ("40202", "America/Kentucky/Louisville"),
        ("42101", "America/Chicago"),  # Bowling Green
        ("32501", "America/Chicago"),  # Pensacola
        ("33101", "America/New_York"),
        ("79901", "America/Denver"),  # El Paso
        ("77001", "America/Chicago"),
        ("83814", "America/Los_Angeles"),  # Coeur d'Alene
        ("83702", "America/Boise"),
        ("49801", "America/Menominee"),  # Iron Mountain
        ("89883", "America/Denver"),  # West Wendover
        ("99634", "America/Anchorage"),  # Napakiak
        ("00901", "America/Puerto_Rico"),
        ("96910", "Pacific/Guam"),
        ("09001", ""),  # a military address is anywhere
    ],
)
def test_the_zone_of_a_zip(zip_code: str, zone: str) -> None:
    found = place(zip_code)
    assert found is not None
    assert found.zone == zone
    assert zones_for(zip_code, found.state) == ((zone,) if zone else ())


def test_a_military_zip_lies_at_no_point() -> None:
    found = place("09001")
    assert found is not None
    assert (found.state, found.latitude, found.longitude) == ("AE", None, None)


@pytest.mark.parametrize(
    ("zip_code", "state", "zones"),
    [
        ("", "AZ", ("America/Phoenix", "America/Denver")),
        ("00000", " in ", ("America/Indiana/Indianapolis", "America/Chicago")),
        ("", "NH", ("America/New_York",)),
        ("", "", ()),
        ("", "ON", ()),
        ("", "AE", ()),
        ("02116", "", ("America/New_York",)),
        ("02116", "CA", ("America/New_York", "America/Los_Angeles")),  # one of them is wrong
        ("02116", "NH", ("America/New_York",)),
        ("02116", "ON", ("America/New_York",)),
        ("09001", "NH", ("America/New_York",)),
    ],
)
def test_zones_of_an_address(zip_code: str, state: str, zones: tuple[str, ...]) -> None:
    assert zones_for(zip_code, state) == zones


def test_the_zones_of_a_state_are_the_clocks_of_its_zips() -> None:
    clocks: dict[str, set[object]] = {}
    for row in ROWS:
        found = place(row[:5])
        assert found is not None
        if found.zone:
            clocks.setdefault(found.state, set()).add(clock_of(found.zone))
    assert {state: {clock_of(zone) for zone in zones} for state, zones in STATE_ZONES.items()} == (
        clocks
    )


def test_every_state_has_zones_and_only_the_military_has_none() -> None:
    assert PLACES - set(STATE_ZONES) == {"AA", "AE", "AP"}

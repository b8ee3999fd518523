"""Write data/zips.txt from the development library `zipcodes`: python -m tools.build_zips.

Every line has the same width, so that one look-up is a binary search in the file and loads nothing.
The first lines name the time zones; the place of such a line is the zone's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import zipcodes

TARGET = Path(__file__).parents[1] / "data" / "zips.txt"
ZONE_CORRECTIONS = {
    "86003": "America/Phoenix",  # Flagstaff, like the rest of the town
    "86040": "America/Phoenix",  # Page lies outside the Navajo Nation
    "86045": "America/Denver",  # Tuba City lies inside it
    "89883": "America/Denver",  # West Wendover keeps Mountain time
    "96941": "Pacific/Pohnpei",
    "96944": "Pacific/Kosrae",
    "99634": "America/Anchorage",  # the library gives the town's name
}


def main() -> None:
    """Write the file anew."""
    TARGET.write_text(build(), encoding="ascii", newline="\n")


def build() -> str:
    """Return the whole text of the file."""
    rows: list[Mapping[str, Any]] = sorted(zipcodes.list_all(), key=lambda row: row["zip_code"])
    zones = ["", *sorted({zone_of(row) for row in rows} - {""})]
    width = max(len(row["city"]) for row in rows)
    return "".join(f"{line}\n" for line in lines(rows, zones, width))


def lines(rows: list[Mapping[str, Any]], zones: list[str], width: int) -> Iterator[str]:
    """Yield the lines that name the zones, then one line for each ZIP."""
    spare = len("90210 CA  34.0901 -118.4065 00 ") + width
    yield from (f"#{number:02} {zone}".ljust(spare) for number, zone in enumerate(zones))
    for row in rows:
        lat, long = float(row["lat"]), float(row["long"])
        number = zones.index(zone_of(row))
        yield (
            f"{row['zip_code']} {row['state']} {lat:8.4f} {long:9.4f} {number:02} "
            f"{row['city']:{width}}"
        )


def zone_of(row: Mapping[str, Any]) -> str:
    """Return the zone of a ZIP, corrected where the library is known to be wrong."""
    return ZONE_CORRECTIONS.get(row["zip_code"], row["timezone"])


if __name__ == "__main__":
    main()

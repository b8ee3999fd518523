"""The made-up infusion sites, and a ledger of their chairs for histories that are taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from nurse_tui import places
from nurse_tui.demo.people import lines
from nurse_tui.models import InfusionSite
from nurse_tui.rules.calendar import ONE_DAY, WEEKDAYS, add_months
from nurse_tui.rules.geo import distance_miles
from nurse_tui.store.bulk import complete

LIVE = ("HARBOR", "GRANITE", "SUNSET", "RIVER", "PEACH", "MILEHIGH")
"""Sites whose weeks are booked through the services alone."""
WEEKENDS = ("SOUND", "CHARTER", "DOGWOOD", "LONESTAR", "PALM", "FRONTIER")
SEVEN_DAYS = ("EVERYDAY", "LAKEVIEW", "PACIFIC", *WEEKENDS)
FULL = "ONECHAIR"
OTHERS = ("PRAIRIE", "BAYOU", "DESERT", "HUDSON", *WEEKENDS)
LOOK_DAYS = 400


@dataclass(slots=True)
class Site:
    """A site and which of its chairs are taken on which day."""

    id: int
    code: str
    chairs: int
    open_days: frozenset[int]
    closed: frozenset[date]
    latitude: float
    longitude: float
    taken: dict[date, int] = field(default_factory=dict)

    def is_free(self, day: date) -> bool:
        """Tell whether the site is open on a day and has a chair left."""
        is_open = day.weekday() in self.open_days and day not in self.closed
        return is_open and self.taken.get(day, 0) < self.chairs

    def run_from(self, wanted: date, size: int) -> list[date] | None:
        """Return the first free days in a row from a date on, or None within a year."""
        for shift in range(LOOK_DAYS):
            days = [wanted + timedelta(days=shift + n) for n in range(size)]
            if all(self.is_free(day) for day in days):
                return days
        return None

    def take(self, day: date) -> int:
        """Take the next chair of a day and return its number."""
        self.taken[day] = self.taken.get(day, 0) + 1
        return self.taken[day]


def nearest(sites: Sequence[Site], zip_code: str) -> Site:
    """Return the site nearest to a ZIP code; of places that nobody knows the first."""
    place = places.place(zip_code)
    if place is None or place.latitude is None or place.longitude is None:
        return sites[0]
    here = place.latitude, place.longitude
    return min(sites, key=lambda site: distance_miles(*here, site.latitude, site.longitude))


def site_rows(today: date) -> list[dict[str, Any]]:
    """Return the fields of every site, with dates around today."""
    return [_row(today, *(*line, "", "")[:8]) for line in lines("sites")]


def _row(
    today: date, code: str, name: str, zip_code: str, chairs: str, open_days: str,
    years: str, days_left: str, closed: str,
) -> dict[str, Any]:  # fmt: skip
    place = places.place(zip_code)
    if place is None:
        raise ValueError(f"no such ZIP in the demo's sites: {zip_code}")
    closures = sorted(today + timedelta(days=int(n)) for n in closed.split())
    return complete(
        InfusionSite,
        code=code,
        name=name,
        address="1 Example Road",
        city=place.city,
        state=place.state,
        zip=place.zip,
        phone="+16175550199",
        zone=place.zone,
        latitude=place.latitude,
        longitude=place.longitude,
        chairs=int(chairs),
        open_days=open_days,
        closures=" ".join(day.isoformat() for day in closures),
        rems_certified_on=add_months(today, -12 * int(years)) if years else None,
        rems_expires_on=today + int(days_left) * ONE_DAY if days_left else None,
    )


def ledger(rows: list[dict[str, Any]], holidays: frozenset[date]) -> dict[str, Site]:
    """Return every site by its code, with all chairs free."""
    return {
        row["code"]: Site(
            row["id"],
            row["code"],
            row["chairs"],
            frozenset(WEEKDAYS.index(day) for day in row["open_days"].split()),
            holidays | {date.fromisoformat(day) for day in row["closures"].split()},
            row["latitude"],
            row["longitude"],
        )
        for row in rows
    }

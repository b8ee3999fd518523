"""Instants in words, at their boundaries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from nurse_tui.rules.calendar import end_of_day
from nurse_tui.rules.moments import (
    at_words,
    clock_in,
    days_late,
    instant_of,
    lateness,
    local_stamp,
    place_of,
    short,
)

ZONE = "America/New_York"
NOON = datetime(2026, 11, 18, 17, 0, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("due", "kind", "words"),
    [
        (NOON - SECOND, "overdue", "late 11:59"),
        (NOON, "due", "today 12:00"),
        (NOON + timedelta(hours=5), "due", "today 17:00"),
        (end_of_day(date(2026, 11, 18), ZONE), "due", "today"),
        (end_of_day(date(2026, 11, 18), ZONE) + SECOND, "later", "19 Nov"),
        (end_of_day(date(2026, 11, 17), ZONE), "overdue", "1d late"),
        (end_of_day(date(2025, 11, 18), ZONE), "overdue", "365d late"),
        (end_of_day(date(2026, 12, 31), ZONE), "later", "31 Dec"),
        (end_of_day(date(2027, 1, 1), ZONE), "later", "1 Jan 2027"),
    ],
)
def test_lateness_goes_by_the_calendar_of_the_zone(due: datetime, kind: str, words: str) -> None:
    found = lateness(due, NOON, ZONE)
    assert (found.kind, found.words) == (kind, words)


def test_a_late_evening_in_utc_is_still_today_in_the_zone() -> None:
    now = datetime(2026, 11, 19, 2, 0, tzinfo=timezone.utc)
    assert lateness(end_of_day(date(2026, 11, 18), ZONE), now, ZONE).words == "today"


def test_words_of_dates_and_instants() -> None:
    assert short(date(2028, 2, 29), date(2028, 1, 1)) == "29 Feb"
    assert at_words(NOON, NOON, ZONE) == "Wed 18 Nov 12:00"
    assert at_words(NOON - timedelta(days=365), NOON, ZONE) == "Tue 18 Nov 2025 12:00"
    assert clock_in(NOON, "America/Phoenix") == "10:00"
    assert place_of("America/New_York") == "New York"
    assert place_of("America/Kentucky/Louisville") == "Louisville"


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2027, 3, 14), 16), (date(2027, 3, 13), 17), (date(2026, 11, 1), 17)],
)
def test_what_was_typed_is_an_instant_on_clock_changes_too(day: date, hour: int) -> None:
    assert instant_of(day, time(12), ZONE) == datetime(
        day.year, day.month, day.day, hour, tzinfo=timezone.utc
    )


@pytest.mark.parametrize(
    ("due", "now", "days"),
    [
        ((2026, 11, 17), (2026, 11, 17, 23, 59), 0),
        ((2026, 11, 17), (2026, 11, 18, 0, 0), 1),
        ((2026, 11, 17), (2026, 11, 18, 23, 59), 1),
        ((2026, 11, 17), (2026, 11, 19, 0, 0), 2),
        ((2027, 3, 13), (2027, 3, 14, 0, 0), 1),
        ((2027, 3, 13), (2027, 3, 15, 0, 0), 2),
        ((2026, 10, 31), (2026, 11, 1, 23, 59), 1),
        ((2026, 10, 31), (2026, 11, 2, 0, 0), 2),
        ((2026, 11, 19), (2026, 11, 18, 12, 0), -1),
    ],
)
def test_days_late_are_dates_across_midnight_and_clock_changes(due, now, days) -> None:
    at = end_of_day(date(*due), ZONE)
    here = datetime(*now, tzinfo=ZoneInfo(ZONE)).astimezone(timezone.utc)
    assert days_late(at, here, ZONE) == days
    if days > 0:
        assert lateness(at, here, ZONE).words == f"{days}d late"


def test_an_instant_by_the_clock_of_a_zone_says_its_offset() -> None:
    assert local_stamp(NOON, ZONE) == "2026-11-18T12:00:00-05:00"
    assert local_stamp(instant_of(date(2027, 7, 6), time(9), ZONE), ZONE).endswith("09:00:00-04:00")

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.rules.calendar import (
    add_business_days,
    add_months,
    end_of_day,
    is_business_day,
    say,
    start_of_day,
)

MEMORIAL_DAY = date(2027, 5, 31)
INDEPENDENCE_OBSERVED = date(2027, 7, 5)
HOLIDAYS = frozenset({MEMORIAL_DAY, INDEPENDENCE_OBSERVED})
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),  # D-11
        (date(2027, 10, 30), 4, date(2028, 2, 29)),
        (date(2027, 10, 29), 4, date(2028, 2, 29)),
        (date(2027, 10, 28), 4, date(2028, 2, 28)),
        (date(2027, 1, 13), 48, date(2031, 1, 13)),  # D-13
        (date(2027, 3, 5), 12, date(2028, 3, 5)),  # D-60
        (date(2027, 3, 1), 6, date(2027, 9, 1)),  # D-19
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 1, 15), 0, date(2027, 1, 15)),
    ],
)
def test_add_months_clips_to_the_months_end(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(("day", "n"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_add_months_refuses_to_leave_the_calendar(day: date, n: int) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(day, n)


@given(DAYS, st.integers(-600, 600))
def test_add_months_is_clipped_and_lands_in_the_right_month(day: date, n: int) -> None:
    then = add_months(day, n)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == n
    assert then.day == min(day.day, monthrange(then.year, then.month)[1])


@given(DAYS, DAYS, st.integers(-600, 600), st.integers(0, 24))
def test_add_months_is_monotonic(one: date, other: date, n: int, more: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, n) <= add_months(second, n)
    assert add_months(first, n) <= add_months(first, n + more)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2027, 5, 28), 5, date(2027, 6, 7)),  # D-20: over Memorial Day
        (date(2027, 5, 27), 5, date(2027, 6, 4)),
        (date(2027, 6, 1), 5, date(2027, 6, 8)),
        (date(2027, 7, 2), 1, date(2027, 7, 6)),  # D-30: over Independence Day observed
        (date(2027, 7, 3), 1, date(2027, 7, 6)),  # from a Saturday
        (date(2027, 7, 5), 1, date(2027, 7, 6)),  # from the holiday itself
        (date(2027, 7, 6), -1, date(2027, 7, 2)),
        (date(2027, 7, 4), 0, date(2027, 7, 4)),
    ],
)
def test_add_business_days(day: date, n: int, expected: date) -> None:
    assert add_business_days(day, n, HOLIDAYS) == expected


@pytest.mark.parametrize(
    ("day", "open_day"),
    [
        (date(2027, 7, 2), True),
        (date(2027, 7, 3), False),
        (date(2027, 7, 4), False),
        (INDEPENDENCE_OBSERVED, False),
        (date(2027, 7, 6), True),
    ],
)
def test_is_business_day(day: date, open_day: bool) -> None:
    assert is_business_day(day, HOLIDAYS) is open_day


@given(DAYS, st.integers(1, 60))
def test_business_days_between_are_counted_exactly(day: date, n: int) -> None:
    then = add_business_days(day, n, HOLIDAYS)
    between = (day + timedelta(days=i) for i in range(1, (then - day).days + 1))
    assert is_business_day(then, HOLIDAYS)
    assert sum(is_business_day(d, HOLIDAYS) for d in between) == n


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2027, 1, 15), "America/New_York", "2027-01-16T04:59:59"),
        (date(2027, 7, 15), "America/New_York", "2027-07-16T03:59:59"),
        (date(2027, 3, 13), "America/New_York", "2027-03-14T04:59:59"),
        (date(2027, 3, 14), "America/New_York", "2027-03-15T03:59:59"),  # clocks go forward
        (date(2027, 11, 6), "America/New_York", "2027-11-07T03:59:59"),
        (date(2027, 11, 7), "America/New_York", "2027-11-08T04:59:59"),  # clocks go back
        (date(2027, 3, 14), "America/Phoenix", "2027-03-15T06:59:59"),
        (date(2027, 3, 14), "America/Indiana/Knox", "2027-03-15T04:59:59"),
        (date(2027, 12, 31), "Pacific/Honolulu", "2028-01-01T09:59:59"),
        (date(2022, 3, 12), "America/Havana", "2022-03-13T04:59:59"),  # next midnight is skipped
        (date(2023, 11, 4), "America/Havana", "2023-11-05T03:59:59"),
    ],
)
def test_end_of_day_is_the_last_local_second(day: date, zone: str, expected: str) -> None:
    end = end_of_day(day, zone)
    assert end.isoformat() == f"{expected}+00:00"
    assert end.astimezone(ZoneInfo(zone)).date() == day


@given(DAYS, st.sampled_from(["America/New_York", "America/Phoenix", "Pacific/Guam"]))
def test_days_meet_without_gap_or_overlap(day: date, zone: str) -> None:
    gap = start_of_day(day + timedelta(days=1), zone) - end_of_day(day, zone)
    assert gap == timedelta(seconds=1)
    assert start_of_day(day, zone).tzinfo is timezone.utc
    assert isinstance(end_of_day(day, zone), datetime)


def test_say_gives_the_year_only_when_it_is_another() -> None:
    monday = date(2026, 11, 23)
    assert say(monday, date(2026, 1, 1)) == "Mon 23 Nov"
    assert say(monday, date(2027, 1, 1)) == "Mon 23 Nov 2026"
    assert say(monday) == "Mon 23 Nov 2026"
    assert say(date(2028, 2, 29), date(2028, 1, 1)) == "Tue 29 Feb"

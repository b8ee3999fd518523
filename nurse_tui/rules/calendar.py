"""Dates as the programme counts them: months, business days, ends of local days, plain words.

Months are added to the calendar month and clipped to its last day; days are counted exactly;
business days leave out weekends and US federal holidays as observed (D-13, D-20, D-30).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# Not strftime: the names must not follow the machine's language.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def add_months(day: date, n: int) -> date:
    """Return the date `n` calendar months later (earlier if negative), clipped to the month's end.

    Raises ValueError outside the years 1 to 9999 (D-13).
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{n} months from {day} is outside the calendar")
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether a date is Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_business_days(day: date, n: int, holidays: Collection[date]) -> date:
    """Return the `n`th business day after a date (before it if negative); 0 is the date itself.

    The date itself is never counted, whether it is a business day or not (D-20, D-30).
    """
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_business_day(day, holidays)
    return day


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date of an aware instant in an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first instant of a local day in an IANA zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(timezone.utc)


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last second of a local day in an IANA zone, in UTC, on DST days too."""
    return start_of_day(day + ONE_DAY, zone) - timedelta(seconds=1)


def say(day: date, today: date | None = None) -> str:
    """Return a date in plain words, `Mon 23 Nov`; with its year unless it is today's year."""
    words = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    same_year = today is not None and day.year == today.year
    return words if same_year else f"{words} {day.year}"


def birthday(born: date, age: int) -> date:
    """Return the date on which somebody reaches an age; born on 29 Feb, 1 Mar in other years.

    The later of the two customs: nobody is treated before an age is certain (D-1).
    """
    day = add_months(born, 12 * age)
    return day if day.day == born.day else day + ONE_DAY


def age_on(born: date, day: date) -> int:
    """Return the completed years of age on a date."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1

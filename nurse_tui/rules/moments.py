"""Instants as people read them: how late something is, what o'clock it is, what was typed.

A date stands for its last second in the programme's zone, so such an instant shows no time of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

from nurse_tui.rules.calendar import MONTHS, end_of_day, local_date, say


@dataclass(frozen=True, slots=True)
class Lateness:
    """How an instant lies to the present: `kind` is overdue, due (today) or later."""

    kind: str
    words: str


def days_late(due_at: datetime, now: datetime, zone: str) -> int:
    """Return by how many dates of an IANA zone an instant lies back; negative when it is to come.

    Dates are counted, not spans of 24 hours: what was due by the end of yesterday is one day late.
    """
    return (local_date(now, zone) - local_date(due_at, zone)).days


def lateness(due_at: datetime, now: datetime, zone: str) -> Lateness:
    """Say how late something is, by the calendar of an IANA zone: `2d late`, `today 17:00`."""
    place = ZoneInfo(zone)
    due, here = due_at.astimezone(place), now.astimezone(place)
    days = days_late(due_at, now, zone)
    if due_at < now:
        return Lateness("overdue", f"{days}d late" if days else f"late {due:%H:%M}")
    if days == 0:
        at = "" if due_at == end_of_day(due.date(), zone) else f" {due:%H:%M}"
        return Lateness("due", f"today{at}")
    return Lateness("later", short(due.date(), here.date()))


def short(day: date, today: date) -> str:
    """Return a date without its weekday, `25 Nov`; with the year when it is not this one."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def at_words(at: datetime, now: datetime, zone: str) -> str:
    """Return an instant as `Mon 23 Nov 10:42` by the clock of an IANA zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{say(local.date(), now.astimezone(ZoneInfo(zone)).date())} {local:%H:%M}"


def clock_in(at: datetime, zone: str) -> str:
    """Return what o'clock it is in an IANA zone, `10:42`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def place_of(zone: str) -> str:
    """Return the place by which an IANA zone is named, `New York`."""
    return zone.rpartition("/")[2].replace("_", " ")


def stamp(at: datetime) -> str:
    """Return an aware instant as files and JSON hold it: ISO 8601 in UTC, to the second."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_stamp(at: datetime, zone: str) -> str:
    """Return an aware instant by the clock of an IANA zone, with its offset, to the second."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def instant_of(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a day and time of day in an IANA zone, in UTC."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(timezone.utc)

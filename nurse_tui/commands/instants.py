"""Points in time as people write them on the command line.

A time without a zone is meant in the programme's zone.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TypeVar
from zoneinfo import ZoneInfo

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.fields import NEWEST_YEAR, OLDEST_YEAR
from nurse_tui.types import Refusal

D = TypeVar("D", bound=date)
HOW = "Write it like 2027-07-06 or 2027-07-06T14:30:00Z."


def instant(text: str) -> datetime | Refusal:
    """Return an instant in UTC; a bare date means the end of that day in the programme's zone."""
    from nurse_tui.rules.calendar import end_of_day

    bare = day(text)
    try:
        if not isinstance(bare, Refusal):
            return end_of_day(bare, PROGRAMME_ZONE)
        found = _near(datetime.fromisoformat(text.strip()))
        at = found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(PROGRAMME_ZONE))
        return at.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return Refusal("bad_instant", f"{text!r} is not a point in time.", HOW)


def day(text: str) -> date | Refusal:
    """Return a calendar date."""
    try:
        return _near(date.fromisoformat(text.strip()))
    except ValueError:
        return Refusal("bad_date", f"{text!r} is not a date.", "Write it like 2027-07-06.")


def _near(found: D) -> D:
    if not OLDEST_YEAR <= found.year <= NEWEST_YEAR:
        raise ValueError("too far away")
    return found

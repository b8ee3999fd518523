"""Points in time as people write them on the command line, and the clock of a demo.

A time without a zone is meant in the programme's zone.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timezone
from typing import TypeVar
from zoneinfo import ZoneInfo

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.fields import NEWEST_YEAR, OLDEST_YEAR
from nurse_tui.types import Refusal

NOW = "NURSE_TUI_NOW"
D = TypeVar("D", bound=date)
HOW = "Write it like 2027-07-06 or 2027-07-06T14:30:00Z."


def instant(text: str) -> datetime | Refusal:
    """Return an instant in UTC; a bare date means the end of that day in the programme's zone."""
    from nurse_tui.rules.calendar import end_of_day

    try:
        if len(text.strip()) == len("2027-07-06"):
            return end_of_day(_near(date.fromisoformat(text.strip())), PROGRAMME_ZONE)
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


def set_clock(*, demo: bool) -> Refusal | str | None:
    """Stand a demo's clock still as NURSE_TUI_NOW says; on real data return a warning instead."""
    from nurse_tui import clock

    text = os.environ.get(NOW, "")
    if not text:
        return None
    if not demo:
        return f"{NOW} is ignored: it sets the clock of demo databases only."
    at = instant(text)
    if isinstance(at, Refusal):
        return Refusal("bad_clock", f"{NOW} is not a point in time: {text!r}.", HOW)
    clock.freeze(at)
    return None

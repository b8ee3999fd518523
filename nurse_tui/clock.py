"""The only place where the time is read.

On a demo database, and there only, NURSE_TUI_NOW sets the clock; `freeze` is what the command line
calls for that, and what tests call.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from datetime import timezone as _timezone
from zoneinfo import ZoneInfo

UTC = _timezone.utc
PROGRAMME_ZONE = "America/New_York"
"""The zone by whose calendar the programme works, the one of the setting `programme_zone`."""
_frozen: datetime | None = None


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC)


def today(zone: str) -> date:
    """Return the calendar date at this instant in an IANA zone."""
    return local_date(now(), zone)


def freeze(instant: datetime | None) -> None:
    """Stand the clock still at an aware instant, or let it run again with None."""
    global _frozen
    if instant is not None and instant.tzinfo is None:
        raise ValueError("the clock needs an instant with a zone")
    _frozen = instant.astimezone(UTC) if instant is not None else None


def frozen() -> datetime | None:
    """Return the instant at which the clock stands still, or None while it runs."""
    return _frozen


def wall_ms() -> int:
    """Return the machine's milliseconds since 1970, also while the clock stands still."""
    return time.time_ns() // 1_000_000


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date of an aware instant in an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()

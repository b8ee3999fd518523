"""When a booked course is looked at again before its day 1 (D-61)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from nurse_tui.rules.programme import Programme


@dataclass(frozen=True, slots=True)
class Check:
    """The next look: how many days before day 1, and on which date."""

    days_before: int
    on: date


def next_check(day1: date, today: date, programme: Programme) -> Check | None:
    """Return the next look at a course's readiness, today's included, or None after the last."""
    looks = [
        Check(days, day1 - timedelta(days=days))
        for days in sorted(programme.readiness_days_before.value, reverse=True)
    ]
    return next((look for look in looks if look.on >= today), None)

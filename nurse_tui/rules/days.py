"""What may be recorded of an infusion day, by a person or from a file (D-58)."""

from __future__ import annotations

from datetime import date

from nurse_tui.types import DayStatus

HAPPENED = frozenset({DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED})
"""What may have become of a day; booking and cancelling are jobs of their own."""


def is_too_soon(status: DayStatus, on: date, today: date) -> bool:
    """Say whether a day that is still to come is told to have happened already (D-58)."""
    return status in HAPPENED and on > today

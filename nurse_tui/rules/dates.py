"""Dates that cannot be, said alike of what a file brings and of what a person records."""

from __future__ import annotations

from datetime import date


def not_yet(on: date | None, today: date) -> str:
    """Say that what is recorded as done lies in the future, or nothing."""
    return "The date is in the future." if on is not None and on > today else ""


def ends_before_done(done_on: date, valid_until: date | None) -> str:
    """Say that something was no longer valid on the day on which it was done, or nothing."""
    if valid_until is None or valid_until >= done_on:
        return ""
    return "The date is before the day on which it was done."


def received_before_drawn(drawn_on: date, received_on: date | None) -> str:
    """Say that a laboratory result came in before its blood was drawn, or nothing."""
    if received_on is None or received_on >= drawn_on:
        return ""
    return "The result was received before the day of the draw."

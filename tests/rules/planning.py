"""Short words for the tests of weeks: clearances, one week, what refuses some days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from nurse_tui.rules.facts import CaseFacts, ClearanceFact, SiteFact
from nurse_tui.rules.infusions import (
    Week,
    check_days,
    consecutive,
    weeks,
)
from nurse_tui.types import ClearanceKind, DayStatus, Reason
from tests.rules.factory import day, programme, site

GIVEN, SCHEDULED = DayStatus.GIVEN, DayStatus.SCHEDULED
MISSED, INTERRUPTED = DayStatus.MISSED, DayStatus.INTERRUPTED
ALL_WEEK = frozenset(range(7))


def vaccine(on: str) -> ClearanceFact:
    return ClearanceFact(ClearanceKind.VACCINATION, day(on))


def labs(on: str, valid_until: str | None = None) -> ClearanceFact:
    until = day(valid_until) if valid_until else None
    return ClearanceFact(ClearanceKind.BASELINE_LABS, day(on), until)


def one_week(case: CaseFacts, monday: str, number: int = 1, at: SiteFact | None = None) -> Week:
    start = day(monday)
    found = weeks(case, number, at or site(), programme(), start, start + timedelta(days=6))
    assert len(found) == 1
    return found[0]


def refused(
    case: CaseFacts, start: str, number: int = 1, size: int = 5, at: SiteFact | None = None
) -> tuple[Reason, ...]:
    return check_days(case, number, consecutive(day(start), size), at or site(), programme())


def rules(reasons: Sequence[Reason]) -> list[str]:
    return [reason.rule for reason in reasons]

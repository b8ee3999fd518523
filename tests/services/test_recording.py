"""What became of an infusion day: only what can have happened, and with its reason (D-58, D-61)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from nurse_tui import clock
from nurse_tui.types import DayStatus, Refusal
from tests.databases import count

MONDAY = date(2026, 11, 30)
WHY = "fever"


def version(desk) -> int:
    return desk.mine.cases.view(desk.case).version


def booked(desk) -> list:
    done = desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    assert isinstance(done, int), done
    return list(desk.mine.cases.view(desk.case).facts.courses[0].days)


def record(desk, day_id: int, status: DayStatus, reason: str = WHY) -> int | Refusal:
    return desk.mine.infusions.record_day(desk.case, day_id, status, reason, version(desk))


def freeze(day: date) -> None:
    clock.freeze(datetime(day.year, day.month, day.day, 16, tzinfo=timezone.utc))


@pytest.mark.parametrize("status", [DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED])
@pytest.mark.parametrize(("ahead", "code"), [(12, "future_day"), (1, "future_day"), (0, None)])
def test_nothing_has_become_of_a_day_to_come_d58(desk, status, ahead, code):
    days = booked(desk)
    freeze(MONDAY - timedelta(days=ahead))
    answer = record(desk, days[0].id, status)
    assert (answer.code if isinstance(answer, Refusal) else None) == code
    assert count(desk.db, "infusion_day", "status <> 'scheduled'") == (0 if code else 1)


@pytest.mark.parametrize("status", [DayStatus.CANCELLED, DayStatus.SCHEDULED])
def test_a_day_is_neither_booked_nor_cancelled_by_recording_it(desk, status):
    days = booked(desk)
    freeze(MONDAY)
    refused = record(desk, days[0].id, status)
    assert isinstance(refused, Refusal) and refused.code == "not_recordable" and refused.way_out
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5

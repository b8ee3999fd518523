"""When a booked course is looked at again before its day 1."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nurse_tui import settings
from nurse_tui.rules.readiness import Check, next_check

DAY1 = date(2027, 3, 1)
PROGRAMME = settings.load().on(date(2026, 11, 18))


@pytest.mark.parametrize(
    ("before", "days", "on"),
    [
        (60, 14, date(2027, 2, 15)),
        (15, 14, date(2027, 2, 15)),
        (14, 14, date(2027, 2, 15)),
        (13, 7, date(2027, 2, 22)),
        (8, 7, date(2027, 2, 22)),
        (7, 7, date(2027, 2, 22)),
        (6, 2, date(2027, 2, 27)),
        (2, 2, date(2027, 2, 27)),
        (1, 1, date(2027, 2, 28)),
    ],
)
def test_the_next_look_is_the_first_that_has_not_passed(before: int, days: int, on: date) -> None:
    today = DAY1 - timedelta(days=before)
    assert next_check(DAY1, today, PROGRAMME) == Check(days, on)


@pytest.mark.parametrize("after", [0, 1, 400])
def test_after_the_last_look_there_is_none(after: int) -> None:
    assert next_check(DAY1, DAY1 + timedelta(days=after), PROGRAMME) is None


def test_the_days_are_a_setting() -> None:
    one = replace(PROGRAMME.readiness_days_before, value=(3,))
    programme = replace(PROGRAMME, readiness_days_before=one)
    leap = date(2028, 3, 2)
    assert next_check(leap, date(2028, 2, 27), programme) == Check(3, date(2028, 2, 28))

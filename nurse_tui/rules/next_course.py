"""Which course of a case is planned: the next one, or one that stopped short (D-4, D-58)."""

from __future__ import annotations

from nurse_tui.rules.courses import booked_days, course_length, infused_days
from nurse_tui.rules.facts import CaseFacts, CourseFact
from nurse_tui.rules.programme import Programme
from nurse_tui.types import DayStatus


def next_course(facts: CaseFacts) -> int:
    """Return the number of the course to plan: one that is open, or the one after the last.

    Open is a course with a day still to be given, and the last one until a day of it was infused.
    """
    live = _live(facts)
    for course in live:
        if booked_days(course) or not course.days:
            return course.number
    last = live[-1] if live else None
    if last is None:
        return 1
    return last.number + 1 if infused_days([last]) else last.number


def short_course(facts: CaseFacts, programme: Programme) -> int | None:
    """Return the number of the last course where some days were infused and too few given (D-58).

    Whether it goes on or the next one is planned is the prescriber's decision, so both are offered;
    None while a day is booked or when nothing is short.
    """
    live = _live(facts)
    if not live or any(booked_days(course) for course in live):
        return None
    last = live[-1]
    given = sum(day.status is DayStatus.GIVEN for day in last.days)
    short = bool(infused_days([last])) and given < course_length(last.number, programme)
    return last.number if short else None


def _live(facts: CaseFacts) -> list[CourseFact]:
    return sorted((c for c in facts.courses if not c.cancelled), key=lambda c: c.number)

"""From a complete form to the first attempt: how long, and how many in time (D-30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from nurse_tui.reports.base import (
    Ask,
    Column,
    Found,
    Report,
    Value,
    median,
    percent,
    service_level,
)
from nurse_tui.rules.calendar import end_of_day, is_business_day
from nurse_tui.rules.due import first_attempt_due
from nurse_tui.store import report_queries as queries


@dataclass(slots=True)
class _Tally:
    forms: int = 0
    days: list[float] = field(default_factory=list)
    in_time: int = 0
    waiting: int = 0
    late: int = 0

    def row(self) -> tuple[Value, ...]:
        """Return the columns after the nurse's; what is still waiting in time is not judged."""
        judged = self.forms - self.waiting
        return (
            self.forms,
            len(self.days),
            self.in_time,
            percent(self.in_time, judged),
            median(self.days),
            self.late,
            self.waiting,
        )


def _all(tallies: Iterable[_Tally]) -> _Tally:
    every = _Tally()
    for tally in tallies:
        every.forms += tally.forms
        every.days += tally.days
        every.in_time += tally.in_time
        every.waiting += tally.waiting
        every.late += tally.late
    return every


@dataclass(slots=True)
class _Counter:
    ask: Ask
    zone: ZoneInfo
    due: dict[date, datetime] = field(default_factory=dict)

    def note(self, tally: _Tally, complete: datetime, first: datetime | None) -> None:
        """Count one form that became complete."""
        programme = self.ask.programme
        day = complete.astimezone(self.zone).date()
        if day not in self.due:
            self.due[day] = end_of_day(first_attempt_due(day, programme), self.ask.zone)
        due = self.due[day]
        tally.forms += 1
        if first is not None:
            tried = first.astimezone(self.zone).date()
            tally.days.append(_business_days(day, tried, programme.holidays))
        if first is not None and first <= due:
            tally.in_time += 1
        elif self.ask.as_of > due:
            tally.late += 1
        elif first is None:
            tally.waiting += 1


@cache
def _business_days(since: date, until: date, holidays: frozenset[date]) -> int:
    """Count the business days after one date up to another."""
    days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
    return sum(is_business_day(day, holidays) for day in days)


def run(session: queries.Session, ask: Ask) -> Found:
    """Measure every form that became complete in the span, by the nurse who has the case now."""
    names = queries.user_names(session)
    counter = _Counter(ask, ZoneInfo(ask.zone))
    tallies: dict[int, _Tally] = {}
    for nurse, complete, first in session.execute(queries.first_calls(*ask.span)):
        if ask.wants(nurse):
            counter.note(tallies.setdefault(nurse, _Tally()), complete, first)
    found = Found()
    for nurse in sorted(tallies, key=lambda key: (names.get(key, "?"), key)):
        found.add((names.get(nurse, "?"), *tallies[nurse].row()))
    found.total(REPORT, _all(tallies.values()).row())
    level = ask.programme.first_attempt_business_days
    found.notes.append(service_level(level, "first attempt"))
    found.notes.append("In time is counted of forms with an attempt or past their day.")
    return found


REPORT = Report(
    name="first-call",
    title="Time to first call",
    help="From a complete form to the first attempt, and the share in time, by nurse.",
    takes=("since", "until", "nurse"),
    columns=(
        Column("nurse", "Nurse", "text"),
        Column("forms", "Forms complete"),
        Column("called", "Called"),
        Column("in_time", "In time"),
        Column("in_time_percent", "In time, %", "percent"),
        Column("median_days", "Median, business days", "days"),
        Column("late", "Late"),
        Column("waiting", "Waiting"),
    ),
    run=run,
    days=(-90, 0),
)

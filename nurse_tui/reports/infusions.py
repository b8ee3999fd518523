"""Chairs taken at each site in each week, and the courses behind them (D-59)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from nurse_tui.reports.base import Ask, Column, Found, Report, percent
from nurse_tui.store import report_queries as queries
from nurse_tui.types import DayStatus


@dataclass(slots=True)
class _Week:
    booked: int = 0
    given: int = 0
    interrupted: int = 0
    courses: set[int] = field(default_factory=set)
    under_way: set[int] = field(default_factory=set)


def run(session: queries.Session, ask: Ask) -> Found:
    """Count the days of the span by site and week."""
    sites = queries.sites(session)
    weeks: dict[tuple[int, date], _Week] = {}
    query = queries.infusion_days(sorted(sites), ask.since, ask.until)
    for site_id, on, course_id, status in session.execute(query):
        _count(weeks.setdefault((site_id, _monday(on)), _Week()), course_id, status)
    found = Found()
    for site_id, monday in sorted(weeks, key=lambda key: (key[1], sites[key[0]][0], key[0])):
        name, chairs, open_days = sites[site_id]
        week = weeks[site_id, monday]
        room = chairs * len(open_days.split())
        taken = percent(week.booked + week.given + week.interrupted, room)
        begun = len(week.under_way)
        counts = (len(week.courses) - begun, begun, week.booked, week.given, taken)
        found.add((name, monday.isoformat(), *counts))
    found.totals = {
        "booked_days": sum(week.booked for week in weeks.values()),
        "given_days": sum(week.given for week in weeks.values()),
    }
    found.notes.append("Under way: a day of the course was given or interrupted in that week.")
    found.notes.append("An interrupted day takes its chair and is not a day given.")
    found.notes.append("Chairs taken are counted of chairs on the site's open weekdays.")
    return found


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _count(week: _Week, course_id: int, status: DayStatus) -> None:
    week.courses.add(course_id)
    if status is DayStatus.SCHEDULED:
        week.booked += 1
        return
    week.under_way.add(course_id)
    if status is DayStatus.GIVEN:
        week.given += 1
    else:
        week.interrupted += 1


REPORT = Report(
    name="infusions",
    title="Infusions",
    help="Courses booked and under way, and chairs taken, by site and week.",
    takes=("since", "until"),
    columns=(
        Column("site", "Site", "text"),
        Column("week", "Week from", "date"),
        Column("booked", "Courses booked"),
        Column("under_way", "Courses under way"),
        Column("booked_days", "Days booked"),
        Column("given_days", "Days given"),
        Column("taken_percent", "Chairs taken, %", "percent"),
    ),
    run=run,
    days=(-7, 84),
)

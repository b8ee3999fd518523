"""Deadlines past due, by kind and nurse."""

from __future__ import annotations

from nurse_tui.listing import WorklistFilter
from nurse_tui.reports.base import Ask, Column, Found, Report
from nurse_tui.rules.due import KINDS
from nurse_tui.rules.moments import days_late
from nurse_tui.store import report_queries as queries


def run(session: queries.Session, ask: Ask) -> Found:
    """Count what is late at the instant, the most first."""
    names = queries.user_names(session)
    late = [
        (nurse, kind, count, oldest)
        for nurse, kind, count, oldest in session.execute(
            queries.overdue_by_nurse_and_kind(ask.as_of)
        )
        if count and ask.wants(nurse)
    ]
    found = Found(totals={"overdue": sum(row[2] for row in late)})
    for nurse, kind, count, oldest in sorted(late, key=lambda row: (-row[2], row[1], row[0])):
        drill = WorklistFilter(nurse=nurse, due_before=ask.as_of, kind=kind)
        days = days_late(oldest, ask.as_of, ask.zone)
        found.add((KINDS.get(kind, kind), names.get(nurse, "?"), count, days), drill)
    found.notes.append("A case may have several deadlines past due.")
    return found


REPORT = Report(
    name="overdue",
    title="Overdue",
    help="Deadlines past due, by kind and nurse.",
    takes=("nurse",),
    columns=(
        Column("kind", "What", "text"),
        Column("nurse", "Nurse", "text"),
        Column("overdue", "Overdue"),
        Column("oldest", "Oldest", "days"),
    ),
    run=run,
)

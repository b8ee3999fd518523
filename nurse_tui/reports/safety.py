"""Safety reports: from awareness to forwarding, how many in time, how many are open (D-35)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

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
from nurse_tui.rules.calendar import end_of_day, local_date
from nurse_tui.rules.due import safety_due
from nurse_tui.store import report_queries as queries
from nurse_tui.words import plain


@dataclass(slots=True)
class _Tally:
    reports: int = 0
    hours: list[float] = field(default_factory=list)
    in_time: int = 0
    open: int = 0
    late: int = 0

    def note(self, aware: datetime, forwarded: datetime | None, ask: Ask) -> None:
        """Count one report."""
        due = _due(aware, ask)
        self.reports += 1
        if forwarded is None:
            self.open += 1
            self.late += ask.as_of > due
        else:
            self.hours.append((forwarded - aware).total_seconds() / 3600)
            self.in_time += forwarded <= due

    def row(self) -> tuple[Value, ...]:
        """Return the columns after the kind; an open report not yet due is not judged."""
        judged = len(self.hours) + self.late
        share = percent(self.in_time, judged)
        sent = len(self.hours)
        return self.reports, sent, self.in_time, share, median(self.hours), self.open, self.late


def _due(aware: datetime, ask: Ask) -> datetime:
    day = local_date(aware, ask.zone)
    return end_of_day(safety_due(day, ask.programme), ask.zone)


def run(session: queries.Session, ask: Ask) -> Found:
    """Measure the reports of the span, and every older one that is still open."""
    tallies: dict[str, _Tally] = {}
    every = _Tally()
    for kind, aware, forwarded in session.execute(queries.safety_reports(*ask.span)):
        for tally in (tallies.setdefault(kind.value, _Tally()), every):
            tally.note(aware, forwarded, ask)
    found = Found()
    for kind in sorted(tallies):
        found.add((plain(kind), *tallies[kind].row()))
    found.total(REPORT, every.row())
    level = ask.programme.safety_forward_business_days
    found.notes.append(service_level(level, "forwarded"))
    found.notes.append("Open reports are counted however old they are.")
    return found


REPORT = Report(
    name="safety",
    title="Safety reports",
    help="From awareness to forwarding: how long, the share in time, what is open.",
    takes=("since", "until"),
    columns=(
        Column("kind", "Kind", "text"),
        Column("reports", "Reports"),
        Column("forwarded", "Forwarded"),
        Column("in_time", "In time"),
        Column("in_time_percent", "In time, %", "percent"),
        Column("median_hours", "Median, hours"),
        Column("open", "Open"),
        Column("open_late", "Open and late"),
    ),
    run=run,
    days=(-90, 0),
)

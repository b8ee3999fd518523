"""Patients reached of those who were tried, and how many attempts it took."""

from __future__ import annotations

from nurse_tui.reports.base import NOT_APPLICABLE, Ask, Column, Found, Report, Value, percent
from nurse_tui.store import report_queries as queries


def run(session: queries.Session, ask: Ask) -> Found:
    """Count the outbound calls of the span, by the nurse who made them."""
    names = queries.user_names(session)
    nurses = [key for key in names if key and ask.wants(key)]
    found = Found()
    for tried in queries.reach(session, *ask.span, nurses):
        if tried.nurse is None:
            ids = [column.id for column in REPORT.columns[1:]]
            found.totals = dict(zip(ids, _row(tried), strict=True))
        else:
            found.add((names[tried.nurse], *_row(tried)))
    came = session.execute(queries.calls_that_came_in(*ask.span, nurses)).scalar_one()
    found.notes.append(f"Inbound calls: {came}; a call that came in is no attempt.")
    found.notes.append("Reached: the patient was spoken to; a case counts once for each nurse.")
    return found


def _row(tried: queries.Reach) -> tuple[Value, ...]:
    each = round(tried.attempts / tried.reached, 1) if tried.reached else NOT_APPLICABLE
    share = percent(tried.reached, tried.attempted)
    return tried.attempts, tried.attempted, tried.reached, share, each, tried.voicemails


REPORT = Report(
    name="reach",
    title="Reach",
    help="Cases reached of cases attempted, and attempts for each reached, by nurse.",
    takes=("since", "until", "nurse"),
    columns=(
        Column("nurse", "Nurse", "text"),
        Column("attempts", "Attempts"),
        Column("attempted", "Cases attempted"),
        Column("reached", "Cases reached"),
        Column("reached_percent", "Reached, %", "percent"),
        Column("attempts_each", "Attempts for each reached"),
        Column("voicemails", "Voicemails left"),
    ),
    run=run,
    days=(-30, 0),
)

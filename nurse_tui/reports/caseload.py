"""Open cases by nurse and state, how old they are, and how many have no nurse."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from nurse_tui.listing import WorklistFilter
from nurse_tui.models import NEVER
from nurse_tui.reports.base import Ask, Column, Found, Report
from nurse_tui.store import report_queries as queries
from nurse_tui.types import State
from nurse_tui.words import plain

AGES = (30, 90, 365)
"""Days at which the ages of cases are told apart."""


def run(session: queries.Session, ask: Ask) -> Found:
    """Count the open cases."""
    names = queries.user_names(session)
    found = Found()
    total = unassigned = 0
    counted = (queries.open_by_nurse_and_state(), queries.kept_by_nurse_and_state())
    rows = sorted(tuple(row) for query in counted for row in session.execute(query))
    for nurse, state, count, oldest in rows:
        if not ask.wants(nurse):
            continue
        total += count
        unassigned += count if nurse == 0 else 0
        days = (ask.as_of - oldest).days
        drill = WorklistFilter(nurse=nurse, state=State(state))
        found.add((names.get(nurse, "?"), plain(state), count, days), drill)
    found.totals = {"open": total, "unassigned": unassigned}
    if ask.nurse is None:
        found.totals |= _ages(session, ask)
    return found


def _ages(session: queries.Session, ask: Ask) -> dict[str, int]:
    counts = {}
    for young, old in pairwise((0, *AGES, None)):
        name = f"open_{young}_days_and_more" if old is None else f"open_{young}_to_{old}_days"
        until = ask.as_of - timedelta(days=young) if young else NEVER
        since = None if old is None else ask.as_of - timedelta(days=old)
        counts[name] = session.execute(queries.opened_between(since, until)).scalar_one()
    return counts


REPORT = Report(
    name="caseload",
    title="Caseload",
    help="Open cases by nurse and state, unassigned cases, ages.",
    takes=("nurse",),
    columns=(
        Column("nurse", "Nurse", "text"),
        Column("state", "State", "text"),
        Column("cases", "Open cases"),
        Column("oldest", "Oldest", "days"),
    ),
    run=run,
)

"""Co-pay: the newest verdict of each case by benefit and enrolment, and what is to be renewed."""

from __future__ import annotations

from datetime import timedelta

from nurse_tui.reports.base import Ask, Column, Found, Report
from nurse_tui.store import report_queries as queries
from nurse_tui.types import Benefit
from nurse_tui.words import plain


def run(session: queries.Session, ask: Ask) -> Found:
    """Count cases by benefit, verdict and enrolment."""
    decided = session.execute(queries.copay_verdicts()).one()
    enrolled = {
        (benefit, verdict, bool(runs)): count
        for benefit, verdict, runs, count in session.execute(queries.copay_enrolments(ask.today))
    }
    found = Found()
    for (benefit, verdict), count in zip(queries.VERDICTS, decided, strict=True):
        running = enrolled.get((benefit, verdict, True), 0)
        ended = enrolled.get((benefit, verdict, False), 0)
        rest = count - running - ended
        for status, cases in (("enrolled", running), ("ended", ended), ("not enrolled", rest)):
            if cases:
                found.add((benefit.value, plain(verdict.value), status, cases))
    for benefit in Benefit:
        mine = [n for (b, _), n in zip(queries.VERDICTS, decided, strict=True) if b is benefit]
        found.totals[benefit.value] = sum(mine)
    _add_renewals(session, ask, found)
    terms = ask.programme.copay_terms_version
    found.notes.append(f"Terms {terms.value}, {terms.rule}{terms.note}; closed cases are counted.")
    return found


def _add_renewals(session: queries.Session, ask: Ask, found: Found) -> None:
    for days in ask.programme.copay_renewal_report_days.value:
        until = ask.as_of + timedelta(days=days)
        due = session.execute(queries.due_between("copay_renewal", ask.as_of, until))
        found.totals[f"renewals_due_in_{days}_days"] = due.scalar_one()


REPORT = Report(
    name="copay",
    title="Co-pay",
    help="Cases by benefit, verdict and enrolment; renewals due.",
    takes=(),
    columns=(
        Column("benefit", "Benefit", "text"),
        Column("verdict", "Verdict", "text"),
        Column("status", "Enrolment", "text"),
        Column("cases", "Cases"),
    ),
    run=run,
)

"""Co-pay: the newest verdict of each case by benefit and enrolment, and what is to be renewed."""

from __future__ import annotations

from datetime import timedelta

from nurse_tui.reports.base import Ask, Column, Found, Report, words
from nurse_tui.store import report_queries as queries

RENEWAL_DAYS = (30, 60)
"""Within how many days renewals are counted."""


def run(session: queries.Session, ask: Ask) -> Found:
    """Count cases by benefit, verdict and enrolment."""
    found = Found()
    for benefit, verdict, status, count in session.execute(queries.copay_by_benefit_and_verdict()):
        found.add((benefit.value, words(verdict.value), status, count))
        found.totals[benefit.value] = _sum(found, benefit.value) + count
    for days in RENEWAL_DAYS:
        until = ask.as_of + timedelta(days=days)
        due = session.execute(queries.due_between("copay_renewal", ask.as_of, until))
        found.totals[f"renewals_due_in_{days}_days"] = due.scalar_one()
    terms = ask.programme.copay_terms_version
    found.notes.append(f"Terms {terms.value}, {terms.rule}{terms.note}; closed cases are counted.")
    return found


def _sum(found: Found, benefit: str) -> int:
    before = found.totals.get(benefit, 0)
    return before if isinstance(before, int) else 0


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

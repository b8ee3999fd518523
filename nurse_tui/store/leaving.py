"""What ends in the same change as a case: its booked days and its co-pay enrolments."""

from __future__ import annotations

from nurse_tui.models import CopayEnrollment, Course, InfusionDay
from nurse_tui.rules import intake
from nurse_tui.rules.enrolments import runs_after
from nurse_tui.rules.leaving import what_ends
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.types import DayStatus


def wind_up(tx: Tx, case_id: int, reason: str) -> str:
    """Cancel the booked days and end the enrolments of a case that ends (D-29).

    Returns the words for the log, which begin with a semicolon; undo brings all of it back.
    """
    tx.session.flush()
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return ""
    ending = what_ends(facts, tx.today)
    days = [tx.get(InfusionDay, day.id) for day in ending.days]
    for day in days:
        day.status, day.reason = DayStatus.CANCELLED, reason
    tx.session.flush()
    for course_id in {day.course_id for day in days}:
        _cancel_empty(tx, course_id, reason)
    for row in finding.find(tx.session, CopayEnrollment, case_id=case_id):
        if runs_after(row.ends_on, tx.today):
            row.ends_on, row.end_reason = tx.today, reason
    return f"; {ending.words}" if ending.words else ""


def _cancel_empty(tx: Tx, course_id: int, reason: str) -> None:
    left = finding.find(tx.session, InfusionDay, course_id=course_id)
    if all(day.status is DayStatus.CANCELLED for day in left):
        course = tx.get(Course, course_id)
        course.cancelled_at, course.cancel_reason = tx.at, reason


def wind_up_opted_out(tx: Tx, case_id: int) -> str:
    """Do the same where the patient has left the services by now; return the words for the log."""
    tx.session.flush()
    facts = fact_store.load(tx.session, case_id)
    left = intake.opted_out(facts) if facts is not None else None
    return wind_up(tx, case_id, "the patient opted out") if left is not None else ""

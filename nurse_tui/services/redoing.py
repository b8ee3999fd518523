"""What is asked again before a change is done again: the rules may answer otherwise by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nurse_tui.models import Course
from nurse_tui.rules.facts import CaseFacts, CourseFact
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.chairs import refuse_days
from nurse_tui.services.copay import decision_now, refuse_enrolment
from nurse_tui.store import facts as fact_store
from nurse_tui.store.coding import decode
from nurse_tui.store.database import Tx
from nurse_tui.store.undo import Step
from nurse_tui.types import DayStatus, Refusal


def refuse_again(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why a booking or an enrolment may not be done again, or None."""
    if step.command in ("infusion.book", "infusion.move"):
        return _refuse_booking(tx, case_id, step)
    if step.command == "copay.enrol":
        return _refuse_enrolment(tx, case_id, step)
    return None


def _refuse_enrolment(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    decision = decision_now(tx, case_id)
    if isinstance(decision, Refusal):
        return decision
    for row in _made(step, "copay_enrollment"):
        refused = refuse_enrolment(tx, case_id, row["benefit"], decision)
        if refused is not None:
            return refused
    return None


def _refuse_booking(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    days = sorted(_made(step, "infusion_day"), key=lambda row: row["on_date"])
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return NO_CASE
    number = _course_number(tx, step, days[0]["course_id"])
    freed = _without_open_days(facts, number)
    return refuse_days(tx, freed, number, days[0]["site_id"], [row["on_date"] for row in days])


def _course_number(tx: Tx, step: Step, course_id: int) -> int:
    made = next((row for row in _made(step, "course") if row["id"] == course_id), None)
    number: int = made["number"] if made is not None else tx.get(Course, course_id).number
    return number


def _without_open_days(facts: CaseFacts, number: int) -> CaseFacts:
    """Return the facts as a move judges them: what it takes back is cancelled already."""

    def freed(course: CourseFact) -> CourseFact:
        if course.number != number or course.cancelled:
            return course
        days = (
            replace(day, status=DayStatus.CANCELLED) if day.status is DayStatus.SCHEDULED else day
            for day in course.days
        )
        return replace(course, days=tuple(days))

    return replace(facts, courses=tuple(freed(course) for course in facts.courses))


def _made(step: Step, table: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that a change had added to a table."""
    for key, (before, after) in step.diff.get(table, {}).items():
        if before is None and after is not None:
            yield {**decode(table, after), "id": int(key)}

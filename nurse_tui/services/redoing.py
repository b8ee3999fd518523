"""What is asked again before a change is done again or undone: the rules may differ by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from nurse_tui.models import CopayEnrollment, Course, InfusionDay
from nurse_tui.rules import enrolments
from nurse_tui.rules.calendar import say
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
    if step.command == "copay.end":
        return next((_another_day(day, "ended") for day in _ends(step) if day != tx.today), None)
    return None


def refuse_undoing(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why days that were cancelled may not be booked again by an undo, or None."""
    if step.command == "copay.end":
        return next((_another_day(day, "ended") for day in _ends(step) if day != tx.today), None)
    if step.command not in ("infusion.cancel", "infusion.move"):
        return None
    freed = [tx.get(InfusionDay, key) for key in _given_up(step)]
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return NO_CASE
    if not freed:
        return None
    days = sorted(freed, key=lambda day: day.on_date)
    number = tx.get(Course, days[0].course_id).number
    facts = _without_open_days(facts, number)
    return refuse_days(tx, facts, number, days[0].site_id, [day.on_date for day in days])


def refuse_reopened(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why an enrolment that an undo has just reopened may not run, or None."""
    tx.session.flush()
    for key, (before, after) in step.diff.get("copay_enrollment", {}).items():
        if before is None or after is None or "ends_on" not in after:
            continue
        row = tx.get(CopayEnrollment, int(key))
        if not enrolments.runs_after(row.ends_on, tx.today):
            continue
        decision = decision_now(tx, case_id)
        if isinstance(decision, Refusal):
            return decision
        refused = refuse_enrolment(tx, case_id, row.benefit, decision)
        if refused is not None and refused.code != "enrolled_already":
            return refused
    return None


def _ends(step: Step) -> Iterator[date]:
    """Yield the days on which a change had ended enrolments."""
    table = "copay_enrollment"
    for _before, after in step.diff.get(table, {}).values():
        yield decode(table, after or {})["ends_on"]


def _given_up(step: Step) -> Iterator[int]:
    """Yield the ids of the days that a change had cancelled."""
    table = "infusion_day"
    for key, (before, after) in step.diff.get(table, {}).items():
        if before and after and decode(table, after).get("status") is DayStatus.CANCELLED:
            yield int(key)


def _another_day(day: date, done: str) -> Refusal:
    return Refusal(
        "another_day",
        f"The enrolment {done} on {say(day)}; today it would be dated back.",
        "Enrol or end it again: that counts from today.",
        "D-53",
    )


def _refuse_enrolment(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    decision = decision_now(tx, case_id)
    if isinstance(decision, Refusal):
        return decision
    for row in _made(step, "copay_enrollment"):
        refused = refuse_enrolment(tx, case_id, row["benefit"], decision)
        if refused is not None:
            return refused
        if row["enrolled_on"] != tx.today:
            return _another_day(row["enrolled_on"], "began")
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

"""What is asked again before a change is done again or undone: the rules may differ by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from nurse_tui.models import CopayEnrollment, Course, InfusionDay
from nurse_tui.rules import enrolments
from nurse_tui.rules.calendar import say
from nurse_tui.rules.facts import CaseFacts, CourseFact, DayFact
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.chairs import refuse_days, refuse_unrecorded
from nurse_tui.services.copay import decision_now, refuse_enrolment
from nurse_tui.store import facts as fact_store
from nurse_tui.store.coding import decode
from nurse_tui.store.database import Tx
from nurse_tui.store.undo import Step
from nurse_tui.types import DayStatus, Refusal

AGAIN = "Enrol or end it again: that counts from today."
ANEW = "Make the correction by hand, such as open the case again and enrol: that counts from today."


def refuse_again(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why a change may not be done again as it was, or None, whatever command made it.

    Days and enrolments that it makes are asked the rules of today. What it ends or cancels ends on
    its own day only: later an end is dated back, and a day that passed may have been given.
    """
    refused = _refuse_ends(tx, step)
    if refused is not None:
        return refused
    given_up = [tx.get(InfusionDay, key) for key in _given_up(step)]
    refused = refuse_unrecorded(sorted(given_up, key=lambda day: day.on_date), tx.today)
    if refused is not None:
        return refused
    return _refuse_booking(tx, case_id, step) or _refuse_enrolment(tx, case_id, step)


def refuse_undoing(tx: Tx, step: Step) -> Refusal | None:
    """Return why an undo may not begin, or None.

    An end is undone on its own day only, and a booking while none of its days has passed.
    """
    made = [tx.session.get(InfusionDay, row["id"]) for row in _made(step, "infusion_day")]
    booked = [day for day in made if day is not None and day.status is DayStatus.SCHEDULED]
    return _refuse_ends(tx, step) or refuse_unrecorded(booked, tx.today)


def refuse_put_back(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why what an undo has just put back may not stand, or None."""
    tx.session.flush()
    return _refuse_days(tx, case_id, step) or _refuse_reopened(tx, case_id, step)


def _refuse_ends(tx: Tx, step: Step) -> Refusal | None:
    """Refuse another day than that of an end, but for one that a cover sets: it has its own."""
    if step.command.startswith("coverage."):
        return None
    way_out = AGAIN if step.command.startswith("copay.") else ANEW
    late = [day for day in _ends(step) if day != tx.today]
    return _another_day(late[0], "ended", way_out) if late else None


def _refuse_days(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Ask the rules of a booking about the days that are booked again, course by course."""
    freed = sorted(
        (tx.get(InfusionDay, key) for key in _given_up(step)),
        key=lambda day: (day.course_id, day.on_date),
    )
    for course_id, group in groupby(freed, key=lambda day: day.course_id):
        facts = fact_store.load(tx.session, case_id)
        if facts is None:
            return NO_CASE
        days = list(group)
        number = tx.get(Course, course_id).number
        judged = _without_open_days(facts, number, tx.today)
        on = [day.on_date for day in days]
        refused = refuse_days(tx, judged, number, days[0].site_id, on)
        if refused is not None:
            return refused
    return None


def _refuse_reopened(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    """Return why an enrolment that an undo has just reopened may not run, or None."""
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
    for before, after in step.diff.get(table, {}).values():
        ends_on = decode(table, after or {}).get("ends_on") if before else None
        if ends_on is not None:
            yield ends_on


def _given_up(step: Step) -> Iterator[int]:
    """Yield the ids of the days that a change had cancelled."""
    table = "infusion_day"
    for key, (before, after) in step.diff.get(table, {}).items():
        if before and after and decode(table, after).get("status") is DayStatus.CANCELLED:
            yield int(key)


def _another_day(day: date, done: str, way_out: str) -> Refusal:
    return Refusal(
        "another_day",
        f"The enrolment {done} on {say(day)}; today it would be dated back.",
        way_out,
        "D-53",
    )


def _refuse_enrolment(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    made = list(_made(step, "copay_enrollment"))
    decision = decision_now(tx, case_id) if made else None
    if decision is None or isinstance(decision, Refusal):
        return decision
    for row in made:
        refused = refuse_enrolment(tx, case_id, row["benefit"], decision)
        if refused is not None:
            return refused
        if row["enrolled_on"] != tx.today:
            return _another_day(row["enrolled_on"], "began", AGAIN)
    return None


def _refuse_booking(tx: Tx, case_id: int, step: Step) -> Refusal | None:
    days = sorted(_made(step, "infusion_day"), key=lambda row: row["on_date"])
    if not days:
        return None
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return NO_CASE
    number = _course_number(tx, step, days[0]["course_id"])
    freed = _without_open_days(facts, number, tx.today)
    return refuse_days(tx, freed, number, days[0]["site_id"], [row["on_date"] for row in days])


def _course_number(tx: Tx, step: Step, course_id: int) -> int:
    made = next((row for row in _made(step, "course") if row["id"] == course_id), None)
    number: int = made["number"] if made is not None else tx.get(Course, course_id).number
    return number


def _without_open_days(facts: CaseFacts, number: int, today: date) -> CaseFacts:
    """Return the facts as a move judges them: what it takes back is cancelled already.

    A day that has passed and is not recorded counts as given here: so the rest may follow it.
    """

    def status(day: DayFact) -> DayStatus:
        if day.status is not DayStatus.SCHEDULED:
            return day.status
        return DayStatus.GIVEN if day.on < today else DayStatus.CANCELLED

    def freed(course: CourseFact) -> CourseFact:
        if course.number != number or course.cancelled:
            return course
        days = (replace(day, status=status(day)) for day in course.days)
        return replace(course, days=tuple(days))

    return replace(facts, courses=tuple(freed(course) for course in facts.courses))


def _made(step: Step, table: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that a change had added to a table."""
    for key, (before, after) in step.diff.get(table, {}).items():
        if before is None and after is not None:
            yield {**decode(table, after), "id": int(key)}

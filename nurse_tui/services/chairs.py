"""Days and chairs of a course in a booking's transaction: refused, taken (D-56 to D-59)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nurse_tui.models import Course, InfusionDay
from nurse_tui.rules import infusions
from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import INFUSED
from nurse_tui.rules.days import HAPPENED
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.services.standing import refuse_standing
from nurse_tui.store import finding, sites
from nurse_tui.store.database import Tx
from nurse_tui.types import ConsentKind, DayStatus, Refusal


def refuse_days(
    tx: Tx, facts: CaseFacts, course: int, site_id: int, days: Sequence[date]
) -> Refusal | None:
    """Return why a course may not take these days at a site, or None; today's bookings count."""
    barred = refuse_standing(facts, tx.programme, tx.today)
    if barred is not None:
        return barred
    if not facts.consent(ConsentKind.SERVICES):
        return Refusal(
            "no_consent", "The patient has not agreed to the services.", "Ask on the call.", "D-29"
        )
    if days[0] < tx.today:
        return Refusal("past_week", f"{say(days[0])} has passed.", "Choose a later week.")
    found = sites.facts_of(
        tx.session, days[0], days[-1], site_ids=[site_id], but_case=facts.case_id
    )
    if not found:
        return no_sites()
    reasons = infusions.check_days(facts, course, days, found[0], tx.programme, tx.today)
    if not reasons:
        return None
    more = f" ({len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Refusal(
        "days_not_possible",
        reasons[0].sentence + more,
        "Choose a week that is marked as possible.",
        reasons[0].rule,
    )


def take_chairs(
    tx: Tx, course: Course, site_id: int, days: Sequence[date], first_number: int = 1
) -> Refusal | None:
    """Give each day the lowest free chair, the days numbered on from `first_number`."""
    site = sites.facts_of(tx.session, days[0], days[-1], site_ids=[site_id])[0]
    for number, on in enumerate(days, start=first_number):
        chair = sites.free_chair(tx.session, site_id, on, site.chairs)
        if chair is None:
            return Refusal(
                "no_chair", f"No chair is free on {say(on)}.", "Choose another week.", "D-59"
            )
        tx.add(
            InfusionDay(
                case_id=course.case_id,
                course_id=course.id,
                number=number,
                on_date=on,
                site_id=site_id,
                chair=chair,
            )
        )
    return None


def live_course(tx: Tx, case_id: int, number: int) -> Course | None:
    """Return the course of a number that is not cancelled, or None."""
    return finding.first(tx.session, Course, case_id=case_id, number=number, cancelled_at=None)


def open_days(tx: Tx, course: Course | None) -> list[InfusionDay]:
    """Return the days of a course that are still to be given, oldest first."""
    if course is None:
        return []
    days = finding.find(tx.session, InfusionDay, course_id=course.id, status=DayStatus.SCHEDULED)
    return sorted(days, key=lambda day: day.on_date)


def has_other_days(tx: Tx, course: Course, but: Sequence[InfusionDay]) -> bool:
    """Say whether a course has days that were given, missed or interrupted, beside some."""
    days = finding.find(tx.session, InfusionDay, course_id=course.id)
    return any(day.status in HAPPENED for day in days if day not in but)


def no_sites() -> Refusal:
    """Say that a site is not there."""
    return Refusal(
        "no_site",
        "There is no such infusion site.",
        "Choose another one, or import it with nurse-tui import sites.",
        "D-56",
    )


def nothing_booked() -> Refusal:
    """Say that there is nothing to move or cancel."""
    return Refusal("not_booked", "No day of this course is booked.", "Book a week first.")


def already_booked(days: Sequence[InfusionDay]) -> Refusal:
    """Say that a course has its days."""
    span = f"{say(days[0].on_date)} to {say(days[-1].on_date)}"
    return Refusal(
        "already_booked", f"The course is booked already: {span}.", "M moves it.", "D-56"
    )


def refuse_unrecorded(days: Sequence[InfusionDay], today: date) -> Refusal | None:
    """Refuse to move or cancel days while one has passed of which nothing is recorded (D-58)."""
    passed = [day.on_date for day in days if day.on_date < today]
    if not passed:
        return None
    return Refusal(
        "unrecorded_day",
        f"{say(passed[0])} has passed, and what became of it is not on record.",
        "Record each day that has passed as given, missed or interrupted; then the rest can be"
        " moved or cancelled.",
        "D-58",
    )


def last_number(tx: Tx, course: Course) -> int:
    """Return the number of the last day on which the drug was given, 0 before the first (D-58)."""
    days = finding.find(tx.session, InfusionDay, course_id=course.id)
    return max((day.number for day in days if day.status in INFUSED), default=0)

"""Infusion weeks: proposed with reasons, booked, moved, cancelled (D-4, D-56 to D-61)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nurse_tui import clock
from nurse_tui.models import Course, InfusionDay
from nurse_tui.rules import clearance, infusions
from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import course_length
from nurse_tui.rules.facts import CaseFacts, SiteFact
from nurse_tui.rules.infusions import Week
from nurse_tui.services.base import Service
from nurse_tui.services.cases import NO_CASE
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding, sites
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.store.replay import rows_as_of
from nurse_tui.types import ConsentKind, DayStatus, Refusal, Role
from nurse_tui.views import SiteView, SiteWeek

WEEKS_SHOWN = 12
NO_SITES_YET = Refusal(
    "no_sites_yet",
    "There is no infusion site in the database yet.",
    "Import the sites: nurse-tui import sites FILE.",
    "D-56",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The weeks of one site for a case's course, with what the gate still wants for day 1."""

    case_id: int
    course: int
    site: SiteView
    weeks: tuple[Week, ...]
    blockers: tuple[clearance.Blocker, ...]
    booked: tuple[date, ...]


class InfusionService(Service):
    """Finds and books weeks; every booking is checked again inside its transaction."""

    def sites(self) -> tuple[SiteView, ...]:
        """Return every infusion site by name."""
        with self.db.read() as session:
            return sites.views(session)

    def propose(
        self,
        case_id: int,
        course: int | None = None,
        site_id: int | None = None,
        first: date | None = None,
        last: date | None = None,
        as_of: datetime | None = None,
    ) -> Proposal | Refusal:
        """Return the weeks of a site for the next course: the booked, preferred or first site.

        With `as_of`, by the case as it stood at that instant; the bookings of others are today's.
        """
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        today = clock.local_date(as_of or clock.now(), PROGRAMME_ZONE)
        start = first or today
        end = last or start + timedelta(weeks=WEEKS_SHOWN)
        programme = self.desk.settings.on(today)
        with self.db.read() as session:
            facts = _facts(session, case_id, as_of)
            if facts is None:
                return NO_CASE
            number = course or next_course(facts)
            earliest, _ = infusions.earliest_start(facts, number, programme)
            if last is None and earliest is not None and earliest > start:
                end = earliest + timedelta(weeks=WEEKS_SHOWN)
            chosen = site_id or default_site(session, facts, number)
            if chosen is None:
                return NO_SITES_YET
            known_until = infusions.look_until(facts, number, programme, end)
            found = sites.facts_of(session, start, known_until, site_ids=[chosen], but_case=case_id)
            if not found:
                return _no_sites()
            view = next(v for v in sites.views(session) if v.site_id == chosen)
            weeks = infusions.weeks(facts, number, found[0], programme, start, end)
            day1 = next((w.start for w in weeks if w.possible), None)
            gate = clearance.gate(facts, number, day1, found[0], programme, today)
            return Proposal(case_id, number, view, weeks, gate, _booked_days(facts, number))

    def book(
        self, case_id: int, course: int, site_id: int, start: date, seen: int
    ) -> int | Refusal:
        """Book the course's days in a row from `start`; returns the course id."""

        def job(tx: Tx) -> int | Refusal:
            facts = fact_store.load(tx.session, case_id)
            if facts is None:
                return NO_CASE
            days = infusions.consecutive(start, course_length(course, tx.programme))
            refused = _refuse_days(tx, facts, course, site_id, days)
            if refused is not None:
                return refused
            row = _live_course(tx, case_id, course) or tx.add(
                Course(case_id=case_id, number=course, site_id=site_id)
            )
            row.site_id = site_id
            tx.session.flush()
            taken = _take_chairs(tx, row, site_id, days)
            if taken is not None:
                return taken
            tx.say(f"Booked course {course}: {say(days[0])} to {say(days[-1])}")
            return row.id

        return self.write(
            "infusion.book", "infusion.book", job, case_id=case_id, seen=seen, undoable=True
        )

    def move(
        self, case_id: int, course: int, site_id: int, start: date, reason: str, seen: int
    ) -> int | Refusal:
        """Move the days that are still to be given to other days, with a reason (D-65)."""

        def job(tx: Tx) -> int | Refusal:
            row = _live_course(tx, case_id, course)
            open_days = _open_days(tx, row)
            if row is None or not open_days:
                return _nothing_booked()
            for day in open_days:
                day.status, day.reason = DayStatus.CANCELLED, reason
            tx.session.flush()
            facts = fact_store.load(tx.session, case_id)
            if facts is None:
                return NO_CASE
            days = infusions.consecutive(start, len(open_days))
            refused = _refuse_days(tx, facts, course, site_id, days)
            if refused is not None:
                return refused
            row.site_id = site_id
            first_number = open_days[0].number
            taken = _take_chairs(tx, row, site_id, days, first_number)
            if taken is not None:
                return taken
            tx.say(f"Moved course {course} to {say(days[0])} to {say(days[-1])}: {reason}")
            return row.id

        return self.write(
            "infusion.move", "infusion.move", job, case_id=case_id, seen=seen, undoable=True
        )

    def cancel(self, case_id: int, course: int, reason: str, seen: int) -> int | Refusal:
        """Cancel the days that are still to be given; a course without any other day ends."""

        def job(tx: Tx) -> int | Refusal:
            row = _live_course(tx, case_id, course)
            open_days = _open_days(tx, row)
            if row is None or not open_days:
                return _nothing_booked()
            for day in open_days:
                day.status, day.reason = DayStatus.CANCELLED, reason
            if not _has_other_days(tx, row, open_days):
                row.cancelled_at, row.cancel_reason = tx.at, reason
            tx.say(f"Cancelled course {course}: {reason}")
            return row.id

        return self.write(
            "infusion.cancel", "infusion.cancel", job, case_id=case_id, seen=seen, undoable=True
        )

    def record_day(
        self, case_id: int, day_id: int, status: DayStatus, reason: str, seen: int
    ) -> int | Refusal:
        """Record what became of an infusion day: given, missed or interrupted (D-58)."""

        def job(tx: Tx) -> int | Refusal:
            day = tx.get(InfusionDay, day_id)
            if day.case_id != case_id:
                return NO_CASE
            if status is DayStatus.GIVEN and day.on_date > tx.today:
                return Refusal(
                    "future_day", f"{say(day.on_date)} has not come yet.", "Record it on the day."
                )
            if status is not DayStatus.GIVEN and not reason.strip():
                return Refusal("why", "A day that was not given needs a reason.", "Add it.", "D-58")
            day.status, day.reason = status, reason
            tx.say(f"Infusion day {day.number}: {status.value}{f', {reason}' if reason else ''}")
            return day.id

        return self.write(
            "infusion.move", "infusion.record", job, case_id=case_id, seen=seen, undoable=True
        )

    def site_week(self, site_id: int, monday: date) -> SiteWeek | Refusal:
        """Return the chairs of a site over the seven days from a Monday."""
        programme = self.desk.settings.on(clock.today(PROGRAMME_ZONE))
        days = infusions.consecutive(monday, 7)
        with self.db.read() as session:
            found = sites.facts_of(session, days[0], days[-1], site_ids=[site_id])
            if not found:
                return _no_sites()
            view = next(v for v in sites.views(session) if v.site_id == site_id)
            only = self.actor.user_id if self.actor.role is Role.NURSE else None
            taken = sites.bookings(session, site_id, days[0], days[-1], nurse_id=only)
        closed = {d: why for d in days if (why := _closed(found[0], d, programme.holidays))}
        return SiteWeek(view, monday, closed, taken)


def _facts(session: Session, case_id: int, as_of: datetime | None) -> CaseFacts | None:
    if as_of is None:
        return fact_store.load(session, case_id)
    rows = rows_as_of(session, case_id, as_of)
    return fact_store.from_rows(rows) if rows["case"] else None


def next_course(facts: CaseFacts) -> int:
    """Return the number of the course to plan: one not finished, or the one after the last."""
    live = [c for c in facts.courses if not c.cancelled]
    for course in live:
        if any(d.status is DayStatus.SCHEDULED for d in course.days) or not course.days:
            return course.number
    return max((c.number for c in live), default=0) + 1


def default_site(session: Session, facts: CaseFacts, course: int) -> int | None:
    """Return the site of the course, else the form's preferred one, else the first in the state."""
    for booked in facts.courses:
        if booked.number == course and booked.site_id is not None and not booked.cancelled:
            return booked.site_id
    views = sites.views(session)
    wanted = facts.form.preferred_site if facts.form else ""
    ranked = sorted(
        views,
        key=lambda v: (
            v.code != wanted,
            v.rems_expires_on is None,
            v.state != facts.patient.state,
            v.chairs == 0,
        ),
    )
    return ranked[0].site_id if ranked else None


def _refuse_days(
    tx: Tx, facts: CaseFacts, course: int, site_id: int, days: Sequence[date]
) -> Refusal | None:
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
        return _no_sites()
    reasons = infusions.check_days(facts, course, days, found[0], tx.programme)
    if not reasons:
        return None
    more = f" ({len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Refusal(
        "days_not_possible",
        reasons[0].sentence + more,
        "Choose a week that is marked as possible.",
        reasons[0].rule,
    )


def _take_chairs(
    tx: Tx, course: Course, site_id: int, days: Sequence[date], first_number: int = 1
) -> Refusal | None:
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


def _live_course(tx: Tx, case_id: int, number: int) -> Course | None:
    return finding.first(tx.session, Course, case_id=case_id, number=number, cancelled_at=None)


def _open_days(tx: Tx, course: Course | None) -> list[InfusionDay]:
    if course is None:
        return []
    days = finding.find(tx.session, InfusionDay, course_id=course.id, status=DayStatus.SCHEDULED)
    return sorted(days, key=lambda day: day.on_date)


def _has_other_days(tx: Tx, course: Course, but: Sequence[InfusionDay]) -> bool:
    begun = (DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED)
    days = finding.find(tx.session, InfusionDay, course_id=course.id)
    return any(day.status in begun for day in days if day not in but)


def _booked_days(facts: CaseFacts, number: int) -> tuple[date, ...]:
    return tuple(
        day.on
        for course in facts.courses
        if course.number == number and not course.cancelled
        for day in course.days
        if day.status is DayStatus.SCHEDULED
    )


def _closed(site: SiteFact, day: date, holidays: frozenset[date]) -> str:
    if day in site.closures:
        return "closed by the site"
    if day in holidays:
        return "federal holiday"
    return "" if day.weekday() in site.open_weekdays else "not open"


def _no_sites() -> Refusal:
    return Refusal(
        "no_site",
        "There is no such infusion site.",
        "Choose another one, or import it with nurse-tui import sites.",
        "D-56",
    )


def _nothing_booked() -> Refusal:
    return Refusal("not_booked", "No day of this course is booked.", "Book a week first.")

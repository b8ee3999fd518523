"""Infusion weeks: proposed with reasons, booked, moved, cancelled (D-4, D-56 to D-61)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from nurse_tui import clock
from nurse_tui.models import Course, InfusionDay
from nurse_tui.rules import clearance, infusions
from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import active_course, booked_days, make_plan
from nurse_tui.rules.facts import CaseFacts, DayFact
from nurse_tui.rules.infusions import Week
from nurse_tui.rules.next_course import next_course, short_course
from nurse_tui.rules.sites import closed_words, first_choice
from nurse_tui.services.base import Service
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.chairs import (
    already_booked,
    has_other_days,
    last_number,
    live_course,
    no_sites,
    nothing_booked,
    open_days,
    refuse_days,
    refuse_unrecorded,
    take_chairs,
)
from nurse_tui.services.recording import blockers_of, despite, refuse_record
from nurse_tui.store import facts as fact_store
from nurse_tui.store import sites
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.store.replay import rows_as_of
from nurse_tui.types import DayStatus, Reason, Refusal, Role
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
    today: date
    after: date
    """The Monday after the last week shown: the next page of weeks begins there."""
    move_reasons: tuple[str, ...]
    """Why days are moved or cancelled (D-65)."""
    standing: tuple[Reason, ...] = ()
    """What stands by now against exactly the booked days, where this is their site."""
    short: int | None = None
    """The course that had fewer days than it has and can be gone on with instead (D-58)."""


class InfusionService(Service):
    """Finds and books weeks; every booking is checked again inside its transaction."""

    def sites(self) -> tuple[SiteView, ...] | Refusal:
        """Return every infusion site by name."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
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
        with self.db.read() as session:
            facts = _facts(session, case_id, as_of)
            if facts is None:
                return NO_CASE
            number = course or next_course(facts)
            today = clock.local_date(as_of or clock.now(), PROGRAMME_ZONE)
            chosen = site_id or default_site(session, facts, number, today)
            if chosen is None:
                return NO_SITES_YET
            return self._proposal(session, facts, number, chosen, today, first or today, last)

    def _proposal(
        self,
        session: Session,
        facts: CaseFacts,
        number: int,
        site_id: int,
        today: date,
        start: date,
        last: date | None,
    ) -> Proposal | Refusal:
        programme = self.desk.settings.on(today)
        end = last or start + timedelta(weeks=WEEKS_SHOWN)
        earliest, _ = infusions.earliest_start(facts, number, programme)
        if last is None and earliest is not None and earliest > start:
            end = earliest + timedelta(weeks=WEEKS_SHOWN)
        known = infusions.look_until(facts, number, programme, end)
        booked = _booked_days(facts, number)
        since = min((start, *booked))
        found = sites.facts_of(session, since, known, site_ids=[site_id], but_case=facts.case_id)
        if not found:
            return no_sites()
        weeks = infusions.weeks(facts, number, found[0], programme, start, end, today)
        here = tuple(day.on for day in _booked(facts, number) if day.site_id == site_id)
        whole = here == booked and bool(booked)
        standing = (
            infusions.check_days(facts, number, booked, found[0], programme, today) if whole else ()
        )
        day1 = next((w.start for w in weeks if w.possible), None)
        gate = clearance.gate(facts, number, min(booked, default=day1), found[0], programme, today)
        return Proposal(
            case_id=facts.case_id,
            course=number,
            site=next(v for v in sites.views(session) if v.site_id == site_id),
            weeks=weeks,
            blockers=gate,
            booked=booked,
            today=today,
            after=end + timedelta(days=7 - end.weekday()),
            move_reasons=programme.reschedule_reasons.value,
            standing=standing,
            short=short_course(facts, programme),
        )

    def book(
        self, case_id: int, course: int, site_id: int, start: date, seen: int
    ) -> int | Refusal:
        """Book the course's days in a row from `start`; returns the course id."""

        def job(tx: Tx) -> int | Refusal:
            facts = fact_store.load(tx.session, case_id)
            if facts is None:
                return NO_CASE
            row = live_course(tx, case_id, course)
            booked = open_days(tx, row)
            if booked:
                return already_booked(booked)
            size = make_plan(facts, course, tx.programme).size
            days = infusions.consecutive(start, size)
            refused = refuse_days(tx, facts, course, site_id, days)
            if refused is not None:
                return refused
            row = row or tx.add(Course(case_id=case_id, number=course, site_id=site_id))
            row.site_id = site_id
            tx.session.flush()
            taken = take_chairs(tx, row, site_id, days, last_number(tx, row) + 1)
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
            row = live_course(tx, case_id, course)
            moved = _cancel_days(tx, row, reason)
            if isinstance(moved, Refusal):
                return moved
            if row is None or not moved:
                return nothing_booked()
            tx.session.flush()
            facts = fact_store.load(tx.session, case_id)
            if facts is None:
                return NO_CASE
            plan = make_plan(facts, course, tx.programme)
            days = infusions.consecutive(start, len(moved) if plan.begun else plan.size)
            refused = refuse_days(tx, facts, course, site_id, days)
            if refused is not None:
                return refused
            row.site_id = site_id
            taken = take_chairs(tx, row, site_id, days, last_number(tx, row) + 1)
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
            row = live_course(tx, case_id, course)
            moved = _cancel_days(tx, row, reason)
            if isinstance(moved, Refusal):
                return moved
            if row is None or not moved:
                return nothing_booked()
            if not has_other_days(tx, row, moved):
                row.cancelled_at, row.cancel_reason = tx.at, reason
            tx.say(f"Cancelled course {course}: {reason}")
            return row.id

        return self.write(
            "infusion.cancel", "infusion.cancel", job, case_id=case_id, seen=seen, undoable=True
        )

    def record_day(
        self, case_id: int, day_id: int, status: DayStatus, reason: str, seen: int
    ) -> int | Refusal:
        """Record what became of an infusion day: given, missed or interrupted (D-58).

        What was given while the gate was not clear needs a reason, for the log (D-61).
        """

        def job(tx: Tx) -> int | Refusal:
            day = tx.get(InfusionDay, day_id)
            if day.case_id != case_id:
                return NO_CASE
            refused = refuse_record(tx, day, status, reason)
            if refused is not None:
                return refused
            held = despite(blockers_of(tx, day)) if status is DayStatus.GIVEN else ""
            day.status, day.reason = status, reason
            why = f", {reason}" if reason else ""
            tx.say(f"Infusion day {day.number}: {status.value}{held}{why}")
            return day.id

        return self.write(
            "infusion.move", "infusion.record", job, case_id=case_id, seen=seen, undoable=True
        )

    def site_week(self, site_id: int, monday: date) -> SiteWeek | Refusal:
        """Return the chairs of a site over the seven days from a Monday."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        programme = self.desk.settings.on(clock.today(PROGRAMME_ZONE))
        days = infusions.consecutive(monday, 7)
        with self.db.read() as session:
            found = sites.facts_of(session, days[0], days[-1], site_ids=[site_id])
            if not found:
                return no_sites()
            view = next(v for v in sites.views(session) if v.site_id == site_id)
            only = self.actor.user_id if self.actor.role is Role.NURSE else None
            taken = sites.bookings(session, site_id, days[0], days[-1], nurse_id=only)
        if self.actor.role is Role.ADMIN:
            taken = tuple(replace(booking, case_id=0, patient="") for booking in taken)
        closed = {d: why for d in days if (why := closed_words(found[0], d, programme))}
        return SiteWeek(view, monday, closed, taken)


def _facts(session: Session, case_id: int, as_of: datetime | None) -> CaseFacts | None:
    if as_of is None:
        return fact_store.load(session, case_id)
    rows = rows_as_of(session, case_id, as_of)
    return fact_store.from_rows(rows) if rows["case"] else None


def default_site(session: Session, facts: CaseFacts, course: int, today: date) -> int | None:
    """Return the site of the course, else the form's preferred one, else the first in the state."""
    for booked in facts.courses:
        if booked.number == course and booked.site_id is not None and not booked.cancelled:
            return booked.site_id
    views = sites.views(session)
    wanted = facts.form.preferred_site if facts.form else ""
    state = facts.patient.state
    ranked = sorted(views, key=lambda view: first_choice(view, wanted, state, today))
    return ranked[0].site_id if ranked else None


def _booked_days(facts: CaseFacts, number: int) -> tuple[date, ...]:
    return tuple(day.on for day in _booked(facts, number))


def _booked(facts: CaseFacts, number: int) -> tuple[DayFact, ...]:
    course = active_course(facts, number)
    return booked_days(course) if course else ()


def _cancel_days(tx: Tx, row: Course | None, reason: str) -> list[InfusionDay] | Refusal:
    """Cancel the days of a course that are still to be given, and return them."""
    days = open_days(tx, row)
    refused = refuse_unrecorded(days, tx.today)
    if refused is not None:
        return refused
    for day in days:
        day.status, day.reason = DayStatus.CANCELLED, reason
    return days

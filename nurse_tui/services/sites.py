"""Infusion sites near a patient, and the courses that are coming or under way at them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from nurse_tui import clock, places
from nurse_tui.models import Patient
from nurse_tui.rules import infusions
from nurse_tui.rules.geo import distance_miles
from nurse_tui.rules.readiness import Check, next_check
from nurse_tui.rules.sites import DAYS_PER_WEEK
from nurse_tui.services.base import Service
from nurse_tui.services.infusions import InfusionService
from nurse_tui.store import finding, sites
from nurse_tui.store.database import PROGRAMME_ZONE
from nurse_tui.types import Refusal, Role
from nurse_tui.views import SiteView, SiteWeek

LOOK_BACK = timedelta(days=60)
"""How long ago a day may be whose outcome nobody has recorded, to be shown still."""
LOOK_AHEAD = timedelta(days=400)
FAR = float("inf")


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course with days still to be given: where, when, and the next look at its readiness."""

    course_id: int
    case_id: int
    number: str
    patient: str
    nurse: str
    course: int
    site_id: int | None
    site: str
    first: date
    last: date
    given: int
    total: int
    next_day: date
    today: date
    check: Check | None

    @property
    def row_id(self) -> int:
        """The course."""
        return self.course_id

    @property
    def is_under_way(self) -> bool:
        """Whether a day was given already."""
        return self.given > 0

    @property
    def is_unrecorded(self) -> bool:
        """Whether a day has passed of which nobody has said what became of it."""
        return self.next_day < self.today


@dataclass(frozen=True, slots=True)
class Board:
    """A week of one site, and the sites there are; without any site there is no week."""

    sites: tuple[SiteView, ...]
    week: SiteWeek | None
    days: tuple[date, ...]
    today: date


class SiteService(Service):
    """Finds sites, and tells what is booked at them."""

    def board(self, site_id: int | None = None, weeks_on: int = 0) -> Board | Refusal:
        """Return the week of a site that lies so many weeks after this one.

        Without a site it is the one of one's own next course, or the first by name.
        """
        refused = self.refuse_list()
        if refused is not None:
            return refused
        today = clock.today(PROGRAMME_ZONE)
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks_on)
        days = infusions.consecutive(monday, DAYS_PER_WEEK)
        with self.db.read() as session:
            found = sites.views(session)
        chosen = site_id or self._usual(found)
        if chosen is None:
            return Board(found, None, days, today)
        week = InfusionService(self.desk).site_week(chosen, monday)
        return week if isinstance(week, Refusal) else Board(found, week, days, today)

    def _usual(self, found: tuple[SiteView, ...]) -> int | None:
        courses = self.courses()
        own = [row.site_id for row in courses] if not isinstance(courses, Refusal) else []
        known = {view.site_id for view in found}
        return next((key for key in own if key in known), found[0].site_id if found else None)

    def near(self, case_id: int) -> tuple[SiteView, ...] | Refusal:
        """Return every site, the nearest to the patient's ZIP first, then those of the state."""
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        with self.db.read() as session:
            patient = finding.first(session, Patient, case_id=case_id)
            found = sites.views(session)
            points = sites.points(session)
            state, zip_code = (patient.state, patient.zip) if patient else ("", "")
        home = _point(zip_code)
        placed = [replace(v, distance_miles=_miles(home, points.get(v.site_id))) for v in found]
        return tuple(sorted(placed, key=lambda view: _rank(view, state)))

    def courses(self, *, mine: bool = False) -> tuple[CourseRow, ...] | Refusal:
        """Return the courses with days still to be given: one's own, or everybody's."""
        refused = self.refuse("case.view")
        if refused is not None:
            return refused
        today = clock.today(PROGRAMME_ZONE)
        programme = self.desk.settings.on(today)
        own = mine or self.actor.role is Role.NURSE
        nurse = self.actor.user_id if own else None
        with self.db.read() as session:
            rows = sites.open_courses(session, today - LOOK_BACK, today + LOOK_AHEAD, nurse)
        return tuple(
            CourseRow(**row, today=today, check=next_check(row["first"], today, programme))
            for row in rows
        )


def _point(zip_code: str) -> tuple[float, float] | None:
    found = places.place(zip_code)
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return found.latitude, found.longitude


def _miles(home: tuple[float, float] | None, site: tuple[float, float] | None) -> float | None:
    return distance_miles(*home, *site) if home and site else None


def _rank(view: SiteView, state: str) -> tuple[float, bool, str]:
    far = FAR if view.distance_miles is None else view.distance_miles
    return far, view.state != state, view.name

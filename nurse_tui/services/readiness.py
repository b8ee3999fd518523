"""What still holds the course that comes next, and the sites that a case's courses name (D-61)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nurse_tui import clock
from nurse_tui.rules import clearance
from nurse_tui.rules.clearance import Blocker
from nurse_tui.rules.courses import active_course, booked_days
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.next_course import next_course
from nurse_tui.services.base import Service
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.infusions import default_site
from nurse_tui.store import facts as fact_store
from nurse_tui.store import sites
from nurse_tui.store.database import PROGRAMME_ZONE, Session
from nurse_tui.types import Refusal, SiteId


@dataclass(frozen=True, slots=True)
class Readiness:
    """What holds a course: its booked day 1 or None, and every blocker; names of sites by id."""

    course: int
    day1: date | None
    blockers: tuple[Blocker, ...]
    site_names: dict[SiteId, str]


class ReadinessService(Service):
    """Asks the gate of D-61 about one case."""

    def of_case(self, case_id: int) -> Readiness | Refusal:
        """Return what holds the next course today, with or without a booked day 1."""
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        today = clock.today(PROGRAMME_ZONE)
        with self.db.read() as session:
            facts = fact_store.load(session, case_id)
            return NO_CASE if facts is None else self._of(session, facts, today)

    def _of(self, session: Session, facts: CaseFacts, today: date) -> Readiness:
        number = next_course(facts)
        day1 = booked_day1(facts, number)
        site_id = default_site(session, facts, number, today)
        site = None
        if site_id is not None and day1 is not None:
            found = sites.facts_of(session, day1, day1, site_ids=[site_id], but_case=facts.case_id)
            site = found[0] if found else None
        programme = self.desk.settings.on(today)
        blockers = clearance.gate(facts, number, day1, site, programme, today)
        names = {view.site_id: view.name for view in sites.views(session)}
        return Readiness(number, day1, blockers, names)


def booked_day1(facts: CaseFacts, number: int) -> date | None:
    """Return the first day booked for a course, or None."""
    course = active_course(facts, number)
    days = booked_days(course) if course else ()
    return days[0].on if days else None

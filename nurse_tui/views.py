"""Frozen views that services hand to screens and to the command line: no sessions, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.types import DayStatus, Role

if TYPE_CHECKING:
    from nurse_tui.rules.calls import MayCall
    from nurse_tui.rules.copay import CopayDecision
    from nurse_tui.rules.deadlines import Deadline
    from nurse_tui.rules.eligibility import Eligibility
    from nurse_tui.rules.facts import CaseFacts
    from nurse_tui.rules.journey import Journey


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One change of a case as people read it; `undone` when a later change took it back."""

    seq: int
    at: datetime
    who: str
    command: str
    sentence: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a change set: what it is, its text before and after, empty for nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer of a call: what was read or asked, the answer in words, and when (UTC)."""

    question: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with its author's name."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its screen shows it, now or as of an instant (`as_of` is then set)."""

    case_id: int
    number: str
    version: int
    facts: CaseFacts
    journey: Journey
    deadlines: tuple[Deadline, ...]
    eligibility: Eligibility
    may_call: MayCall
    copay: CopayDecision
    nurse_id: int | None
    nurse: str
    flag: str
    timeline: tuple[TimelineEntry, ...]
    notes: tuple[NoteView, ...]
    as_of: datetime | None = None
    at: datetime | None = None
    """The instant that the view speaks of: `as_of`, or when it was read."""
    zone: str = PROGRAMME_ZONE
    """The programme's zone, by whose calendar things are due."""
    kit_sent_on: date | None = None
    call_until: time | None = None
    """The patient's o'clock after which nobody is called (D-31)."""

    @property
    def patient_name(self) -> str:
        """Last name, first name."""
        return self.facts.patient.listed_name


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as the administrator sees them."""

    user_id: int
    name: str
    full_name: str
    role: Role
    active: bool
    open_cases: int = 0


@dataclass(frozen=True, slots=True)
class SiteView:
    """An infusion site in a list."""

    site_id: int
    code: str
    name: str
    city: str
    state: str
    chairs: int
    open_days: str
    rems_expires_on: date | None
    rems_certified_on: date | None = None
    distance_miles: float | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One taken chair of a site on one day."""

    on: date
    chair: int
    case_id: int
    patient: str
    course: int
    day: int
    status: DayStatus


@dataclass(frozen=True, slots=True)
class SiteWeek:
    """The chairs of a site over seven days from a Monday."""

    site: SiteView
    monday: date
    closed: dict[date, str]
    """Why the site is closed on a day, for the days on which it is."""
    bookings: tuple[Booking, ...]

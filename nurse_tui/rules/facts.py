"""The facts of one case, as the rules read them: frozen, without a database, without a clock.

`store.facts` builds them from the tables (or, for an as-of view, from the change log). Instants are
aware datetimes in UTC; dates are calendar dates; zones are IANA names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from nurse_tui.types import (
    Benefit,
    CallKind,
    CallOutcome,
    ClearanceKind,
    ConsentKind,
    CoverageKind,
    DayStatus,
    MsType,
    PhoneKind,
    RemsParty,
    SafetyKind,
    Sex,
)


@dataclass(frozen=True, slots=True)
class PatientFact:
    """Who the patient is; `zones` are all zones they may be in, empty when none is known."""

    first_name: str
    last_name: str
    date_of_birth: date | None
    sex: Sex
    address: str
    city: str
    state: str
    zip: str
    zones: tuple[str, ...]
    language: str
    deceased_on: date | None = None
    has_adult_representative: bool = False

    @property
    def listed_name(self) -> str:
        """Last name, first name, as lists show it; what is not known is left out."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


@dataclass(frozen=True, slots=True)
class PhoneFact:
    """One phone number in E.164 form."""

    id: int
    number: str
    kind: PhoneKind
    voicemail_ok: bool | None
    preferred: bool = True


@dataclass(frozen=True, slots=True)
class FormFact:
    """The Services Form (D-23); signature dates are None when that signature is missing."""

    form_id: str
    received_at: datetime
    patient_signed_on: date | None
    provider_signed_on: date | None
    ms_type: MsType | None
    prescriber_name: str
    prescriber_npi: str
    preferred_site: str = ""
    completed_at: datetime | None = None
    """Instant at which the last missing item came in; None while something is missing."""
    age_confirmed_on: date | None = None
    """Date on which the prescriber confirmed treatment of a 17-year-old (D-1)."""


@dataclass(frozen=True, slots=True)
class CoverageFact:
    """One cover; `order` 1 is primary; an open end is None."""

    id: int
    kind: CoverageKind
    payer: str
    order: int
    member_id: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    verified_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the cover is in force on a date; both its ends count, an open one is far."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """An opt-in or its withdrawal; the newest of a kind holds."""

    kind: ConsentKind
    granted: bool
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class CallFact:
    """A call or an attempt; `outcome` is None while it runs or is paused."""

    id: int
    kind: CallKind
    started_at: datetime
    ended_at: datetime | None
    outcome: CallOutcome | None
    outbound: bool = True
    identified: bool = False
    script: str = ""


@dataclass(frozen=True, slots=True)
class CallbackFact:
    """A promise to call again at an instant."""

    id: int
    due_at: datetime
    zone: str
    note: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClearanceFact:
    """Something confirmed before treatment (D-61), by whom and when."""

    kind: ClearanceKind
    done_on: date
    valid_until: date | None = None
    confirmed_by: str = ""
    result_on_file: bool = False


@dataclass(frozen=True, slots=True)
class DayFact:
    """One infusion day of a course; `number` counts from 1."""

    id: int
    number: int
    on: date
    site_id: int
    status: DayStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CourseFact:
    """A course (D-4): 5 days for number 1, 3 for later ones."""

    id: int
    number: int
    site_id: int | None
    days: tuple[DayFact, ...]
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LabFact:
    """One laboratory draw of one test, such as `cbc`, `creatinine`, `urinalysis`, `thyroid`."""

    test: str
    drawn_on: date
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class RemsFact:
    """Mirrored REMS status of one party (D-22): what a source said on a date."""

    party: RemsParty
    status: str
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class TaskFact:
    """Something somebody must do."""

    id: int
    kind: str
    title: str
    due_at: datetime | None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SafetyFact:
    """A safety report and whether it was forwarded (D-35)."""

    id: int
    kind: SafetyKind
    aware_at: datetime
    forwarded_at: datetime | None
    call_id: int | None = None
    """The call on which it was told, None when it was told otherwise."""


@dataclass(frozen=True, slots=True)
class EnrollmentFact:
    """A co-pay enrolment in one benefit."""

    benefit: Benefit
    enrolled_on: date
    ends_on: date | None = None
    terms_version: str = ""


@dataclass(frozen=True, slots=True)
class SiteFact:
    """An infusion centre: `open_weekdays` has Monday as 0; `booked` counts other bookings a day."""

    id: int
    code: str
    name: str
    state: str
    chairs: int
    open_weekdays: frozenset[int]
    closures: frozenset[date]
    rems_certified_on: date | None
    rems_expires_on: date | None
    booked: dict[date, int] = field(default_factory=dict)
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that is known of one case."""

    case_id: int
    number: str
    opened_at: datetime
    patient: PatientFact
    form: FormFact | None = None
    phones: tuple[PhoneFact, ...] = ()
    prior_therapies: tuple[str, ...] = ()
    coverages: tuple[CoverageFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    callbacks: tuple[CallbackFact, ...] = ()
    clearances: tuple[ClearanceFact, ...] = ()
    courses: tuple[CourseFact, ...] = ()
    labs: tuple[LabFact, ...] = ()
    rems: tuple[RemsFact, ...] = ()
    tasks: tuple[TaskFact, ...] = ()
    safety: tuple[SafetyFact, ...] = ()
    enrollments: tuple[EnrollmentFact, ...] = ()
    contraindications: tuple[str, ...] = ()
    """Names of recorded contraindications (D-2), such as `hiv`."""
    hold_reason: str = ""
    closed_reason: str = ""
    do_not_call: bool = False
    letter_sent_on: date | None = None
    """Date of the unable-to-reach letter (D-30)."""
    prescriber_notified_on: date | None = None

    def consent(self, kind: ConsentKind) -> bool | None:
        """Return the newest answer for one kind of consent, or None when never asked.

        Of two answers of the same instant the withdrawal holds.
        """
        answers = [c for c in self.consents if c.kind is kind]
        return max(answers, key=lambda c: (c.at, not c.granted)).granted if answers else None

"""Words that every layer shares: enumerations, ids, pages, refusals and reasons.

Imports the standard library only, so that the first screen can be painted before the database
libraries are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeAlias, TypeVar

CaseId: TypeAlias = int
UserId: TypeAlias = int
SiteId: TypeAlias = int


class Role(StrEnum):
    """What a signed-in person may be."""

    NURSE = "nurse"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class State(StrEnum):
    """Where a case stands in the journey (D-29); `referred` is a patient without a form."""

    REFERRED = "referred"
    FORM_RECEIVED = "form_received"
    MISSING_INFO = "missing_info"
    WELCOME_PENDING = "welcome_pending"
    ENROLLED = "enrolled"
    BENEFITS_IN_PROGRESS = "benefits_in_progress"
    BENEFITS_VERIFIED = "benefits_verified"
    PRETREATMENT = "pretreatment"
    SCHEDULED = "scheduled"
    IN_COURSE = "in_course"
    MONITORING = "monitoring"
    COMPLETE = "complete"
    UNABLE_TO_REACH = "unable_to_reach"
    ON_HOLD = "on_hold"
    OPTED_OUT = "opted_out"
    CLOSED = "closed"


CLOSED_STATES = frozenset({State.COMPLETE, State.OPTED_OUT, State.CLOSED})
"""States in which a case is no longer on anybody's worklist."""


class Sex(StrEnum):
    """Administrative sex as the form gives it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class MsType(StrEnum):
    """Course of multiple sclerosis named on the form (D-1)."""

    RRMS = "rrms"
    SPMS_ACTIVE = "spms_active"
    CIS = "cis"
    PPMS = "ppms"
    OTHER = "other"


class CoverageKind(StrEnum):
    """Kind of health cover; which of them are government is a programme fact (D-39, D-40)."""

    COMMERCIAL = "commercial"
    EXCHANGE = "exchange"
    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICARE_PART_D = "medicare_part_d"
    MEDICAID = "medicaid"
    MEDIGAP = "medigap"
    TRICARE = "tricare"
    VA = "va"
    DOD = "dod"
    CHIP = "chip"
    IHS = "ihs"
    STATE_PROGRAM = "state_program"
    FEDERAL_EMPLOYEE = "federal_employee"
    OTHER_GOVERNMENT = "other_government"
    UNINSURED = "uninsured"
    UNKNOWN = "unknown"


GOVERNMENT_KINDS = frozenset(
    {
        CoverageKind.MEDICARE,
        CoverageKind.MEDICARE_ADVANTAGE,
        CoverageKind.MEDICARE_PART_D,
        CoverageKind.MEDICAID,
        CoverageKind.MEDIGAP,
        CoverageKind.TRICARE,
        CoverageKind.VA,
        CoverageKind.DOD,
        CoverageKind.CHIP,
        CoverageKind.IHS,
        CoverageKind.STATE_PROGRAM,
        CoverageKind.OTHER_GOVERNMENT,
    }
)
"""Cover paid in part or in full by government (D-39, D-40); the database constraint uses it too.

`federal_employee` is not here: how the programme treats it is an open question (domain.md 7.1), so
the rule answers "undetermined".
"""


class ConsentKind(StrEnum):
    """One opt-in each, dated, with its source (D-32)."""

    SERVICES = "services"
    CALLS = "calls"
    TEXT = "text"
    EMAIL = "email"
    VOICEMAIL = "voicemail"
    MARKETING = "marketing"
    RECORDING = "recording"


class PhoneKind(StrEnum):
    """Where a phone number rings."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    OTHER = "other"


class ClearanceKind(StrEnum):
    """What must be on file before day 1 (D-61)."""

    BASELINE_LABS = "baseline_labs"
    PATIENT_AUTHORIZATION = "patient_authorization"
    VACCINATION = "vaccination"
    VARICELLA_ANTIBODY = "varicella_antibody"
    TUBERCULOSIS_SCREEN = "tuberculosis_screen"
    SKIN_EXAM = "skin_exam"
    THYROID = "thyroid"
    LIVER = "liver"
    URINE_PROTEIN_CREATININE = "urine_protein_creatinine"
    HPV_SCREEN = "hpv_screen"
    LISTERIA_COUNSELLING = "listeria_counselling"
    CONTRACEPTION_COUNSELLING = "contraception_counselling"
    ANTIVIRAL_ARRANGED = "antiviral_arranged"
    PREMEDICATION_ORDERED = "premedication_ordered"
    DRUG_SHIPPED = "drug_shipped"
    PRIOR_AUTHORIZATION = "prior_authorization"
    PRESCRIBER_ENROLLED = "prescriber_enrolled"
    PHARMACY_CERTIFIED = "pharmacy_certified"
    INFECTION_FREE = "infection_free"


class CallKind(StrEnum):
    """Why a call is made; each has its script."""

    WELCOME = "welcome"
    CALLBACK = "callback"
    COPAY = "copay"
    SCHEDULING = "scheduling"
    ARRIVAL = "arrival"
    FOLLOW_UP = "follow_up"
    LAB_REMINDER = "lab_reminder"
    INBOUND = "inbound"
    OTHER = "other"


class CallOutcome(StrEnum):
    """How a call ended (D-37); `reached` means the two identifiers were confirmed."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL_LEFT = "voicemail_left"
    WRONG_NUMBER = "wrong_number"
    NOT_IDENTIFIED = "not_identified"
    CALLBACK_REQUESTED = "callback_requested"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"


REACHED_OUTCOMES = frozenset(
    {
        CallOutcome.REACHED,
        CallOutcome.CALLBACK_REQUESTED,
        CallOutcome.DECLINED,
        CallOutcome.OPTED_OUT,
    }
)
"""Outcomes in which the patient was spoken to."""


class DayStatus(StrEnum):
    """What became of one infusion day (D-58)."""

    SCHEDULED = "scheduled"
    GIVEN = "given"
    MISSED = "missed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"


class Benefit(StrEnum):
    """The two co-pay benefits, tracked separately (D-38)."""

    DRUG = "drug"
    INFUSION = "infusion"


class Verdict(StrEnum):
    """Answer of a rule: yes, no, or not enough is known."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


class RemsParty(StrEnum):
    """The four parties that must be enrolled or certified (D-15)."""

    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    PHARMACY = "pharmacy"
    FACILITY = "facility"


class SafetyKind(StrEnum):
    """What a safety report is about (D-35, D-36)."""

    ADVERSE_EVENT = "adverse_event"
    PREGNANCY = "pregnancy"
    PRODUCT_COMPLAINT = "product_complaint"
    MEDICATION_ERROR = "medication_error"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: the rule, a sentence with its arithmetic, the facts it used."""

    rule: str
    sentence: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Shape `R` of the command line's JSON."""
        return {"rule": self.rule, "sentence": self.sentence, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected "no": what was refused, why, and the way out. A value, never an exception."""

    code: str
    sentence: str
    way_out: str = ""
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.way_out}".strip()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the signed-in user, as every service call is given it."""

    user_id: UserId
    name: str
    role: Role


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Place in a keyset: the sort value and the id of a row."""

    key: str
    id: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in order, and the cursor after the last one, or None at the end."""

    rows: tuple[T, ...]
    next: Cursor | None


class Row(Protocol):
    """One line of a long list; its id stays the same while the list changes around it."""

    @property
    def row_id(self) -> int:
        """Identity by which focus and marks follow the row."""
        ...


RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


@dataclass(frozen=True, slots=True)
class Known:
    """How many rows of a list were counted so far, and whether that is all of them."""

    count: int
    complete: bool


class RowSource(Protocol[RowT_co]):
    """A list too long to hold, read by place in windows.

    `rows`, `find` and `refresh` may take a while and are called from a thread; the others answer
    at once from any thread. Place 0 is the first row. Places below 0 count from the end, so that
    the end can be read before all rows are counted: -1 is the last row.
    """

    def rows(self, start: int, count: int) -> Sequence[RowT_co]:
        """Return the rows at places start to start + count - 1, fewer where the list ends.

        With a start below 0 the last row returned is the one at place start + count - 1.
        """
        ...

    def known(self) -> Known:
        """Return how many rows are known; grows while they are counted."""
        ...

    def find(self, row_id: int) -> int | None:
        """Return the place of a row, or None when the list does not hold it."""
        ...

    def refresh(self) -> None:
        """Forget what was read: the data behind the list changed."""
        ...

    def listen(self, heard: Callable[[], None] | None) -> None:
        """Call `heard`, from any thread, whenever `known` has grown."""
        ...

    def close(self) -> None:
        """Stop whatever still counts rows; the source is not read again."""
        ...


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """What the worklist shows of a case; `due_at` is an aware UTC instant or None."""

    case_id: CaseId
    number: str
    patient: str
    us_state: str
    language: str
    state: State
    due_at: datetime | None
    due_kind: str
    why: str
    nurse: str
    flags: frozenset[str]
    is_open: bool
    version: int

    @property
    def row_id(self) -> int:
        """The case, by which focus and marks follow the row."""
        return self.case_id

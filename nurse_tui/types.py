"""Words that every layer shares: enumerations, ids, refusals and reasons.

Imports the standard library only, so that the first screen can be painted before the database
libraries are loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

CaseId: TypeAlias = int
UserId: TypeAlias = int
SiteId: TypeAlias = int

PRODUCT = "LEMTRADA"
"""The medicine of the programme, the suspect product of every safety report (D-35)."""


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
"""States in which a case is over; only an open safety report keeps it on the worklist."""


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

`federal_employee` is not here: how the programme treats it is an open question of
its owner, so the rule answers "undetermined".
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


CHAIR_TAKING = (DayStatus.SCHEDULED, DayStatus.GIVEN, DayStatus.INTERRUPTED)
"""What a day is while it takes a chair (D-59)."""


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


class ClosedError(Exception):
    """The case database was closed, as the lock does, before something was read from it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the signed-in user, as every service call is given it."""

    user_id: UserId
    name: str
    role: Role

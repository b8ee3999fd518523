"""Every table of the case database, as SQLModel classes: facts, two projections, the change log.

Instants are UTC; dates are calendar dates; money is integer cents. Every table that belongs to a
case carries `case_id`: the store derives from it which chain a change belongs to.
"""

from datetime import date, datetime, timezone
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from nurse_tui import types as t
from nurse_tui.ids import new_id

Id = BigInteger().with_variant(Integer, "sqlite")
NEVER = datetime(9999, 12, 31, tzinfo=timezone.utc)
"""Due instant of a case in which nothing is due: sort columns are never NULL."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored without its zone in UTC; a naive one is a fault."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into naive UTC; raise ValueError on a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the stored instant its zone back."""
        return None if value is None else value.replace(tzinfo=timezone.utc)


class Table(SQLModel):
    """Base of every table: one metadata whose constraints are all named."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def key() -> Any:
    """Primary key that the application makes."""
    return Field(
        default_factory=new_id, sa_column=Column(Id, primary_key=True, autoincrement=False)
    )


def ref(target: str, *, nullable: bool = False, index: bool = True) -> Any:
    """Foreign key to `table.column`."""
    column: Column[int] = Column(Id, ForeignKey(target), nullable=nullable, index=index)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def of_case() -> Any:
    """The case that a row belongs to."""
    return ref("case.id")


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """An aware instant in UTC."""
    column: Column[datetime] = Column(UtcDateTime(), nullable=nullable, index=index)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def choice(kinds: type[StrEnum], *, default: Any = ..., nullable: bool = False) -> Any:
    """One of an enumeration's values, checked by the database too."""
    values = SqlEnum(
        kinds,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kinds.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(
        default=None if nullable and default is ... else default,
        sa_column=Column(values, nullable=nullable),
    )


def long_text(default: str = "") -> Any:
    """Text of any length, never NULL."""
    return Field(default=default, sa_column=Column(Text, nullable=False))


class User(Table, table=True):
    """Somebody who may sign in."""

    __tablename__ = "user"
    id: int = key()
    name: str = Field(unique=True)
    full_name: str = ""
    role: t.Role = choice(t.Role)
    zone: str = "America/New_York"
    active: bool = True
    created_at: datetime = instant()


class InfusionSite(Table, table=True):
    """An infusion centre; `open_days` is "Mon Tue …", `closures` ISO dates, space separated."""

    __tablename__ = "infusion_site"
    __table_args__ = (CheckConstraint("chairs >= 0", name="chairs"),)
    id: int = key()
    code: str = Field(unique=True)
    name: str
    address: str = ""
    city: str = ""
    state: str = Field(default="", index=True)
    zip: str = ""
    phone: str = ""
    zone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    chairs: int = 0
    open_days: str = "Mon Tue Wed Thu Fri"
    closures: str = long_text()
    rems_certified_on: date | None = None
    rems_expires_on: date | None = None
    external_id: str = Field(default="", index=True)


class Prescriber(Table, table=True):
    """A prescriber, known by the national provider identifier where there is one."""

    __tablename__ = "prescriber"
    id: int = key()
    npi: str = Field(default="", index=True)
    name: str
    phone: str = ""
    external_id: str = Field(default="", index=True)


class Case(Table, table=True):
    """One patient's case: a few facts of its own, its version, and the projection lists need.

    The fields from `state` on are computed by `store.projection` and by nothing else; `nurse_key`
    is `nurse_id` or 0, because sort and filter columns are never NULL.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_nurse_due", "nurse_key", "is_open", "next_due_at", "id"),
        Index("ix_case_nurse_name", "nurse_key", "is_open", "sort_name", "id"),
        Index("ix_case_due", "is_open", "next_due_at", "id"),
        Index("ix_case_name", "is_open", "sort_name", "id"),
        Index("ix_case_sort_name", "sort_name", "id"),
        Index("ix_case_state_due", "state", "next_due_at", "id"),
        Index("ix_case_opened", "is_open", "opened_at", "id"),
        Index("ix_case_nurse_opened", "nurse_key", "is_open", "opened_at", "id"),
        Index("ix_case_nurse_state", "nurse_key", "state", "opened_at"),
        Index("ix_case_first_call", "form_completed_at", "nurse_key", "first_attempt_at"),
    )
    id: int = key()
    number: str = Field(unique=True)
    opened_at: datetime = instant()
    nurse_id: int | None = ref("user.id", nullable=True)
    source: str = "form"
    external_id: str = Field(default="", index=True)
    hold_reason: str = ""
    closed_reason: str = ""
    closed_at: datetime | None = instant(nullable=True)
    do_not_call: bool = False
    contraindications: str = ""
    letter_sent_on: date | None = None
    prescriber_notified_on: date | None = None
    flag: str = ""
    version: int = 1
    state: t.State = choice(t.State, default=t.State.REFERRED)
    is_open: bool = True
    nurse_key: int = Field(default=0, sa_column=Column(Id, nullable=False))
    next_due_at: datetime = Field(default=NEVER, sa_column=Column(UtcDateTime(), nullable=False))
    next_kind: str = ""
    next_why: str = long_text()
    patient_name: str = ""
    sort_name: str = ""
    us_state: str = ""
    language: str = ""
    search_text: str = long_text()
    form_completed_at: datetime | None = instant(nullable=True)
    first_attempt_at: datetime | None = instant(nullable=True)


class NurseAssignment(Table, table=True):
    """Which nurse had the case from when until when (D-25)."""

    __tablename__ = "nurse_assignment"
    id: int = key()
    case_id: int = of_case()
    nurse_id: int = ref("user.id")
    from_at: datetime = instant()
    until_at: datetime | None = instant(nullable=True)


class Patient(Table, table=True):
    """The patient of a case; `zones` holds every IANA zone they may be in, space separated."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("case_id"),)
    id: int = key()
    case_id: int = ref("case.id", index=False)
    first_name: str = ""
    last_name: str = ""
    date_of_birth: date | None = Field(default=None, index=True)
    sex: t.Sex = choice(t.Sex, default=t.Sex.UNKNOWN)
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    zones: str = ""
    language: str = ""
    deceased_on: date | None = None
    has_adult_representative: bool = False


class ContactPoint(Table, table=True):
    """A phone number (E.164) or an e-mail address of the patient."""

    __tablename__ = "contact_point"
    id: int = key()
    case_id: int = of_case()
    system: str = "phone"
    value: str
    kind: t.PhoneKind = choice(t.PhoneKind, default=t.PhoneKind.OTHER)
    voicemail_ok: bool | None = None
    preferred: bool = True


class Consent(Table, table=True):
    """One opt-in or its withdrawal; the newest of a kind holds."""

    __tablename__ = "consent"
    id: int = key()
    case_id: int = of_case()
    kind: t.ConsentKind = choice(t.ConsentKind)
    granted: bool
    at: datetime = instant()
    source: str = ""


class ServicesForm(Table, table=True):
    """The Services Form that opened the case (D-23); `fingerprint` makes its import idempotent."""

    __tablename__ = "services_form"
    id: int = key()
    case_id: int = of_case()
    form_id: str = Field(unique=True)
    received_at: datetime = instant()
    patient_signed_on: date | None = None
    provider_signed_on: date | None = None
    ms_type: t.MsType | None = choice(t.MsType, nullable=True)
    prescriber_id: int | None = ref("prescriber.id", nullable=True)
    preferred_site: str = ""
    completed_at: datetime | None = instant(nullable=True, index=True)
    age_confirmed_on: date | None = None
    fingerprint: str = ""


class PriorTherapy(Table, table=True):
    """A multiple sclerosis drug taken before (D-1)."""

    __tablename__ = "prior_therapy"
    id: int = key()
    case_id: int = of_case()
    drug: str
    position: int = 1


class Coverage(Table, table=True):
    """One health cover; `position` 1 is primary."""

    __tablename__ = "coverage"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)
    id: int = key()
    case_id: int = of_case()
    kind: t.CoverageKind = choice(t.CoverageKind)
    payer: str = ""
    member_id: str = ""
    position: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    verified_on: date | None = None


class CopayDecision(Table, table=True):
    """A verdict on one benefit with its reasons, as decided under one version of the terms."""

    __tablename__ = "copay_decision"
    __table_args__ = (
        Index("ix_copay_decision_last", "case_id", "benefit", "decided_at", "id", "verdict"),
    )
    id: int = key()
    case_id: int = of_case()
    benefit: t.Benefit = choice(t.Benefit)
    verdict: t.Verdict = choice(t.Verdict)
    reasons: str = long_text("[]")
    terms_version: str
    decided_at: datetime = instant()


class CopayEnrollment(Table, table=True):
    """An enrolment in one benefit; the database refuses days of government cover (D-39, D-51)."""

    __tablename__ = "copay_enrollment"
    __table_args__ = (
        Index(
            "uq_copay_enrollment_open",
            "case_id",
            "benefit",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )
    id: int = key()
    case_id: int = of_case()
    benefit: t.Benefit = choice(t.Benefit)
    decision_id: int = ref("copay_decision.id", index=False)
    enrolled_on: date
    ends_on: date | None = None
    end_reason: str = ""
    terms_version: str


class CopayClaim(Table, table=True):
    """A claim with the fields of an explanation of benefits (D-50), in cents."""

    __tablename__ = "copay_claim"
    __table_args__ = (
        CheckConstraint(
            "billed_cents >= 0 AND allowed_cents >= 0 AND patient_cents >= 0 AND paid_cents >= 0",
            name="cents",
        ),
    )
    id: int = key()
    case_id: int = of_case()
    enrollment_id: int = ref("copay_enrollment.id")
    insurer: str = ""
    facility: str = ""
    service_on: date
    code: str = ""
    billed_cents: int = 0
    allowed_cents: int = 0
    patient_cents: int = 0
    paid_cents: int = 0
    status: str = "received"
    received_on: date


class AssistanceReferral(Table, table=True):
    """Another programme to which an ineligible patient was directed (D-54)."""

    __tablename__ = "assistance_referral"
    id: int = key()
    case_id: int = of_case()
    programme: str
    referred_at: datetime = instant()
    outcome: str = ""
    outcome_on: date | None = None


class RemsStatus(Table, table=True):
    """Mirror of what a source said about one REMS party on a date (D-22)."""

    __tablename__ = "rems_status"
    id: int = key()
    case_id: int = of_case()
    party: t.RemsParty = choice(t.RemsParty)
    status: str
    on_date: date
    source: str


class Clearance(Table, table=True):
    """Something confirmed before treatment, by whom and when (D-61)."""

    __tablename__ = "clearance"
    id: int = key()
    case_id: int = of_case()
    kind: t.ClearanceKind = choice(t.ClearanceKind)
    done_on: date
    valid_until: date | None = None
    confirmed_by: str = ""
    result_on_file: bool = False


class Course(Table, table=True):
    """A treatment course (D-4); at most one that is not cancelled of each number."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        Index(
            "uq_course_live",
            "case_id",
            "number",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )
    id: int = key()
    case_id: int = of_case()
    number: int
    site_id: int | None = ref("infusion_site.id", nullable=True)
    cancelled_at: datetime | None = instant(nullable=True)
    cancel_reason: str = ""


LIVE_DAY = text(f"status IN ({', '.join(repr(taking.value) for taking in t.CHAIR_TAKING)})")


class InfusionDay(Table, table=True):
    """One infusion day on one chair: a chair is taken once a day, a patient once a day (D-58)."""

    __tablename__ = "infusion_day"
    __table_args__ = (
        CheckConstraint("number >= 1 AND chair >= 1", name="number"),
        Index(
            "uq_infusion_day_chair",
            "site_id",
            "on_date",
            "chair",
            unique=True,
            sqlite_where=LIVE_DAY,
            postgresql_where=LIVE_DAY,
        ),
        Index(
            "uq_infusion_day_patient",
            "case_id",
            "on_date",
            unique=True,
            sqlite_where=LIVE_DAY,
            postgresql_where=LIVE_DAY,
        ),
    )
    id: int = key()
    case_id: int = of_case()
    course_id: int = ref("course.id")
    number: int
    on_date: date
    site_id: int = ref("infusion_site.id", index=False)
    chair: int = 1
    status: t.DayStatus = choice(t.DayStatus, default=t.DayStatus.SCHEDULED)
    reason: str = ""


class LabDraw(Table, table=True):
    """A laboratory draw of one test (D-12)."""

    __tablename__ = "lab_draw"
    id: int = key()
    case_id: int = of_case()
    test: str
    drawn_on: date
    received_on: date | None = None


class Call(Table, table=True):
    """A call or an attempt (D-37); running while `ended_at` is NULL, resumed at `position`."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_nurse_started", "nurse_id", "started_at", "outcome", "outbound", "case_id"),
    )
    id: int = key()
    case_id: int = of_case()
    nurse_id: int = ref("user.id", index=False)
    kind: t.CallKind = choice(t.CallKind)
    outbound: bool = True
    number: str = ""
    zone: str = ""
    started_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    outcome: t.CallOutcome | None = choice(t.CallOutcome, nullable=True)
    identified_at: datetime | None = instant(nullable=True)
    script_id: str = ""
    script_language: str = ""
    script_version: str = ""
    position: str = ""
    adverse_event: bool | None = None
    topics: str = ""
    next_action: str = ""


class CallAnswer(Table, table=True):
    """One answer as it was given; the newest of a link id holds, older ones stay."""

    __tablename__ = "call_answer"
    id: int = key()
    case_id: int = of_case()
    call_id: int = ref("call.id")
    link_id: str
    value: str = long_text()
    note: str = long_text()
    deferred: bool = False
    at: datetime = instant()


class Callback(Table, table=True):
    """A promise to call again; owned by one nurse, or by anyone when `owner_id` is NULL."""

    __tablename__ = "callback"
    id: int = key()
    case_id: int = of_case()
    call_id: int | None = ref("call.id", nullable=True)
    owner_id: int | None = ref("user.id", nullable=True)
    due_at: datetime = instant()
    zone: str = ""
    note: str = ""
    done_at: datetime | None = instant(nullable=True)


class SafetyReport(Table, table=True):
    """An adverse event or like report (D-35, D-36); the database refuses to delete it."""

    __tablename__ = "safety_report"
    id: int = key()
    case_id: int = of_case()
    call_id: int | None = ref("call.id", nullable=True)
    kind: t.SafetyKind = choice(t.SafetyKind)
    aware_at: datetime = instant(index=True)
    reporter: str = ""
    suspect_product: str = ""
    event: str = long_text()
    patient_identifiable: bool = True
    forwarded_at: datetime | None = instant(nullable=True)
    author_id: int = ref("user.id", index=False)


class KitShipment(Table, table=True):
    """A Welcome Kit on its way (D-24)."""

    __tablename__ = "kit_shipment"
    id: int = key()
    case_id: int = of_case()
    sent_on: date
    items: str = ""
    tracking: str = ""


class Note(Table, table=True):
    """A nurse's note; corrections are further notes."""

    __tablename__ = "note"
    id: int = key()
    case_id: int = of_case()
    author_id: int = ref("user.id", index=False)
    at: datetime = instant()
    text: str = long_text()


class Task(Table, table=True):
    """Something that somebody must do."""

    __tablename__ = "task"
    id: int = key()
    case_id: int = of_case()
    owner_id: int | None = ref("user.id", nullable=True)
    kind: str = "task"
    title: str
    due_at: datetime | None = instant(nullable=True)
    done_at: datetime | None = instant(nullable=True)
    created_at: datetime = instant()


class Handover(Table, table=True):
    """Work handed from one nurse to another, and its acknowledgement."""

    __tablename__ = "handover"
    id: int = key()
    case_id: int = of_case()
    from_id: int = ref("user.id", index=False)
    to_id: int = ref("user.id")
    text: str = long_text()
    at: datetime = instant()
    acknowledged_at: datetime | None = instant(nullable=True)


class Deadline(Table, table=True):
    """Projection: what is due in a case, computed by `rules.deadlines`."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_kind_due", "is_open", "kind", "nurse_key", "due_at"),
        Index("ix_deadline_nurse_due", "nurse_key", "is_open", "due_at"),
    )
    id: int = key()
    case_id: int = of_case()
    kind: str
    title: str
    due_at: datetime = instant()
    due_on: date
    rule: str
    arithmetic: str = long_text()
    nurse_key: int = Field(default=0, sa_column=Column(Id, nullable=False))
    is_open: bool = True


class Change(Table, table=True):
    """The change log: append-only, one chain a subject, every field's before and after."""

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("subject", "seq"),
        UniqueConstraint("request_id", "subject"),
        Index("ix_change_case_at", "case_id", "at"),
    )
    id: int = key()
    subject: str
    seq: int
    case_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))
    at: datetime = instant(index=True)
    user_id: int = Field(sa_column=Column(Id, nullable=False))
    user_name: str
    role: str
    command: str
    sentence: str = long_text()
    diff: str = long_text("{}")
    request_id: str
    undoable: bool = False
    undo_of: int | None = None
    redo_of: int | None = None
    prev_hash: str
    hash: str


class Draft(Table, table=True):
    """What somebody typed and has not saved yet; belongs to its author alone."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "screen", "subject"),)
    id: int = key()
    user_id: int = ref("user.id", index=False)
    screen: str
    subject: str = ""
    content: str = long_text()
    saved_at: datetime = instant()


class Meta(Table, table=True):
    """Facts about the database itself, such as whether it holds demo data."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


PROJECTED_FIELDS: dict[str, frozenset[str]] = {
    "case": frozenset(
        {
            "version",
            "state",
            "is_open",
            "nurse_key",
            "next_due_at",
            "next_kind",
            "next_why",
            "patient_name",
            "sort_name",
            "us_state",
            "language",
            "search_text",
            "form_completed_at",
            "first_attempt_at",
        }
    )
}
"""Columns that are computed from facts, so the change log leaves them out."""

UNLOGGED_TABLES = frozenset({"deadline", "change", "draft", "meta"})
"""Tables that hold no facts."""

"""Builders of programmes and facts that every test of a rule shares."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from nurse_tui import settings
from nurse_tui.rules.facts import (
    CallFact,
    CaseFacts,
    ConsentFact,
    CourseFact,
    CoverageFact,
    DayFact,
    FormFact,
    PatientFact,
    PhoneFact,
    SiteFact,
)
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.types import (
    CallKind,
    CallOutcome,
    ConsentKind,
    CoverageKind,
    DayStatus,
    MsType,
    PhoneKind,
    Sex,
)

UTC = timezone.utc


@cache
def _shipped() -> Programme:
    return settings.load().on(date(2027, 7, 1))


def programme(**over: Any) -> Programme:
    """Return the shipped settings of 1 July 2027, some of them replaced by raw values."""
    base = _shipped()
    changed: dict[str, Any] = {}
    for name, value in over.items():
        kept = getattr(base, name)
        changed[name] = replace(kept, value=value) if isinstance(kept, Setting) else value
    return replace(base, **changed)


def at(text: str, zone: str = "UTC") -> datetime:
    """Return the instant of a local time such as `2027-07-06 10:30`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day(text: str) -> date:
    """Return the date of `2027-07-06`."""
    return date.fromisoformat(text)


PATIENT = PatientFact(
    first_name="Ada",
    last_name="Sample",
    date_of_birth=date(1985, 3, 14),
    sex=Sex.FEMALE,
    address="1 Main St",
    city="Concord",
    state="NH",
    zip="03301",
    zones=("America/New_York",),
    language="en",
)
FORM = FormFact(
    form_id="F-1",
    received_at=datetime(2027, 6, 1, 15, tzinfo=UTC),
    patient_signed_on=date(2027, 5, 28),
    provider_signed_on=date(2027, 5, 28),
    ms_type=MsType.RRMS,
    prescriber_name="Dr Example",
    prescriber_npi="1234567893",
    completed_at=datetime(2027, 6, 1, 15, tzinfo=UTC),
)
PHONE = PhoneFact(1, "+16035550123", PhoneKind.MOBILE, True)
COVERAGE = CoverageFact(1, CoverageKind.COMMERCIAL, "Example Health", 1, "M1")
CONSENTS = tuple(
    ConsentFact(kind, True, datetime(2027, 5, 28, 15, tzinfo=UTC), "services form")
    for kind in (ConsentKind.SERVICES, ConsentKind.CALLS)
)


def patient(**over: Any) -> PatientFact:
    """Return a 42-year-old woman of Concord, New Hampshire, changed as asked."""
    return replace(PATIENT, **over)


def form(**over: Any) -> FormFact:
    """Return a complete form received on 1 June 2027, changed as asked."""
    return replace(FORM, **over)


def facts(**over: Any) -> CaseFacts:
    """Return a fresh complete case that was never called.

    Names of CaseFacts replace its fields; any other name replaces a field of its patient or form.
    """
    case = CaseFacts(
        case_id=1,
        number="C-000001",
        opened_at=FORM.received_at,
        patient=PATIENT,
        form=FORM,
        phones=(PHONE,),
        prior_therapies=("interferon beta-1a", "fingolimod"),
        coverages=(COVERAGE,),
        consents=CONSENTS,
    )
    own = {f.name for f in fields(CaseFacts)}
    of_form = {f.name for f in fields(FormFact)}
    of_patient = {f.name for f in fields(PatientFact)}
    unknown = set(over) - own - of_form - of_patient
    if unknown:
        raise TypeError(f"no fact is named {sorted(unknown)}")
    case = replace(case, **{k: v for k, v in over.items() if k in own})
    patient_part = {k: v for k, v in over.items() if k in of_patient - own}
    form_part = {k: v for k, v in over.items() if k in of_form - of_patient - own}
    if patient_part:
        case = replace(case, patient=replace(case.patient, **patient_part))
    if form_part and case.form:
        case = replace(case, form=replace(case.form, **form_part))
    return case


def call(
    started: str,
    outcome: CallOutcome | None = CallOutcome.NO_ANSWER,
    kind: CallKind = CallKind.WELCOME,
    zone: str = "America/New_York",
    **over: Any,
) -> CallFact:
    """Return a call of ten minutes that began at a local time."""
    begun = at(started, zone)
    known: dict[str, Any] = {
        "id": int(begun.timestamp()),
        "identified": outcome is CallOutcome.REACHED,
    }
    ended = None if outcome is None else begun + timedelta(minutes=10)
    return CallFact(
        **{
            **known,
            "kind": kind,
            "started_at": begun,
            "ended_at": ended,
            "outcome": outcome,
            **over,
        }
    )


WELCOMED = call("2027-06-02 10:00", CallOutcome.REACHED)


def course(
    first: str,
    number: int = 1,
    status: DayStatus | tuple[DayStatus, ...] = DayStatus.SCHEDULED,
    days: int | None = None,
    site_id: int | None = 1,
    cancelled: bool = False,
) -> CourseFact:
    """Return a course of consecutive days, all of one status or of the statuses given."""
    begin = day(first)
    count = days or (len(status) if isinstance(status, tuple) else (5 if number == 1 else 3))
    statuses = status if isinstance(status, tuple) else (status,) * count
    return CourseFact(
        id=number,
        number=number,
        site_id=site_id,
        days=tuple(
            DayFact(
                number * 10 + i + 1, i + 1, begin + timedelta(days=i), site_id or 0, statuses[i]
            )
            for i in range(count)
        ),
        cancelled=cancelled,
    )


def site(**over: Any) -> SiteFact:
    """Return a certified site with two chairs, open Monday to Friday, without bookings."""
    base = SiteFact(
        id=1,
        code="S-1",
        name="Example Infusion Center",
        state="NH",
        chairs=2,
        open_weekdays=frozenset(range(5)),
        closures=frozenset(),
        rems_certified_on=date(2026, 9, 1),
        rems_expires_on=date(2028, 9, 1),
        zone="America/New_York",
    )
    return replace(base, **over)

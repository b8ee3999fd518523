"""What a deadline is, the kinds there are, and how one is made from a date.

A date is due until the end of that day in the programme's zone; what was done on a date was done
at its start there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nurse_tui.rules.calendar import add_business_days, end_of_day, start_of_day
from nurse_tui.rules.programme import Programme

KINDS: dict[str, str] = {
    "missing_info": "Ask the prescriber's office for what the form lacks",
    "first_call": "Welcome call",
    "next_attempt": "Call again",
    "unreached_letter": "Send the unable-to-reach letter",
    "prescriber_notice": "Tell the prescriber that the patient was not reached",
    "benefits_complete": "Verify the benefits",
    "course_booking": "Book the first course",
    "arrival_call": "Arrival-time call",
    "labs_expire": "Baseline labs expire before day 1",
    "clearance_expires": "A clearance expires before day 1",
    "infusion_checklist": "Infusion checklist",
    "follow_up_call": "Follow-up call",
    "monthly_labs": "Monthly labs",
    "missed_lab": "Ask about the monthly labs that were not drawn",
    "thyroid_test": "Thyroid test",
    "skin_exam": "Skin exam",
    "hpv_screen": "HPV screening",
    "patient_status": "REMS patient status form",
    "antiviral_end": "Ask the prescriber about the end of the antiviral",
    "listeria_end": "Tell the patient that the Listeria advice ends",
    "contraception_end": "Tell the patient that the contraception advice ends",
    "course_planning": "Plan the next course",
    "monitoring_end": "Monitoring ends",
    "copay_renewal": "Renew the co-pay enrolment",
    "safety_forward": "Forward the safety report",
    "callback": "Call back",
    "task": "Task",
}
"""Every kind of deadline, with its title for people; tasks and some others have their own."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something due: when in UTC, on which date, by which rule, with its arithmetic.

    `done_at` is None while it is open.
    """

    kind: str
    title: str
    due_at: datetime
    due_on: date
    rule: str
    arithmetic: str
    done_at: datetime | None = None


def first_attempt_due(complete_on: date, programme: Programme) -> date:
    """Return by which date a form that became complete on a date asks for a first call (D-30)."""
    days = programme.first_attempt_business_days.value
    return add_business_days(complete_on, days, programme.holidays)


def safety_due(aware_on: date, programme: Programme) -> date:
    """Return by which date a safety report whose day 0 is a date must be forwarded (D-35)."""
    days = programme.safety_forward_business_days.value
    return add_business_days(aware_on, days, programme.holidays)


def on_day(
    programme: Programme,
    kind: str,
    rule: str,
    due_on: date,
    arithmetic: str,
    done: datetime | date | None = None,
    title: str = "",
) -> Deadline:
    """Return a deadline at the end of a date in the programme's zone."""
    zone = programme.programme_zone.value
    done_at = done if isinstance(done, datetime) or done is None else start_of_day(done, zone)
    due_at = end_of_day(due_on, zone)
    return Deadline(kind, title or KINDS[kind], due_at, due_on, rule, arithmetic, done_at)

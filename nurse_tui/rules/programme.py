"""The programme's settings as rules read them: each value with its tag, source and rule.

`nurse_tui.settings` loads them from data/settings, for tests as for the program, so no rule holds a
number of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Generic, TypeVar

T = TypeVar("T")

TAGS = {
    "n": "A fact with its source.",
    "A": "Taken from another programme, an analogue.",
    "GK": "General knowledge, to be confirmed by the owner.",
    "P": "A proposed default, not a fact.",
}
"""What the tag of a setting says of its value; all but the first show as programme setting."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A dated value: `tag` is n (sourced fact), A (analogue), GK or P (proposed)."""

    name: str
    value: T
    tag: str
    rule: str
    source: str
    since: date

    def __str__(self) -> str:
        label = "fact" if self.tag.startswith("n") else f"programme setting [{self.tag}]"
        return f"{self.value} ({label})"

    @property
    def note(self) -> str:
        """Return ` (programme setting [P])` to end a sentence with, or nothing for a fact."""
        return "" if self.tag.startswith("n") else f" (programme setting [{self.tag}])"


@dataclass(frozen=True, slots=True)
class Programme:
    """Every setting that held on one date. Field names are the names in the settings file."""

    version: str
    on: date
    # D-1 eligibility
    minimum_age_years: Setting[int]
    adult_age_years: Setting[int]
    prior_therapies_expected: Setting[int]
    indicated_ms_types: Setting[tuple[str, ...]]
    discouraged_ms_types: Setting[tuple[str, ...]]
    # calendar
    holidays: frozenset[date]
    """US federal holidays as observed, for business days and site closures."""
    # D-4 courses
    course_1_days: Setting[int]
    later_course_days: Setting[int]
    months_between_courses: Setting[int]
    # D-8, D-17 windows
    vaccine_days_before: Setting[int]
    labs_valid_days: Setting[int]
    # D-7, D-10, D-11 after treatment
    antiviral_months: Setting[int]
    antiviral_cd4_least: Setting[int]
    listeria_months: Setting[int]
    contraception_months: Setting[int]
    # D-12, D-13, D-19, D-20 monitoring and REMS
    monitoring_months: Setting[int]
    monthly_tests: Setting[tuple[str, ...]]
    monthly_tests_every_months: Setting[int]
    repeat_counts_after_percent: Setting[int]
    thyroid_every_months: Setting[int]
    skin_exam_every_months: Setting[int]
    patient_status_every_months: Setting[int]
    checklist_business_days: Setting[int]
    facility_recertify_months: Setting[int]
    # D-21 numbers to call
    programme_phone: Setting[str]
    rems_fax: Setting[str]
    safety_phone: Setting[str]
    fda_phone: Setting[str]
    # D-24 the Welcome Kit
    welcome_kit_items: Setting[tuple[str, ...]]
    # D-30, D-31 calls
    missing_info_business_days: Setting[int]
    first_attempt_business_days: Setting[int]
    attempts_before_letter: Setting[int]
    attempt_hours_apart: Setting[int]
    next_attempt_business_days: Setting[int]
    letter_business_days: Setting[int]
    call_task_business_days: Setting[int]
    identification_minutes: Setting[int]
    call_from: Setting[time]
    call_until: Setting[time]
    programme_zone: Setting[str]
    benefits_due_hours: Setting[int]
    prior_authorization_due_hours: Setting[int]
    therapy_due_days: Setting[int]
    cancellation_reason_business_days: Setting[int]
    # D-35 safety
    safety_forward_business_days: Setting[int]
    # D-38 to D-54 co-pay
    copay_terms_version: Setting[str]
    copay_government_kinds: Setting[tuple[str, ...]]
    copay_commercial_kinds: Setting[tuple[str, ...]]
    copay_unsettled_kinds: Setting[tuple[str, ...]]
    copay_named_payers: Setting[tuple[str, ...]]
    """Those of the government kinds that only another programme names (D-40)."""
    copay_state_test: Setting[str]
    copay_resident_places: Setting[tuple[str, ...]]
    copay_unsettled_places: Setting[tuple[str, ...]]
    copay_infusion_excluded_states: Setting[tuple[str, ...]]
    copay_minimum_age_years: Setting[int]
    copay_renewal_months: Setting[int]
    copay_renewal_report_days: Setting[tuple[int, ...]]
    """Within how many days the report counts the renewals that come."""
    copay_retroactive_days: Setting[int]
    copay_claim_days: Setting[int]
    assistance_directions: Setting[tuple[str, ...]]
    assistance_income_percent: Setting[int]
    # D-59 sites
    chair_hours: Setting[int]
    # D-61 looks at a booked course, in days before day 1
    readiness_days_before: Setting[tuple[int, ...]]
    infection_check_days_before: Setting[int]
    # D-65 why a day is moved or cancelled
    reschedule_reasons: Setting[tuple[str, ...]]
    # D-62 follow-ups, in days or months from the named anchor
    arrival_call_days_before: Setting[int]
    follow_up_days_after: Setting[tuple[int, ...]]
    missed_lab_days: Setting[int]
    next_course_planning_month: Setting[int]
    hpv_every_months: Setting[int]
    # screen
    idle_lock_minutes: Setting[int]

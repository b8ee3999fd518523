"""What is due, when and why (D-7, D-9 to D-13, D-17, D-19, D-20, D-30, D-35, D-47, D-62)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from nurse_tui.rules import calls
from nurse_tui.rules.deadlines import KINDS, Deadline, arrival_call_wanted, deadlines
from nurse_tui.rules.facts import (
    CallbackFact,
    CaseFacts,
    ClearanceFact,
    CoverageFact,
    EnrollmentFact,
    LabFact,
    RemsFact,
    SafetyFact,
    TaskFact,
)
from nurse_tui.types import (
    REACHED_OUTCOMES,
    Benefit,
    CallKind,
    CallOutcome,
    ClearanceKind,
    ConsentKind,
    CoverageKind,
    DayStatus,
    RemsParty,
    SafetyKind,
    Sex,
)
from tests.rules.factory import (
    CONSENTS,
    COVERAGE,
    WELCOMED,
    at,
    call,
    course,
    day,
    facts,
    form,
    programme,
)

P = programme()
NY = "America/New_York"
GIVEN = DayStatus.GIVEN
MONTHLY = ("cbc", "creatinine", "urinalysis")


AGAIN = {
    ClearanceKind.BASELINE_LABS,
    ClearanceKind.PATIENT_AUTHORIZATION,
    ClearanceKind.ANTIVIRAL_ARRANGED,
    ClearanceKind.PREMEDICATION_ORDERED,
    ClearanceKind.DRUG_SHIPPED,
    ClearanceKind.PRIOR_AUTHORIZATION,
    ClearanceKind.INFECTION_FREE,
}
"""What each course asks for anew."""


def of(case: CaseFacts, kind: str, full: bool = False) -> list[Deadline]:
    return [d for d in deadlines(case, P, full=full) if d.kind == kind]


def one(case: CaseFacts, kind: str) -> Deadline:
    (found,) = of(case, kind)
    return found


def treated(first: str, number: int = 1, **over: Any) -> CaseFacts:
    return facts(calls=(WELCOMED,), courses=(course(first, number, GIVEN),), **over)


def infused_on(last: str, **over: Any) -> CaseFacts:
    """Return a case whose only infusion so far was on a date."""
    return facts(calls=(WELCOMED,), courses=(course(last, status=GIVEN, days=1),), **over)


def labs(*days: str, tests: tuple[str, ...] = MONTHLY) -> tuple[LabFact, ...]:
    return tuple(LabFact(test, day(d)) for d in days for test in tests)


# The worked examples


def test_contraception_ends_after_four_months_clipped() -> None:
    due = one(infused_on("2027-10-31"), "contraception_end")
    assert (due.due_on, due.rule) == (date(2028, 2, 29), "D-11")
    assert due.due_at == at("2028-02-29 23:59:59", NY)
    assert due.arithmetic == "last infusion Sun 31 Oct 2027 + 4 months = Tue 29 Feb 2028"


def test_monitoring_ends_after_forty_eight_months() -> None:
    due = one(infused_on("2027-01-13"), "monitoring_end")
    assert (due.due_on, due.rule) == (date(2031, 1, 13), "D-13")


def test_patient_status_is_due_every_six_months_from_the_first_infusion() -> None:
    found = of(treated("2027-03-01"), "patient_status", full=True)
    assert [d.due_on for d in found[:3]] == [
        day("2027-09-01"),
        day("2028-03-01"),
        day("2028-09-01"),
    ]
    assert found[-1].due_on == date(2031, 3, 1)
    assert len(found) == 8
    assert one(treated("2027-03-01"), "patient_status") == found[0]


def test_the_checklist_leaves_out_memorial_day() -> None:
    due = one(treated("2027-05-24"), "infusion_checklist")
    assert (due.due_on, due.rule) == (date(2027, 6, 7), "D-20")


def test_the_antiviral_stays_open_while_the_cell_count_is_unknown() -> None:
    due = one(infused_on("2027-03-05"), "antiviral_end")
    assert (due.due_on, due.rule, due.done_at) == (date(2027, 5, 5), "D-7", None)
    assert "not known" in due.arithmetic


CD4 = ("CD4 at least 200",)


@pytest.mark.parametrize(
    ("confirmed", "ends", "done"),
    [
        ("2027-03-30", "2027-05-05", False),
        ("2027-05-04", "2027-05-05", False),
        ("2027-05-05", "2027-05-05", True),
        ("2027-06-10", "2027-06-10", True),
    ],
)
def test_the_antiviral_ends_at_the_later_of_both_d7(confirmed: str, ends: str, done: bool) -> None:
    case = replace(infused_on("2027-03-05"), labs=labs(confirmed, tests=CD4), calls=())
    due = one(case, "antiviral_end")
    assert due.due_on == day(ends)
    assert due.done_at == (at(f"{ends} 00:00", NY) if done else None)


@pytest.mark.parametrize(("on", "done"), [("2027-05-04", False), ("2027-05-05", True)])
@pytest.mark.parametrize("how", ["call", "task", "lab"])
def test_the_end_of_the_antiviral_is_settled_on_its_date_or_after_d7(
    how: str, on: str, done: bool
) -> None:
    when = at(f"{on} 10:00", NY)
    settled = {
        "call": {"calls": (call(f"{on} 10:00", CallOutcome.REACHED),)},
        "task": {"tasks": (TaskFact(1, "antiviral", "Ask the office", None, when),)},
        "lab": {"labs": labs("2027-03-30", on, tests=CD4)},
    }[how]
    early = {"labs": labs("2027-03-30", tests=CD4), "calls": ()}
    due = one(replace(infused_on("2027-03-05"), **(early | settled)), "antiviral_end")
    assert (due.due_on, due.done_at) == (day("2027-05-05"), at(f"{on} 00:00", NY) if done else None)


@pytest.mark.parametrize(
    "nothing",
    [
        {"calls": (call("2027-05-06 10:00", CallOutcome.NO_ANSWER),)},
        {"tasks": (TaskFact(1, "task", "Water", None, at("2027-05-06 10:00", NY)),)},
        {"tasks": (TaskFact(1, "antiviral", "Ask the office", None, None),)},
    ],
)
def test_what_asks_nobody_leaves_the_end_of_the_antiviral_open_d7(nothing: dict[str, Any]) -> None:
    early = {"labs": labs("2027-03-30", tests=CD4), "calls": ()}
    due = one(replace(infused_on("2027-03-05"), **(early | nothing)), "antiviral_end")
    assert due.done_at is None


def test_the_first_call_is_due_by_the_end_of_the_next_business_day() -> None:
    due = one(facts(completed_at=at("2027-07-02 16:00", NY)), "first_call")
    assert due.due_at == at("2027-07-06 23:59:59", NY)
    assert (due.due_on, due.rule, due.done_at) == (date(2027, 7, 6), "D-30", None)
    assert "form complete Fri 2 Jul 2027 + 1 business day = Tue 6 Jul 2027" in due.arithmetic
    assert "programme setting" in due.arithmetic


# Calls (D-30)


@pytest.mark.parametrize(
    ("complete", "due"),
    [
        ("2027-07-02 16:00", "2027-07-06"),
        ("2027-07-01 23:59", "2027-07-02"),
        ("2027-07-03 09:00", "2027-07-06"),
        ("2027-07-05 09:00", "2027-07-06"),
        ("2027-07-06 09:00", "2027-07-07"),
        ("2027-03-12 09:00", "2027-03-15"),
        ("2027-11-05 09:00", "2027-11-08"),
        ("2027-12-31 09:00", "2028-01-03"),
    ],
)
def test_the_first_call_is_due_after_one_business_day(complete: str, due: str) -> None:
    found = one(facts(completed_at=at(complete, NY)), "first_call")
    assert (found.due_on, found.due_at) == (day(due), at(f"{due} 23:59:59", NY))


def test_the_number_of_business_days_is_a_setting() -> None:
    case = facts(completed_at=at("2027-07-02 16:00", NY))
    due = deadlines(case, programme(first_attempt_business_days=2))
    assert [d.due_on for d in due if d.kind == "first_call"] == [date(2027, 7, 7)]


def test_no_first_call_before_the_form_is_complete() -> None:
    assert of(facts(form=None), "first_call") == []
    assert of(facts(provider_signed_on=None), "first_call") == []


def test_a_form_complete_from_the_start_counts_from_its_receipt() -> None:
    case = facts(completed_at=None, received_at=at("2027-07-02 16:00", NY))
    assert one(case, "first_call").due_on == date(2027, 7, 6)


def test_an_incomplete_form_is_asked_about_by_the_next_business_day() -> None:
    unsigned = facts(form=form(patient_signed_on=None, received_at=at("2027-07-02 20:00")))
    due = one(unsigned, "missing_info")
    assert due.due_on == date(2027, 7, 6) and "patient signature" in due.title
    assert due.rule == "D-23"
    assert of(facts(), "missing_info") == []
    assert of(replace(unsigned, hold_reason="waiting"), "missing_info") == []


def test_a_complete_form_alone_asks_for_the_first_call_alone() -> None:
    assert [d.kind for d in deadlines(facts(), P)] == ["first_call"]


@pytest.mark.parametrize(
    "changes",
    [
        {"form": None},
        {"zip": "00000"},
        {"date_of_birth": date(2015, 1, 1)},
        {"hold_reason": "in hospital"},
        {"contraindications": ("hiv",)},
        {"deceased_on": date(2027, 6, 1)},
        {"closed_reason": "moved away"},
        {"consents": (replace(CONSENTS[0], granted=False), CONSENTS[1])},
        {"consents": (CONSENTS[1],)},
    ],
)
def test_no_call_is_due_where_none_may_be_made(changes: dict[str, Any]) -> None:
    kinds = {d.kind for d in deadlines(facts(**changes), P)}
    assert kinds <= {"missing_info"}


@pytest.mark.parametrize(
    ("attempted", "due"),
    [
        ("2027-06-02 10:00", "2027-06-03"),
        ("2027-06-04 10:00", "2027-06-07"),
        ("2027-07-02 20:00", "2027-07-06"),
    ],
)
def test_the_next_attempt_is_due_the_next_business_day(attempted: str, due: str) -> None:
    case = facts(calls=(call(attempted),))
    assert one(case, "next_attempt").due_on == day(due)
    assert one(case, "first_call").done_at == at(attempted, NY)


def test_after_three_attempts_the_letter_and_the_notice_are_due() -> None:
    made = tuple(call(f"2027-06-0{n} 10:00") for n in (2, 3, 4))
    case = facts(calls=made)
    assert of(case, "next_attempt") == []
    for kind in ("unreached_letter", "prescriber_notice"):
        due = one(case, kind)
        assert (due.due_on, due.done_at, due.rule) == (date(2027, 6, 7), None, "D-30")
    sent = replace(case, letter_sent_on=date(2027, 6, 4), prescriber_notified_on=date(2027, 6, 3))
    assert one(sent, "unreached_letter").done_at == at("2027-06-04 00:00", NY)
    assert one(sent, "prescriber_notice").done_at is None, "a notice before the last attempt"


def test_a_contact_ends_the_attempts() -> None:
    made = tuple(call(f"2027-06-0{n} 10:00") for n in (2, 3, 4))
    reached = call("2027-06-08 10:00", CallOutcome.REACHED)
    kinds = {d.kind for d in deadlines(facts(calls=(*made, reached)), P) if d.done_at is None}
    assert kinds == {"benefits_complete"}


def test_a_contact_without_a_welcome_asks_for_another_call() -> None:
    declined = call("2027-06-02 10:00", CallOutcome.DECLINED)
    assert one(facts(calls=(declined,)), "next_attempt").due_on == date(2027, 6, 3)
    promise = CallbackFact(1, at("2027-06-03 10:00", NY), NY, "")
    assert of(facts(calls=(declined,), callbacks=(promise,)), "next_attempt") == []


# Benefits and booking (D-30)


def test_benefits_are_due_in_two_days_then_the_booking_in_two_weeks() -> None:
    case = facts(calls=(WELCOMED,))
    assert one(case, "benefits_complete").due_on == date(2027, 6, 3)
    assert of(case, "course_booking") == []
    verified = replace(case, coverages=(replace(COVERAGE, verified_on=date(2027, 6, 2)),))
    assert one(verified, "benefits_complete").done_at == at("2027-06-02 00:00", NY)
    assert one(verified, "course_booking").due_on == date(2027, 6, 15)
    booked = replace(verified, courses=(course("2027-08-02"),))
    assert of(booked, "course_booking") == []


def test_the_copay_is_renewed_twelve_months_after_the_last_enrolment() -> None:
    old = EnrollmentFact(Benefit.DRUG, date(2026, 1, 1))
    new = EnrollmentFact(Benefit.DRUG, date(2027, 6, 30))
    found = one(facts(enrollments=(new, old)), "copay_renewal")
    assert (found.due_on, found.rule) == (day("2028-06-30"), "D-47")
    assert "drug" in found.title


@pytest.mark.parametrize("cover_from", [None, "2028-09-01"])
@pytest.mark.parametrize(
    "ends_on", ["2027-06-30", "2028-03-01", "2028-06-29", "2028-06-30", "2028-07-01", "2028-08-30"]
)
def test_an_enrolment_that_a_person_ended_is_not_renewed_d47(
    ends_on: str, cover_from: str | None
) -> None:
    ended = EnrollmentFact(Benefit.DRUG, date(2027, 6, 30), day(ends_on))
    other = EnrollmentFact(Benefit.INFUSION, date(2027, 6, 30))
    starts = day(cover_from) if cover_from else None
    covers = (CoverageFact(1, CoverageKind.MEDICARE, "", 1, starts_on=starts),) if starts else ()
    found = of(facts(enrollments=(ended, other), coverages=covers), "copay_renewal")
    assert ["infusion" in due.title for due in found] == [True]
    again = EnrollmentFact(Benefit.DRUG, date(2028, 9, 1))
    found = of(facts(enrollments=(ended, again)), "copay_renewal")
    assert [due.due_on for due in found] == [date(2029, 9, 1)]


def test_an_enrolment_whose_end_a_later_cover_sets_is_renewed_before_it_d51() -> None:
    kept = EnrollmentFact(Benefit.DRUG, date(2027, 6, 30), date(2028, 8, 31))
    covers = (CoverageFact(1, CoverageKind.MEDICARE, "", 1, starts_on=date(2028, 9, 1)),)
    found = one(facts(enrollments=(kept,), coverages=covers), "copay_renewal")
    assert found.due_on == date(2028, 6, 30)


@pytest.mark.parametrize(
    ("starts_on", "renewed"),
    [("2028-07-02", True), ("2028-07-01", False), ("2027-01-01", False), (None, False)],
)
def test_nothing_is_renewed_under_government_cover_d51(
    starts_on: str | None, renewed: bool
) -> None:
    enrolled = EnrollmentFact(Benefit.DRUG, date(2027, 6, 30))
    starts = day(starts_on) if starts_on else None
    covers = (CoverageFact(1, CoverageKind.MEDICARE, "", 1, starts_on=starts),)
    found = of(facts(enrollments=(enrolled,), coverages=covers), "copay_renewal")
    assert bool(found) is renewed


@pytest.mark.parametrize(
    ("name", "days", "kind", "attempts", "due"),
    [
        ("next_attempt_business_days", 1, "next_attempt", 1, "2027-06-03"),
        ("next_attempt_business_days", 3, "next_attempt", 1, "2027-06-07"),
        ("letter_business_days", 1, "unreached_letter", 3, "2027-06-07"),
        ("letter_business_days", 2, "prescriber_notice", 3, "2027-06-08"),
    ],
)
def test_how_soon_after_an_attempt_is_a_setting_d30(
    name: str, days: int, kind: str, attempts: int, due: str
) -> None:
    made = tuple(call(f"2027-06-0{2 + n} 10:00", CallOutcome.NO_ANSWER) for n in range(attempts))
    changed = replace(P, **{name: replace(getattr(P, name), value=days)})
    (found,) = [d for d in deadlines(facts(calls=made), changed) if d.kind == kind]
    assert found.due_on == day(due)
    assert f"+ {days} business day" in found.arithmetic
    assert found.arithmetic.endswith("(programme setting [GK])")


@pytest.mark.parametrize(("share", "done"), [(50, "2027-03-17"), (60, None)])
def test_from_when_a_test_counts_for_a_due_date_is_a_setting_d12(
    share: int, done: str | None
) -> None:
    case = treated("2027-03-01", labs=labs("2027-03-17"))
    setting = replace(P.repeat_counts_after_percent, value=share)
    changed = replace(P, repeat_counts_after_percent=setting)
    found = [d for d in deadlines(case, changed, full=True) if d.kind == "monthly_labs"]
    assert found[0].due_on == date(2027, 4, 1)
    assert (found[0].done_at is not None) is (done is not None)


def test_how_often_the_monthly_tests_come_and_the_cell_count_are_settings() -> None:
    every = replace(P.monthly_tests_every_months, value=2)
    least = replace(P.antiviral_cd4_least, value=300)
    changed = replace(P, monthly_tests_every_months=every, antiviral_cd4_least=least)
    case = treated("2027-03-01", labs=labs("2027-09-01", tests=("cd4_at_least_300",)))
    found = {d.kind: d for d in reversed(deadlines(case, changed, full=True))}
    assert found["monthly_labs"].due_on == date(2027, 5, 1)
    assert "CD4+ of 300 or more confirmed Wed 1 Sep 2027" in found["antiviral_end"].arithmetic


# Before day 1 (D-17, D-61, D-62)


@pytest.mark.parametrize(
    ("made", "done"),
    [
        (None, False),
        ("2027-08-02 10:00", True),
        ("2027-07-31 10:00", True),
        ("2027-07-30 10:00", True),
        ("2027-07-29 10:00", False),
    ],
)
def test_the_arrival_call_is_two_days_before(made: str | None, done: bool) -> None:
    # Day 1 is Monday 2 August: day -2 is a Saturday, so Friday is on time too.
    made_calls = (call(made, CallOutcome.REACHED, CallKind.ARRIVAL),) if made else ()
    case = facts(calls=(WELCOMED, *made_calls), courses=(course("2027-08-02"),))
    due = one(case, "arrival_call")
    assert (due.due_on, due.rule) == (date(2027, 7, 31), "D-62")
    assert (due.done_at is not None) is done


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2027, 7, 29), False),
        (date(2027, 7, 30), True),
        (date(2027, 8, 2), True),
        (date(2027, 8, 3), False),
    ],
)
def test_the_arrival_call_is_wanted_from_the_day_it_counts_until_day_1(
    today: date, wanted: bool
) -> None:
    case = facts(calls=(WELCOMED,), courses=(course("2027-08-02"),))
    assert arrival_call_wanted(case, P, today) is wanted
    made = call("2027-07-30 10:00", CallOutcome.REACHED, CallKind.ARRIVAL)
    assert not arrival_call_wanted(replace(case, calls=(WELCOMED, made)), P, today)
    assert not arrival_call_wanted(facts(calls=(WELCOMED,)), P, today)


@pytest.mark.parametrize("outcome", CallOutcome)
@pytest.mark.parametrize("promised", [False, True])
def test_only_a_call_that_reaches_the_patient_settles_a_safety_call_d62(
    outcome: CallOutcome, promised: bool
) -> None:
    def kind(meant: CallKind) -> CallKind:
        return CallKind.CALLBACK if promised else meant

    arrival = call("2027-07-31 10:00", outcome, kind(CallKind.ARRIVAL))
    case = facts(calls=(WELCOMED, arrival), courses=(course("2027-08-02"),))
    told, spoken = outcome is CallOutcome.REACHED, outcome in REACHED_OUTCOMES
    over = outcome is CallOutcome.OPTED_OUT
    assert [d.done_at is not None for d in of(case, "arrival_call")] == ([] if over else [told])
    for when in ("2027-08-07 10:00", "2027-08-09 10:00"):
        called = call(when, outcome, kind(CallKind.FOLLOW_UP))
        case = replace(treated("2027-08-02"), calls=(WELCOMED, called))
        dues = [d.due_on for d in of(case, "follow_up_call")]
        first = {"2027-08-07 10:00": "2027-08-09", "2027-08-09 10:00": "2027-08-20"}[when]
        expected = [] if over else [day(first if told else "2027-08-07")]
        assert dues == expected
        again = [d.due_on for d in of(case, "next_attempt")]
        assert again == (
            [] if spoken or over else [day("2027-08-09" if "07 " in when else "2027-08-10")]
        )


@pytest.mark.parametrize("outcome", CallOutcome)
def test_only_a_call_that_reaches_the_patient_tells_that_advice_ends_d10_d11(
    outcome: CallOutcome,
) -> None:
    called = call("2028-09-06 10:00", outcome, CallKind.FOLLOW_UP)
    case = replace(treated("2027-08-02"), calls=(WELCOMED, called))
    over, told = outcome is CallOutcome.OPTED_OUT, outcome is CallOutcome.REACHED
    for kind in ("contraception_end", "listeria_end"):
        assert [d.done_at is not None for d in of(case, kind)] == ([] if over else [told])


@pytest.mark.parametrize(
    ("sex", "told"), [(Sex.MALE, False), (Sex.FEMALE, True), (Sex.OTHER, True), (Sex.UNKNOWN, True)]
)
def test_men_are_not_told_that_contraception_ends_d11(sex: Sex, told: bool) -> None:
    case = treated("2027-08-02")
    case = replace(case, patient=replace(case.patient, sex=sex))
    assert bool(of(case, "contraception_end")) is told
    assert of(case, "listeria_end")


@pytest.mark.parametrize("kind", ClearanceKind)
def test_what_lapses_before_course_2_is_said_as_the_gate_counts_it_d61(kind: ClearanceKind) -> None:
    """Confirmed before course 1: it lapses for course 2 only if it is once for all."""
    first = course("2027-03-01", status=DayStatus.GIVEN)
    held = ClearanceFact(kind, day("2027-02-01"), day("2028-02-01"), "office")
    case = facts(calls=(WELCOMED,), courses=(first, course("2028-03-06", 2)), clearances=(held,))
    lapses = [d.due_on for d in of(case, "clearance_expires")]
    assert lapses == ([] if kind in AGAIN else [day("2028-02-01")])


@pytest.mark.parametrize(
    ("reached", "again"),
    [((), True), (("2027-08-07 09:00",), True), (("2027-08-20 09:00",), False)],
)
def test_after_the_last_attempt_an_infused_patient_is_called_until_the_follow_up_is_made_d62(
    reached: tuple[str, ...], again: bool
) -> None:
    misses = [call(f"2027-08-{n} 10:00", kind=CallKind.FOLLOW_UP) for n in (23, 24, 25)]
    made = (WELCOMED, *(follow_up(when) for when in reached), *misses)
    case = replace(treated("2027-08-02"), calls=made)
    assert len(of(case, "unreached_letter")) == 1
    assert bool(of(case, "next_attempt")) is again
    assert bool(of(case, "follow_up_call")) is again
    assert calls.may_call(case, P, at("2027-08-26 10:00", NY)).may is again
    assert not calls.may_call(case, P, at("2027-08-25 11:00", NY)).may


def test_before_an_infusion_three_misses_end_the_calls_and_the_infusion_opens_them_again() -> None:
    misses = [call(f"2027-08-{n:02} 10:00", kind=CallKind.ARRIVAL) for n in (4, 5, 6)]
    booked = facts(calls=(WELCOMED, *misses), courses=(course("2027-08-09"),))
    infused = replace(booked, courses=(course("2027-08-09", 1, GIVEN),))
    for case, may in ((booked, False), (infused, True)):
        assert calls.may_call(case, P, at("2027-08-14 10:00", NY)).may is may


def clearance(kind: ClearanceKind, done: str, until: str | None = None) -> ClearanceFact:
    return ClearanceFact(kind, day(done), day(until) if until else None)


@pytest.mark.parametrize(
    ("drawn", "expires"),
    [
        (("2027-01-30",), None),
        (("2027-01-29",), "2027-02-28"),
        (("2027-01-29", "2027-02-15"), None),
        (("2026-12-01", "2027-01-15"), "2027-02-14"),
        ((), None),
    ],
)
def test_labs_that_expire_before_day_1(drawn: tuple[str, ...], expires: str | None) -> None:
    found = tuple(clearance(ClearanceKind.BASELINE_LABS, d) for d in drawn)
    case = facts(calls=(WELCOMED,), courses=(course("2027-03-01"),), clearances=found)
    due = of(case, "labs_expire")
    assert [d.due_on for d in due] == ([day(expires)] if expires else [])
    assert all(d.rule == "D-17" for d in due)


@pytest.mark.parametrize(("until", "shown"), [("2027-02-28", True), ("2027-03-01", False)])
def test_a_certificate_that_ends_before_day_1(until: str, shown: bool) -> None:
    found = (clearance(ClearanceKind.PHARMACY_CERTIFIED, "2027-01-01", until),)
    case = facts(calls=(WELCOMED,), courses=(course("2027-03-01"),), clearances=found)
    due = of(case, "clearance_expires")
    assert [d.title for d in due] == (["Pharmacy certified expires before day 1"] if shown else [])


def test_a_course_under_way_has_no_day_1_to_wait_for() -> None:
    begun = course("2027-03-01", status=(GIVEN, *(DayStatus.SCHEDULED,) * 4))
    kinds = {d.kind for d in deadlines(facts(calls=(WELCOMED,), courses=(begun,)), P)}
    assert kinds.isdisjoint({"arrival_call", "labs_expire", "follow_up_call"})


# Series (D-9, D-12, D-19, D-64)


def test_monthly_labs_run_from_the_first_infusion_to_the_end_of_monitoring() -> None:
    found = of(treated("2027-03-01"), "monthly_labs", full=True)
    assert len(found) == 48
    assert (found[0].due_on, found[-1].due_on) == (date(2027, 4, 1), date(2031, 3, 1))


def test_two_courses_a_year_apart_make_sixty_sets_and_twenty_thyroid_tests() -> None:
    courses = (course("2027-03-01", 1, GIVEN), course("2028-03-06", 2, GIVEN))
    case = facts(calls=(WELCOMED,), courses=courses)
    assert len(of(case, "monthly_labs", full=True)) == 60
    assert len(of(case, "thyroid_test", full=True)) == 20
    assert one(case, "monitoring_end").due_on == date(2032, 3, 8)


def test_months_are_clipped_each_from_the_anchor() -> None:
    found = of(infused_on("2027-01-31"), "monthly_labs", full=True)
    assert [d.due_on for d in found[:3]] == [
        day("2027-02-28"),
        day("2027-03-31"),
        day("2027-04-30"),
    ]


@pytest.mark.parametrize(
    ("drawn", "due"),
    [
        ((), "2027-04-01"),
        (("2027-02-26",), "2027-04-01"),
        (("2027-03-16",), "2027-04-01"),
        (("2027-03-17",), "2027-05-01"),
        (("2027-04-01",), "2027-05-01"),
        (("2027-04-16",), "2027-05-01"),
        (("2027-04-17",), "2027-06-01"),
        (("2027-04-01", "2027-05-01"), "2027-06-01"),
        (("2027-05-01", "2027-04-01"), "2027-06-01"),
    ],
)
def test_a_draw_counts_for_the_due_date_nearest_to_it(drawn: tuple[str, ...], due: str) -> None:
    case = treated("2027-03-01", labs=labs(*drawn))
    assert one(case, "monthly_labs").due_on == day(due)
    missed = one(case, "missed_lab")
    assert missed.due_on == day(due) + timedelta(days=7)


def test_a_set_needs_every_test() -> None:
    some = labs("2027-04-01", tests=("cbc", "creatinine"))
    assert one(treated("2027-03-01", labs=some), "monthly_labs").due_on == date(2027, 4, 1)
    later = (*some, *labs("2027-04-05", tests=("urinalysis",)))
    found = of(treated("2027-03-01", labs=later), "monthly_labs", full=True)
    assert found[0].done_at == at("2027-04-05 00:00", NY)
    assert found[1].done_at is None


@pytest.mark.parametrize(
    ("kind", "every", "rule", "change"),
    [
        ("thyroid_test", 3, "D-12", {"labs": labs("2027-06-03", tests=("TSH",))}),
        (
            "skin_exam",
            12,
            "D-12",
            {"clearances": (clearance(ClearanceKind.SKIN_EXAM, "2028-03-03"),)},
        ),
        ("hpv_screen", 12, "D-9", {"labs": labs("2028-03-03", tests=("HPV",))}),
        (
            "patient_status",
            6,
            "D-19",
            {
                "rems": (
                    RemsFact(RemsParty.PATIENT, "patient status", date(2027, 9, 3), "REMS portal"),
                )
            },
        ),
    ],
)
def test_the_other_series(kind: str, every: int, rule: str, change: dict[str, Any]) -> None:
    def nth(n: int) -> date:
        months = 2 + n * every
        return date(2027 + months // 12, months % 12 + 1, 1)

    due = one(treated("2027-03-01"), kind)
    assert (due.due_on, due.rule) == (nth(1), rule)
    assert one(treated("2027-03-01", **change), kind).due_on == nth(2)


@pytest.mark.parametrize("sex", sorted(set(Sex)))
def test_hpv_screening_is_for_women(sex: Sex) -> None:
    assert bool(of(treated("2027-03-01", sex=sex), "hpv_screen")) is (sex is Sex.FEMALE)


def test_a_finished_series_has_nothing_next() -> None:
    case = treated("2027-03-01", labs=labs("2031-03-01", tests=("thyroid",)))
    assert of(case, "thyroid_test") == []
    assert all(d.done_at for d in of(case, "thyroid_test", full=True))


# After a course (D-10, D-20, D-62)


def follow_up(when: str) -> Any:
    return call(when, CallOutcome.REACHED, CallKind.FOLLOW_UP)


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ((), "2027-03-06"),
        (("2027-03-05 18:00",), "2027-03-06"),
        (("2027-03-06 10:00",), "2027-03-08"),
        (("2027-03-08 10:00",), "2027-03-19"),
        (("2027-03-06 10:00", "2027-03-08 10:00", "2027-03-19 10:00"), None),
    ],
)
def test_follow_up_calls(made: tuple[str, ...], due: str | None) -> None:
    case = treated("2027-03-01")
    case = replace(case, calls=(WELCOMED, *(follow_up(m) for m in made)))
    assert [d.due_on for d in of(case, "follow_up_call")] == ([day(due)] if due else [])
    assert len(of(case, "follow_up_call", full=True)) == 3


def test_an_end_of_advice_is_done_when_the_patient_is_told() -> None:
    case = infused_on("2027-03-05")
    assert one(case, "listeria_end").due_on == date(2027, 11, 5)
    for when, done in (("2027-11-04 10:00", False), ("2027-11-05 10:00", True)):
        told = replace(case, calls=(WELCOMED, call(when, CallOutcome.REACHED, CallKind.OTHER)))
        assert (one(told, "listeria_end").done_at is not None) is done
    tried = replace(case, calls=(WELCOMED, call("2027-11-05 10:00", kind=CallKind.OTHER)))
    assert one(tried, "listeria_end").done_at is None


def test_the_second_course_is_planned_in_month_nine() -> None:
    assert one(infused_on("2027-03-05"), "course_planning").due_on == date(2027, 12, 5)
    second = course("2028-03-06", 2)
    planned = facts(calls=(WELCOMED,), courses=(course("2027-03-01", 1, GIVEN), second))
    assert of(planned, "course_planning") == []
    cancelled = replace(planned, courses=(planned.courses[0], replace(second, cancelled=True)))
    assert one(cancelled, "course_planning").due_on == date(2027, 12, 5)


MISSED, INTERRUPTED, CANCELLED = DayStatus.MISSED, DayStatus.INTERRUPTED, DayStatus.CANCELLED


@pytest.mark.parametrize(
    ("statuses", "due"),
    [
        ((GIVEN,) * 5, "2027-03-12"),
        ((GIVEN, GIVEN, MISSED, MISSED, MISSED), "2027-03-09"),
        ((GIVEN, GIVEN, INTERRUPTED, CANCELLED, CANCELLED), "2027-03-10"),
        ((MISSED,) * 5, "2027-03-12"),
        ((GIVEN, *(DayStatus.SCHEDULED,) * 4), "2027-03-12"),
        ((DayStatus.SCHEDULED,) * 5, None),
        ((CANCELLED,) * 5, None),
    ],
)
def test_the_checklist_of_an_unusual_course(
    statuses: tuple[DayStatus, ...], due: str | None
) -> None:
    case = facts(calls=(WELCOMED,), courses=(course("2027-03-01", status=statuses),))
    found = of(case, "infusion_checklist")
    assert [d.due_on for d in found] == ([day(due)] if due else [])


def test_each_course_has_its_own_checklist() -> None:
    courses = (course("2027-03-01", 1, GIVEN), course("2028-03-06", 2, GIVEN))
    sent = RemsFact(RemsParty.FACILITY, "Infusion checklist", date(2028, 3, 10), "site")
    case = facts(calls=(WELCOMED,), courses=courses, rems=(sent,))
    found = of(case, "infusion_checklist")
    assert [d.title for d in found] == [
        "Infusion checklist of course 1",
        "Infusion checklist of course 2",
    ]
    assert [d.done_at is not None for d in found] == [False, True]


# Safety, tasks, callbacks


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2027-06-03 10:00", "2027-06-04"),
        ("2027-06-04 10:00", "2027-06-07"),
        ("2027-07-02 23:59", "2027-07-06"),
    ],
)
def test_a_safety_report_is_forwarded_in_one_business_day(aware: str, due: str) -> None:
    report = SafetyFact(1, SafetyKind.ADVERSE_EVENT, at(aware, NY), None)
    found = one(facts(safety=(report,)), "safety_forward")
    assert (found.due_on, found.rule, found.done_at) == (day(due), "D-35", None)
    done = replace(report, forwarded_at=at("2027-07-06 09:00", NY))
    assert one(facts(safety=(done,)), "safety_forward").done_at == done.forwarded_at


def test_a_case_that_is_over_keeps_safety_and_tasks() -> None:
    report = SafetyFact(1, SafetyKind.PREGNANCY, at("2027-06-03 10:00", NY), None)
    tasks = (TaskFact(1, "letter", "File the papers", at("2027-06-04 17:00", NY)),)
    case = treated("2027-03-01", safety=(report,), tasks=tasks, closed_reason="moved away")
    assert {d.kind for d in deadlines(case, P)} == {"safety_forward", "task"}


def test_tasks_and_callbacks_are_due_at_their_instant() -> None:
    when = at("2027-06-09 22:30", "America/Los_Angeles")
    tasks = (
        TaskFact(1, "letter", "File the papers", when),
        TaskFact(2, "other", "Some day", None),
    )
    promise = CallbackFact(1, when, "America/Los_Angeles", "after work")
    case = facts(tasks=tasks, callbacks=(promise,))
    task, back = one(case, "task"), one(case, "callback")
    assert (task.title, task.due_at, task.due_on) == ("File the papers", when, date(2027, 6, 10))
    assert (back.title, back.due_at, back.due_on) == (
        "Call back: after work",
        when,
        date(2027, 6, 9),
    )


# All of them


def test_every_deadline_has_a_known_kind_a_rule_and_an_arithmetic() -> None:
    courses = (course("2027-03-01", 1, GIVEN), course("2028-03-06", 2))
    case = treated(
        "2027-03-01",
        tasks=(TaskFact(1, "letter", "File", at("2027-06-04 17:00", NY)),),
        enrollments=(EnrollmentFact(Benefit.INFUSION, date(2027, 6, 3)),),
    )
    found = deadlines(replace(case, courses=courses), P, full=True)
    assert len({d.kind for d in found}) > 12
    for due in found:
        assert due.kind in KINDS
        assert due.rule.startswith("D-")
        assert due.arithmetic
        assert due.title
    assert [d.due_at for d in found] == sorted(d.due_at for d in found)


def test_the_numbers_come_from_the_settings() -> None:
    shorter = programme(monitoring_months=12, contraception_months=6, follow_up_days_after=(2,))
    found = {d.kind: d.due_on for d in deadlines(treated("2027-03-01"), shorter)}
    assert found["monitoring_end"] == date(2028, 3, 5)
    assert found["contraception_end"] == date(2027, 9, 5)
    assert found["follow_up_call"] == date(2027, 3, 7)


def test_consent_of_another_kind_changes_nothing() -> None:
    marketing = replace(CONSENTS[0], kind=ConsentKind.MARKETING, granted=False)
    assert deadlines(facts(consents=(*CONSENTS, marketing)), P) == deadlines(facts(), P)

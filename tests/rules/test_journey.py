"""Where a case stands, what it lacks and what is next (D-1, D-2, D-23, D-29, D-30)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.rules.calendar import age_on
from nurse_tui.rules.deadlines import deadlines
from nurse_tui.rules.facts import (
    CallFact,
    CaseFacts,
    ClearanceFact,
    ConsentFact,
    CoverageFact,
    EnrollmentFact,
    SafetyFact,
)
from nurse_tui.rules.journey import Journey, decide
from nurse_tui.types import (
    Benefit,
    CallKind,
    CallOutcome,
    ClearanceKind,
    ConsentKind,
    CoverageKind,
    DayStatus,
    SafetyKind,
    State,
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
    programme,
)

P = programme()
GIVEN, SCHEDULED, MISSED = DayStatus.GIVEN, DayStatus.SCHEDULED, DayStatus.MISSED
INTERRUPTED, CANCELLED = DayStatus.INTERRUPTED, DayStatus.CANCELLED
VERIFIED = replace(COVERAGE, verified_on=date(2027, 6, 3))
SECOND = CoverageFact(2, CoverageKind.MEDICARE, "Medicare", 2)
CLEARED = ClearanceFact(ClearanceKind.TUBERCULOSIS_SCREEN, date(2027, 6, 4))
ATTEMPTS = tuple(call(f"2027-06-0{n} 10:00") for n in (2, 3, 4))
LETTER = {"letter_sent_on": date(2027, 6, 7), "prescriber_notified_on": date(2027, 6, 7)}


def go(**changes: Any) -> Journey:
    return decide(facts(**changes), P)


def welcome(**changes: Any) -> Journey:
    return go(calls=(WELCOMED,), **changes)


# Each state


@pytest.mark.parametrize(
    ("changes", "state", "rule"),
    [
        ({"form": None}, State.REFERRED, "D-23"),
        ({"zip": ""}, State.MISSING_INFO, "D-23"),
        ({}, State.WELCOME_PENDING, "D-23"),
        ({"calls": (WELCOMED,)}, State.ENROLLED, "D-29"),
        ({"calls": ATTEMPTS}, State.WELCOME_PENDING, "D-23"),
        ({"calls": ATTEMPTS, **LETTER}, State.UNABLE_TO_REACH, "D-30"),
        ({"hold_reason": "in hospital"}, State.ON_HOLD, "D-29"),
        ({"contraindications": ("hiv",)}, State.ON_HOLD, "D-2"),
        ({"date_of_birth": date(2012, 1, 1)}, State.ON_HOLD, "D-1"),
        ({"closed_reason": "complete"}, State.COMPLETE, "D-29"),
        ({"closed_reason": "moved away"}, State.CLOSED, "D-29"),
        ({"deceased_on": date(2027, 6, 1)}, State.CLOSED, "D-29"),
        ({"consents": (replace(CONSENTS[0], granted=False),)}, State.OPTED_OUT, "D-32"),
        ({"calls": (call("2027-06-02 10:00", CallOutcome.OPTED_OUT),)}, State.OPTED_OUT, "D-31"),
    ],
)
def test_states_before_and_beside_treatment(
    changes: dict[str, Any], state: State, rule: str
) -> None:
    journey = go(**changes)
    assert journey.state is state
    assert journey.reasons[0].rule == rule
    assert journey.reasons[0].sentence.endswith(".")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"coverages": (COVERAGE, SECOND)}, State.ENROLLED),
        ({"coverages": (VERIFIED, SECOND)}, State.BENEFITS_IN_PROGRESS),
        (
            {"enrollments": (EnrollmentFact(Benefit.DRUG, date(2027, 6, 3)),)},
            State.BENEFITS_IN_PROGRESS,
        ),
        ({"coverages": (VERIFIED,)}, State.BENEFITS_VERIFIED),
        ({"coverages": (VERIFIED,), "clearances": (CLEARED,)}, State.PRETREATMENT),
        ({"clearances": (CLEARED,)}, State.ENROLLED),
        ({"courses": (course("2027-08-02"),)}, State.SCHEDULED),
        ({"courses": (course("2027-08-02", cancelled=True),)}, State.ENROLLED),
        ({"courses": (course("2027-08-02", status=CANCELLED),)}, State.ENROLLED),
    ],
)
def test_states_from_the_welcome_to_the_booking(changes: dict[str, Any], state: State) -> None:
    assert welcome(**changes).state is state


@pytest.mark.parametrize(
    ("ends", "follows", "state"),
    [
        (None, "2027-07-01", State.BENEFITS_IN_PROGRESS),
        ("2027-06-30", "2027-07-01", State.BENEFITS_VERIFIED),
        ("2027-06-30", None, State.BENEFITS_IN_PROGRESS),
    ],
)
def test_a_cover_that_was_followed_by_another_need_not_be_verified(
    ends: str | None, follows: str | None, state: State
) -> None:
    old = replace(COVERAGE, ends_on=day(ends) if ends else None)
    new = replace(VERIFIED, id=2, starts_on=day(follows) if follows else None)
    assert welcome(coverages=(old, new)).state is state


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ((SCHEDULED,) * 5, State.SCHEDULED),
        ((GIVEN, *(SCHEDULED,) * 4), State.IN_COURSE),
        ((MISSED, *(SCHEDULED,) * 4), State.IN_COURSE),
        ((INTERRUPTED, *(SCHEDULED,) * 4), State.IN_COURSE),
        ((*(GIVEN,) * 4, SCHEDULED), State.IN_COURSE),
        ((GIVEN,) * 5, State.MONITORING),
        ((*(GIVEN,) * 4, MISSED), State.MONITORING),
        ((GIVEN, *(CANCELLED,) * 4), State.MONITORING),
        ((INTERRUPTED, *(CANCELLED,) * 4), State.MONITORING),
        ((MISSED,) * 5, State.ENROLLED),
    ],
)
def test_a_course_from_booked_to_over(statuses: tuple[DayStatus, ...], state: State) -> None:
    assert welcome(courses=(course("2027-08-02", status=statuses),)).state is state


def test_a_later_booking_keeps_the_monitoring_until_its_first_day() -> None:
    first = course("2027-03-01", 1, GIVEN)
    booked = welcome(courses=(first, course("2028-03-06", 2)))
    assert booked.state is State.MONITORING
    assert booked.reasons[1].sentence == "Course 2 is booked from Mon 6 Mar 2028."
    begun = course("2028-03-06", 2, (GIVEN, SCHEDULED, SCHEDULED))
    assert welcome(courses=(first, begun)).state is State.IN_COURSE
    over = course("2028-03-06", 2, GIVEN)
    assert welcome(courses=(first, over)).state is State.MONITORING
    missed = course("2028-03-06", 2, MISSED)
    assert welcome(courses=(first, missed)).state is State.MONITORING


@pytest.mark.parametrize(
    ("status", "state"), [(GIVEN, State.MONITORING), (SCHEDULED, State.WELCOME_PENDING)]
)
def test_only_a_course_that_began_stands_for_the_welcome(status: DayStatus, state: State) -> None:
    assert go(courses=(course("2027-08-02", status=status),)).state is state


@pytest.mark.parametrize(
    ("kind", "outcome", "welcomed"),
    [
        (CallKind.WELCOME, CallOutcome.REACHED, True),
        (CallKind.WELCOME, CallOutcome.CALLBACK_REQUESTED, False),
        (CallKind.WELCOME, CallOutcome.DECLINED, False),
        (CallKind.WELCOME, None, False),
        (CallKind.INBOUND, CallOutcome.REACHED, False),
    ],
)
def test_what_counts_as_the_welcome(
    kind: CallKind, outcome: CallOutcome | None, welcomed: bool
) -> None:
    state = go(calls=(call("2027-06-02 10:00", outcome, kind),)).state
    assert state is (State.ENROLLED if welcomed else State.WELCOME_PENDING)


# Which wins


PRECEDENCE: list[tuple[dict[str, Any], State]] = [
    ({"closed_reason": "complete"}, State.COMPLETE),
    ({"deceased_on": date(2027, 6, 1)}, State.CLOSED),
    ({"consents": (replace(CONSENTS[0], granted=False), CONSENTS[1])}, State.OPTED_OUT),
    ({"hold_reason": "in hospital"}, State.ON_HOLD),
    ({"date_of_birth": date(2012, 1, 1)}, State.ON_HOLD),
    ({"zip": ""}, State.MISSING_INFO),
    ({"contraindications": ("hiv",)}, State.ON_HOLD),
    ({"calls": ATTEMPTS, **LETTER}, State.UNABLE_TO_REACH),
]


@pytest.mark.parametrize("first", range(len(PRECEDENCE)))
def test_the_earlier_of_two_wins(first: int) -> None:
    for later in range(first + 1, len(PRECEDENCE)):
        both = {**PRECEDENCE[later][0], **PRECEDENCE[first][0]}
        assert go(**both).state is PRECEDENCE[first][1]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (GIVEN, State.MONITORING),
        (DayStatus.INTERRUPTED, State.MONITORING),
        ((GIVEN, SCHEDULED), State.IN_COURSE),
        (SCHEDULED, State.MISSING_INFO),
        (MISSED, State.MISSING_INFO),
    ],
)
def test_what_the_form_lacks_never_hides_a_treatment_that_was_given(status, state) -> None:
    """Monitoring and the follow-up go on; what is missing stays said and due (D-12, D-23)."""
    journey = go(zip="", courses=(course("2027-06-14", status=status),))
    assert journey.state is state and journey.missing == ("ZIP code",)
    assert journey.reasons[-1].rule == "D-23" and "ZIP code" in journey.reasons[-1].sentence


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (GIVEN, State.MONITORING),
        (DayStatus.INTERRUPTED, State.MONITORING),
        ((GIVEN, SCHEDULED), State.IN_COURSE),
        (SCHEDULED, State.ON_HOLD),
        (MISSED, State.ON_HOLD),
        (None, State.ON_HOLD),
    ],
)
def test_a_contraindication_holds_nobody_who_was_infused(status, state) -> None:
    """What is found later stands against a further infusion and not against the follow-up."""
    courses = (course("2027-06-14", status=status),) if status else ()
    before, after = (welcome(courses=courses, contraindications=c) for c in ((), ("hiv",)))
    assert after.state is state
    (found,) = [reason for reason in after.reasons if reason.rule == "D-2"]
    assert "A contraindication is recorded: " in found.sentence
    followed = state is not State.ON_HOLD
    assert ("no further infusion" in found.sentence) is followed
    if followed:
        assert after.reasons == (*before.reasons, found)
        assert after.next == before.next and after.next is not None


def test_monitoring_stays_due_under_a_contraindication_and_a_further_course_booked() -> None:
    courses = (course("2027-03-01", 1, GIVEN), course("2028-03-06", 2, SCHEDULED))
    before, after = (
        {(d.kind, d.due_at) for d in deadlines(facts(calls=(WELCOMED,), courses=courses, **c), P)}
        for c in ({}, {"contraindications": ("hiv",)})
    )
    assert before == after and {"monthly_labs", "thyroid_test", "patient_status"} <= {
        kind for kind, _ in after
    }
    state = welcome(courses=courses, contraindications=("hiv",))
    assert state.state is State.MONITORING and state.reasons[-1].rule == "D-2"


# Unable to reach (D-30)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"letter_sent_on": None}, State.WELCOME_PENDING),
        ({"prescriber_notified_on": None}, State.WELCOME_PENDING),
        ({"calls": ATTEMPTS[:2]}, State.WELCOME_PENDING),
        ({"letter_sent_on": date(2027, 6, 3)}, State.WELCOME_PENDING),
        ({"letter_sent_on": date(2027, 6, 4)}, State.UNABLE_TO_REACH),
        (
            {"calls": (*ATTEMPTS, call("2027-06-09 10:00", CallOutcome.CALLBACK_REQUESTED))},
            State.WELCOME_PENDING,
        ),
        (
            {
                "calls": (
                    *ATTEMPTS,
                    call("2027-06-09 10:00", CallOutcome.REACHED, CallKind.INBOUND, outbound=False),
                )
            },
            State.WELCOME_PENDING,
        ),
    ],
)
def test_unable_to_reach_needs_attempts_letter_and_notice(
    changes: dict[str, Any], state: State
) -> None:
    assert go(**{"calls": ATTEMPTS, **LETTER, **changes}).state is state


def test_an_old_letter_does_not_serve_for_new_attempts() -> None:
    contact = call("2027-06-09 10:00", CallOutcome.REACHED)
    again = tuple(call(f"2027-08-0{n} 10:00") for n in (2, 3, 4))
    assert go(calls=(*ATTEMPTS, contact, *again), **LETTER).state is State.ENROLLED


def test_a_treated_patient_may_become_unreachable_too() -> None:
    courses = (course("2027-03-01", 1, GIVEN),)
    assert go(calls=ATTEMPTS, courses=courses, **LETTER).state is State.UNABLE_TO_REACH


# Opting out and back in (D-31, D-32)


def test_a_later_consent_brings_the_patient_back() -> None:
    left = call("2027-06-10 10:00", CallOutcome.OPTED_OUT)
    before = ConsentFact(ConsentKind.SERVICES, True, at("2027-06-10 14:10"), "letter")
    after = replace(before, at=at("2027-06-10 14:11"))
    assert go(calls=(left,), consents=(*CONSENTS, before)).state is State.OPTED_OUT
    assert go(calls=(left,), consents=(*CONSENTS, after)).state is State.WELCOME_PENDING


def test_the_opt_out_holds_without_any_consent() -> None:
    left = call("2027-06-10 10:00", CallOutcome.OPTED_OUT)
    assert go(calls=(left,), consents=()).state is State.OPTED_OUT


# Missing items (D-23)


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"patient_signed_on": None}, "patient signature"),
        ({"provider_signed_on": None}, "provider signature"),
        ({"first_name": " "}, "first name"),
        ({"last_name": ""}, "last name"),
        ({"date_of_birth": None}, "date of birth"),
        ({"phones": ()}, "phone number"),
        ({"state": ""}, "state"),
        ({"zip": ""}, "ZIP code"),
        ({"zip": "00000"}, "ZIP code"),
        ({"coverages": ()}, "coverage"),
        ({"coverages": (replace(COVERAGE, kind=CoverageKind.UNKNOWN),)}, "coverage"),
        ({"consents": CONSENTS[1:]}, "consent to services"),
        ({"prescriber_name": ""}, "prescriber"),
        ({"ms_type": None}, "type of MS"),
        ({"date_of_birth": date(2010, 6, 1)}, "prescriber's confirmation of age"),
    ],
)
def test_one_missing_item(changes: dict[str, Any], item: str) -> None:
    journey = go(**changes)
    assert journey.missing == (item,)
    assert journey.state is State.MISSING_INFO
    assert item in journey.reasons[0].sentence
    assert journey.next is not None and item in journey.next.title


@pytest.mark.parametrize(
    "changes",
    [
        {"coverages": (replace(COVERAGE, kind=CoverageKind.UNINSURED),)},
        {"coverages": (COVERAGE, replace(SECOND, kind=CoverageKind.UNKNOWN))},
        {"prescriber_npi": ""},
        {"address": "", "city": "", "language": ""},
        {"prior_therapies": ()},
        {"consents": CONSENTS[:1]},
    ],
)
def test_what_a_complete_form_may_lack(changes: dict[str, Any]) -> None:
    assert go(**changes).missing == ()


def test_all_that_is_missing_is_listed_in_the_order_of_the_form() -> None:
    missing = go(patient_signed_on=None, phones=(), zip="", ms_type=None).missing
    assert missing == ("patient signature", "type of MS", "ZIP code", "phone number")


def test_a_referral_lacks_a_form_and_nothing_else() -> None:
    assert go(form=None, phones=(), zip="").missing == ()


# Age (D-1): the form came in on 1 June 2027


@pytest.mark.parametrize(
    ("born", "confirmed", "state"),
    [
        ("2010-06-02", None, State.ON_HOLD),
        ("2010-06-02", "2027-06-01", State.ON_HOLD),
        ("2010-06-01", None, State.MISSING_INFO),
        ("2010-06-01", "2027-06-01", State.WELCOME_PENDING),
        ("2009-06-02", None, State.MISSING_INFO),
        ("2009-06-01", None, State.WELCOME_PENDING),
    ],
)
def test_age_when_the_form_came_in(born: str, confirmed: str | None, state: State) -> None:
    seen = day(confirmed) if confirmed else None
    assert go(date_of_birth=day(born), age_confirmed_on=seen).state is state


def test_the_day_the_form_came_in_is_the_programmes() -> None:
    # 02:00 UTC on 2 June is still 1 June in New York: the patient is not 17 yet.
    late = {"received_at": at("2027-06-02 02:00"), "date_of_birth": date(2010, 6, 2)}
    assert go(**late).state is State.ON_HOLD
    assert "was 16" in go(**late).reasons[0].sentence


@pytest.mark.parametrize(
    ("on", "age"),
    [("2028-02-28", 3), ("2028-02-29", 4), ("2029-02-28", 4), ("2029-03-01", 5)],
)
def test_a_leap_day_birthday(on: str, age: int) -> None:
    assert age_on(date(2024, 2, 29), day(on)) == age


# Next


def test_the_next_deadline_is_the_earliest_open_one() -> None:
    journey = go()
    assert journey.next is not None
    assert (journey.next.kind, journey.next.due_on) == ("first_call", date(2027, 6, 2))
    assert decide(facts(), P, deadlines(facts(), P)) == journey
    done = welcome()
    assert done.next is not None
    assert done.next.kind == "benefits_complete"


def test_a_closed_case_still_shows_an_open_safety_report() -> None:
    report = SafetyFact(1, SafetyKind.ADVERSE_EVENT, at("2027-06-03 10:00"), None)
    journey = go(closed_reason="moved away", safety=(report,))
    assert journey.next is not None
    assert journey.next.kind == "safety_forward"
    assert go(closed_reason="moved away").next is None


# Properties

TIMES = st.sampled_from([at(f"2027-06-{n:02} 15:00") for n in range(2, 8)])
CALLS = st.lists(
    st.builds(
        CallFact,
        id=st.integers(1, 99),
        kind=st.sampled_from([CallKind.WELCOME, CallKind.INBOUND, CallKind.FOLLOW_UP]),
        started_at=TIMES,
        ended_at=st.none(),
        outcome=st.one_of(st.none(), st.sampled_from(sorted(CallOutcome))),
        outbound=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda c: c.id,
)
MORE_CONSENTS = st.lists(
    st.builds(
        ConsentFact,
        kind=st.sampled_from([ConsentKind.SERVICES, ConsentKind.CALLS]),
        granted=st.booleans(),
        at=TIMES,
        source=st.just("call"),
    ),
    max_size=4,
)
COVERAGES = st.permutations(
    [COVERAGE, VERIFIED, SECOND, replace(COVERAGE, ends_on=date(2027, 7, 1))]
)
COURSES = st.permutations(
    [
        course("2027-03-01", 1, GIVEN),
        course("2028-03-06", 2, (GIVEN, SCHEDULED, SCHEDULED)),
        course("2028-03-06", 2, CANCELLED),
        course("2029-03-05", 3),
    ]
)
CASES = st.builds(
    lambda made, said, covers, n, courses, k, sent: facts(
        calls=tuple(made),
        consents=(*CONSENTS, *said),
        coverages=tuple(covers[:n]),
        courses=tuple(courses[:k]),
        letter_sent_on=sent,
        prescriber_notified_on=sent,
    ),
    CALLS,
    MORE_CONSENTS,
    COVERAGES,
    st.integers(1, 4),
    COURSES,
    st.integers(0, 4),
    st.one_of(st.none(), st.just(date(2027, 6, 8))),
)


def shuffled(case: CaseFacts, seed: int) -> CaseFacts:
    mix = random.Random(seed)

    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(mix.sample(rows, len(rows)))

    return replace(
        case,
        calls=mixed(case.calls),
        consents=mixed(case.consents),
        coverages=mixed(case.coverages),
        courses=tuple(replace(c, days=mixed(c.days)) for c in mixed(case.courses)),
    )


@given(CASES, st.integers(0, 999))
def test_the_order_of_facts_never_matters(case: CaseFacts, seed: int) -> None:
    other = shuffled(case, seed)
    assert decide(other, P) == decide(case, P)
    assert deadlines(other, P, full=True) == deadlines(case, P, full=True)


@given(CASES)
def test_the_next_deadline_is_among_those_of_the_full_list(case: CaseFacts) -> None:
    following = decide(case, P).next
    assert following is None or following in deadlines(case, P, full=True)

"""Who may be called and when (D-1, D-23, D-30 to D-32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.rules import calls
from nurse_tui.rules.facts import CallFact, CaseFacts, ConsentFact
from nurse_tui.types import CallKind, CallOutcome, ConsentKind, DayStatus
from tests.rules.factory import WELCOMED, at, call, course, facts, programme

P = programme()
NOON = at("2027-07-06 12:00", "America/New_York")
NY = "America/New_York"


def may(case: CaseFacts, when: datetime = NOON) -> calls.MayCall:
    return calls.may_call(case, P, when)


def rules(answer: calls.MayCall) -> list[str]:
    return [reason.rule for reason in answer.reasons]


def consent(kind: ConsentKind, granted: bool, when: str = "2027-06-10 12:00") -> ConsentFact:
    return ConsentFact(kind, granted, at(when), "call")


# D-31: hours


def test_phoenix_is_refused_at_half_past_seven_until_eight() -> None:
    case = facts(state="AZ", zones=("America/Phoenix",))
    answer = may(case, at("2027-07-06 10:30", NY))
    assert not answer.may
    assert answer.opens_at == at("2027-07-06 11:00", NY)
    assert "07:30 in Phoenix" in answer.reasons[0].sentence
    assert "08:00-21:00" in answer.reasons[0].sentence
    assert "programme setting" in answer.reasons[0].sentence
    assert rules(answer) == ["D-31"]
    assert answer.way_out == "Call from Tue 6 Jul 2027 08:00 in Phoenix."


@pytest.mark.parametrize(
    ("local", "allowed", "opens"),
    [
        ("2027-07-06 07:59:59", False, "2027-07-06 08:00"),
        ("2027-07-06 08:00:00", True, "2027-07-06 08:00"),
        ("2027-07-06 20:59:59", True, "2027-07-06 20:59:59"),
        ("2027-07-06 21:00:00", False, "2027-07-07 08:00"),
        ("2027-07-06 00:00:00", False, "2027-07-06 08:00"),
        ("2027-12-31 23:30:00", False, "2028-01-01 08:00"),
        ("2028-02-28 22:00:00", False, "2028-02-29 08:00"),
    ],
)
@pytest.mark.parametrize("zone", [NY, "America/Phoenix", "America/Indiana/Indianapolis"])
def test_the_hours_to_the_second(local: str, allowed: bool, opens: str, zone: str) -> None:
    answer = may(facts(zones=(zone,)), at(local, zone))
    assert answer.may is allowed
    assert answer.opens_at == at(opens, zone)


@pytest.mark.parametrize(
    ("zone", "instant", "allowed"),
    [
        # Spring: 14 March 2027; the same UTC instant is an hour later by the clock.
        (NY, "2027-03-13 12:30", False),
        (NY, "2027-03-14 12:30", True),
        # Autumn: 7 November 2027.
        (NY, "2027-11-06 12:30", True),
        (NY, "2027-11-07 12:30", False),
        # Arizona keeps its clock.
        ("America/Phoenix", "2027-03-13 15:00", True),
        ("America/Phoenix", "2027-03-14 14:59", False),
        ("America/Phoenix", "2027-07-06 15:00", True),
        ("America/Phoenix", "2027-11-07 15:00", True),
        # Indianapolis changes with the east, Tell City with the middle.
        ("America/Indiana/Indianapolis", "2027-07-06 12:30", True),
        ("America/Indiana/Tell_City", "2027-07-06 12:30", False),
        ("Pacific/Honolulu", "2027-07-06 17:59", False),
        ("Pacific/Honolulu", "2027-07-06 18:00", True),
    ],
)
def test_clock_changes(zone: str, instant: str, allowed: bool) -> None:
    assert may(facts(zones=(zone,)), at(instant)).may is allowed


@pytest.mark.parametrize(
    ("evening", "opens"),
    [("2027-03-13 22:00", "2027-03-14 08:00"), ("2027-11-06 22:00", "2027-11-07 08:00")],
)
def test_a_night_with_a_clock_change_opens_at_eight(evening: str, opens: str) -> None:
    assert may(facts(zones=(NY,)), at(evening, NY)).opens_at == at(opens, NY)


SPLIT = ("America/New_York", "America/Chicago")


@pytest.mark.parametrize(
    ("eastern", "allowed", "opens"),
    [
        ("2027-07-06 08:59", False, "2027-07-06 09:00"),
        ("2027-07-06 09:00", True, "2027-07-06 09:00"),
        ("2027-07-06 20:59", True, "2027-07-06 20:59"),
        ("2027-07-06 21:00", False, "2027-07-07 09:00"),
    ],
)
def test_in_a_split_state_every_zone_must_allow(eastern: str, allowed: bool, opens: str) -> None:
    answer = may(facts(state="TN", zones=SPLIT), at(eastern, NY))
    assert (answer.may, answer.opens_at) == (allowed, at(opens, NY))


def test_of_two_zones_the_way_out_names_the_one_that_opens_last() -> None:
    for zones in (SPLIT, SPLIT[::-1]):
        answer = may(facts(zones=zones), at("2027-07-06 07:00", NY))
        assert answer.way_out == "Call from Tue 6 Jul 2027 08:00 in Chicago."


@pytest.mark.parametrize(
    ("eastern", "allowed"),
    [
        # Adak and Honolulu: 08:00 is 13:00 and 14:00 in New York in summer.
        ("2027-07-06 13:59", False),
        ("2027-07-06 14:00", True),
        ("2027-07-06 20:59", True),
        ("2027-07-06 21:00", False),
    ],
)
def test_without_a_zone_every_us_zone_must_allow(eastern: str, allowed: bool) -> None:
    answer = may(facts(zones=()), at(eastern, NY))
    assert answer.may is allowed
    sentence = answer.reasons[0].sentence
    assert ("every US zone" in sentence) and ("daytime" in sentence) is allowed


def test_hours_that_never_meet_do_not_open() -> None:
    hours = programme(call_from=time(8), call_until=time(9))
    answer = calls.may_call(facts(zones=SPLIT), hours, NOON)
    assert (answer.may, answer.opens_at) == (False, None)
    assert answer.way_out == "Find out where the patient lives."


def test_an_instant_without_a_zone_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zone"):
        may(facts(), datetime(2027, 7, 6, 12))  # noqa: DTZ001


# What time does not heal


@pytest.mark.parametrize(
    ("changes", "rule", "words", "way_out"),
    [
        ({"deceased_on": date(2027, 1, 1)}, "D-29", "died on Fri 1 Jan 2027", "Close the case."),
        ({"closed_reason": "moved away"}, "D-29", "closed: moved away", "Reopen"),
        ({"do_not_call": True}, "D-31", "asked not to be called", "letter"),
        ({"form": None}, "D-23", "no Services Form", "prescriber's office"),
        ({"phones": ()}, "D-23", "no phone number", "phone number"),
        ({"patient_signed_on": None}, "D-23", "missing: patient signature", "prescriber's office"),
        ({"hold_reason": "in hospital"}, "D-29", "on hold: in hospital", "Lift the hold"),
        ({"contraindications": ("hiv",)}, "D-2", "contraindication is recorded: HIV", "prescriber"),
        (
            {"consents": (consent(ConsentKind.SERVICES, True),)},
            "D-32",
            "was never asked about calls",
            "consent to calls",
        ),
        (
            {"consents": (consent(ConsentKind.CALLS, True),)},
            "D-23",
            "missing: consent to services",
            "prescriber's office",
        ),
    ],
)
@pytest.mark.parametrize("when", [NOON, at("2027-07-06 03:00", NY)])
def test_refused_at_any_hour(
    changes: dict[str, Any], rule: str, words: str, way_out: str, when: datetime
) -> None:
    answer = may(facts(**changes), when)
    assert not answer.may
    assert answer.opens_at is None
    assert answer.reasons[0].rule == rule
    assert words in answer.reasons[0].sentence
    assert way_out in answer.way_out


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, True),
        ({"do_not_call": True}, True),
        ({"consents": (consent(ConsentKind.SERVICES, False),)}, True),
        ({"hold_reason": "in hospital"}, True),
        ({"closed_reason": "moved away"}, True),
        ({"form": None}, True),
        ({"phones": ()}, True),
        ({"deceased_on": date(2027, 1, 1)}, False),
    ],
)
def test_whose_call_is_taken(changes: dict[str, Any], taken: bool) -> None:
    why = calls.may_take(facts(**changes))
    assert (why is None) is taken
    assert why is None or (why.rule, why.sentence) == (
        "D-29",
        "The patient died on Fri 1 Jan 2027.",
    )


@pytest.mark.parametrize(
    ("local", "off", "outside"),
    [
        ("2027-07-02 12:00", False, False),
        ("2027-07-03 12:00", True, False),  # a Saturday
        ("2027-07-05 12:00", True, False),  # Independence Day as observed
        ("2027-07-06 07:59", False, True),
        ("2027-07-06 08:00", False, False),
        ("2027-07-06 20:59", False, False),
        ("2027-07-06 21:00", False, True),
        ("2027-07-04 06:00", True, True),
    ],
)
@pytest.mark.parametrize("zone", ["America/Phoenix", NY])
def test_what_speaks_against_a_promised_time(
    local: str, off: bool, outside: bool, zone: str
) -> None:
    words = calls.promise_words(P, at(local, zone), zone)
    assert ("is no business day." in words) is off
    assert ("calls are made 08:00-21:00" in words) is outside
    assert bool(words) is (off or outside)


def test_without_a_zone_a_promised_time_is_told_by_the_programmes_clock() -> None:
    assert calls.promise_words(P, at("2027-07-06 08:00", NY), "") == ""
    assert "07:59 in New York" in calls.promise_words(P, at("2027-07-06 07:59", NY), "")


def test_closing_is_no_way_out_of_a_case_that_is_closed() -> None:
    answer = may(facts(deceased_on=date(2027, 1, 1), closed_reason="the patient died"))
    assert rules(answer) == ["D-29", "D-29"]
    assert answer.way_out == ""


def test_every_reason_is_given() -> None:
    case = facts(deceased_on=date(2027, 1, 1), do_not_call=True, phones=())
    assert rules(may(case, at("2027-07-06 03:00", NY))) == ["D-29", "D-31", "D-23", "D-23", "D-31"]


def test_an_allowed_call_says_the_hour() -> None:
    answer = may(facts())
    assert answer.may
    assert "12:00 in New York" in answer.reasons[0].sentence


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ([("2027-06-01 12:00", False)], False),
        ([("2027-06-01 12:00", False), ("2027-06-02 12:00", True)], True),
        ([("2027-06-02 12:00", True), ("2027-06-02 12:00", False)], False),
    ],
)
@pytest.mark.parametrize("kind", [ConsentKind.CALLS, ConsentKind.SERVICES])
def test_the_newest_consent_holds(
    kind: ConsentKind, given: list[tuple[str, bool]], allowed: bool
) -> None:
    other = ConsentKind.SERVICES if kind is ConsentKind.CALLS else ConsentKind.CALLS
    own = tuple(consent(kind, granted, when) for when, granted in given)
    for consents in (own, own[::-1]):
        assert may(facts(consents=(consent(other, True), *consents))).may is allowed


@pytest.mark.parametrize(
    ("back", "allowed"),
    [("2027-06-10 16:01", False), ("2027-06-10 16:10", False), ("2027-06-10 16:11", True)],
)
def test_an_opt_out_in_a_call_holds_until_a_later_consent(back: str, allowed: bool) -> None:
    left = call("2027-06-10 16:00", CallOutcome.OPTED_OUT, zone="UTC")
    consents = (consent(ConsentKind.CALLS, True), consent(ConsentKind.SERVICES, True, back))
    assert may(facts(calls=(left,), consents=consents)).may is allowed


# D-1: age


@pytest.mark.parametrize(
    ("born", "allowed"),
    [(date(2010, 6, 1), False), (date(2010, 6, 2), False), (date(2009, 6, 1), True)],
)
def test_seventeen_needs_confirmation_and_sixteen_is_never_called(
    born: date, allowed: bool
) -> None:
    # The form came in on 1 June 2027: 17, 16 and 18 years old on that day.
    assert may(facts(date_of_birth=born)).may is allowed
    confirmed = may(facts(date_of_birth=born, age_confirmed_on=date(2027, 6, 1)))
    assert confirmed.may is (born <= date(2010, 6, 1))


def test_a_child_stays_uncallable_after_the_birthday() -> None:
    case = facts(date_of_birth=date(2010, 6, 2))
    answer = may(case, at("2031-07-06 12:00", NY))
    assert answer.reasons[0].rule == "D-1"
    assert "was 16 when the form came in" in answer.reasons[0].sentence


@pytest.mark.parametrize(
    ("born", "first_rule"),
    [(date(2010, 7, 6), "D-23"), (date(2010, 7, 7), "D-1"), (None, "D-23")],
)
def test_a_referred_child_is_told_apart(born: date | None, first_rule: str) -> None:
    answer = may(facts(form=None, date_of_birth=born))
    assert answer.reasons[0].rule == first_rule
    assert not answer.may


# D-30: attempts

THREE = ("2027-06-02 10:00", "2027-06-03 14:00", "2027-06-04 18:00")


def tried(*when: str, outcome: CallOutcome = CallOutcome.NO_ANSWER) -> tuple[CallFact, ...]:
    return tuple(call(w, outcome) for w in when)


@pytest.mark.parametrize(("made", "allowed"), [(1, True), (2, True), (3, False)])
def test_after_the_last_attempt_a_letter_goes_out(made: int, allowed: bool) -> None:
    answer = may(facts(calls=tried(*THREE[:made])))
    assert answer.may is allowed
    if not allowed:
        assert "Send the letter and tell the prescriber" in answer.way_out
        assert "3 attempts" in answer.reasons[0].sentence


@pytest.mark.parametrize("outcome", sorted(set(CallOutcome)))
def test_which_outcomes_are_attempts_and_which_reach_the_patient(outcome: CallOutcome) -> None:
    unreached = {"no_answer", "busy", "voicemail_left", "wrong_number", "not_identified"}
    case = facts(calls=tried("2027-06-02 10:00", outcome=outcome))
    assert bool(calls.attempts(case)) is (outcome.value in unreached)
    assert (calls.last_contact(case) is None) is (outcome.value in unreached)


def test_a_running_call_and_an_inbound_one_are_no_attempts() -> None:
    running = call("2027-06-02 10:00", None)
    inbound = call("2027-06-02 11:00", CallOutcome.NOT_IDENTIFIED, outbound=False)
    assert calls.attempts(facts(calls=(running, inbound))) == ()


@pytest.mark.parametrize("outbound", [True, False])
def test_any_contact_counts_the_attempts_anew(outbound: bool) -> None:
    contact = call(
        "2027-06-05 10:00", CallOutcome.CALLBACK_REQUESTED, CallKind.INBOUND, outbound=outbound
    )
    again = call("2027-06-07 10:00")
    case = facts(calls=(again, *tried(*THREE), contact))
    assert calls.attempts(case) == (again,)
    assert may(case).may


@pytest.mark.parametrize(
    ("now", "allowed", "opens"),
    [
        ("2027-07-06 16:00", False, "2027-07-07 08:00"),
        ("2027-07-06 23:59", False, "2027-07-07 08:00"),
        ("2027-07-07 08:00", True, "2027-07-07 08:00"),
    ],
)
def test_attempts_are_made_on_different_days(now: str, allowed: bool, opens: str) -> None:
    case = facts(calls=tried("2027-07-06 10:00"))
    answer = may(case, at(now, NY))
    assert (answer.may, answer.opens_at) == (allowed, at(opens, NY))
    if not allowed:
        assert "D-30" in rules(answer)


@pytest.mark.parametrize(
    ("now", "warned"),
    [
        ("2027-07-07 08:00", False),
        ("2027-07-07 08:01", True),
        ("2027-07-07 11:59", True),
        ("2027-07-07 12:00", False),
        ("2027-07-07 17:00", False),
        ("2027-07-07 17:01", True),
        ("2027-07-07 20:59", True),
    ],
)
def test_attempts_are_made_at_different_times(now: str, warned: bool) -> None:
    # Two hours around 10:00 and around 19:00; the nearer one is said.
    case = facts(calls=tried("2027-07-05 10:00", "2027-07-06 19:00"))
    answer = may(case, at(now, NY))
    assert answer.may, "a warning forbids nothing"
    assert [w.rule for w in answer.warnings] == (["D-30"] if warned else [])


def test_times_of_attempts_are_compared_on_the_patients_clocks_and_around_midnight() -> None:
    # 23:30 and 00:30 in UTC; the clocks changed between 10:00 in summer and 10:00 in winter.
    honolulu = facts(zones=("Pacific/Honolulu",), calls=(call("2027-07-05 23:30", zone="UTC"),))
    assert may(honolulu, at("2027-07-07 00:30")).warnings
    summer = facts(calls=tried("2027-11-05 10:00"))
    assert may(summer, at("2027-11-08 11:59", NY)).warnings
    assert not may(summer, at("2027-11-08 12:00", NY)).warnings
    new = may(facts(calls=tried("2027-11-05 10:00", outcome=CallOutcome.REACHED)))
    assert new.may and not new.warnings


def test_the_day_of_an_attempt_is_the_patients() -> None:
    # 01:00 and 18:00 UTC are one day in UTC and two in Honolulu.
    case = facts(zones=("Pacific/Honolulu",), calls=(call("2027-07-06 01:00", zone="UTC"),))
    assert may(case, at("2027-07-06 18:00")).may


def test_a_contact_the_same_day_opens_the_day_again() -> None:
    contact = call("2027-07-06 11:00", CallOutcome.CALLBACK_REQUESTED)
    assert may(facts(calls=(*tried("2027-07-06 10:00"), contact)), NOON).may


def test_whoever_was_infused_is_called_in_spite_of_a_contraindication() -> None:
    given = course("2027-06-14", status=DayStatus.GIVEN)
    case = facts(contraindications=("active infection",), courses=(given,), calls=(WELCOMED,))
    assert may(case).may


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (DayStatus.GIVEN, True),
        (DayStatus.INTERRUPTED, True),
        (DayStatus.SCHEDULED, False),
        (DayStatus.MISSED, False),
    ],
)
def test_whoever_was_infused_is_called_in_spite_of_what_the_form_lacks(status, allowed) -> None:
    case = facts(zip="", courses=(course("2027-06-14", status=status),), calls=(WELCOMED,))
    assert may(case).may is allowed
    assert not may(replace(case, phones=())).may


# Properties

ZONES = st.lists(st.sampled_from(calls.US_ZONES), max_size=3, unique=True).map(tuple)
INSTANTS = st.datetimes(
    datetime(2027, 6, 2),  # noqa: DTZ001
    datetime(2029, 6, 1),  # noqa: DTZ001
    timezones=st.just(timezone.utc),
)
ATTEMPTS = st.lists(st.tuples(INSTANTS, st.sampled_from(sorted(CallOutcome))), max_size=3).map(
    lambda made: tuple(
        CallFact(i, CallKind.WELCOME, t, t + timedelta(minutes=5), o)
        for i, (t, o) in enumerate(made)
    )
)


@given(ZONES, INSTANTS, ATTEMPTS)
def test_an_allowed_call_is_within_hours_in_every_zone(
    zones: tuple[str, ...], when: datetime, made: tuple[CallFact, ...]
) -> None:
    case = facts(zones=zones, calls=made)
    if may(case, when).may:
        for zone in zones or calls.US_ZONES:
            assert 8 <= when.astimezone(ZoneInfo(zone)).hour < 21


@given(ZONES, INSTANTS, ATTEMPTS)
def test_opening_opens_and_nothing_opens_earlier(
    zones: tuple[str, ...], when: datetime, made: tuple[CallFact, ...]
) -> None:
    case = facts(zones=zones, calls=made)
    answer = may(case, when)
    if answer.opens_at is not None:
        assert may(case, answer.opens_at).may
        assert answer.opens_at >= when
        assert answer.may == (answer.opens_at == when)
        if not answer.may:
            assert not may(case, answer.opens_at - timedelta(seconds=1)).may
    else:
        assert not may(case, when + timedelta(days=2)).may


@given(INSTANTS, ATTEMPTS, st.randoms(use_true_random=False))
def test_the_order_of_calls_does_not_matter(
    when: datetime, made: tuple[CallFact, ...], random: Any
) -> None:
    case = facts(calls=made)
    shuffled = list(made)
    random.shuffle(shuffled)
    assert may(replace(case, calls=tuple(shuffled)), when) == may(case, when)

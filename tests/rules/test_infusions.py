"""Weeks of a course: worked examples, boundaries, and properties over random sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurse_tui.rules.courses import make_plan
from nurse_tui.rules.facts import CaseFacts, ClearanceFact, DayFact, SiteFact
from nurse_tui.rules.infusions import (
    Week,
    check_days,
    consecutive,
    earliest_start,
    propose,
    weeks,
)
from nurse_tui.rules.sites import day_faults, site_reasons
from nurse_tui.types import ClearanceKind, DayStatus, Reason
from tests.rules.factory import course, day, facts, programme, site

GIVEN, SCHEDULED = DayStatus.GIVEN, DayStatus.SCHEDULED
MISSED, INTERRUPTED = DayStatus.MISSED, DayStatus.INTERRUPTED
ALL_WEEK = frozenset(range(7))


def vaccine(on: str) -> ClearanceFact:
    return ClearanceFact(ClearanceKind.VACCINATION, day(on))


def labs(on: str, valid_until: str | None = None) -> ClearanceFact:
    until = day(valid_until) if valid_until else None
    return ClearanceFact(ClearanceKind.BASELINE_LABS, day(on), until)


def one_week(case: CaseFacts, monday: str, number: int = 1, at: SiteFact | None = None) -> Week:
    start = day(monday)
    found = weeks(case, number, at or site(), programme(), start, start + timedelta(days=6))
    assert len(found) == 1
    return found[0]


def refused(
    case: CaseFacts, start: str, number: int = 1, size: int = 5, at: SiteFact | None = None
) -> tuple[Reason, ...]:
    return check_days(case, number, consecutive(day(start), size), at or site(), programme())


def rules(reasons: Sequence[Reason]) -> list[str]:
    return [reason.rule for reason in reasons]


# D-4, D-57: consecutive open days


def test_d4_course_1_takes_monday_to_friday() -> None:
    week = one_week(facts(), "2027-03-01")
    assert week.possible
    assert [d.isoformat() for d in week.days] == [f"2027-03-0{n}" for n in range(1, 6)]
    assert rules(week.notes) == ["D-17"]
    assert "from Sat 30 Jan 2027 to Sun 28 Feb 2027" in week.notes[0].sentence


@pytest.mark.parametrize("start", [f"2027-03-0{n}" for n in range(2, 8)])
def test_d4_any_other_start_that_week_falls_on_a_closed_day(start: str) -> None:
    found = refused(facts(), start)
    assert found
    assert set(rules(found)) == {"D-57"}
    only = weeks(facts(), 1, site(), programme(), day(start), day(start))
    assert not only[0].possible
    assert only[0].start == day(start)


@pytest.mark.parametrize(
    ("start", "possible"),
    [("2028-03-06", True), ("2028-03-07", True), ("2028-03-08", True), ("2028-03-09", False)],
)
def test_d57_a_later_course_may_start_monday_to_wednesday(start: str, possible: bool) -> None:
    case = facts(courses=(course("2027-03-01", status=GIVEN),))
    assert (refused(case, start, number=2, size=3) == ()) is possible


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], ["D-4"]),
        (["2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04"], ["D-4"]),
        ([f"2027-03-{n:02}" for n in (1, 2, 3, 4, 5, 8)], ["D-4", "D-57"]),
        ([f"2027-03-{n:02}" for n in (1, 2, 3, 4, 4)], ["D-58"]),
        ([f"2027-03-{n:02}" for n in (1, 2, 3, 4, 8)], ["D-57"]),
        ([f"2027-03-{n:02}" for n in (5, 4, 3, 2, 1)], []),
    ],
)
def test_days_must_be_as_many_as_the_course_has_and_in_a_row(
    days: list[str], expected: list[str]
) -> None:
    found = check_days(facts(), 1, [day(d) for d in days], site(), programme())
    assert rules(found) == expected


def test_course_lengths_are_settings() -> None:
    week = weeks(
        facts(), 1, site(), programme(course_1_days=2), day("2027-03-01"), day("2027-03-07")
    )[0]
    assert len(week.days) == 2


def test_a_closed_friday_is_named_with_the_next_week_that_works() -> None:
    week = one_week(facts(), "2027-03-01", at=site(closures=frozenset({day("2027-03-05")})))
    assert not week.possible
    assert week.start == day("2027-03-01")
    assert rules(week.reasons) == ["D-57"]
    assert "closed on Fri 5 Mar 2027" in week.reasons[0].sentence
    assert "Mon 8 Mar 2027" in week.way_out


def test_the_start_with_the_fewest_blockers_is_explained() -> None:
    at = site(open_weekdays=ALL_WEEK, closures=frozenset({day("2027-03-01"), day("2027-03-05")}))
    week = one_week(facts(), "2027-03-01", at=at)
    assert week.possible
    assert week.start == day("2027-03-06")
    at = replace(at, closures=at.closures | {day("2027-03-08"), day("2027-03-10")})
    week = one_week(facts(), "2027-03-01", at=at)
    assert (week.possible, week.start, len(week.reasons)) == (False, day("2027-03-02"), 1)


def test_a_shut_weekend_never_stands_for_the_closures_of_a_week() -> None:
    at = site(closures=frozenset(consecutive(day("2027-03-01"), 4)))
    week = one_week(facts(), "2027-03-01", at=at)
    assert week.start == day("2027-03-01")
    assert [r.facts["day"] for r in week.reasons] == [f"2027-03-0{n}" for n in range(1, 5)]


def test_a_federal_holiday_closes_a_site_that_rests_at_weekends() -> None:
    week = one_week(facts(), "2027-05-31")
    assert rules(week.reasons) == ["D-57"]
    assert "federal holiday" in week.reasons[0].sentence
    assert week.reasons[0].facts["holidays"] == "programme setting [P]"
    assert one_week(facts(), "2027-05-31", at=site(open_weekdays=ALL_WEEK)).possible


def test_a_site_open_on_no_day_offers_another_site() -> None:
    week = one_week(facts(), "2027-03-01", at=site(open_weekdays=frozenset()))
    assert len(week.reasons) == 5
    assert "try another site" in week.way_out


# D-60: after an earlier course


def test_d60_course_2_starts_twelve_months_after_the_last_infusion() -> None:
    case = facts(courses=(course("2027-03-01", status=GIVEN),))
    first, why = earliest_start(case, 2, programme())
    assert first == day("2028-03-05")
    assert rules(why) == ["D-60"]
    assert "Fri 5 Mar 2027 + 12 months = Sun 5 Mar 2028" in why[0].sentence
    before, after = weeks(case, 2, site(), programme(), day("2028-02-28"), day("2028-03-12"))
    assert not before.possible
    assert rules(before.reasons) == ["D-60"]
    assert before.way_out.endswith("Mon 6 Mar 2028.")
    assert after.possible
    assert after.start == day("2028-03-06")


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2028-02-29", "2029-02-28"),
        ("2027-02-28", "2028-02-28"),
        ("2027-12-31", "2028-12-31"),
        ("2028-03-01", "2029-03-01"),
    ],
)
def test_d60_months_are_clipped_to_the_months_end(last: str, first: str) -> None:
    case = facts(courses=(course(last, status=GIVEN, days=1),))
    assert earliest_start(case, 2, programme())[0] == day(first)


def test_d60_course_3_counts_from_the_last_dose_of_any_course() -> None:
    first, second = course("2027-03-01", status=GIVEN), course("2028-03-06", 2, GIVEN)
    case = facts(courses=(second, first))
    assert earliest_start(case, 3, programme())[0] == day("2029-03-08")
    late = replace(first, days=(*first.days, DayFact(99, 6, day("2028-06-01"), 1, GIVEN)))
    assert earliest_start(facts(courses=(second, late)), 3, programme())[0] == day("2029-06-01")


@pytest.mark.parametrize(
    ("statuses", "first"),
    [
        ((GIVEN, GIVEN, GIVEN, GIVEN, MISSED), "2028-03-04"),
        ((GIVEN, GIVEN, GIVEN, INTERRUPTED, MISSED), "2028-03-04"),
        ((GIVEN, GIVEN, GIVEN, GIVEN, INTERRUPTED), "2028-03-05"),
        ((GIVEN, MISSED, MISSED, MISSED, DayStatus.CANCELLED), "2028-03-01"),
    ],
)
def test_d58_the_last_infusion_is_the_last_given_or_interrupted(
    statuses: tuple[DayStatus, ...], first: str
) -> None:
    case = facts(courses=(course("2027-03-01", status=statuses),))
    assert earliest_start(case, 2, programme())[0] == day(first)


def test_d58_a_short_earlier_course_is_noted_for_the_prescriber() -> None:
    case = facts(courses=(course("2027-03-01", status=(GIVEN, GIVEN, MISSED, MISSED, MISSED)),))
    week = one_week(case, "2028-03-06", number=2)
    assert week.possible
    assert rules(week.notes) == ["D-58", "D-17"]
    assert "2 of 5 days" in week.notes[0].sentence


@pytest.mark.parametrize(
    ("courses", "words"),
    [
        ((), "No infusion of course 1 is on record"),
        ((course("2027-03-01"),), "Course 1 is not finished: day 5"),
        ((course("2027-03-01", status=(GIVEN,) * 4 + (SCHEDULED,)),), "day 5, Fri 5 Mar 2027"),
        ((course("2027-03-01", status=MISSED),), "No infusion of course 1 is on record"),
        ((course("2027-03-01", cancelled=True),), "No infusion of course 1 is on record"),
        ((course("2027-03-01", status=GIVEN), course("2028-03-06", 2, GIVEN)), "has been given"),
        ((course("2028-03-06", 3, GIVEN),), "A later course was given"),
    ],
)
def test_a_course_that_cannot_follow_is_refused_with_a_way_out(
    courses: tuple[object, ...], words: str
) -> None:
    case = facts(courses=courses)
    first, why = earliest_start(case, 2, programme())
    assert first is None
    assert rules(why) == ["D-4"]
    assert words in why[0].sentence
    week = one_week(case, "2029-03-05", number=2)
    assert not week.possible
    assert why[0] in week.reasons
    assert week.way_out
    assert why[0] in refused(case, "2029-03-05", number=2, size=3)
    assert propose(case, 2, [site()], programme(), day("2029-01-01"), day("2029-12-31"), 5) == ()


def test_a_stopped_course_still_counts_for_the_twelve_months() -> None:
    stopped = course("2027-03-01", status=(GIVEN, GIVEN, SCHEDULED), cancelled=True)
    assert earliest_start(facts(courses=(stopped,)), 2, programme())[0] == day("2028-03-02")


def test_nothing_binds_a_first_course_without_vaccines() -> None:
    assert earliest_start(facts(), 1, programme()) == (None, ())


# A course that is booked or has begun


def test_a_booked_course_is_said_and_may_move() -> None:
    week = one_week(facts(courses=(course("2027-03-01"),)), "2027-03-08")
    assert week.possible
    assert week.notes[0].rule == "D-56"
    assert "Mon 1 Mar 2027 to Fri 5 Mar 2027" in week.notes[0].sentence


def test_d58_a_begun_course_goes_on_with_its_remaining_days() -> None:
    statuses = (GIVEN, GIVEN, MISSED, SCHEDULED, SCHEDULED)
    case = facts(
        courses=(course("2027-03-01", status=statuses),),
        clearances=(labs("2026-12-01"), vaccine("2027-02-01")),
    )
    week = one_week(case, "2027-03-08")
    assert week.possible
    assert len(week.days) == 3
    assert refused(case, "2027-03-08", size=3) == ()
    assert rules(refused(case, "2027-03-08", size=5)) == ["D-58"]
    assert rules(refused(case, "2027-03-02", size=3)) == ["D-58"]
    assert refused(case, "2027-03-03", size=3) == ()
    assert earliest_start(case, 1, programme())[0] == day("2027-03-03")


@pytest.mark.parametrize(("size", "allowed"), [(1, False), (2, True), (3, True), (4, False)])
def test_d58_an_interrupted_day_may_be_given_again_or_not(size: int, allowed: bool) -> None:
    statuses = (GIVEN, GIVEN, INTERRUPTED, SCHEDULED, SCHEDULED)
    case = facts(courses=(course("2027-03-01", status=statuses),))
    assert (refused(case, "2027-03-08", size=size) == ()) is allowed


# D-8: vaccines


@pytest.mark.parametrize(("start", "allowed"), [("2027-02-11", False), ("2027-02-12", True)])
def test_d8_day_1_is_42_days_after_the_last_vaccine(start: str, allowed: bool) -> None:
    case = facts(clearances=(vaccine("2026-12-01"), vaccine("2027-01-01")))
    found = refused(case, start, at=site(open_weekdays=ALL_WEEK))
    assert (found == ()) is allowed
    if not allowed:
        assert rules(found) == ["D-8"]
        assert "Fri 1 Jan 2027 + 42 days = Fri 12 Feb 2027" in found[0].sentence
        assert found[0].facts["vaccine_days_before"] == "42 (fact)"


def test_d8_says_the_first_week_that_works() -> None:
    week = one_week(facts(clearances=(vaccine("2027-01-01"),)), "2027-02-01")
    assert rules(week.reasons) == ["D-8"]
    # Monday 15 February 2027 is a federal holiday.
    assert week.way_out.endswith("is Mon 22 Feb 2027.")
    nearer = one_week(
        facts(clearances=(vaccine("2027-01-01"),)), "2027-02-08", at=site(open_weekdays=ALL_WEEK)
    )
    assert (nearer.possible, nearer.start) == (True, day("2027-02-12"))


def test_d8_over_a_leap_day() -> None:
    case = facts(clearances=(vaccine("2028-02-01"),))
    assert earliest_start(case, 1, programme())[0] == day("2028-03-14")


def test_the_later_of_two_bounds_holds_and_both_are_named() -> None:
    case = facts(courses=(course("2027-03-01", status=GIVEN),), clearances=(vaccine("2028-02-28"),))
    assert earliest_start(case, 2, programme())[0] == day("2028-04-10")
    assert rules(one_week(case, "2028-02-28", number=2).reasons) == ["D-60", "D-8"]
    assert rules(one_week(case, "2028-03-06", number=2).reasons) == ["D-8"]


# D-17: baseline labs


@pytest.mark.parametrize(
    ("drawn", "allowed"),
    [
        ("2027-01-29", False),
        ("2027-01-30", True),
        ("2027-02-28", True),
        ("2027-03-01", True),
        ("2027-03-02", False),
    ],
)
def test_d17_labs_hold_for_30_days(drawn: str, allowed: bool) -> None:
    case = facts(clearances=(labs(drawn),))
    week = one_week(case, "2027-03-01")
    assert week.possible is allowed
    assert (refused(case, "2027-03-01") == ()) is allowed
    assert "D-17" in rules(week.reasons)


def test_d17_stale_labs_say_their_age_and_when_to_draw_again() -> None:
    week = one_week(facts(clearances=(labs("2027-01-29"),)), "2027-03-01")
    assert "31 days old on day 1, Mon 1 Mar 2027: at most 30" in week.reasons[0].sentence
    assert week.reasons[0].facts["age_in_days"] == "31"
    assert week.way_out == ("Draw the baseline labs again from Sat 30 Jan 2027 to Sun 28 Feb 2027.")


def test_d17_a_reschedule_tests_the_labs_again() -> None:
    case = facts(clearances=(labs("2027-01-30"),), courses=(course("2027-03-01"),))
    assert refused(case, "2027-03-01") == ()
    assert rules(refused(case, "2027-03-08")) == ["D-17"]


def test_d17_a_newer_draw_mends_the_week() -> None:
    case = facts(clearances=(labs("2027-02-10"), labs("2027-01-01")))
    assert one_week(case, "2027-03-01").possible


def test_d17_labs_may_run_out_before_30_days() -> None:
    week = one_week(facts(clearances=(labs("2027-02-10", "2027-02-28"),)), "2027-03-01")
    assert "valid until Sun 28 Feb 2027" in week.reasons[0].sentence


def test_d17_labs_count_only_for_the_course_they_precede() -> None:
    given = course("2027-03-01", status=GIVEN)
    old = facts(courses=(given,), clearances=(labs("2027-03-05"),))
    week = one_week(old, "2028-03-06", number=2)
    assert week.possible
    assert "no baseline labs are on file for course 2" in week.notes[0].sentence
    stale = facts(courses=(given,), clearances=(labs("2027-03-06"),))
    assert rules(one_week(stale, "2028-03-06", number=2).reasons) == ["D-17"]


def test_d17_and_another_blocker_give_the_next_start_and_its_labs() -> None:
    at = site(closures=frozenset({day("2027-03-03")}))
    week = one_week(facts(clearances=(labs("2027-01-29"),)), "2027-03-01", at=at)
    assert rules(week.reasons) == ["D-17", "D-57"]
    assert "Mon 8 Mar 2027, with baseline labs drawn from Sat 6 Feb 2027" in week.way_out


# D-18: the site's certification


@pytest.mark.parametrize(
    ("begins", "ends", "allowed"),
    [
        (None, None, False),
        ("2027-03-01", None, True),
        ("2027-03-02", None, False),
        ("2026-01-01", "2027-03-05", True),
        ("2026-01-01", "2027-03-04", False),
        (None, "2028-01-01", False),
    ],
)
def test_d18_every_day_needs_the_certification(
    begins: str | None, ends: str | None, allowed: bool
) -> None:
    at = site(
        rems_certified_on=day(begins) if begins else None,
        rems_expires_on=day(ends) if ends else None,
    )
    week = one_week(facts(), "2027-03-01", at=at)
    assert week.possible is allowed
    if not allowed:
        assert rules(week.reasons) == ["D-18"]


def test_d18_a_certification_that_ends_mid_course_names_the_days() -> None:
    week = one_week(facts(), "2027-03-01", at=site(rems_expires_on=day("2027-03-03")))
    assert (
        "only until Wed 3 Mar 2027: Thu 4 Mar 2027 and Fri 5 Mar 2027" in week.reasons[0].sentence
    )
    assert "certification is renewed" in week.way_out


# D-59: chairs


@pytest.mark.parametrize(
    ("booked", "chairs", "allowed"), [(1, 2, True), (2, 2, False), (0, 0, False)]
)
def test_d59_bookings_never_exceed_chairs(booked: int, chairs: int, allowed: bool) -> None:
    at = site(chairs=chairs, booked={day("2027-03-03"): booked})
    week = one_week(facts(), "2027-03-01", at=at)
    assert week.possible is allowed
    if not allowed:
        assert set(rules(week.reasons)) == {"D-59"}
        assert any(f"{booked} booked of {chairs}" in r.sentence for r in week.reasons)
    assert (refused(facts(), "2027-03-01", at=at) == ()) is allowed


# Ranges


@pytest.mark.parametrize(
    ("first", "last", "starts"),
    [
        ("2027-03-01", "2027-03-14", ["2027-03-01", "2027-03-08"]),
        ("2027-03-03", "2027-03-08", ["2027-03-03", "2027-03-08"]),
        ("2027-03-07", "2027-03-07", ["2027-03-07"]),
        ("2027-12-27", "2028-01-03", ["2027-12-27", "2028-01-03"]),
        ("2027-03-08", "2027-03-01", []),
    ],
)
def test_one_week_per_calendar_week(first: str, last: str, starts: list[str]) -> None:
    found = weeks(facts(), 1, site(), programme(), day(first), day(last))
    assert [w.start.isoformat() for w in found] == starts


@pytest.mark.parametrize(("first", "last"), [(date.min, date.min), (date.max, date.max)])
def test_the_ends_of_the_calendar_do_not_fail(first: date, last: date) -> None:
    assert len(weeks(facts(), 1, site(), programme(), first, last)) == 1


# Proposals


def test_proposals_come_earliest_first_and_then_in_the_order_of_the_sites() -> None:
    near = site(code="NEAR", closures=frozenset({day("2027-03-03")}))
    far = site(id=2, code="FAR")
    found = propose(
        facts(), 1, [near, far], programme(), day("2027-03-01"), day("2027-03-31"), limit=3
    )
    assert [(s.code, w.start.isoformat()) for s, w in found] == [
        ("FAR", "2027-03-01"),
        ("NEAR", "2027-03-08"),
        ("FAR", "2027-03-08"),
    ]
    assert all(w.possible and w == one_week(facts(), str(w.start), at=s) for s, w in found)


@pytest.mark.parametrize("limit", [0, -1])
def test_no_proposals_are_asked_for(limit: int) -> None:
    found = propose(facts(), 1, [site()], programme(), day("2027-03-01"), day("2027-03-31"), limit)
    assert found == ()


def test_proposals_start_at_the_earliest_date_or_are_none() -> None:
    case = facts(courses=(course("2027-03-01", status=GIVEN),))
    first, last = day("2028-01-01"), day("2028-03-04")
    assert propose(case, 2, [site()], programme(), first, last, 5) == ()
    found = propose(case, 2, [site()], programme(), first, day("2028-03-31"), 1)
    assert [w.start for _, w in found] == [day("2028-03-06")]


# Properties

START = date(2027, 1, 1)
SPAN = 80
near = st.integers(0, SPAN).map(lambda n: START + timedelta(days=n))
some_sites = st.builds(
    site,
    chairs=st.integers(0, 3),
    open_weekdays=st.frozensets(st.integers(0, 6), min_size=4),
    closures=st.frozensets(near, max_size=5),
    rems_certified_on=st.none() | near.map(lambda d: d - timedelta(days=60)),
    rems_expires_on=st.none() | near.map(lambda d: d + timedelta(days=30)),
    booked=st.dictionaries(near, st.integers(0, 3), max_size=8),
)
confirmed = st.builds(
    ClearanceFact,
    st.sampled_from([ClearanceKind.VACCINATION, ClearanceKind.BASELINE_LABS]),
    near,
    st.none() | near,
)
histories = st.sampled_from(
    [
        (1, ()),
        (1, (course("2027-01-11"),)),
        (1, (course("2027-01-11", status=(GIVEN, INTERRUPTED, MISSED, SCHEDULED, SCHEDULED)),)),
        (2, (course("2026-01-12", status=GIVEN),)),
        (2, (course("2026-02-01", status=(GIVEN, GIVEN, MISSED)),)),
        (2, (course("2027-01-11"),)),
    ]
)
case_and_number = st.tuples(histories, st.lists(confirmed, max_size=3)).map(
    lambda drawn: (facts(courses=drawn[0][1], clearances=tuple(drawn[1])), drawn[0][0])
)


@settings(deadline=None)
@given(case_and_number, some_sites, near, st.integers(0, 21))
def test_weeks_and_check_days_agree(
    asked: tuple[CaseFacts, int], at: SiteFact, first: date, length: int
) -> None:
    case, number = asked
    last = first + timedelta(days=length)
    for week in weeks(case, number, at, programme(), first, last):
        found = check_days(case, number, week.days, at, programme())
        assert week.possible == (found == ())
        assert first <= week.start <= last
        assert week.days == consecutive(week.start, len(week.days))
        assert week.possible or (week.way_out and len(week.reasons) == len(found))


@settings(deadline=None)
@given(case_and_number, some_sites, near)
def test_a_single_start_is_judged_as_its_days_are(
    asked: tuple[CaseFacts, int], at: SiteFact, start: date
) -> None:
    case, number = asked
    days = consecutive(start, make_plan(case, number, programme()).size)
    only = weeks(case, number, at, programme(), start, start)[0]
    assert only.possible == (check_days(case, number, days, at, programme()) == ())


@settings(deadline=None)
@given(case_and_number, some_sites, near, near, st.integers(1, 3))
def test_a_closure_or_booking_never_opens_a_week(
    asked: tuple[CaseFacts, int], at: SiteFact, first: date, struck: date, more: int
) -> None:
    case, number = asked
    closed = replace(at, closures=at.closures | {struck})
    booked = replace(at, booked={**at.booked, struck: at.booked.get(struck, 0) + more})
    last = first + timedelta(days=20)
    before = weeks(case, number, at, programme(), first, last)
    for changed in (closed, booked):
        after = weeks(case, number, changed, programme(), first, last)
        assert not any(b.possible and not a.possible for a, b in zip(before, after, strict=True))


@settings(deadline=None)
@given(case_and_number, st.lists(some_sites, max_size=3), near, st.integers(0, 40))
def test_proposals_are_the_possible_weeks_of_every_site(
    asked: tuple[CaseFacts, int], sites: list[SiteFact], first: date, length: int
) -> None:
    case, number = asked
    last = first + timedelta(days=length)
    found = propose(case, number, sites, programme(), first, last, 1000)
    expected = [
        w for s in sites for w in weeks(case, number, s, programme(), first, last) if w.possible
    ]
    assert sorted((w.start, w.days) for _, w in found) == sorted(
        (w.start, w.days) for w in expected
    )
    assert [w.start for _, w in found] == sorted(w.start for _, w in found)


@given(some_sites, near)
def test_days_counted_at_once_are_the_days_judged_singly(at: SiteFact, first: date) -> None:
    days = consecutive(first, 30)
    counted = day_faults(at, days, programme())
    assert counted == [len(site_reasons(at, [d], programme())) for d in days]

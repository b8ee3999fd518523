"""What a patient's facts say of a course: earlier courses, vaccines, labs, days still to give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nurse_tui.rules.facts import CourseFact, DayFact
from nurse_tui.rules.infusions import (
    earliest_start,
    propose,
    weeks,
)
from nurse_tui.types import DayStatus
from tests.rules.factory import course, day, facts, programme, site
from tests.rules.planning import (
    ALL_WEEK,
    GIVEN,
    INTERRUPTED,
    MISSED,
    SCHEDULED,
    labs,
    one_week,
    refused,
    rules,
    vaccine,
)

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
    courses: tuple[CourseFact, ...], words: str
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
    assert len(week.days) == 2
    assert refused(case, "2027-03-08", size=2) == ()
    assert refused(case, "2027-03-08", size=3) == ()
    assert rules(refused(case, "2027-03-08", size=5)) == ["D-58"]
    assert rules(refused(case, "2027-03-02", size=3)) == ["D-58"]
    assert refused(case, "2027-03-03", size=3) == ()
    assert earliest_start(case, 1, programme())[0] == day("2027-03-03")


@pytest.mark.parametrize(("size", "allowed"), [(0, False), (1, True), (3, True), (4, False)])
def test_d58_the_prescriber_decides_how_many_days_are_still_given(size: int, allowed: bool) -> None:
    statuses = (GIVEN, GIVEN, INTERRUPTED, SCHEDULED, SCHEDULED)
    case = facts(courses=(course("2027-03-01", status=statuses),))
    assert (refused(case, "2027-03-08", size=size) == ()) is allowed


def test_d58_a_begun_course_without_open_days_offers_what_was_not_infused() -> None:
    statuses = (GIVEN, INTERRUPTED, MISSED, MISSED, DayStatus.CANCELLED)
    case = facts(courses=(course("2027-03-01", status=statuses),))
    assert len(one_week(case, "2027-03-08").days) == 3


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
        ("2027-03-01", False),
        ("2027-03-02", False),
    ],
)
def test_d17_labs_hold_for_30_days(drawn: str, allowed: bool) -> None:
    case = facts(clearances=(labs(drawn),))
    week = one_week(case, "2027-03-01")
    assert week.possible is allowed
    assert (refused(case, "2027-03-01") == ()) is allowed
    assert "D-17" in rules(week.reasons)


@pytest.mark.parametrize("drawn", ["2027-03-01", "2027-03-02"])
def test_d17_labs_drawn_on_day_1_or_after_it_do_not_count_as_the_way_out_says(drawn: str) -> None:
    week = one_week(facts(clearances=(labs(drawn),)), "2027-03-01")
    assert "are not before day 1, Mon 1 Mar 2027: they do not count" in week.reasons[0].sentence
    assert week.way_out == ("Draw the baseline labs again from Sat 30 Jan 2027 to Sun 28 Feb 2027.")


@pytest.mark.parametrize(
    ("today", "allowed"),
    [("2027-02-28", True), ("2027-03-01", False), ("2027-03-02", False)],
)
def test_d17_a_week_for_which_labs_can_no_longer_be_drawn_is_refused(
    today: str, allowed: bool
) -> None:
    """Day 1 is 1 March 2027, so the last day for drawing is 28 February."""
    start = day("2027-03-01")
    (week,) = weeks(facts(), 1, site(), programme(), start, start, day(today))
    assert week.possible is allowed
    if not allowed:
        assert (week.reasons[0].rule, week.reasons[0].sentence) == (
            "D-17",
            "No baseline labs are on file for course 1; for day 1, Mon 1 Mar 2027, they had to be"
            " drawn from Sat 30 Jan 2027 to Sun 28 Feb 2027, and that has passed.",
        )
        assert (
            week.way_out
            == "The first week that works at Example Infusion Center is Mon 8 Mar 2027."
        )


@pytest.mark.parametrize(("drawn", "allowed"), [("2027-02-27", True), ("2027-01-29", False)])
def test_d17_on_day_1_itself_what_is_on_file_decides(drawn: str, allowed: bool) -> None:
    start, case = day("2027-03-01"), facts(clearances=(labs(drawn),))
    (week,) = weeks(case, 1, site(), programme(), start, start, start)
    assert week.possible is allowed
    assert allowed or week.way_out.startswith("The first week that works")


def test_d17_labs_are_not_asked_of_a_course_that_goes_on_today() -> None:
    begun = facts(courses=(course("2027-03-01", status=(DayStatus.GIVEN,)),))
    start = day("2027-03-02")
    (week,) = weeks(begun, 1, site(), programme(), start, start, start)
    assert not any(reason.rule == "D-17" for reason in week.reasons)


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

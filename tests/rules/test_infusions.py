"""Weeks of a course at a site: worked examples, closed and full days, ranges, proposals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nurse_tui.rules.infusions import (
    check_days,
    consecutive,
    look_until,
    propose,
    weeks,
)
from tests.rules.factory import course, day, facts, programme, site
from tests.rules.planning import (
    ALL_WEEK,
    GIVEN,
    one_week,
    refused,
    rules,
)

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


@pytest.mark.parametrize(
    ("last", "until"), [("2027-06-30", "2029-03-06"), ("2028-06-30", "2029-07-01")]
)
def test_the_look_ahead_passes_the_asked_weeks_and_the_earliest_start(
    last: str, until: str
) -> None:
    case = facts(courses=(course("2027-03-01", status=GIVEN),))
    assert look_until(case, 2, programme(), day(last)) == day(until)


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

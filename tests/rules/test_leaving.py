"""What ends with a case, and what is kept because it is still to be recorded (D-29, D-58)."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.rules.facts import EnrollmentFact
from nurse_tui.rules.leaving import what_ends
from nurse_tui.types import Benefit, DayStatus
from tests.rules.factory import course, day, facts

MONDAY = "2027-06-21"


@pytest.mark.parametrize(
    ("today", "died", "first"),
    [
        ("2027-06-20", None, 21),
        ("2027-06-21", None, 21),
        ("2027-06-22", None, 22),
        ("2027-06-25", None, 25),
        ("2027-06-24", "2027-06-22", 23),
        ("2027-06-24", "2027-06-24", 24),
        ("2027-06-24", "2027-06-01", 21),
    ],
)
def test_days_from_today_on_end_and_after_a_death_those_since(today, died, first):
    case = facts(courses=(course(MONDAY),), deceased_on=day(died) if died else None)
    ends = what_ends(case, day(today))
    assert [d.on for d in ends.days] == [date(2027, 6, n) for n in range(first, 26)]


def test_what_was_given_or_cancelled_already_does_not_end():
    given = (DayStatus.GIVEN, DayStatus.CANCELLED, DayStatus.SCHEDULED)
    case = facts(courses=(course(MONDAY, status=given), course(MONDAY, cancelled=True)))
    assert [d.number for d in what_ends(case, day("2027-06-01")).days] == [3]


@pytest.mark.parametrize(
    ("ends_on", "running"), [(None, True), ("2027-06-02", True), ("2027-06-01", False)]
)
def test_an_enrolment_ends_that_goes_on_after_today(ends_on, running):
    row = EnrollmentFact(Benefit.DRUG, day("2027-05-01"), day(ends_on) if ends_on else None)
    ends = what_ends(facts(enrollments=(row,)), day("2027-06-01"))
    assert bool(ends.benefits) is running
    assert ends.words == ("the co-pay enrolment for drug costs ends" if running else "")


def test_the_words_count_the_days_and_name_the_benefits():
    rows = tuple(EnrollmentFact(b, day("2027-05-01")) for b in reversed(Benefit))
    one = facts(courses=(course(MONDAY, days=1),))
    both = facts(courses=(course(MONDAY),), enrollments=rows)
    assert what_ends(one, day("2027-06-01")).words == "1 booked day is cancelled"
    assert what_ends(both, day("2027-06-01")).words == (
        "5 booked days are cancelled, and the co-pay enrolment for drug and infusion costs ends"
    )

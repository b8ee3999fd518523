"""Which course is planned next, and which one may be gone on with (D-4, D-58)."""

from __future__ import annotations

import pytest

from nurse_tui.rules.next_course import next_course, short_course
from nurse_tui.types import DayStatus as S
from tests.rules.factory import course, facts, programme

DAY = "2027-03-01"
LATER = "2028-03-06"
FIVE = (S.GIVEN,) * 5


@pytest.mark.parametrize(
    ("courses", "planned", "short"),
    [
        ((), 1, None),
        ((course(DAY),), 1, None),
        ((course(DAY, cancelled=True),), 1, None),
        ((course(DAY, status=(S.MISSED,) * 5),), 1, None),
        ((course(DAY, status=(S.MISSED,) * 4 + (S.CANCELLED,)),), 1, None),
        ((course(DAY, status=(S.GIVEN,) + (S.SCHEDULED,) * 4),), 1, None),
        ((course(DAY, status=(S.GIVEN,) * 2 + (S.CANCELLED,) * 3),), 2, 1),
        ((course(DAY, status=(S.GIVEN,) * 4 + (S.MISSED,)),), 2, 1),
        ((course(DAY, status=(S.GIVEN,) * 4 + (S.INTERRUPTED,)),), 2, 1),
        ((course(DAY, status=(S.INTERRUPTED,) + (S.MISSED,) * 4),), 2, 1),
        ((course(DAY, status=FIVE),), 2, None),
        ((course(DAY, status=FIVE), course(LATER, 2)), 2, None),
        ((course(DAY, status=FIVE), course(LATER, 2, (S.MISSED,) * 3)), 2, None),
        ((course(DAY, status=FIVE), course(LATER, 2, (S.GIVEN, S.GIVEN, S.MISSED))), 3, 2),
        ((course(DAY, status=FIVE), course(LATER, 2, (S.GIVEN,) * 3)), 3, None),
        ((course(DAY, status=FIVE[:4]), course(LATER, 2)), 2, None),
        ((course(DAY, status=FIVE[:4]), course(LATER, 2, (S.GIVEN,) * 3)), 3, None),
        ((course(LATER, 2, (S.GIVEN,) * 3), course(DAY, status=FIVE[:4])), 3, None),
    ],
)
def test_a_course_is_planned_until_it_was_begun_and_a_short_one_is_offered(
    courses, planned, short
) -> None:
    case = facts(courses=courses)
    assert (next_course(case), short_course(case, programme())) == (planned, short)


def test_a_course_without_any_day_is_the_one_to_plan() -> None:
    assert next_course(facts(courses=(course(DAY, status=()),))) == 1

"""Which site is proposed first where the course has none (D-18, D-56)."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.rules.sites import first_choice
from tests.rules.factory import site

TODAY = date(2027, 6, 1)
NONE = {"rems_certified_on": None, "rems_expires_on": None}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"code": "W", **NONE}, {}),
        ({"rems_expires_on": None}, {"state": "CA"}),
        ({"rems_expires_on": None, "state": "CA"}, NONE),
        ({"rems_expires_on": TODAY, "state": "CA"}, {"rems_expires_on": date(2027, 5, 31)}),
        ({"state": "CA"}, NONE),
        ({"chairs": 0}, {"state": "CA"}),
        ({}, {"chairs": 0}),
    ],
)
def test_the_preferred_then_the_certified_then_the_near_site(better, worse) -> None:
    first, second = (first_choice(site(**over), "W", "NH", TODAY) for over in (better, worse))
    assert first < second


def test_an_open_end_of_a_certification_ranks_as_any_other() -> None:
    open_end, dated = (
        first_choice(site(rems_expires_on=ends), "", "NH", TODAY)
        for ends in (None, date(2028, 9, 1))
    )
    assert open_end == dated

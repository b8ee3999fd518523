"""Where government cover ends an enrolment: the last day before it, never a day of it (D-51)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.rules.enrolments import limit, overlaps, runs_after
from nurse_tui.rules.facts import CoverageFact
from nurse_tui.types import GOVERNMENT_KINDS, CoverageKind

BEGUN = date(2027, 3, 1)
ONE = timedelta(days=1)


def cover(
    starts_on: date | None = None,
    ends_on: date | None = None,
    kind: CoverageKind = CoverageKind.MEDICARE,
    order: int = 1,
) -> CoverageFact:
    return CoverageFact(order, kind, "", order, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "last_day"),
    [
        (date(2027, 6, 1), None, date(2027, 5, 31)),
        (date(2028, 3, 1), date(2028, 3, 1), date(2028, 2, 29)),
        (BEGUN + 2 * ONE, None, BEGUN + ONE),
        (BEGUN + ONE, None, BEGUN),
        (BEGUN, None, BEGUN - ONE),
        (BEGUN - ONE, None, BEGUN - ONE),
        (None, None, BEGUN - ONE),
        (None, BEGUN, BEGUN - ONE),
        (None, BEGUN - ONE, None),
        (BEGUN - 9 * ONE, BEGUN - ONE, None),
        (date(2027, 6, 2), date(2027, 6, 1), None),
    ],
)
def test_the_last_day_is_the_one_before_the_cover_d51(starts_on, ends_on, last_day) -> None:
    found = limit(BEGUN, [cover(starts_on, ends_on)], GOVERNMENT_KINDS)
    assert (found.last_day if found else None) == last_day


def test_other_cover_ends_nothing_and_the_earliest_government_cover_counts() -> None:
    private = cover(BEGUN, kind=CoverageKind.COMMERCIAL)
    assert limit(BEGUN, [private], GOVERNMENT_KINDS) is None
    later, sooner = cover(date(2028, 1, 1)), cover(date(2027, 7, 1), kind=CoverageKind.VA, order=2)
    found = limit(BEGUN, [private, later, sooner], GOVERNMENT_KINDS)
    assert found is not None and found.cover is sooner
    assert found.sentence == "Veterans Affairs cover starts on Thu 1 Jul 2027"
    unknown = limit(BEGUN, [cover()], GOVERNMENT_KINDS)
    assert unknown is not None and unknown.sentence == "Medicare is on file without a first day"


@pytest.mark.parametrize(
    ("ends_on", "runs"),
    [(None, True), (BEGUN + ONE, True), (BEGUN, False), (BEGUN - ONE, False)],
)
def test_what_ends_on_a_date_counts_as_ended_on_it(ends_on, runs) -> None:
    assert runs_after(ends_on, BEGUN) is runs


DAYS = st.one_of(st.none(), st.dates(date(2027, 2, 20), date(2027, 3, 10)))
COVERS = st.lists(
    st.builds(cover, DAYS, DAYS, st.sampled_from(sorted(CoverageKind)), st.integers(1, 4)),
    max_size=4,
)


@given(COVERS)
def test_until_its_last_day_an_enrolment_meets_no_government_cover_and_one_day_more_does(
    covers,
) -> None:
    government = [c for c in covers if c.kind in GOVERNMENT_KINDS]
    found = limit(BEGUN, covers, GOVERNMENT_KINDS)
    if found is None:
        assert not any(overlaps(BEGUN, None, c) for c in government)
    else:
        assert not any(overlaps(BEGUN, found.last_day, c) for c in government)
        assert any(overlaps(BEGUN, found.last_day + ONE, c) for c in government)
        assert overlaps(BEGUN, found.last_day + ONE, found.cover)


@given(COVERS, st.integers(-3, 12))
def test_sharing_a_day_is_what_the_days_themselves_say(covers, length) -> None:
    ends_on = BEGUN + length * ONE
    days = [BEGUN + n * ONE for n in range(max(0, length + 1))]
    for one in covers:
        assert overlaps(BEGUN, ends_on, one) is any(one.holds_on(day) for day in days)

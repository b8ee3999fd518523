"""Weeks, proposals and the check of days agree over random sites and histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nurse_tui.rules.courses import make_plan
from nurse_tui.rules.facts import CaseFacts, ClearanceFact, SiteFact
from nurse_tui.rules.infusions import (
    check_days,
    consecutive,
    propose,
    weeks,
)
from nurse_tui.rules.sites import day_faults, site_reasons
from nurse_tui.types import ClearanceKind
from tests.rules.factory import course, facts, programme, site
from tests.rules.planning import (
    GIVEN,
    INTERRUPTED,
    MISSED,
    SCHEDULED,
)

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

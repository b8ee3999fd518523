from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui import settings
from nurse_tui.rules.calendar import age_on, birthday
from nurse_tui.rules.eligibility import Eligibility, decide, refuse_contraindication
from nurse_tui.types import MsType, Verdict
from nurse_tui.words import plain
from tests.rules.factory import facts

TODAY = date(2027, 7, 6)
PROGRAMME = settings.load().on(TODAY)
YES, NO, UNKNOWN = Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.UNDETERMINED


def decided(today: date = TODAY, **over: Any) -> Eligibility:
    return decide(facts(**over), PROGRAMME, today)


def test_an_adult_with_a_relapsing_form_may_be_treated() -> None:
    found = decided()
    assert (found.verdict, found.missing, found.warnings) == (YES, (), ())
    assert [reason.rule for reason in found.reasons] == ["D-1", "D-1"]
    assert "42 years old on Tue 6 Jul 2027" in found.reasons[0].sentence


@pytest.mark.parametrize(
    ("born", "confirmed", "verdict"),
    [
        (date(2010, 7, 7), None, NO),  # 17 tomorrow
        (date(2010, 7, 7), TODAY, NO),  # no confirmation reaches below 17
        (date(2010, 7, 6), None, UNKNOWN),  # 17 today
        (date(2010, 7, 6), TODAY, YES),
        (date(2010, 7, 6), date(2027, 7, 7), UNKNOWN),  # confirmed tomorrow
        (date(2009, 7, 7), None, UNKNOWN),  # 18 tomorrow
        (date(2009, 7, 7), date(2027, 7, 5), YES),
        (date(2009, 7, 6), None, YES),  # 18 today
        (date(2027, 7, 6), None, NO),  # born today
        (date(2027, 7, 7), None, UNKNOWN),  # born tomorrow
        (None, None, UNKNOWN),
    ],
)
def test_age_at_its_boundaries(born: date | None, confirmed: date | None, verdict: Verdict) -> None:
    found = decided(date_of_birth=born, age_confirmed_on=confirmed)
    assert found.verdict is verdict
    assert bool(found.missing) is (verdict is UNKNOWN)
    assert bool(found.way_out) is (verdict is not YES)


def test_the_way_out_for_the_young_is_their_birthday() -> None:
    found = decided(date_of_birth=date(2012, 2, 29))
    from_then = "Not before Thu 1 Mar 2029, and with a new form from then, not with this one"
    assert found.way_out == f"{from_then}; check the date of birth."
    found = decided(date_of_birth=date(2012, 2, 29), form=None)
    assert found.way_out == "Not before Thu 1 Mar 2029; check the date of birth."
    assert (
        "under 17, where safety is not known (programme setting [P])" in found.reasons[0].sentence
    )


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2029, 2, 27), 16),
        (date(2029, 2, 28), 16),
        (date(2029, 3, 1), 17),
        (date(2032, 2, 28), 19),
        (date(2032, 2, 29), 20),
    ],
)
def test_born_on_a_leap_day(day: date, age: int) -> None:
    assert age_on(date(2012, 2, 29), day) == age


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_age_is_between_two_birthdays(born: date, day: date) -> None:
    age = age_on(born, day)
    assert birthday(born, age) <= day < birthday(born, age + 1)


@pytest.mark.parametrize(
    ("ms_type", "verdict", "warnings"),
    [
        (MsType.RRMS, YES, 0),
        (MsType.SPMS_ACTIVE, YES, 0),
        (MsType.CIS, YES, 1),
        (MsType.PPMS, NO, 0),
        (MsType.OTHER, UNKNOWN, 0),
        (None, UNKNOWN, 0),
    ],
)
def test_the_type_of_ms(ms_type: MsType | None, verdict: Verdict, warnings: int) -> None:
    found = decided(ms_type=ms_type)
    assert (found.verdict, len(found.warnings)) == (verdict, warnings)
    assert found.missing == (("type of MS",) if verdict is UNKNOWN else ())


@pytest.mark.parametrize(("count", "warns"), [(0, True), (1, True), (2, False), (3, False)])
def test_few_earlier_medicines_only_warn(count: int, warns: bool) -> None:
    found = decided(prior_therapies=("fingolimod",) * count)
    assert found.verdict is YES
    assert bool(found.warnings) is warns


@pytest.mark.parametrize("name", ["hiv", "hypersensitivity", "active_infection"])
def test_a_contraindication_blocks_and_goes_to_the_prescriber(name: str) -> None:
    found = decided(contraindications=(name,), ms_type=None)
    assert found.verdict is NO
    assert [reason.rule for reason in found.reasons] == ["D-2"]
    assert plain(name) in found.reasons[0].sentence
    assert "prescriber" in found.way_out


def test_every_cause_of_a_no_is_named() -> None:
    found = decided(contraindications=("hiv", "active_infection"), date_of_birth=date(2015, 1, 1))
    assert [reason.rule for reason in found.reasons] == ["D-1", "D-2", "D-2"]


def test_without_a_form_nothing_is_decided() -> None:
    found = decided(form=None)
    assert (found.verdict, found.missing) == (UNKNOWN, ("Services Form",))
    assert decided(form=None, date_of_birth=date(2010, 7, 6)).verdict is UNKNOWN


def test_the_dead_are_never_eligible() -> None:
    found = decided(deceased_on=date(2027, 7, 1))
    assert (found.verdict, len(found.reasons)) == (NO, 1)
    assert found.reasons[0].sentence == "The patient died on Thu 1 Jul 2027."


def test_a_confirmed_seventeen_year_old_is_eligible_with_a_warning() -> None:
    found = decided(date_of_birth=date(2010, 1, 1), age_confirmed_on=TODAY)
    assert [warning.facts["age"] for warning in found.warnings] == ["17"]


@given(
    st.one_of(st.none(), st.dates(date(1940, 1, 1), date(2030, 1, 1))),
    st.sampled_from([None, *MsType]),
    st.booleans(),
    st.lists(st.sampled_from(["hiv", "active_infection"]), max_size=2, unique=True),
)
def test_knowing_less_never_turns_an_answer_into_another(
    born: date | None, ms_type: MsType | None, confirmed: bool, contraindications: list[str]
) -> None:
    case = facts(
        date_of_birth=born,
        ms_type=ms_type,
        age_confirmed_on=TODAY if confirmed else None,
        contraindications=tuple(contraindications),
    )
    more = decide(case, PROGRAMME, TODAY).verdict
    assert case.form is not None
    poorer = [
        replace(case, patient=replace(case.patient, date_of_birth=None)),
        replace(case, form=replace(case.form, ms_type=None)),
        replace(case, form=replace(case.form, age_confirmed_on=None)),
        replace(case, form=None),
    ]
    for less in poorer:
        assert decide(less, PROGRAMME, TODAY).verdict in (more, UNKNOWN)


@pytest.mark.parametrize(
    ("held", "name", "stands", "code"),
    [
        ((), "hiv", True, ""),
        (("hiv",), "hiv", True, "recorded"),
        ((), "flat_feet", True, "unknown"),
        (("hiv",), "hiv", False, ""),
        (("flat_feet",), "flat_feet", False, ""),
        ((), "hiv", False, "not_recorded"),
    ],
)
def test_a_contraindication_is_recorded_once_and_lifted_where_it_stands(
    held: tuple[str, ...], name: str, stands: bool, code: str
) -> None:
    found = refuse_contraindication(held, name, stands)
    assert (found.code if found else "") == code

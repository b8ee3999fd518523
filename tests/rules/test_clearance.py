"""The gate before a course is confirmed: each item alone, its validity, its way out (D-61)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nurse_tui.rules.clearance import Blocker, before_day, gate
from nurse_tui.rules.facts import CaseFacts, ClearanceFact, CoverageFact, RemsFact, SiteFact
from nurse_tui.types import ClearanceKind, CoverageKind, DayStatus, RemsParty, Sex
from tests.rules.factory import course, day, facts, programme, site

K = ClearanceKind
DAY_1 = day("2027-03-01")
TODAY = day("2027-02-20")
DONE_ON = {K.VACCINATION: day("2027-01-01"), K.BASELINE_LABS: day("2027-02-10")}
COVER = CoverageFact(
    1, CoverageKind.COMMERCIAL, "Example Health", 1, "M1", verified_on=day("2027-02-01")
)
PATIENT_ENROLLED = RemsFact(RemsParty.PATIENT, "enrolled", day("2027-02-01"), "REMS portal")


def clearances(**over: ClearanceFact | None) -> tuple[ClearanceFact, ...]:
    """Everything confirmed, except that a name given is replaced, or left out with None."""
    ready = {kind: ClearanceFact(kind, DONE_ON.get(kind, day("2027-02-15"))) for kind in K}
    changed = {**ready, **{K(name): fact for name, fact in over.items()}}
    return tuple(fact for fact in changed.values() if fact)


def ready(**over: Any) -> CaseFacts:
    base: dict[str, Any] = {
        "clearances": clearances(),
        "coverages": (COVER,),
        "rems": (PATIENT_ENROLLED,),
    }
    return facts(**{**base, **over})


def blockers(
    case: CaseFacts,
    number: int = 1,
    day1: date | None = DAY_1,
    at: SiteFact | None = None,
    today: date = TODAY,
) -> tuple[Blocker, ...]:
    return gate(case, number, day1, at or site(), programme(), today)


def names(found: tuple[Blocker, ...]) -> list[str]:
    return [blocker.what for blocker in found]


def test_a_ready_case_has_nothing_in_its_way() -> None:
    assert blockers(ready()) == ()


def test_a_fresh_case_lists_every_item_with_rule_and_way_out() -> None:
    found = blockers(facts())
    assert sorted(names(found)) == sorted(
        [
            *{str(k) for k in K} - {"prescriber_enrolled", "pharmacy_certified"},
            "rems_patient",
            "rems_prescriber",
            "rems_pharmacy",
            "benefits_verified",
        ]
    )
    assert all(b.sentence and b.way_out and b.rule.startswith("D-") for b in found)


@pytest.mark.parametrize(
    ("kind", "what", "rule", "prescriber_only"),
    [
        (K.BASELINE_LABS, "baseline_labs", "D-17", True),
        (K.PATIENT_AUTHORIZATION, "patient_authorization", "D-17", True),
        (K.VACCINATION, "vaccination", "D-8", True),
        (K.VARICELLA_ANTIBODY, "varicella_antibody", "D-8", True),
        (K.TUBERCULOSIS_SCREEN, "tuberculosis_screen", "D-9", True),
        (K.SKIN_EXAM, "skin_exam", "D-9", True),
        (K.THYROID, "thyroid", "D-12", True),
        (K.LIVER, "liver", "D-12", True),
        (K.URINE_PROTEIN_CREATININE, "urine_protein_creatinine", "D-12", True),
        (K.HPV_SCREEN, "hpv_screen", "D-9", True),
        (K.LISTERIA_COUNSELLING, "listeria_counselling", "D-10", False),
        (K.CONTRACEPTION_COUNSELLING, "contraception_counselling", "D-11", False),
        (K.ANTIVIRAL_ARRANGED, "antiviral_arranged", "D-7", True),
        (K.PREMEDICATION_ORDERED, "premedication_ordered", "D-6", True),
        (K.DRUG_SHIPPED, "drug_shipped", "D-18", False),
        (K.PRIOR_AUTHORIZATION, "prior_authorization", "D-27", False),
        (K.PRESCRIBER_ENROLLED, "rems_prescriber", "D-15", True),
        (K.PHARMACY_CERTIFIED, "rems_pharmacy", "D-15", False),
        (K.INFECTION_FREE, "infection_free", "D-2", True),
    ],
)
def test_each_item_alone_holds_the_course(
    kind: ClearanceKind, what: str, rule: str, prescriber_only: bool
) -> None:
    found = blockers(ready(clearances=clearances(**{kind: None})))
    assert [(b.what, b.rule, b.prescriber_only) for b in found] == [(what, rule, prescriber_only)]
    late = ClearanceFact(kind, day("2027-03-02"))
    assert names(blockers(ready(clearances=clearances(**{kind: late})))) in (
        [what],
        ["day_1", what],
        [what, "day_1"],
    )


@pytest.mark.parametrize("kind", sorted(set(K) - {K.BASELINE_LABS, K.INFECTION_FREE}))
@pytest.mark.parametrize(("until", "holds"), [("2027-02-28", True), ("2027-03-01", False)])
def test_what_runs_out_before_day_1_holds_the_course(
    kind: ClearanceKind, until: str, holds: bool
) -> None:
    fact = ClearanceFact(kind, DONE_ON.get(kind, day("2027-02-15")), day(until))
    found = blockers(ready(clearances=clearances(**{kind: fact})))
    assert len(found) == holds
    if holds:
        assert "valid until Sun 28 Feb 2027" in found[0].sentence


def test_a_renewed_clearance_mends_an_expired_one() -> None:
    old = ClearanceFact(K.SKIN_EXAM, day("2026-01-01"), day("2027-01-01"))
    assert blockers(ready(clearances=(*clearances(), old))) == ()


# D-15, D-18: REMS


@pytest.mark.parametrize("party", [RemsParty.PATIENT, RemsParty.PRESCRIBER, RemsParty.PHARMACY])
@pytest.mark.parametrize(
    ("status", "holds"), [("enrolled", False), (" Certified ", False), ("pending", True)]
)
def test_d15_the_newest_status_of_a_party_decides(
    party: RemsParty, status: str, holds: bool
) -> None:
    told = (
        PATIENT_ENROLLED,
        RemsFact(party, "enrolled", day("2027-02-01"), "portal"),
        RemsFact(party, status, day("2027-02-16"), "fax"),
        RemsFact(party, "lost", day("2027-03-02"), "after day 1"),
    )
    found = blockers(ready(rems=told))
    assert names(found) == ([f"rems_{party}"] if holds else [])
    if holds:
        assert found[0].sentence == f"REMS status of the {party}: pending (fax, Tue 16 Feb 2027)."


def test_d15_a_later_confirmation_of_the_office_outweighs_an_older_status() -> None:
    told = (PATIENT_ENROLLED, RemsFact(RemsParty.PHARMACY, "pending", day("2027-02-01"), "fax"))
    assert blockers(ready(rems=told)) == ()


def test_d15_an_unknown_party_is_listed() -> None:
    found = blockers(ready(rems=()))
    assert [(b.what, b.sentence) for b in found] == [
        ("rems_patient", "The REMS status of the patient is not known.")
    ]


def test_d18_the_site_must_be_certified_on_every_day() -> None:
    found = blockers(ready(), at=site(rems_expires_on=day("2027-03-04")))
    assert [(b.what, b.rule) for b in found] == [("rems_facility", "D-18")]
    assert "Fri 5 Mar 2027" in found[0].sentence
    moved = course("2027-03-01", days=6)
    booked = ready(courses=(replace(moved, days=moved.days[:4] + moved.days[5:]),))
    assert (
        "Sat 6 Mar 2027" in blockers(booked, at=site(rems_expires_on=day("2027-03-05")))[0].sentence
    )


def test_d15_a_facility_that_lost_its_status_holds_the_course() -> None:
    told = RemsFact(RemsParty.FACILITY, "suspended", day("2027-02-18"), "REMS portal")
    found = blockers(ready(rems=(PATIENT_ENROLLED, told)))
    assert names(found) == ["rems_facility"]


# Site and day


def test_without_week_and_site_the_rest_is_judged_as_of_today() -> None:
    found = gate(ready(), 1, None, None, programme(), TODAY)
    assert names(found) == ["site", "day_1"]
    found = gate(facts(), 1, None, None, programme(), TODAY)
    assert {"site", "day_1", "baseline_labs", "vaccination"} <= set(names(found))


# D-8, D-17, D-60: dates


@pytest.mark.parametrize(("day1", "holds"), [("2027-02-11", True), ("2027-02-12", False)])
def test_d8_vaccines_too_close_hold_the_course(day1: str, holds: bool) -> None:
    all_done = [replace(c, done_on=day("2027-02-11")) for c in clearances()]
    done = [replace(c, done_on=DONE_ON[c.kind]) if c.kind in DONE_ON else c for c in all_done]
    at = site(open_weekdays=frozenset(range(7)))
    found = blockers(ready(clearances=tuple(done)), day1=day(day1), at=at, today=day("2027-02-01"))
    assert [b.rule for b in found] == (["D-8"] if holds else [])
    assert not holds or found[0].way_out == "Move the course to Fri 12 Feb 2027 or later."


@pytest.mark.parametrize(("drawn", "holds"), [("2027-01-29", True), ("2027-01-30", False)])
def test_d17_labs_older_than_30_days_hold_the_course(drawn: str, holds: bool) -> None:
    fact = ClearanceFact(K.BASELINE_LABS, day(drawn))
    found = blockers(ready(clearances=clearances(baseline_labs=fact)))
    assert names(found) == (["baseline_labs"] if holds else [])
    if holds:
        assert "31 days old" in found[0].sentence
        assert "from Sat 30 Jan 2027 to Sun 28 Feb 2027" in found[0].way_out


@pytest.mark.parametrize(
    ("today", "way_out"),
    [("2027-02-28", "Have the office draw them"), ("2027-03-01", "Record the draw if there was")],
)
def test_d17_from_day_1_on_nobody_is_sent_to_draw_labs(today: str, way_out: str) -> None:
    done = tuple(c for c in clearances() if c.kind is not K.BASELINE_LABS)
    found = blockers(ready(clearances=done), today=day(today))
    (held,) = (b for b in found if b.what == "baseline_labs")
    assert held.way_out.startswith(way_out)


def test_course_2_asks_again_for_what_belongs_to_a_course() -> None:
    first = course("2027-03-01", status=DayStatus.GIVEN)
    found = blockers(ready(courses=(first,)), 2, day("2028-03-06"))
    assert sorted(names(found)) == [
        "antiviral_arranged",
        "baseline_labs",
        "drug_shipped",
        "infection_free",
        "patient_authorization",
        "premedication_ordered",
        "prior_authorization",
    ]
    early = blockers(ready(courses=(first,)), 2, day("2028-03-04"))
    assert [b.rule for b in early if b.what == "day_1"] == ["D-60"]


def test_an_unfinished_earlier_course_holds_the_next() -> None:
    found = blockers(ready(courses=(course("2027-03-01"),)), 2, day("2028-03-06"))
    assert ("earlier_course", "D-4") in [(b.what, b.rule) for b in found]


def test_d58_labs_are_not_asked_again_in_a_course_that_has_begun() -> None:
    statuses = (DayStatus.GIVEN, DayStatus.MISSED, *(DayStatus.SCHEDULED,) * 3)
    begun = ready(
        courses=(course("2027-03-01", status=statuses),),
        clearances=clearances(
            baseline_labs=ClearanceFact(K.BASELINE_LABS, day("2027-01-31")),
            infection_free=ClearanceFact(K.INFECTION_FREE, day("2027-03-02")),
        ),
    )
    assert blockers(begun, day1=day("2027-03-03"), today=day("2027-03-02")) == ()


# D-2, D-9, D-11


def test_d2_contraindications_are_the_prescribers() -> None:
    found = blockers(ready(contraindications=("hiv", "active_infection")))
    assert [(b.rule, b.prescriber_only) for b in found] == [("D-2", True), ("D-2", True)]
    assert "HIV" in found[0].sentence


@pytest.mark.parametrize(
    ("sex", "listed", "to_confirm"),
    [(Sex.FEMALE, 2, False), (Sex.MALE, 0, False), (Sex.OTHER, 2, True), (Sex.UNKNOWN, 2, True)],
)
def test_d9_d11_hpv_and_contraception_by_sex(sex: Sex, listed: int, to_confirm: bool) -> None:
    case = ready(clearances=clearances(hpv_screen=None, contraception_counselling=None), sex=sex)
    found = blockers(case)
    assert len(found) == listed
    assert all(("to confirm" in b.sentence) is to_confirm for b in found)
    assert blockers(ready(sex=sex)) == ()


@pytest.mark.parametrize(
    ("asked", "today", "holds"),
    [
        ("2027-02-15", "2027-02-27", False),
        ("2027-02-15", "2027-02-28", True),
        ("2027-02-27", "2027-03-01", True),
        ("2027-02-28", "2027-02-28", False),
        ("2027-03-01", "2027-03-01", False),
    ],
)
def test_d61_infection_is_asked_again_on_day_minus_1(asked: str, today: str, holds: bool) -> None:
    fact = ClearanceFact(K.INFECTION_FREE, day(asked))
    found = blockers(ready(clearances=clearances(infection_free=fact)), today=day(today))
    assert names(found) == (["infection_free"] if holds else [])
    assert not holds or "day -1, Sun 28 Feb 2027" in found[0].sentence


# Benefits and prior authorization


@pytest.mark.parametrize(
    ("coverages", "expected"),
    [
        ((), "No coverage is on record."),
        ((replace(COVER, verified_on=None),), "The benefits of Example Health are not verified."),
        ((replace(COVER, payer="", verified_on=None),), "The benefits of commercial insurance"),
        (
            (replace(COVER, kind=CoverageKind.MEDICARE_PART_D, payer="", verified_on=None),),
            "The benefits of Medicare Part D are not verified.",
        ),
        ((replace(COVER, ends_on=day("2027-02-28")),), "No coverage on record holds on Mon 1 Mar"),
        ((replace(COVER, starts_on=day("2027-03-02")),), "No coverage on record holds"),
    ],
)
def test_d61_benefits_must_be_verified(coverages: tuple[CoverageFact, ...], expected: str) -> None:
    found = blockers(ready(coverages=coverages))
    assert names(found) == ["benefits_verified"]
    assert found[0].sentence.startswith(expected)


def test_d61_an_ended_cover_need_not_be_verified() -> None:
    ended = replace(COVER, id=2, order=2, ends_on=day("2026-12-31"), verified_on=None)
    until_day_1 = replace(COVER, ends_on=DAY_1, starts_on=DAY_1)
    assert blockers(ready(coverages=(ended, until_day_1))) == ()


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (CoverageKind.COMMERCIAL, True),
        (CoverageKind.MEDICARE, True),
        (CoverageKind.UNINSURED, False),
    ],
)
def test_d27_prior_authorization_is_asked_where_a_payer_is(kind: CoverageKind, asked: bool) -> None:
    case = ready(
        coverages=(replace(COVER, kind=kind),), clearances=clearances(prior_authorization=None)
    )
    assert names(blockers(case)) == (["prior_authorization"] if asked else [])


@pytest.mark.parametrize(("days", "asked_again"), [(1, False), (2, True)])
def test_d61_when_the_infection_check_is_made_again_is_a_setting(
    days: int, asked_again: bool
) -> None:
    """Day 1 is Monday 1 March; asked on the 26th, looked at on the 27th."""
    fact = ClearanceFact(K.INFECTION_FREE, day("2027-02-26"))
    shipped = programme()
    setting = replace(shipped.infection_check_days_before, value=days)
    changed = replace(shipped, infection_check_days_before=setting)
    case = ready(clearances=clearances(infection_free=fact))
    found = gate(case, 1, DAY_1, site(), changed, day("2027-02-27"))
    assert names(found) == (["infection_free"] if asked_again else [])


@pytest.mark.parametrize(
    ("status", "rules"), [(DayStatus.GIVEN, {"D-2"}), (DayStatus.MISSED, {"D-2", "D-9", "D-17"})]
)
def test_once_a_course_has_begun_only_a_contraindication_is_asked_again(status, rules) -> None:
    case = ready(
        contraindications=("hiv",),
        courses=(course("2027-03-01", status=(status, *(DayStatus.SCHEDULED,) * 4)),),
        clearances=tuple(c for c in clearances() if c.kind not in (K.BASELINE_LABS, K.SKIN_EXAM)),
    )
    on = day("2027-03-02")
    found = before_day(case, 1, on, site(), programme(), day("2027-02-28"))
    assert {blocker.rule for blocker in found} == rules

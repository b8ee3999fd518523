from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui import settings
from nurse_tui.rules.copay import BenefitVerdict, CopayDecision, decide
from nurse_tui.rules.covers import KIND_WORDS
from nurse_tui.rules.facts import CoverageFact
from nurse_tui.types import GOVERNMENT_KINDS, Benefit, CoverageKind, Verdict
from tests.rules.factory import facts

K = CoverageKind
TODAY = date(2027, 7, 6)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PROGRAMME = settings.load().on(TODAY)
YES, NO, UNKNOWN = Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.UNDETERMINED
ELSEWHERE = (
    "patient assistance programme review",
    "Medicaid or the low-income subsidy",
    "charities",
)


def cover(kind: K, order: int = 1, **over: Any) -> CoverageFact:
    return replace(CoverageFact(order, kind, "Example", order), **over)


def decided(*kinds: K | CoverageFact, **over: Any) -> CopayDecision:
    covers = tuple(
        one if isinstance(one, CoverageFact) else cover(one, i) for i, one in enumerate(kinds, 1)
    )
    return decide(facts(coverages=covers, **over), PROGRAMME, TODAY)


def verdicts(decision: CopayDecision) -> tuple[Verdict, Verdict]:
    return decision.benefits[Benefit.DRUG].verdict, decision.benefits[Benefit.INFUSION].verdict


def rules(verdict: BenefitVerdict) -> list[str]:
    return [reason.rule for reason in verdict.reasons]


def test_commercial_and_residence_in_new_hampshire_get_both_d41() -> None:
    """Infused in Boston or not: only the residence counts."""
    decision = decided(K.COMMERCIAL, state="NH", preferred_site="Boston, MA")
    assert verdicts(decision) == (YES, YES)
    assert decision.directed_to == ()
    assert rules(decision.benefits[Benefit.DRUG]) == ["D-43", "D-39", "D-43", "D-45", "D-53"]
    state = decision.benefits[Benefit.INFUSION].reasons[-2]
    assert state.rule == "D-41"
    assert "the residence counts, not the infusion site (programme setting [A])" in state.sentence


def test_commercial_and_residence_in_massachusetts_lose_the_infusion_benefit_d41() -> None:
    """Lives in Boston, infused in New Hampshire."""
    decision = decided(K.COMMERCIAL, state="MA", city="Boston", zip="02116")
    assert verdicts(decision) == (YES, NO)
    infusion = decision.benefits[Benefit.INFUSION]
    assert rules(infusion) == ["D-41", "D-53"]
    assert infusion.reasons[0].sentence.startswith("Lives in MA; infusion costs are not reimbursed")
    assert infusion.way_out.startswith("The drug benefit is decided by itself.")
    assert decision.directed_to == ELSEWHERE


@pytest.mark.parametrize("state", ["MA", "MI", "MN", "RI", " ma "])
def test_every_excluded_state_d41(state: str) -> None:
    assert verdicts(decided(K.COMMERCIAL, state=state)) == (YES, NO)


@pytest.mark.parametrize("state", ["ME", "MD", "MO", "MS", "MT", "CT", "WI", "DC", "HI"])
def test_every_other_state_gets_both(state: str) -> None:
    assert verdicts(decided(K.COMMERCIAL, state=state)) == (YES, YES)


def test_medicare_part_b_as_secondary_ends_both_d39() -> None:
    decision = decided(K.COMMERCIAL, K.MEDICARE)
    assert verdicts(decision) == (NO, NO)
    for verdict in decision.benefits.values():
        assert rules(verdict) == ["D-39", "D-53"]
        assert verdict.missing == ()
        assert verdict.way_out == "Only after Medicare has ended."
    assert decision.directed_to == ELSEWHERE


@pytest.mark.parametrize("kind", sorted(GOVERNMENT_KINDS))
def test_government_cover_ends_both_in_any_order_d39_d40(kind: K) -> None:
    assert verdicts(decided(kind, K.COMMERCIAL)) == (NO, NO)
    assert verdicts(decided(K.COMMERCIAL, K.EXCHANGE, kind)) == (NO, NO)
    alone = decided(kind).benefits[Benefit.DRUG]
    assert alone.way_out.endswith("Commercial cover has to be on file and active.")


def test_only_payers_named_by_another_programme_carry_its_tag_d40() -> None:
    def sentence(kind: K) -> str:
        return decided(kind).benefits[Benefit.DRUG].reasons[0].sentence

    assert sentence(K.TRICARE).endswith("ends both benefits (programme setting [A]).")
    assert sentence(K.MEDICAID).endswith("ends both benefits.")


@pytest.mark.parametrize(
    ("starts", "ends", "verdict"),
    [
        (None, None, NO),
        (TODAY, None, NO),
        (None, TODAY, NO),
        (TODAY, TODAY, NO),
        (YESTERDAY, TOMORROW, NO),
        (TOMORROW, None, YES),
        (None, YESTERDAY, YES),
    ],
)
def test_government_cover_counts_only_while_active(
    starts: date | None, ends: date | None, verdict: Verdict
) -> None:
    medicare = cover(K.MEDICARE, 2, starts_on=starts, ends_on=ends)
    assert verdicts(decided(cover(K.COMMERCIAL), medicare)) == (verdict, verdict)


def test_government_cover_to_come_is_announced_d51() -> None:
    decision = decided(cover(K.COMMERCIAL), cover(K.MEDICARE, 2, starts_on=TOMORROW))
    coming = [r for r in decision.benefits[Benefit.DRUG].reasons if r.rule == "D-51"]
    assert [reason.sentence for reason in coming] == [
        "Medicare (Example, cover 2) starts on Wed 7 Jul 2027:"
        " the last eligible day is Tue 6 Jul 2027."
    ]
    commercial = decided(cover(K.COMMERCIAL), cover(K.EXCHANGE, 2, starts_on=TOMORROW))
    assert "D-51" not in rules(commercial.benefits[Benefit.DRUG])


@pytest.mark.parametrize(
    ("starts", "ends", "verdict"),
    [(TODAY, TODAY, YES), (TOMORROW, None, UNKNOWN), (None, YESTERDAY, UNKNOWN)],
)
def test_commercial_cover_counts_only_while_active(
    starts: date | None, ends: date | None, verdict: Verdict
) -> None:
    decision = decided(cover(K.COMMERCIAL, starts_on=starts, ends_on=ends))
    assert verdicts(decision) == (verdict, verdict)
    wanted = ("current coverage",) if verdict is UNKNOWN else ()
    assert decision.benefits[Benefit.DRUG].missing == wanted


def test_an_exchange_plan_is_commercial_d44() -> None:
    decision = decided(K.EXCHANGE)
    assert verdicts(decision) == (YES, YES)
    assert rules(decision.benefits[Benefit.DRUG])[0] == "D-44"


def test_no_insurance_ends_both_and_directs_elsewhere_d43_d54() -> None:
    decision = decided(K.UNINSURED)
    assert verdicts(decision) == (NO, NO)
    assert rules(decision.benefits[Benefit.DRUG]) == ["D-43", "D-53"]
    assert decision.directed_to == ELSEWHERE


def test_no_coverage_on_file_is_not_the_same_as_no_insurance() -> None:
    decision = decided()
    assert verdicts(decision) == (UNKNOWN, UNKNOWN)
    assert decision.benefits[Benefit.DRUG].missing == ("coverage",)
    assert decision.directed_to == ()


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (K.UNKNOWN, "kind of cover 1"),
        (K.FEDERAL_EMPLOYEE, "the programme's decision on federal employee cover"),
    ],
)
def test_what_nobody_decided_is_undetermined(kind: K, missing: str) -> None:
    decision = decided(kind, K.COMMERCIAL)
    assert verdicts(decision) == (UNKNOWN, UNKNOWN)
    assert decision.benefits[Benefit.DRUG].missing == (missing,)
    assert verdicts(decided(kind, K.MEDICAID)) == (NO, NO)


def test_no_insurance_beside_insurance_is_a_question() -> None:
    decision = decided(K.UNINSURED, K.COMMERCIAL)
    assert verdicts(decision) == (UNKNOWN, UNKNOWN)
    assert decision.benefits[Benefit.DRUG].missing == ("which cover holds",)


@pytest.mark.parametrize(
    ("state", "zip_code", "expected"),
    [
        ("", "02116", (YES, UNKNOWN)),  # a ZIP of some state: US, but which state?
        ("", "", (UNKNOWN, UNKNOWN)),
        ("", "00000", (UNKNOWN, UNKNOWN)),
        ("", "2116", (UNKNOWN, UNKNOWN)),
        ("", "00901", (UNKNOWN, UNKNOWN)),  # Puerto Rico
        ("", "96701", (YES, UNKNOWN)),
        ("", "96799", (UNKNOWN, UNKNOWN)),  # American Samoa
        ("", "96910", (UNKNOWN, UNKNOWN)),  # Guam
        ("", "09001", (UNKNOWN, UNKNOWN)),  # military
        ("PR", "00901", (UNKNOWN, UNKNOWN)),
        ("AE", "09001", (UNKNOWN, UNKNOWN)),
        ("ON", "", (UNKNOWN, UNKNOWN)),
        ("Massachusetts", "02116", (UNKNOWN, UNKNOWN)),
    ],
)
def test_residence_that_is_not_a_state_d43(
    state: str, zip_code: str, expected: tuple[Verdict, Verdict]
) -> None:
    assert verdicts(decided(K.COMMERCIAL, state=state, zip=zip_code)) == expected


def test_a_missing_state_is_asked_for_once() -> None:
    assert decided(K.COMMERCIAL, state="", zip="").benefits[Benefit.INFUSION].missing == (
        "state of residence",
    )


@pytest.mark.parametrize(
    ("born", "represented", "verdict"),
    [
        (date(2009, 7, 6), False, YES),  # 18 today
        (date(2009, 7, 7), False, NO),  # 18 tomorrow
        (date(2009, 7, 7), True, YES),
        (None, False, UNKNOWN),
        (None, True, YES),
        (TOMORROW, False, UNKNOWN),
    ],
)
def test_age_or_an_adult_representative_d45(
    born: date | None, represented: bool, verdict: Verdict
) -> None:
    decision = decided(K.COMMERCIAL, date_of_birth=born, has_adult_representative=represented)
    assert verdicts(decision) == (verdict, verdict)


def test_the_way_out_for_the_young_d45() -> None:
    drug = decided(K.COMMERCIAL, date_of_birth=date(2009, 7, 7)).benefits[Benefit.DRUG]
    assert (
        drug.way_out == "Record an adult representative, or wait until Wed 7 Jul 2027."
        and rules(drug) == ["D-45", "D-53"]
    )


def test_a_no_names_every_cause_that_suffices_and_nothing_else() -> None:
    infusion = decided(K.MEDICARE, K.MEDICAID, state="RI").benefits[Benefit.INFUSION]
    assert rules(infusion) == ["D-39", "D-39", "D-41", "D-53"]
    assert [r.facts["kind"] for r in infusion.reasons[:2]] == ["medicare", "medicaid"]


def test_every_decision_cites_its_terms_d53() -> None:
    for verdict in decided(K.MEDICAID).benefits.values():
        assert verdict.reasons[-1].facts == {
            "terms_version": PROGRAMME.copay_terms_version.value,
            "settings_version": PROGRAMME.version,
        }


def test_a_cover_without_a_payer_is_named_by_its_kind() -> None:
    decision = decided(cover(K.MEDICAID, payer=""))
    assert decision.benefits[Benefit.DRUG].reasons[0].sentence.startswith("Medicaid is active;")
    assert set(KIND_WORDS) == set(CoverageKind)


KINDS = st.sampled_from(sorted(CoverageKind))
DAYS = st.one_of(st.none(), st.dates(date(2027, 1, 1), date(2028, 1, 1)))
COVERS = st.lists(
    st.builds(cover, KINDS, st.integers(1, 4), starts_on=DAYS, ends_on=DAYS), max_size=4
)
CASES = st.builds(
    lambda covers, **over: facts(coverages=tuple(covers), **over),
    COVERS,
    state=st.sampled_from(["MA", "NH", "PR", "ON", ""]),
    zip=st.sampled_from(["02116", "00901", ""]),
    date_of_birth=st.one_of(st.none(), st.dates(date(2005, 1, 1), date(2012, 1, 1))),
    has_adult_representative=st.booleans(),
)


@given(CASES, st.sampled_from(sorted(GOVERNMENT_KINDS)), st.integers(1, 5))
def test_adding_active_government_cover_leaves_nothing_eligible(
    case: Any, kind: K, order: int
) -> None:
    worse = replace(case, coverages=(*case.coverages, cover(kind, order)))
    assert verdicts(decide(worse, PROGRAMME, TODAY)) == (NO, NO)


@given(CASES)
def test_knowing_less_never_turns_an_answer_into_another(case: Any) -> None:
    more = verdicts(decide(case, PROGRAMME, TODAY))
    poorer = [
        replace(case, coverages=()),
        replace(case, coverages=tuple(replace(c, kind=K.UNKNOWN) for c in case.coverages)),
        replace(case, patient=replace(case.patient, state="", zip="")),
        replace(case, patient=replace(case.patient, date_of_birth=None)),
    ]
    for less in poorer:
        for before, after in zip(more, verdicts(decide(less, PROGRAMME, TODAY)), strict=True):
            assert after in (before, UNKNOWN)


@given(CASES)
def test_every_answer_is_explained(case: Any) -> None:
    decision = decide(case, PROGRAMME, TODAY)
    for verdict in decision.benefits.values():
        assert bool(verdict.missing) is (verdict.verdict is UNKNOWN)
        assert bool(verdict.way_out) is (verdict.verdict is not YES)
        assert len(verdict.reasons) > 1
        assert verdict.reasons[-1].rule == "D-53"
    assert bool(decision.directed_to) is (NO in verdicts(decision))

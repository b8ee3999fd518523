"""Every sentence of a decision reads as one: a capital first, a full stop last, nothing doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from nurse_tui.rules import calls, clearance, copay, eligibility, infusions, journey
from nurse_tui.rules.facts import CaseFacts, SiteFact
from nurse_tui.types import CoverageKind, MsType, Sex
from tests.rules.factory import COVERAGE, at, facts, programme

TODAY = date(2027, 7, 6)
SITE = SiteFact(1, "S1", "Riverside Center", "NH", 3, frozenset(range(5)), frozenset(), None, None)


def samples() -> list[CaseFacts]:
    covers = [
        facts(coverages=(replace(COVERAGE, kind=kind, payer=payer),))
        for kind in CoverageKind
        for payer in ("Example Health", "")
    ]
    coming = replace(COVERAGE, id=2, kind=CoverageKind.CHIP, starts_on=TODAY + timedelta(days=9))
    return [
        *covers,
        facts(coverages=()),
        facts(coverages=(COVERAGE, coming)),
        *(facts(sex=sex) for sex in Sex),
        *(facts(ms_type=kind) for kind in (*MsType, None)),
        *(facts(state=place) for place in ("MA", "PR", "", "zz")),
        *(facts(date_of_birth=born) for born in (None, date(2012, 1, 1), date(1950, 1, 1))),
        facts(phones=(), consents=()),
        facts(form=None),
        facts(contraindications=("HIV infection",)),
    ]


def sentences(case: CaseFacts) -> Iterator[str]:
    rules = programme()
    found = eligibility.decide(case, rules, TODAY)
    yield from (r.sentence for r in (*found.reasons, *found.warnings))
    for benefit in copay.decide(case, rules, TODAY).benefits.values():
        yield from (r.sentence for r in benefit.reasons)
    for hour in ("10:30", "23:30"):
        may = calls.may_call(case, rules, at(f"2027-07-06 {hour}"))
        yield from (r.sentence for r in may.reasons)
    yield from (r.sentence for r in journey.decide(case, rules).reasons)
    for day1 in (None, date(2027, 8, 2)):
        for site in (None, SITE):
            gate = clearance.gate(case, 1, day1, site, rules, TODAY)
            yield from (blocker.sentence for blocker in gate)
    weeks = infusions.weeks(case, 1, SITE, rules, TODAY, TODAY + timedelta(weeks=14))
    yield from (reason.sentence for week in weeks for reason in week.reasons)


@pytest.mark.parametrize("case", samples())
def test_every_sentence_begins_with_a_capital_and_ends(case: CaseFacts) -> None:
    found = set(sentences(case))
    assert len(found) > 10
    wrong = [s for s in found if not re.match(r"[A-Z0-9“]", s) or not s.endswith((".", "!"))]
    assert wrong == []


def test_what_is_not_on_file_is_said_of_one_thing_and_of_many() -> None:
    found = {b.what: b.sentence for b in clearance.gate(facts(), 1, None, None, programme(), TODAY)}
    assert found["vaccination"] == "The vaccinations: not on file."
    assert found["drug_shipped"] == "The shipment of the drug for course 1: not on file."

"""What keeps weeks and help from being arranged at all, and what only warns (D-1, D-2, D-29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nurse_tui.rules import eligibility
from nurse_tui.rules.facts import ConsentFact
from nurse_tui.rules.infusions import weeks
from nurse_tui.rules.standing import may_go_on, refuse_turn
from nurse_tui.types import ConsentKind, MsType, Verdict
from tests.rules.factory import at, day, facts, programme, site

TODAY = day("2027-06-10")
WITHDRAWN = ConsentFact(ConsentKind.SERVICES, False, at("2027-06-05 12:00"), "on the phone")


@pytest.mark.parametrize(
    ("turn", "closed", "held", "code"),
    [
        ("close", "", "", None), ("close", "", "moving", None), ("close", "died", "", "closed"),
        ("reopen", "", "", "not_closed"), ("reopen", "", "moving", "not_closed"),
        ("reopen", "moved", "", None), ("hold", "", "", None), ("hold", "", "moving", "held"),
        ("hold", "moved", "", "closed"), ("hold", "moved", "moving", "closed"),
        ("release", "", "", "not_held"), ("release", "", "moving", None),
        ("release", "moved", "", "not_held"),
    ],
)  # fmt: skip
def test_a_case_is_not_turned_to_where_it_stands(turn, closed, held, code):
    refused = refuse_turn(turn, closed, held)
    assert (refused.code if refused else None) == code
    assert refused is None or (refused.sentence.endswith(".") and refused.way_out)


@pytest.mark.parametrize(
    ("over", "rule", "says", "way_out"),
    [
        ({"deceased_on": day("2027-06-02")}, "D-29", "died on Wed 2 Jun 2027", "by mistake, undo"),
        ({"closed_reason": "moved away"}, "D-29", "The case is closed: moved away", "Reopen"),
        ({"closed_reason": "complete"}, "D-29", "The case is closed: complete", "Reopen"),
        ({"consents": (WITHDRAWN,)}, "D-32", "does not consent", "new consent"),
        ({"hold_reason": "moving"}, "D-29", "on hold: moving", "Lift the hold"),
        ({"contraindications": ("hiv",)}, "D-2", "contraindication", "Only the prescriber"),
        ({"ms_type": MsType.PPMS}, "D-1", "names primary progressive MS", "corrects the form"),
        ({"date_of_birth": day("2010-06-02")}, "D-1", "The patient was 16", "date of birth"),
        ({"date_of_birth": day("2010-06-11"), "form": None}, "D-1", "16 years old", "Not before"),
    ],
)
def test_what_stops_a_case_stops_every_week_of_it(over, rule, says, way_out):
    case = facts(**over)
    stop = may_go_on(case, programme(), TODAY)
    assert stop is not None and stop.reason.rule == rule
    assert says in stop.reason.sentence and way_out in stop.way_out
    (week,) = weeks(case, 1, site(), programme(), day("2027-06-21"), day("2027-06-27"), TODAY)
    assert not week.possible and week.reasons[0] == stop.reason and week.way_out == stop.way_out


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"prior_therapies": ()},
        {"prior_therapies": ("fingolimod",)},
        {"ms_type": MsType.CIS},
        {"ms_type": MsType.OTHER},
        {"ms_type": None},
        {"zip": ""},
        {"date_of_birth": day("2010-06-01")},
        {"do_not_call": True},
    ],
)
def test_what_only_warns_or_is_not_known_stops_nothing(over):
    """Fewer than two medicines before, a discouraged type, 17 when the form came in (D-1)."""
    case = facts(**over)
    assert may_go_on(case, programme(), TODAY) is None
    (week,) = weeks(case, 1, site(), programme(), day("2027-06-21"), day("2027-06-27"), TODAY)
    assert week.possible


@pytest.mark.parametrize("today", ["2027-06-09", "2027-06-11", "2029-06-11"])
def test_too_young_on_the_day_of_the_form_wants_a_new_form_whoever_says_so_d1(today: str):
    """16 when the form came in, 17 on 11 June 2027: this form stays shut for good."""
    case = facts(date_of_birth=date(2010, 6, 11))
    stop = may_go_on(case, programme(), day(today))
    assert stop is not None and "new form" in stop.way_out
    decided = eligibility.decide(case, programme(), day(today))
    young = decided.verdict is Verdict.INELIGIBLE
    assert young is (today < "2027-06-11") and ("new form" in decided.way_out) is young
    unknown = eligibility.decide(replace(case, form=None), programme(), day(today))
    assert "new form" not in unknown.way_out


@pytest.mark.parametrize(("today", "stopped"), [("2027-06-10", True), ("2027-06-11", False)])
def test_age_is_taken_on_the_day_where_no_form_tells_it(today: str, stopped: bool):
    """17 on 11 June 2027."""
    case = replace(facts(date_of_birth=date(2010, 6, 11)), form=None)
    assert (may_go_on(case, programme(), day(today)) is not None) is stopped

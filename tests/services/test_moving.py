"""A change of the patient's facts ends the enrolment that they forbid, in the same change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.models import Patient
from nurse_tui.store import verify
from nurse_tui.types import Benefit
from tests.cases import NOW
from tests.databases import SYSTEM
from tests.services.test_copay_and_infusions import version

TODAY = NOW.date()


def enrol_both(desk) -> None:
    for benefit in Benefit:
        assert isinstance(desk.mine.copay.enrol(desk.case, benefit, version(desk)), int)


def running(desk) -> set[Benefit]:
    view = desk.mine.copay.view(desk.case)
    return {benefit for benefit in Benefit if view.running(benefit)}


def edit(desk, **fields) -> str:
    done = desk.mine.cases.edit_patient(desk.case, version(desk), **fields)
    assert done == desk.case
    return desk.mine.cases.view(desk.case).timeline[0].sentence


@pytest.mark.parametrize("state", ["MA", "MI", "MN", "RI"])
def test_moving_to_an_excluded_state_ends_the_infusion_benefit_alone_d41(desk, state):
    enrol_both(desk)
    said = edit(desk, state=state)
    assert said == "Corrected state; it ends the co-pay enrolment for infusion costs (D-41)"
    assert running(desk) == {Benefit.DRUG}
    ended = next(e for e in desk.mine.copay.view(desk.case).enrolments if e.ends_on)
    assert ended.ends_on == TODAY and ended.end_reason.startswith(f"D-41: Lives in {state}")
    assert verify.run(desk.db).ok
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert running(desk) == set(Benefit)


def test_an_end_by_moving_is_neither_undone_nor_done_again_on_a_later_day_d53(desk):
    enrol_both(desk)
    edit(desk, state="MA")
    clock.freeze(NOW + timedelta(days=1))
    assert desk.mine.history.undo(desk.case).code == "another_day"
    assert running(desk) == {Benefit.DRUG}
    clock.freeze(NOW)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    clock.freeze(NOW + timedelta(days=1))
    assert desk.mine.history.redo(desk.case).code == "another_day"
    assert running(desk) == set(Benefit)


def test_moving_to_another_state_ends_nothing(desk):
    enrol_both(desk)
    assert edit(desk, state="VT") == "Corrected state"
    assert running(desk) == set(Benefit)


@pytest.mark.parametrize(("younger", "left"), [(0, set(Benefit)), (1, set())])
def test_an_age_under_the_least_ends_both_unless_somebody_represents_d45(desk, younger, left):
    enrol_both(desk)
    born = date(TODAY.year - 18, TODAY.month, TODAY.day) + timedelta(days=younger)
    said = edit(desk, date_of_birth=born)
    assert running(desk) == left and ("D-45" in said) == (not left)


def test_losing_the_representative_ends_what_the_age_forbids_d45(desk):
    edit(desk, date_of_birth=date(TODAY.year - 17, 1, 1), has_adult_representative=True)
    enrol_both(desk)
    assert "D-45" in edit(desk, has_adult_representative=False)
    assert running(desk) == set()


def test_a_correction_back_is_not_undone_into_an_enrolment_by_mistake(desk):
    enrol_both(desk)
    edit(desk, state="MA")
    clock.freeze(NOW + timedelta(days=9))
    assert edit(desk, state="NH") == "Corrected state"
    assert running(desk) == {Benefit.DRUG}


def test_verify_names_a_running_infusion_enrolment_in_an_excluded_state(desk):
    enrol_both(desk)

    def moved(tx) -> None:
        row = next(iter(tx.session.query(Patient).filter_by(case_id=desk.case)))
        row.state = "MA"
        tx.say("moved past the rule")

    desk.db.write(SYSTEM, "case.edit", moved, case_id=desk.case)
    found = next(c for c in verify.run(desk.db).checks if c.name == "copay")
    number = desk.mine.cases.view(desk.case).number
    assert not found.ok and number in found.detail and "infusion" in found.detail
    desk.mine.copay.end(desk.case, Benefit.INFUSION, "moved", version(desk))
    assert verify.run(desk.db).ok

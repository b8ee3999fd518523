"""Nothing is booked, moved, enrolled or redone for a case that may not go on (D-1, D-2, D-29)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui.models import Case
from nurse_tui.types import Benefit, ConsentKind, MsType, Refusal
from tests.cases import add_case
from tests.databases import SYSTEM, count

OPEN = date(2026, 11, 30)
"""A Monday on which nothing else stands against the case's first course."""


def version(desk, case_id=None) -> int:
    return desk.mine.cases.view(case_id or desk.case).version


def put(**fields):
    def change(desk) -> None:
        done = desk.mine.cases.set_case(desk.case, version(desk), "Changed", **fields)
        assert not isinstance(done, Refusal), done

    return change


def contraindicate(desk) -> None:
    def job(tx) -> None:
        tx.get(Case, desk.case).contraindications = "hiv"
        tx.say("Contraindication")

    assert not isinstance(desk.db.write(SYSTEM, "case.set", job), Refusal)


def die(desk) -> None:
    desk.mine.cases.record_death(desk.case, version(desk), None, "office")


def withdraw(desk) -> None:
    desk.mine.intake.record_consent(desk.case, ConsentKind.SERVICES, False, "letter")


STOPPED = [
    (die, "D-29"),
    (put(closed_reason="moved away"), "D-29"),
    (put(closed_reason="complete"), "D-29"),
    (put(hold_reason="moving"), "D-29"),
    (withdraw, "D-32"),
    (contraindicate, "D-2"),
]
NAMES = ["died", "closed", "complete", "held", "opted_out", "hiv"]


@pytest.mark.parametrize(("change", "rule"), STOPPED, ids=NAMES)
def test_neither_a_week_nor_help_for_a_case_that_may_not_go_on(desk, change, rule):
    change(desk)
    booked = desk.mine.infusions.book(desk.case, 1, desk.site, OPEN, version(desk))
    enrolled = desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    for refused in (booked, enrolled):
        assert isinstance(refused, Refusal) and refused.code == "not_going_on"
        assert refused.rule == rule and refused.way_out
    proposal = desk.mine.infusions.propose(desk.case)
    assert not any(week.possible for week in proposal.weeks)
    assert {week.reasons[0].rule for week in proposal.weeks} == {rule}
    assert count(desk.db, "infusion_day") == 0 and count(desk.db, "copay_enrollment") == 0


@pytest.mark.parametrize(
    "over",
    [{"form": {"ms_type": MsType.PPMS}}, {"date_of_birth": date(2010, 1, 1)}],
    ids=["ppms", "sixteen"],
)
def test_neither_a_week_nor_help_for_whom_the_label_excludes_d1(desk, over):
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-9", **over)
    booked = desk.mine.infusions.book(case, 1, desk.site, OPEN, version(desk, case))
    enrolled = desk.mine.copay.enrol(case, Benefit.DRUG, version(desk, case))
    assert (booked.code, booked.rule) == (enrolled.code, enrolled.rule) == ("not_going_on", "D-1")


@pytest.mark.parametrize(("change", "rule"), [STOPPED[3], STOPPED[5]], ids=["held", "hiv"])
def test_no_move_while_it_stands_but_the_days_can_be_cancelled(desk, change, rule):
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, OPEN, version(desk)), int)
    change(desk)
    later = OPEN + timedelta(weeks=1)
    moved = desk.mine.infusions.move(desk.case, 1, desk.site, later, "infection", version(desk))
    assert isinstance(moved, Refusal) and moved.rule == rule
    assert desk.mine.infusions.propose(desk.case).standing[0].rule == rule
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    done = desk.mine.infusions.cancel(desk.case, 1, "infection", version(desk))
    assert isinstance(done, int)


@pytest.mark.parametrize("act", ["book", "enrol"])
def test_what_was_undone_is_not_done_again_under_a_contraindication_d2(desk, act):
    if act == "book":
        desk.mine.infusions.book(desk.case, 1, desk.site, OPEN, version(desk))
    else:
        desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert isinstance(desk.mine.history.undo(desk.case), str)
    contraindicate(desk)
    again = desk.mine.history.redo(desk.case)
    assert isinstance(again, Refusal) and again.rule == "D-2"

"""Co-pay and infusion weeks through the services, on a real file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.models import InfusionSite, Task
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import verify
from nurse_tui.types import Benefit, ClearanceKind, CoverageKind, Refusal, State
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, count


def version(desk, case_id=None) -> int:
    return desk.mine.cases.view(case_id or desk.case).version


def test_enrolling_keeps_the_decision_with_its_reasons(desk):
    done = desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert isinstance(done, int)
    assert count(desk.db, "copay_decision", "reasons LIKE '%D-43%' OR reasons LIKE '%D-39%'") == 1
    again = desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert again.code == "enrolled_already"


@pytest.mark.parametrize(
    "covers, benefit, rule",
    [
        ((CoverageKind.COMMERCIAL, CoverageKind.MEDICARE), Benefit.DRUG, "D-39"),
        ((CoverageKind.COMMERCIAL, CoverageKind.MEDICARE), Benefit.INFUSION, "D-39"),
        ((CoverageKind.UNINSURED,), Benefit.DRUG, "D-43"),
    ],
)
def test_enrolment_that_the_rule_forbids_is_refused_with_the_rule(desk, covers, benefit, rule):
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-9", coverages=covers)
    refused = desk.mine.copay.enrol(case, benefit, version(desk, case))
    assert isinstance(refused, Refusal) and refused.rule == rule
    assert count(desk.db, "copay_enrollment") == 0


def test_massachusetts_residents_get_the_drug_benefit_only(desk):
    case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-9", state="MA", zip="02115"
    )
    assert isinstance(desk.mine.copay.enrol(case, Benefit.DRUG, version(desk, case)), int)
    refused = desk.mine.copay.enrol(case, Benefit.INFUSION, version(desk, case))
    assert refused.rule == "D-41"


def test_gaining_government_cover_ends_the_enrolment_and_undo_brings_it_back(desk):
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    desk.mine.work.add_coverage(desk.case, version(desk), CoverageKind.MEDICARE, "Medicare")
    assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 0
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 1
    assert count(desk.db, "coverage", "kind = 'medicare'") == 0


TODAY = NOW.date()
ONE = timedelta(days=1)


def add_medicare(desk, starts_on: date | None, ends_on: date | None = None) -> int:
    return desk.mine.work.add_coverage(
        desk.case, version(desk), CoverageKind.MEDICARE, "CMS", "", starts_on, ends_on
    )


def enrolled(desk) -> list[tuple[date, date | None]]:
    return [(e.enrolled_on, e.ends_on) for e in desk.mine.cases.view(desk.case).facts.enrollments]


@pytest.mark.parametrize(
    ("starts", "last_day"),
    [
        (TODAY + 9 * ONE, TODAY + 8 * ONE),
        (TODAY + ONE, TODAY),
        (TODAY, TODAY - ONE),
        (TODAY - 9 * ONE, TODAY - ONE),
        (None, TODAY - ONE),
    ],
)
def test_an_enrolment_runs_until_the_day_before_government_cover_d51(desk, starts, last_day):
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    cover = add_medicare(desk, starts)
    assert isinstance(cover, int)
    assert enrolled(desk) == [(TODAY, last_day)]
    said = desk.mine.cases.view(desk.case).timeline[0].sentence
    assert said == "Added cover: medicare CMS; it ends the co-pay enrolment for drug costs"
    assert verify.run(desk.db).ok
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert enrolled(desk) == [(TODAY, None)]
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert enrolled(desk) == [(TODAY, last_day)]


def test_a_new_enrolment_ends_before_the_government_cover_on_file_d51(desk):
    add_medicare(desk, TODAY + 9 * ONE)
    assert isinstance(desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk)), int)
    assert enrolled(desk) == [(TODAY, TODAY + 8 * ONE)]
    (row,) = desk.mine.copay.listed("enrolled")
    assert "last day Thu 26 Nov 2026: Medicare (CMS, cover 2) starts on Fri 27 Nov 2026" in row.why
    again = desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert again.code == "enrolled_already"
    clock.freeze(NOW + 8 * ONE)
    assert desk.mine.copay.listed("enrolled") == () and desk.mine.copay.listed("ended") != ()
    clock.freeze(NOW + 9 * ONE)
    assert desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk)).rule == "D-39"
    assert verify.run(desk.db).ok


def test_on_the_last_day_before_government_cover_nobody_is_enrolled_d51(desk):
    add_medicare(desk, TODAY + ONE)
    refused = desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert refused.code == "government_tomorrow" and refused.rule == "D-51" and refused.way_out
    assert enrolled(desk) == []


def test_a_government_cover_that_lasts_longer_than_thought_ends_the_enrolment(desk):
    cover = add_medicare(desk, TODAY - 9 * ONE, TODAY - ONE)
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    assert enrolled(desk) == [(TODAY, None)]
    ended = desk.mine.work.end_coverage(desk.case, cover, TODAY, version(desk))
    assert isinstance(ended, int) and enrolled(desk) == [(TODAY, TODAY - ONE)]
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert enrolled(desk) == [(TODAY, None)]
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert enrolled(desk) == [(TODAY, TODAY - ONE)] and verify.run(desk.db).ok
    wrong = desk.mine.work.end_coverage(desk.case, cover, TODAY - 10 * ONE, version(desk))
    assert wrong.code == "dates"


def test_an_enrolment_ended_by_hand_is_held_to_a_cover_that_began_before(desk):
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    clock.freeze(NOW + 20 * ONE)
    desk.mine.copay.end(desk.case, Benefit.DRUG, "moved", version(desk))
    add_medicare(desk, TODAY + 5 * ONE)
    assert enrolled(desk) == [(TODAY, TODAY + 4 * ONE)]


def monday(desk) -> date:
    proposal = desk.mine.infusions.propose(desk.case)
    return next(w.start for w in proposal.weeks if w.possible)


def test_booking_takes_five_days_in_a_row_and_undo_gives_them_back(desk):
    start = monday(desk)
    booked = desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    assert isinstance(booked, int)
    view = desk.mine.cases.view(desk.case)
    assert [d.on for d in view.facts.courses[0].days] == [
        start + timedelta(days=n) for n in range(5)
    ]
    assert desk.mine.history.undo(desk.case).startswith("Booked course 1")
    assert count(desk.db, "infusion_day") == 0 and count(desk.db, "course") == 0
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert count(desk.db, "infusion_day") == 5


def test_a_booking_whose_week_has_passed_is_not_done_again(desk):
    start = monday(desk)
    desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    desk.mine.history.undo(desk.case)
    clock.freeze(NOW + timedelta(days=(start - NOW.date()).days + 1))
    refused = desk.mine.history.redo(desk.case)
    assert isinstance(refused, Refusal) and refused.code == "past_week"
    assert count(desk.db, "infusion_day") == 0


def test_a_booking_at_a_site_that_closed_meanwhile_is_not_done_again(desk):
    start = monday(desk)
    desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    desk.mine.history.undo(desk.case)
    close(desk, start + timedelta(days=2))
    refused = desk.mine.history.redo(desk.case)
    assert isinstance(refused, Refusal) and refused.rule == "D-57"


def test_a_move_is_done_again_only_while_its_days_are_possible(desk):
    start = monday(desk)
    later = start + timedelta(weeks=2)
    desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    desk.mine.infusions.move(desk.case, 1, desk.site, later, "patient request", version(desk))
    desk.mine.history.undo(desk.case)
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    desk.mine.history.undo(desk.case)
    close(desk, later)
    refused = desk.mine.history.redo(desk.case)
    assert isinstance(refused, Refusal) and refused.rule == "D-57"
    days = desk.mine.cases.view(desk.case).facts.courses[0].days
    assert days[0].on == start


def close(desk, day: date) -> None:
    def job(tx) -> None:
        tx.get(InfusionSite, desk.site).closures = day.isoformat()
        tx.say("Closed a day")

    desk.db.write(SYSTEM, "site.change", job)


def test_an_enrolment_is_not_done_again_once_the_cover_has_ended(desk):
    cover = desk.mine.cases.view(desk.case).facts.coverages[0].id
    last = NOW.date() + timedelta(days=30)
    ended = desk.mine.work.end_coverage(desk.case, cover, last, version(desk))
    assert not isinstance(ended, Refusal), ended
    assert isinstance(desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk)), int)
    desk.mine.history.undo(desk.case)
    assert isinstance(desk.mine.history.redo(desk.case), str)
    desk.mine.history.undo(desk.case)
    clock.freeze(NOW + timedelta(days=30))
    assert desk.mine.history.redo(desk.case).code == "another_day"
    clock.freeze(NOW + timedelta(days=31))
    refused = desk.mine.history.redo(desk.case)
    assert isinstance(refused, Refusal) and refused.rule == "D-43"
    assert count(desk.db, "copay_enrollment") == 0


def test_a_day_off_monday_is_refused_with_the_closed_day(desk):
    refused = desk.mine.infusions.book(
        desk.case, 1, desk.site, monday(desk) + timedelta(days=1), version(desk)
    )
    assert isinstance(refused, Refusal) and refused.rule == "D-57"


def test_vaccines_push_the_first_week_back(desk):
    desk.mine.work.confirm(desk.case, ClearanceKind.VACCINATION, date(2026, 11, 10))
    assert monday(desk) >= date(2026, 12, 22)


def test_the_last_chair_has_one_winner(desk):
    small = add_site(desk.db, SYSTEM, code="S2", name="One Chair", chairs=1)
    second = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    start = monday(desk)
    first = desk.mine.infusions.book(desk.case, 1, small, start, version(desk))
    refused = desk.mine.infusions.book(second, 1, small, start, version(desk, second))
    assert isinstance(first, int)
    assert isinstance(refused, Refusal) and refused.rule == "D-59"
    assert count(desk.db, "infusion_day") == 5


def test_moving_keeps_the_cancelled_days_on_record(desk):
    start = monday(desk)
    desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    later = start + timedelta(weeks=2)
    moved = desk.mine.infusions.move(
        desk.case, 1, desk.site, later, "patient request", version(desk)
    )
    assert isinstance(moved, int), moved
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5
    days = desk.mine.cases.view(desk.case).facts.courses[0].days
    assert days[0].on == later
    assert desk.mine.infusions.cancel(desk.case, 1, "pregnancy", version(desk))
    assert desk.mine.cases.view(desk.case).journey.state is not State.SCHEDULED


def test_a_nurse_sees_the_chair_of_anothers_patient_without_the_name(desk):
    start = monday(desk)
    desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk))
    mine = desk.mine.infusions.site_week(desk.site, start)
    others = desk.other.infusions.site_week(desk.site, start)
    assert {b.patient for b in mine.bookings} == {"Ortiz, Marisol"}
    assert {b.patient for b in others.bookings} == {""}


def test_another_nurses_case_is_refused_everywhere(desk):
    others = Services(Desk(desk.db, desk.other.actor, desk.shipped))
    calls = [
        others.cases.view(desk.case),
        others.cases.edit_patient(desk.case, 1, city="x"),
        others.cases.take(desk.case),
        others.cases.reassign([desk.case], None),
        others.calls.start(desk.case),
        others.copay.decide(desk.case, 1),
        others.copay.enrol(desk.case, Benefit.DRUG, 1),
        others.infusions.propose(desk.case),
        others.infusions.book(desk.case, 1, desk.site, date(2027, 1, 4), 1),
        others.infusions.cancel(desk.case, 1, "x", 1),
        others.work.add_note(desk.case, "x"),
        others.work.add_task(desk.case, "x", None),
        others.history.undo(desk.case),
        others.admin.add_user("eve", "Eve", "admin"),
    ]
    assert all(isinstance(answer, Refusal) for answer in calls), calls
    assert version(desk) == 1


def task_of(desk, kind: str) -> int:
    row = Task(case_id=desk.case, kind=kind, title=f"Do {kind}", created_at=NOW, due_at=NOW + ONE)
    return desk.db.write(desk.nurse, "task.add", lambda tx: tx.add(row).id, case_id=desk.case)


def open_tasks(desk) -> list[str]:
    return [t.kind for t in desk.mine.cases.view(desk.case).facts.tasks if t.done_at is None]


def in_the_list(desk) -> int:
    return count(desk.db, "deadline", "kind = 'task' AND is_open")


SETTLE = {
    "enrol": lambda desk: desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk)),
    "decide": lambda desk: desk.mine.copay.decide(desk.case, version(desk)),
    "refer": lambda desk: desk.mine.copay.refer(desk.case, "A fund", version(desk)),
}


@pytest.mark.parametrize(
    ("act", "settled"), [("enrol", "copay"), ("decide", "copay"), ("refer", "assistance")]
)
def test_what_a_task_asks_for_settles_it_and_undo_opens_it_again(desk, act, settled):
    for kind in ("copay", "assistance", "cover"):
        task_of(desk, kind)
    assert isinstance(SETTLE[act](desk), int)
    assert sorted(open_tasks(desk)) == sorted({"copay", "assistance", "cover"} - {settled})
    assert in_the_list(desk) == 2
    assert f"; done: Do {settled}" in desk.mine.cases.view(desk.case).timeline[0].sentence
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert len(open_tasks(desk)) == in_the_list(desk) == 3
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert settled not in open_tasks(desk)


def test_a_verdict_that_lacks_something_leaves_the_task_open(desk):
    desk.case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-9",
        coverages=(CoverageKind.COMMERCIAL, CoverageKind.UNKNOWN),
    )  # fmt: skip
    task_of(desk, "copay")
    assert isinstance(SETTLE["decide"](desk), int)
    assert count(desk.db, "copay_decision", "verdict = 'undetermined'") > 0
    assert open_tasks(desk) == ["copay"]

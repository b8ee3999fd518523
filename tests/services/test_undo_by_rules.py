"""An undo that enrols or books again asks the rules that a new enrolment or booking is asked."""

from __future__ import annotations

from datetime import date, timedelta

from nurse_tui import clock
from nurse_tui.types import Benefit, Refusal
from tests.cases import NOW
from tests.databases import count
from tests.services.test_copay_and_infusions import close, monday, version

ONE = timedelta(days=1)
OPEN = "ends_on IS NULL"


def enrol(desk) -> None:
    assert isinstance(desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk)), int)


def end(desk) -> None:
    assert isinstance(desk.mine.copay.end(desk.case, Benefit.DRUG, "slip", version(desk)), int)


def test_the_end_of_an_enrolment_is_undone_on_its_day(desk):
    enrol(desk)
    end(desk)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert count(desk.db, "copay_enrollment", OPEN) == 1
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert count(desk.db, "copay_enrollment", OPEN) == 0


def test_an_end_is_neither_undone_nor_done_again_on_a_later_day(desk):
    enrol(desk)
    end(desk)
    clock.freeze(NOW + ONE)
    refused = desk.mine.history.undo(desk.case)
    assert refused.code == "another_day" and "Wed 18 Nov 2026" in refused.sentence
    assert count(desk.db, "copay_enrollment", OPEN) == 0
    clock.freeze(NOW)
    desk.mine.history.undo(desk.case)
    clock.freeze(NOW + ONE)
    assert desk.mine.history.redo(desk.case).code == "another_day"
    assert count(desk.db, "copay_enrollment", OPEN) == 1


def test_an_end_is_not_undone_where_the_cover_has_ended(desk):
    cover = desk.mine.cases.view(desk.case).facts.coverages[0].id
    enrol(desk)
    yesterday = NOW.date() - ONE
    assert isinstance(desk.mine.work.end_coverage(desk.case, cover, yesterday, version(desk)), int)
    end(desk)
    refused = desk.mine.history.undo(desk.case)
    assert isinstance(refused, Refusal) and (refused.code, refused.rule) == (
        "copay_undetermined", "D-43",
    )  # fmt: skip
    assert count(desk.db, "copay_enrollment", OPEN) == 0


def booked(desk) -> date:
    start = monday(desk)
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk)), int)
    return start


def test_a_cancelled_course_is_booked_again_only_while_its_days_are_possible(desk):
    start = booked(desk)
    desk.mine.infusions.cancel(desk.case, 1, "patient request", version(desk))
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    assert isinstance(desk.mine.history.redo(desk.case), str)
    close(desk, start + ONE)
    assert desk.mine.history.undo(desk.case).rule == "D-57"
    clock.freeze(NOW + timedelta(days=(start - NOW.date()).days + 1))
    assert desk.mine.history.undo(desk.case).code == "past_week"
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 0


def test_days_that_were_moved_come_back_only_while_they_are_possible(desk):
    start = booked(desk)
    later = start + timedelta(weeks=2)
    desk.mine.infusions.move(desk.case, 1, desk.site, later, "patient request", version(desk))
    close(desk, start)
    assert desk.mine.history.undo(desk.case).rule == "D-57"
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5


def test_a_booking_is_not_undone_over_a_day_that_has_passed_d58(desk):
    start = booked(desk)
    until = NOW + (start - NOW.date())
    clock.freeze(until + ONE)
    assert desk.mine.history.undo(desk.case).code == "unrecorded_day"
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    clock.freeze(until)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    assert count(desk.db, "infusion_day") == 0

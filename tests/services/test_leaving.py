"""Closing a case gives its chairs back and ends its help; undo brings both back (D-29, D-59)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.store import verify
from nurse_tui.types import Benefit, CallOutcome, ConsentKind, Refusal, State
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, count
from tests.services.test_calls import walk
from tests.services.test_copay_and_infusions import close as shut

MONDAY = date(2026, 11, 30)
WORDS = "5 booked days are cancelled, and the co-pay enrolment for drug costs ends"


def version(desk, case_id=None) -> int:
    return desk.mine.cases.view(case_id or desk.case).version


def arranged(desk, site: int | None = None) -> None:
    mine = desk.mine
    enrolled = mine.copay.enrol(desk.case, Benefit.DRUG, version(desk))
    booked = mine.infusions.book(desk.case, 1, site or desk.site, MONDAY, version(desk))
    assert isinstance(enrolled, int) and isinstance(booked, int)


def close(reason: str):
    def act(desk) -> object:
        return desk.mine.cases.set_case(desk.case, version(desk), "Closed", closed_reason=reason)

    return act


def die(desk) -> object:
    return desk.mine.cases.record_death(desk.case, version(desk), date(2026, 11, 12), "office")


def withdraw(desk) -> object:
    return desk.mine.intake.record_consent(desk.case, ConsentKind.SERVICES, False, "letter")


def hang_up(desk) -> object:
    """Opt out at the end of a call in which the services were agreed to first."""
    call = desk.mine.calls.start(desk.case)
    clock.freeze(NOW + timedelta(minutes=1))
    walk(desk.mine, call)
    clock.freeze(NOW + timedelta(minutes=2))
    return desk.mine.calls.finish(call.call_id, CallOutcome.OPTED_OUT, adverse_event=False)


WAYS = [close("moved away"), close("complete"), close("died"), die, withdraw, hang_up]
NAMES = ["moved", "complete", "died", "death", "withdrawn", "opted_out"]


def is_wound_up(desk) -> bool:
    open_days = count(desk.db, "infusion_day", "status = 'scheduled'")
    kept = count(desk.db, "infusion_day", "status = 'cancelled' AND reason <> ''")
    ended = count(desk.db, "copay_enrollment", "ends_on = '2026-11-18' AND end_reason <> ''")
    dropped = count(desk.db, "course", "cancelled_at IS NOT NULL AND cancel_reason <> ''")
    return (open_days, kept, ended, dropped) == (0, 5, 1, 1)


@pytest.mark.parametrize("end", WAYS, ids=NAMES)
def test_whichever_way_a_case_ends_its_days_and_its_help_end_in_the_same_change(desk, end):
    arranged(desk)
    assert not isinstance(end(desk), Refusal)
    assert is_wound_up(desk)
    view = desk.mine.cases.view(desk.case)
    assert WORDS in view.timeline[0].sentence
    assert desk.mine.infusions.site_week(desk.site, MONDAY).bookings == ()
    assert view.journey.state in (State.CLOSED, State.COMPLETE, State.OPTED_OUT)
    assert verify.run(desk.db).ok


@pytest.mark.parametrize("end", WAYS[:-1], ids=NAMES[:-1])
def test_undo_of_the_closing_brings_days_and_help_back_and_redo_ends_them(desk, end):
    arranged(desk)
    end(desk)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    view = desk.mine.cases.view(desk.case)
    assert view.journey.state not in (State.CLOSED, State.COMPLETE, State.OPTED_OUT)
    assert count(desk.db, "infusion_day", "status = 'scheduled' AND reason = ''") == 5
    assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 1
    assert isinstance(desk.mine.history.redo(desk.case), str)
    assert is_wound_up(desk) and verify.run(desk.db).ok


def test_a_chair_that_somebody_took_meanwhile_refuses_the_undo_in_words(desk):
    small = add_site(desk.db, SYSTEM, code="S2", name="One Chair", chairs=1)
    arranged(desk, small)
    close("moved away")(desk)
    other = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    taken = desk.mine.infusions.book(other, 1, small, MONDAY, version(desk, other))
    assert isinstance(taken, int)
    refused = desk.mine.history.undo(desk.case)
    assert isinstance(refused, Refusal) and refused.code == "chair_taken"
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5
    assert count(desk.db, "case", "closed_reason = 'moved away'") == 1


def test_a_day_that_has_passed_stays_to_be_recorded_and_keeps_its_course(desk):
    arranged(desk)
    clock.freeze(NOW.replace(month=12, day=2))
    close("moved away")(desk)
    days = desk.mine.cases.view(desk.case).facts.courses[0].days
    assert [(d.on.day, d.status.value) for d in days] == [(30, "scheduled"), (1, "scheduled")]
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 3
    assert count(desk.db, "course", "cancelled_at IS NULL") == 1


def test_nothing_ends_in_a_call_that_does_not_leave_and_by_another_consent(desk):
    arranged(desk)
    call = desk.mine.calls.start(desk.case)
    desk.mine.calls.finish(call.call_id, CallOutcome.NO_ANSWER, adverse_event=None)
    desk.mine.intake.record_consent(desk.case, ConsentKind.MARKETING, False, "letter")
    desk.mine.cases.set_case(desk.case, version(desk), "On hold", hold_reason="moving")
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 1


def dates(desk) -> list[tuple[int, str]]:
    days = desk.mine.cases.view(desk.case).facts.courses[0].days
    return [(day.on.day, day.status.value) for day in days]


def booked(desk) -> None:
    done = desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    assert isinstance(done, int)


LATER = NOW + timedelta(days=15)


@pytest.mark.parametrize("end", [*WAYS[:2], *WAYS[3:5]], ids=[*NAMES[:2], *NAMES[3:5]])
def test_a_closing_is_neither_undone_nor_done_again_on_a_later_day(desk, end):
    arranged(desk)
    end(desk)
    clock.freeze(NOW + timedelta(days=1))
    refused = desk.mine.history.undo(desk.case)
    assert isinstance(refused, Refusal) and (refused.code, refused.rule) == ("another_day", "D-53")
    assert "open the case again" in refused.way_out and is_wound_up(desk)
    clock.freeze(NOW)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    clock.freeze(NOW + timedelta(days=1))
    assert desk.mine.history.redo(desk.case).code == "another_day"
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 1


@pytest.mark.parametrize("end", WAYS[:5], ids=NAMES[:5])
def test_days_of_a_closed_case_come_back_only_while_they_are_possible(desk, end):
    booked(desk)
    end(desk)
    clock.freeze(LATER)
    assert desk.mine.history.undo(desk.case).code == "past_week"
    clock.freeze(NOW)
    shut(desk, MONDAY + timedelta(days=1))
    assert desk.mine.history.undo(desk.case).rule == "D-57"
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5


@pytest.mark.parametrize(("after", "kept"), [(0, False), (1, True)])
def test_a_closing_is_not_done_again_over_a_day_that_has_passed_d58(desk, after, kept):
    booked(desk)
    close("moved away")(desk)
    assert isinstance(desk.mine.history.undo(desk.case), str)
    clock.freeze(NOW + timedelta(days=12 + after))
    again = desk.mine.history.redo(desk.case)
    assert (isinstance(again, Refusal) and again.code == "unrecorded_day") is kept
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == (5 if kept else 0)


def test_the_rest_of_a_week_that_runs_comes_back_with_the_undo(desk):
    booked(desk)
    clock.freeze(NOW.replace(month=12, day=2))
    close("moved away")(desk)
    undone = desk.mine.history.undo(desk.case)
    assert isinstance(undone, str), undone
    assert dates(desk) == [(n, "scheduled") for n in (30, 1, 2, 3, 4)]

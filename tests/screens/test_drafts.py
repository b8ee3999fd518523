"""What is typed into a form is kept while it is typed: a killed program does not take it along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event

import pytest

from nurse_tui import clock
from nurse_tui.screens import record_form
from nurse_tui.screens.case_records import ClearanceForm, CoverEndForm, RemsForm
from nurse_tui.screens.record_form import RecordForm
from nurse_tui.screens.schedule_forms import DayForm
from nurse_tui.types import ClearanceKind, CoverageKind, DayStatus, Refusal, RemsParty
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import read
from tests.cases import NOW
from tests.databases import count

from .real import app_on, calm, press
from .test_case import SIZE, opened


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_form, "KEEP_SECONDS", 0.001)


async def kept(pilot) -> None:
    """Go on when what was typed has been handed to the writer and the writer is done."""
    while pilot.app.screen._keeping is not None:
        await pilot.pause()
    await calm(pilot)


async def test_what_is_typed_is_kept_before_the_form_is_left(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half")
        await kept(pilot)
        assert count(desk.db, "draft", "screen = 'note' AND content LIKE '%half%'") == 1


async def test_what_is_taken_back_is_not_kept(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=ab")
        await kept(pilot)
        await press(pilot, "backspace", "backspace")
        await kept(pilot)
        assert count(desk.db, "draft", "content <> ''") == 0


async def test_what_is_saved_leaves_no_draft(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=whole")
        await kept(pilot)
        await press(pilot, "f2")
        assert count(desk.db, "note", "text = 'whole'") == 1
        assert count(desk.db, "draft", "content <> ''") == 0


async def test_typing_goes_on_behind_what_was_typed_before(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half", "escape")
        await press(pilot, "w", "= and more", "f2")
        assert count(desk.db, "note", "text = 'half and more'") == 1


async def test_a_draft_does_not_take_back_what_others_changed_meanwhile(desk) -> None:
    app = app_on(desk)
    edit = ("e", "enter")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, *edit, "=Mara", "escape")
        view = desk.boss.cases.view(desk.case)
        desk.boss.cases.edit_patient(desk.case, view.version, city="Springfield")
        await press(pilot, "escape", "enter", *edit, "f2")
        patient = desk.boss.cases.view(desk.case).facts.patient
        assert (patient.first_name, patient.city) == ("Mara", "Springfield")


async def test_typing_waits_for_a_draft_that_is_slow_to_come(desk, monkeypatch) -> None:
    begun, gate, load = Event(), Event(), desk.mine.drafts.load

    def slow(*place: str) -> object:
        begun.set()
        gate.wait()
        return load(*place)

    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half", "escape")
        monkeypatch.setattr(desk.mine.drafts, "load", slow)
        await pilot.press("w")
        while not begun.is_set():
            await pilot.pause()
        await pilot.press("+")
        gate.set()
        await calm(pilot)
        await press(pilot, "f2")
        assert count(desk.db, "note", "text = 'half+'") == 1


DATE = ("home", "=20261231")
TODAY = date(2026, 11, 18)
Make = Callable[[CaseView, int], RecordForm]


def clearance(case: CaseView, row: int) -> RecordForm:
    return ClearanceForm(case, (ClearanceKind.LIVER, ClearanceKind.SKIN_EXAM)[row])


def cover_end(case: CaseView, row: int) -> RecordForm:
    return CoverEndForm(case, case.facts.coverages[row])


def rems(case: CaseView, row: int) -> RecordForm:
    return RemsForm(case, (RemsParty.PATIENT, RemsParty.PRESCRIBER)[row])


def one_day(case: CaseView, row: int) -> RecordForm:
    return DayForm(case, case.facts.courses[0].days[row : row + 1], TODAY)


def one_of_the_days(case: CaseView, row: int) -> RecordForm:
    """A day alone first, then one of all days: neither takes the other's words."""
    return one_day(case, 0) if row == 0 else DayForm(case, case.facts.courses[0].days, TODAY)


def with_rows(desk) -> CaseView:
    """Return the case with a second cover and a booked course."""
    case, seen = desk.case, desk.mine.cases.view(desk.case).version
    desk.mine.work.add_coverage(case, seen, CoverageKind.COMMERCIAL, "Acme", "", None, None)
    seen = desk.mine.cases.view(case).version
    booked = desk.mine.infusions.book(case, 1, desk.site, date(2027, 1, 4), seen)
    assert not isinstance(booked, Refusal), booked
    return desk.mine.cases.view(case)


@pytest.mark.parametrize(
    ("make", "keys"),
    [
        (clearance, ("tab", *DATE)),
        (cover_end, DATE),
        (rems, ("tab", "tab", *DATE)),
        (one_day, ("tab", "=fever")),
        (one_of_the_days, ("tab", "=fever")),
    ],
)
async def test_a_draft_of_one_row_comes_back_in_that_row_alone(desk, make: Make, keys) -> None:
    case = with_rows(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        screen.open_form(make(case, 0))
        await calm(pilot)
        await press(pilot, *keys)
        typed = read(app.screen.query(record_form.Field))
        await press(pilot, "escape")
        screen.open_form(form := make(case, 1))
        await calm(pilot)
        assert form.typed() == {}, "another row's words"
        await press(pilot, "escape")
        screen.open_form(form := make(case, 0))
        await calm(pilot)
        assert read(form.query(record_form.Field)) == typed


async def test_a_draft_of_a_day_stays_with_it_when_another_is_offered_first(desk) -> None:
    case = with_rows(desk)
    day = case.facts.courses[0].days[0]
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        screen.open_form(DayForm(case, case.facts.courses[0].days, TODAY))
        await calm(pilot)
        await press(pilot, "tab", "tab", "=late", "escape")
        clock.freeze(NOW + timedelta(days=47))
        done = desk.boss.infusions.record_day(
            desk.case, day.id, DayStatus.MISSED, "snow", case.version
        )
        assert not isinstance(done, Refusal), done
        days = desk.mine.cases.view(desk.case).facts.courses[0].days
        screen.open_form(form := DayForm(case, days, TODAY))
        await calm(pilot)
        assert form.typed() == {"day": str(day.id), "reason": "late"}

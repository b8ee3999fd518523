"""What is typed into a form is kept while it is typed: a killed program does not take it along."""

from __future__ import annotations

from threading import Event

import pytest

from nurse_tui.screens import record_form
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

"""Keys that come while a form is being saved: nothing typed is lost, no answer goes unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from textual.events import Paste

from nurse_tui.app import NurseApp
from nurse_tui.screens.admin_forms import UserForm
from nurse_tui.screens.confirm import ConfirmScreen
from nurse_tui.screens.fault import FaultScreen
from nurse_tui.screens.record_form import RecordForm
from nurse_tui.types import Refusal
from tests.databases import count

from .conftest import shown
from .real import app_on, calm, press
from .test_admin import OTHER
from .test_admin import door as door
from .test_case import SIZE, CaseScreen, opened

BUSY = Refusal("busy", "Another program is writing.", "Press F2 again.")


@contextmanager
def writer_waits(app: NurseApp) -> Iterator[None]:
    """Let no write begin until the end of the block."""
    gate = Event()
    app.jobs.write(gate.wait)
    try:
        yield
    finally:
        gate.set()


def faulty(*_: object) -> None:
    raise RuntimeError


async def test_esc_while_it_is_saved_waits_and_the_refusal_is_said(desk, monkeypatch) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half")
        monkeypatch.setattr(desk.mine.work, "add_note", lambda *_: BUSY)
        with writer_waits(app):
            await pilot.press("f2", "escape")
            assert "It is being saved." in app.last_said
        await calm(pilot)
        assert isinstance(app.screen, RecordForm) and "half" in shown(app)
        assert BUSY.sentence in app.last_said
        await press(pilot, "escape")
        assert count(desk.db, "draft", "content LIKE '%half%'") == 1


async def test_esc_while_it_is_saved_leaves_it_saved_once_and_no_draft(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=whole")
        with writer_waits(app):
            await pilot.press("f2", "escape")
            app.save_drafts()
        await calm(pilot)
        assert isinstance(app.screen, CaseScreen)
        assert count(desk.db, "note", "text = 'whole'") == 1
        assert count(desk.db, "draft", "content <> ''") == 0


async def test_a_cut_while_it_is_saved_keeps_what_the_save_refuses(desk, monkeypatch) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half")
        monkeypatch.setattr(desk.mine.work, "add_note", lambda *_: BUSY)
        with writer_waits(app):
            await pilot.press("f2")
            app.save_drafts()
        await calm(pilot)
        assert count(desk.db, "draft", "content LIKE '%half%'") == 1


async def test_a_form_whose_save_faulted_may_be_left_and_saved_again(desk, monkeypatch) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half")
        with monkeypatch.context() as patched:
            patched.setattr(desk.mine.work, "add_note", faulty)
            await press(pilot, "f2")
        assert isinstance(app.screen, FaultScreen)
        await press(pilot, "escape", "f2")
        assert count(desk.db, "note", "text = 'half'") == 1


@pytest.mark.parametrize("faults", [False, True])
async def test_a_user_that_is_being_added_is_waited_for(door, monkeypatch, faults) -> None:
    def answer(*_: object) -> Refusal:
        if faults:
            raise RuntimeError
        return BUSY

    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        typed = ("=dana", "tab", "tab", "tab", f"={OTHER}", "tab", f"={OTHER}")
        await press(pilot, "A", *typed)
        monkeypatch.setattr("nurse_tui.services.accounts.add", answer)
        with writer_waits(app):
            await pilot.press("f2", "escape")
            assert isinstance(app.screen, UserForm) and "It is being saved." in app.last_said
        await calm(pilot)
        if faults:
            await press(pilot, "escape")
        else:
            assert BUSY.sentence in app.last_said
        assert isinstance(app.screen, UserForm)
        await press(pilot, "escape")
        assert not isinstance(app.screen, UserForm)


async def test_the_program_does_not_end_over_a_draft_whose_keeping_faulted(
    desk, monkeypatch
) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", "=half")
        with monkeypatch.context() as patched:
            patched.setattr(desk.mine.drafts, "save", faulty)
            await press(pilot, "ctrl+q", "f2")
        assert isinstance(app.screen, FaultScreen) and app.return_code is None
        await press(pilot, "escape", "ctrl+q", "f2")
    assert app.return_code == 0
    assert count(desk.db, "draft", "content LIKE '%half%'") == 1


async def test_an_open_write_alone_is_no_typing(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        with writer_waits(app):
            await pilot.press("ctrl+q")
            assert isinstance(app.screen, ConfirmScreen)
            words = " ".join(shown(app).split())
            assert "being saved" in words and "draft" not in words
        await calm(pilot)


@pytest.mark.parametrize(("keys", "asks"), [(("=da",), True), ((), False)])
async def test_leaving_over_a_half_typed_user_is_asked(door, keys, asks) -> None:
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "A", *keys, "ctrl+q")
        assert isinstance(app.screen, ConfirmScreen) is asks
        if asks:
            assert "never kept" in " ".join(shown(app).split())


async def test_a_reason_that_is_pasted_keeps_all_its_lines(desk) -> None:
    app = app_on(desk)
    reasons: list[str] = []
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        screen.confirm("End it?", reasons.append, reason=True)
        await calm(pilot)
        app.post_message(Paste("moved\nto the VA"))
        await calm(pilot)
        await press(pilot, "f2")
    assert reasons == ["moved to the VA"]

"""A disk that is full while somebody works: what was typed stays, and saves once there is room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlcipher3 import dbapi2
from textual.pilot import Pilot
from textual.widgets import Input

from nurse_tui.app import NurseApp
from nurse_tui.screens.call import CallScreen
from nurse_tui.screens.record_form import RecordForm
from nurse_tui.types import Refusal
from tests.databases import count

from .conftest import shown
from .real import app_on, calm, press
from .test_call import answer_until, item_at, open_call
from .test_case import SIZE, CaseScreen, opened

FULL = "The disk is full, so nothing was saved."


@pytest.fixture
def disk(desk) -> SimpleNamespace:
    """Return the state of the disk: `full`, or `lies` when it tells a fault of what it took."""
    state = SimpleNamespace(full=False, lies=False)
    dialect = desk.db.engine.dialect
    real = dialect.do_commit

    def do_commit(connection) -> None:
        if state.full:
            raise dbapi2.OperationalError("database or disk is full")
        real(connection)
        if state.lies:
            raise dbapi2.OperationalError("disk I/O error")

    dialect.do_commit = do_commit
    return state


@asynccontextmanager
async def noting(app: NurseApp, words: str) -> AsyncIterator[Pilot[Any]]:
    """Run the program with a note open in which some words were typed."""
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "w", f"={words}")
        yield pilot


async def test_a_form_stays_with_its_words_and_saves_once_there_is_room(desk, disk) -> None:
    app = app_on(desk)
    async with noting(app, "half a note") as pilot:
        disk.full = True
        await press(pilot, "f2")
        assert isinstance(app.screen, RecordForm)
        assert FULL in app.last_said and "half a note" in shown(app)
        await press(pilot, "f2")
        assert count(desk.db, "note") == 0
        disk.full = False
        await press(pilot, "f2")
        assert isinstance(app.screen, CaseScreen)
        assert count(desk.db, "note", "text = 'half a note'") == 1


async def test_esc_does_not_say_kept_of_what_the_disk_did_not_take(desk, disk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        disk.full = True
        await press(pilot, "w", "=half", "escape")
        assert isinstance(app.screen, RecordForm) and "half" in shown(app)
        assert FULL in app.last_said and "Twice esc drops it." in app.last_said
        await press(pilot, "=, more", "escape")
        assert isinstance(app.screen, RecordForm), "what was typed since has its own esc"
        disk.full = False
        await press(pilot, "=!", "escape")
        assert app.last_said == "What you typed is kept for later."
        assert count(desk.db, "draft", "content LIKE '%half, more!%'") == 1


async def test_a_second_esc_leaves_all_the_same(desk, disk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        disk.full = True
        await press(pilot, "w", "=half", "escape", "escape")
        assert isinstance(app.screen, CaseScreen)
        assert app.last_said == "What you typed is not kept."
        disk.full = False
    assert count(desk.db, "draft", "content <> ''") == 0


async def test_the_program_does_not_end_over_words_that_it_could_not_keep(desk, disk) -> None:
    app = app_on(desk)
    async with noting(app, "half") as pilot:
        disk.full = True
        await press(pilot, "ctrl+q", "f2")
        assert isinstance(app.screen, RecordForm) and app.return_code is None
        assert FULL in app.last_said and "half" in shown(app)
        disk.full = False
        await press(pilot, "ctrl+q", "f2")
    assert app.return_code == 0
    assert count(desk.db, "draft", "content LIKE '%half%'") == 1


async def test_a_form_whose_failure_was_a_lie_closes_and_is_saved_once(desk, disk) -> None:
    app = app_on(desk)
    async with noting(app, "said once") as pilot:
        disk.lies = True
        await press(pilot, "f2")
        disk.lies = False
        assert isinstance(app.screen, CaseScreen)
        assert count(desk.db, "note", "text = 'said once'") == 1


async def test_an_answer_of_a_call_stays_on_the_screen_until_it_is_saved(desk, disk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await open_call(pilot)
        await answer_until(pilot, "services.questions")
        saved, stood = count(desk.db, "call_answer"), item_at(app).link_id
        assert isinstance(app.screen, CallScreen)
        typed = app.screen.query_one("#typed", Input)
        typed.value = "when is it"
        disk.full = True
        await press(pilot, "enter")
        assert item_at(app).link_id == stood and typed.value == "when is it"
        assert FULL in " ".join(shown(app).split())
        assert count(desk.db, "call_answer") == saved
        disk.full = False
        await press(pilot, "enter")
        assert item_at(app).link_id != stood
        assert count(desk.db, "call_answer") == saved + 1


async def test_an_answer_whose_failure_was_a_lie_goes_on_to_the_next_item(desk, disk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await open_call(pilot)
        await answer_until(pilot, "gate.name")
        disk.lies = True
        await press(pilot, "1")
        disk.lies = False
        await calm(pilot)
        assert item_at(app).link_id != "gate.name"
        assert "already saved" in app.last_said
    assert count(desk.db, "call_answer", "link_id = 'gate.name'") == 1


async def test_a_demo_that_cannot_be_opened_is_refused_in_words_and_no_fault(
    desk, tmp_path, monkeypatch
) -> None:
    from nurse_tui import gateway
    from nurse_tui.demo_gateway import DemoGateway

    refusal = Refusal("disk_full", FULL, "Make room.")
    monkeypatch.setattr(gateway, "open_file", lambda *_: refusal)
    place = gateway.Place(tmp_path / "demo.db", tmp_path / "log")
    app = NurseApp(DemoGateway(place, desk.boss.actor))
    async with app.run_test(size=SIZE) as pilot:
        while not (FULL in shown(app) or "FAULT" in shown(app)):
            await pilot.pause()
        assert "FAULT" not in shown(app)
    assert not (tmp_path / "log").exists()

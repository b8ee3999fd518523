"""Keys typed ahead in a call: they wait for what the key before them opens or saves."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest
from textual.widgets import TextArea

from nurse_tui.screens.call import CallScreen
from nurse_tui.screens.case import CaseScreen
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import ItemType
from nurse_tui.types import CallOutcome, Refusal
from tests.cases import add_case
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import app_on, calm
from .test_call import answer, calling, item_at, open_call, press
from .test_key_queue import burst

GATE = 5.0


async def at_a_choice(pilot) -> None:
    """Answer until the digits choose and the answers shown are no text."""
    for _ in range(150):
        item = item_at(pilot.app)
        if item.options and len(item.options) > 1 and not item.repeats:
            return
        await answer(pilot, item)
    raise AssertionError("the script has no choice")


async def rest(pilot) -> None:
    for _ in range(3):
        await calm(pilot)


@pytest.mark.parametrize("key", ["a", "w", "o", "b"])
async def test_words_typed_ahead_of_a_form_do_not_answer_the_script(desk, key):
    async with calling(desk) as pilot:
        await at_a_choice(pilot)
        before = count(desk.db, "call_answer")
        burst(pilot.app, key, "1", "2")
        await rest(pilot)
        assert not isinstance(pilot.app.screen, CallScreen)
        assert count(desk.db, "call_answer") == before


async def test_a_note_typed_ahead_is_whole(desk):
    async with calling(desk) as pilot:
        await at_a_choice(pilot)
        burst(pilot.app, "w", "2", "space", *"tablets")
        await rest(pilot)
        assert pilot.app.screen.query_one(TextArea).text == "2 tablets"


async def test_keys_wait_for_the_answer_that_is_being_saved(desk):
    async with calling(desk) as pilot:
        seen = []
        while len(seen) < 2 or item_at(pilot.app).type is not ItemType.CHOICE:
            seen.append(item_at(pilot.app).link_id)
            await answer(pilot, item_at(pilot.app))
        burst(pilot.app, "backspace", "backspace")
        await rest(pilot)
        assert item_at(pilot.app).link_id == seen[-2]


async def test_what_is_read_again_after_a_note_never_shows_an_older_item(desk, monkeypatch):
    async with calling(desk) as pilot:
        app = pilot.app
        await at_a_choice(pilot)
        calls, begun, gate = app.gateway.services.calls, Event(), Event()
        resume = calls.resume

        def slowly(call_id):
            found = resume(call_id)
            begun.set()
            gate.wait(GATE)
            return found

        await press(pilot, "w", *"noted")
        monkeypatch.setattr(calls, "resume", slowly)
        burst(app, "f2")
        assert await asyncio.to_thread(begun.wait, GATE)
        for _ in range(20):
            await pilot.pause()
        burst(app, "1")
        for _ in range(50):
            await pilot.pause()
        gate.set()
        await rest(pilot)
        monkeypatch.setattr(calls, "resume", resume)
        stored = resume(app.screen.call.call_id).run
        assert item_at(app).link_id == runner.current(stored).link_id


async def test_after_no_answer_the_next_patient_is_told_with_the_reason(desk):
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", last_name="Kealoha")
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_call(pilot)
        called = app.screen.call.case_id
        await press(pilot, "x", "n")
        assert isinstance(app.screen, CaseScreen) and app.screen.case_id != called
        assert app.last_said.startswith("No answer is logged. Next call: ")
        following = desk.mine.calls.next_call((called,))
        assert following.reasons[0].sentence in app.last_said


async def test_the_logged_attempt_is_told_where_nobody_else_may_be_called(desk):
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_call(pilot)
        await press(pilot, "x", "n")
        refused = desk.mine.calls.next_call((desk.case,))
        assert isinstance(refused, Refusal)
        assert app.last_said == f"No answer is logged. {refused}"
        assert "No answer is logged." in shown(app)
    assert count(desk.db, "call", f"outcome = '{CallOutcome.NO_ANSWER.value}'") == 1

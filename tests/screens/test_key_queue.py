"""Keys typed faster than a screen opens go where they were meant, not to the list beneath."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.widgets import Input

from nurse_tui.screens.command_line import CommandLineScreen
from nurse_tui.widgets.worklist import Worklist
from tests.cases import add_case
from tests.databases import SYSTEM, count
from tests.screens.conftest import settle
from tests.screens.trial import FakeGateway, TrialApp


def burst(app, *keys: str) -> None:
    """Send keys at once, as a terminal does when somebody types ahead."""
    for key in keys:
        character = {"colon": ":", "space": " "}.get(key, key if len(key) == 1 else None)
        app.post_message(events.Key(key, character))


async def test_what_is_typed_after_the_colon_reaches_the_line(tmp_path):
    app = TrialApp(FakeGateway(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        burst(app, "colon", "q", "u", "i", "t")
        await settle(pilot)
        assert isinstance(app.screen, CommandLineScreen)
        assert app.screen.query_one("#words", Input).value == "quit"


async def test_a_whole_command_in_one_burst_runs(tmp_path):
    app = TrialApp(FakeGateway(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = app.theme
        burst(app, "colon", *"theme", "enter")
        await settle(pilot)
        assert not isinstance(app.screen, CommandLineScreen)
        assert app.theme != before
        assert "Theme:" in "".join(str(m.content) for m in app.screen.query("MessageLine"))


async def test_keys_wait_for_what_is_being_opened(tmp_path):
    app = TrialApp(FakeGateway(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        opening = asyncio.get_running_loop().create_future()
        app.holding.add(opening)
        burst(app, "colon", *"theme")
        await pilot.pause()
        assert not isinstance(app.screen, CommandLineScreen)
        app.holding.discard(opening)
        opening.set_result(None)
        await settle(pilot)
        assert app.screen.query_one("#words", Input).value == "theme"


async def test_words_typed_ahead_of_a_form_that_is_read_first_reach_it(desk):
    from textual.widgets import TextArea

    from tests.screens.real import app_on

    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        burst(app, "w", *"about")
        for _ in range(3):
            await settle(pilot)
        assert app.screen.query_one(TextArea).text == "about"


async def test_what_is_pasted_goes_into_a_field_and_is_told_where_there_is_none(desk):
    from textual.widgets import TextArea

    from tests.screens.real import app_on, press

    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = app.screen
        app.post_message(events.Paste("wtq:\n"))
        await settle(pilot)
        assert app.screen is screen
        assert "What was pasted was left out" in app.last_said
        await press(pilot, "w")
        app.last_said = ""
        app.post_message(events.Paste("two\nlines"))
        await settle(pilot)
        assert app.screen.query_one(TextArea).text == "two\nlines"
        assert app.last_said == ""


async def test_the_next_key_waits_for_an_answer_that_an_answer_asks_for(tmp_path):
    app = TrialApp(FakeGateway(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        loop = asyncio.get_running_loop()
        first, second = loop.create_future(), loop.create_future()
        app.holding.add(first)
        burst(app, "colon", *"theme")
        await pilot.pause()
        app.holding.add(second)
        app.holding.discard(first)
        first.set_result(None)
        await pilot.pause()
        assert not isinstance(app.screen, CommandLineScreen)
        app.holding.discard(second)
        second.set_result(None)
        await settle(pilot)
        assert app.screen.query_one("#words", Input).value == "theme"


@pytest.mark.parametrize("begun", ["caseload", "calls"])
async def test_the_call_typed_after_the_next_key_is_with_the_next_patient(desk, begun):
    from nurse_tui.screens.call import CallScreen
    from tests.screens.real import app_on, calm

    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    following = desk.mine.calls.next_call().case_id
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        app.open_view(begun) if begun != "caseload" else None
        await calm(pilot)
        rows = app.screen.query_one(Worklist)
        rows.action_move(1 if rows.focused_row.case_id == following else 0)
        await calm(pilot)
        assert app.screen.case_here() != following
        burst(app, "n", "c")
        for _ in range(3):
            await calm(pilot)
        assert isinstance(app.screen, CallScreen)
        assert app.screen.call.case_id == following
    assert count(desk.db, "call") == 1

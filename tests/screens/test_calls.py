"""The list of calls by keys alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from nurse_tui import clock
from nurse_tui.screens.call import CallScreen
from nurse_tui.screens.calls import CallsScreen
from nurse_tui.types import CallOutcome
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import HOSTILE, app_on, calm
from .test_call import press, write


def add(desk, number: int, **patient) -> int:
    return add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id=f"SF-{number}", **patient)


async def open_calls(pilot) -> None:
    await calm(pilot)
    await press(pilot, "2")
    assert isinstance(pilot.app.screen, CallsScreen)


async def test_who_may_be_called_and_when_the_others_open(desk):
    add(desk, 2, last_name="Kealoha", zones="Pacific/Honolulu")
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_calls(pilot)
        text = shown(app)
        assert "2 to call · 1 may be called now" in text
        assert "= NOW" in text and "+ 13:00" in text and "06:00" in text
        app.screen.sheet.action_bottom()
        await calm(pilot)
        assert "D-31" in shown(app)


async def test_an_unanswered_attempt_is_two_keys_and_the_cursor_goes_on(desk):
    others = {add(desk, n, last_name=f"Patient{n}") for n in (2, 3)}
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        first = app.screen.row_here().case_id
        await press(pilot, "x", "n")
        assert "No answer is logged." in shown(app)
        second = app.screen.row_here().case_id
        assert second != first and second in others | {desk.case}
        await press(pilot, "x", "b")
    assert count(desk.db, "call", "outcome = 'no_answer'") == 1
    assert count(desk.db, "call", "outcome = 'busy'") == 1
    assert count(desk.db, "call", f"case_id = {first}") == 1


async def test_voicemail_without_permission_is_refused_with_its_rule(desk):
    from sqlalchemy import text

    from nurse_tui.store.database import immediate

    with immediate(desk.db) as session:
        session.execute(text("UPDATE contact_point SET voicemail_ok = 0"))
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        await press(pilot, "x")
        assert "No voicemail" in shown(app) and "D-33" in shown(app)
        await press(pilot, "v")
        assert "has not agreed to voicemail" in shown(app)
    assert count(desk.db, "call", "outcome IS NOT NULL") == 0


async def test_enter_calls_and_the_open_call_comes_first(desk):
    add(desk, 2)
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        await press(pilot, "down", "enter")
        assert isinstance(app.screen, CallScreen)
        called = app.screen.call.case_id
        await press(pilot, "escape")
        assert "NOT ENDED" in shown(app)
        await press(pilot, "home")
        assert app.screen.row_here().case_id == called


async def test_search_and_filter_narrow_and_esc_shows_all(desk):
    add(desk, 2, last_name="Kealoha", zones="Pacific/Honolulu")
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        await press(pilot, "slash")
        await write(pilot, "keal")
        assert "Kealoha" in shown(app) and "Ortiz" not in shown(app)
        await press(pilot, "enter", "escape")
        assert "Ortiz" in shown(app)
        await press(pilot, "f", "down", "enter")
        assert "Kealoha" not in shown(app) and "1 to call" in shown(app)


async def test_the_empty_list_says_what_fills_it(desk):
    desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER)
    app = app_on(desk, services=desk.other)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        assert "No call is due or promised." in shown(app)


async def test_a_promise_shows_the_patients_time(desk):
    clock.freeze(NOW)
    view = desk.mine.calls.start(desk.case)
    desk.mine.calls.finish(
        view.call_id,
        CallOutcome.CALLBACK_REQUESTED,
        adverse_event=None,
        callback_local="2026-11-19 16:30",
        next_action="after school",
    )
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        assert "promised Thu 19 Nov 16:30 in New York, after school" in shown(app)


async def test_hostile_names_leave_the_list_as_it_is(desk):
    for number, name in enumerate(HOSTILE, 2):
        add(desk, number, first_name=name, last_name=name)
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        for _ in HOSTILE:
            await press(pilot, "down")
            assert "\x1b" not in shown(app) and "\u202e" not in shown(app)
        assert "[/red]" in shown(app)


async def test_at_80_columns_the_hour_and_the_whole_reason_show(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        text = shown(app)
        due = app.screen.columns()[0]
        later = replace(app.screen.rows[0], due_at=NOW + timedelta(hours=3))
        assert due.render(later).plain == "* today 14:00"
        assert due.render(later).cell_len <= due.width
    assert "(programme setting [P])." in text
    assert text.count("in New York") == 1

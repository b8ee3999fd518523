"""The list of calls by keys alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from nurse_tui import clock
from nurse_tui.models import Call
from nurse_tui.screens.call import CallScreen
from nurse_tui.screens.calls import CallsScreen
from nurse_tui.screens.case import CaseScreen
from nurse_tui.store import call_list
from nurse_tui.store.database import immediate
from nurse_tui.types import CallKind, CallOutcome, Refusal, Role
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


async def test_an_attempt_that_may_not_be_made_is_refused_before_any_form(desk):
    away = add(desk, 2, last_name="Kealoha", zones="Pacific/Honolulu")
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        await press(pilot, "end")
        assert app.screen.row_here().case_id == away
        await press(pilot, "x")
        assert isinstance(app.screen, CallsScreen)
        assert "It opens" in app.last_said
        await press(pilot, "home", "x")
        assert not isinstance(app.screen, CallsScreen)
    assert count(desk.db, "call") == 0


async def test_an_attempt_under_way_is_logged_at_any_hour(desk):
    desk.mine.calls.start(desk.case)
    clock.freeze(NOW + timedelta(hours=14))
    assert not isinstance(desk.mine.calls.voicemail(desk.case), Refusal)
    assert isinstance(desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER), int)
    assert isinstance(desk.mine.calls.voicemail(desk.case), Refusal)


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


def others(desk) -> int:
    """A case of the other nurse with a call due."""
    nurse = desk.other.actor.user_id
    return add_case(desk.db, SYSTEM, nurse_id=nurse, form_id="SF-9", last_name="Bhatt")


async def test_a_supervisor_sees_everybodys_calls_with_the_nurse(desk):
    others(desk)
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        seen = shown(app)
        assert "2 to call" in seen and "filter: everybody's" in seen
        assert "NURSE" in seen and "Dana" in seen and "Kim" in seen
        await press(pilot, "right_square_bracket")
        assert "No call is due" in shown(app) and "These are mine; ] shows others." in shown(app)
        await press(pilot, "right_square_bracket")
        assert "2 to call" in shown(app)


async def test_a_supervisor_filters_by_nurse_and_enter_opens_the_case(desk):
    theirs = others(desk)
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        await press(pilot, "f", "down", "down", "enter")
        assert "Whose calls" in shown(app)
        names = [row.choice.words for row in app.screen._rows]
        await press(pilot, *["down"] * names.index("Kim"), "enter")
        assert "1 to call" in shown(app) and "filter: Kim" in shown(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseScreen) and app.screen.case_id == theirs
    assert count(desk.db, "call") == 0


async def test_a_nurse_has_her_own_calls_alone(desk):
    others(desk)
    refused = desk.mine.calls.queue(everybodys=True)
    assert isinstance(refused, Refusal) and refused.code == "reach"
    assert isinstance(desk.mine.calls.queue(desk.other.actor.user_id), Refusal)
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_calls(pilot)
        assert "Bhatt" not in shown(app) and "NURSE" not in shown(app)
        await press(pilot, "right_square_bracket")
        assert "This list has no tabs." in app.last_said


def test_everybodys_open_calls_and_those_without_a_nurse_are_in_the_list(desk):
    theirs = others(desk)
    nobodys = add_case(desk.db, SYSTEM, form_id="SF-10", last_name="Lindqvist")
    desk.other.calls.start(theirs)
    first, *rest = desk.boss.calls.queue(everybodys=True)
    assert first.case_id == theirs and first.open_call is not None and first.nurse == "Kim"
    assert {row.case_id for row in rest} == {desk.case, nobodys}
    assert [row.nurse for row in rest if row.case_id == nobodys] == [""]
    assert not any(row.mine for row in (first, *rest))


@pytest.mark.parametrize("nurse_id", [None, 7])
def test_no_list_of_calls_reads_all_rows(desk, nurse_id):
    said = []
    with desk.db.read() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *a: said.append((a[2], a[3])))
        call_list.due_calls(session, nurse_id, 300)
        asked = [(f"EXPLAIN QUERY PLAN {words}", values) for words, values in said]
        steps = [step[3] for ask in asked for step in connection.exec_driver_sql(*ask)]
    assert [step for step in steps if step.startswith("SCAN ") and "COVERING" not in step] == []
    searched = [step for step in steps if "ix_deadline" in step]
    assert searched and all("is_open=?" in step for step in searched)


@pytest.mark.parametrize(
    ("most", "all_of_them", "found"),
    [(2, "first 2 to call", "1 of the first 2 to call"), (3, " 2 to call", " 1 to call")],
)
async def test_a_list_that_was_cut_says_so(desk, monkeypatch, most, all_of_them, found):
    monkeypatch.setattr("nurse_tui.services.call_queue.QUEUE_LENGTH", most)
    add(desk, 2, last_name="Kealoha")
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_calls(pilot)
        assert all_of_them in shown(app)
        await press(pilot, "slash")
        await write(pilot, "keal")
        assert found in shown(app)


async def test_never_reached_yet_means_no_call_in_which_the_patient_was_spoken_to(desk):
    never = add(desk, 2, last_name="Kealoha")
    with immediate(desk.db) as session:
        for at, outcome in ((5, CallOutcome.REACHED), (3, CallOutcome.NO_ANSWER)):
            begun = NOW - timedelta(days=at)
            session.add(
                Call(
                    case_id=desk.case,
                    nurse_id=desk.nurse.user_id,
                    kind=CallKind.WELCOME,
                    started_at=begun,
                    ended_at=begun,
                    outcome=outcome,
                )
            )
    rows = {row.case_id: row for row in desk.mine.calls.queue()}
    assert rows[desk.case].reached_at == NOW - timedelta(days=5)
    assert rows[desk.case].attempts == 1 and rows[never].reached_at is None
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_calls(pilot)
        await press(pilot, "f", "end", "enter")
        assert [row.case_id for row in app.screen._fitting()] == [never]

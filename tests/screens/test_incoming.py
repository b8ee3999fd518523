"""A call that comes in, by keys alone: taken at any hour, identified like every call."""

from __future__ import annotations

import pytest

from nurse_tui import clock
from nurse_tui.screens.call import CallScreen
from nurse_tui.screens.call_forms import OutcomeForm
from nurse_tui.screens.calls import CallsScreen
from nurse_tui.screens.case import CaseScreen
from nurse_tui.scripts.check import DISCLOSING
from nurse_tui.types import CallKind, CallOutcome
from nurse_tui.widgets.field import Field
from tests.cases import NOW
from tests.databases import count

from .conftest import shown
from .real import app_on, calm, press
from .test_call import answer, answer_until, calls_of, item_at

LOW = (80, 24)
NIGHT = NOW.replace(hour=3)
"""23:00 in New York: nobody may be called."""


@pytest.mark.parametrize(
    "way", [("C",), ("2", "C"), ("enter", "C"), ("p", "C"), ("enter", "s", "C")]
)
async def test_a_call_that_comes_in_is_taken_from_every_screen_with_a_case(desk, way):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, *way)
        assert isinstance(pilot.app.screen, CallScreen)
        await press(pilot, "enter")
        seen = shown(pilot.app)
        assert "With whom am I speaking?" in seen and "NOT IDENTIFIED" in seen
        assert not DISCLOSING.search(seen)
    (call,) = calls_of(desk)
    assert (call.kind, call.outbound, call.script_id) == (CallKind.INBOUND, False, "inbound")


async def test_who_calls_at_night_is_answered_and_may_be_called_back(desk):
    clock.freeze(NIGHT)
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "2", "c")
        assert "REFUSED" in shown(pilot.app)
        await press(pilot, "escape", "C")
        await answer_until(pilot, "gate.name")
        await answer_until(pilot)
        assert isinstance(pilot.app.screen, OutcomeForm)
        await press(pilot, "f2")
        assert "Ended the call: reached." in shown(pilot.app)
        assert isinstance(pilot.app.screen, CallsScreen)
        pilot.app.open_view("case", desk.case, "timeline")
        await calm(pilot)
        assert "Inbound call: reached" in shown(pilot.app)
    (call,) = calls_of(desk)
    assert call.outcome is CallOutcome.REACHED and call.identified_at is not None
    assert count(desk.db, "callback", "done_at IS NULL") == 1


async def test_without_two_identifiers_it_ends_as_not_identified(desk):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "C")
        await answer_until(pilot, "gate.name")
        await press(pilot, "2", "2")
        assert "END THE CALL, disclose nothing" in shown(pilot.app)
        await press(pilot, "enter", "f2")
    assert calls_of(desk)[0].outcome is CallOutcome.NOT_IDENTIFIED


async def test_nobody_answered_is_no_end_of_a_call_that_came_in(desk):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "C")
        assert "x no answer" not in shown(pilot.app)
        await press(pilot, "x")
        assert "This call came in: somebody was on the line." in shown(pilot.app)
        await press(pilot, "o")
        seen = shown(pilot.app)
        assert "Call back" in seen and "Voicemail left" not in seen and "No answer" not in seen
    assert calls_of(desk)[0].ended_at is None


async def test_an_open_call_is_ended_before_one_that_comes_in_is_taken(desk):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "2", "enter", "escape", "C")
        seen = shown(pilot.app)
        assert "is not ended yet" in seen and "c goes on with it and o ends it" in seen
        await press(pilot, "escape", "c", "x", "n")
        assert isinstance(pilot.app.screen, CaseScreen | CallsScreen)
        pilot.app.open_view("call", desk.case, CallKind.INBOUND)
        await calm(pilot)
        assert item_at(pilot.app).link_id == "opening.quiet"
    assert [call.outbound for call in calls_of(desk)] == [True, False]


async def test_a_call_that_came_in_is_paused_and_gone_on_with_by_c(desk):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "C")
        await answer(pilot, item_at(pilot.app))
        await press(pilot, "escape", "c")
        assert item_at(pilot.app).link_id == "who"
    assert [call.outbound for call in calls_of(desk)] == [False]


async def test_of_a_patient_who_died_no_call_is_taken_and_the_footer_offers_what_works(desk):
    view = desk.mine.cases.view(desk.case)
    assert desk.mine.cases.record_death(desk.case, view.version, None, "the office") == desk.case
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        pilot.app.open_view("call", desk.case, CallKind.INBOUND)
        await calm(pilot)
        seen = shown(pilot.app)
        assert "REFUSED" in seen and "died" in seen
        for dead in ("1 answer", "enter next", "o outcome", "d defer", "b call back", "/ jump"):
            assert dead not in seen
        assert "a adverse event" in seen and "w note" in seen
        await press(pilot, "o")
        assert "died" in pilot.app.last_said
        await press(pilot, "a", "=A fall", "f2")
        assert "The safety report is made." in shown(pilot.app)
    assert calls_of(desk) == []
    assert count(desk.db, "safety_report", "event = 'A fall' AND call_id IS NULL") == 1


@pytest.mark.parametrize("size", [LOW, (40, 12)])
async def test_a_call_that_waits_says_why_once(desk, size):
    app = app_on(desk)
    async with app.run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "2", "enter", "enter")
    clock.freeze(NIGHT.replace(day=NIGHT.day + 1))
    async with app_on(desk).run_test(size=size) as pilot:
        await calm(pilot)
        await press(pilot, "2", "enter")
        for key in ("1", "enter", "d"):
            await press(pilot, key)
            seen = " ".join(shown(pilot.app).split())
            assert seen.count("REFUSED") == 1
            assert "The call waits" in pilot.app.last_said
        assert "enter next" not in seen and "d defer" not in seen
        if size == LOW:
            assert "o outcome" in seen


async def test_a_callback_that_the_script_promised_is_proposed_and_stays_one(desk):
    async with app_on(desk).run_test(size=LOW) as pilot:
        await calm(pilot)
        await press(pilot, "C")
        await answer_until(pilot, "callback.at")
        await answer(pilot, item_at(pilot.app))
        await press(pilot, "b")
        form = pilot.app.screen
        assert form.query_one("#field-day", Field).value == "2026-12-01"
        assert form.query_one("#field-time", Field).value == "10:00"
        await press(pilot, "f2", "n", "f2")
    assert calls_of(desk)[0].outcome is CallOutcome.CALLBACK_REQUESTED
    assert count(desk.db, "callback") == 1

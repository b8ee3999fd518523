"""Calls through the services, on a real file: durable, gated, resumed, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from nurse_tui import clock
from nurse_tui.models import Deadline
from nurse_tui.rules.calendar import end_of_day
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import ItemType
from nurse_tui.services.call_view import CallView
from nurse_tui.store.database import PROGRAMME_ZONE, immediate
from nurse_tui.types import CallKind, CallOutcome, ConsentKind, Refusal, SafetyKind, State
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count


def answers_for(item) -> str:
    """Return an answer that keeps the call going."""
    if item.gate:
        return item.gate
    if item.type is ItemType.DISPLAY:
        return ""
    if item.options:
        return item.options[0].code
    if item.lies_in == "past":
        return "2026-11-02"
    return {
        ItemType.BOOLEAN: "no" if "adverse" in item.link_id else "yes",
        ItemType.DATE: "2026-12-01",
        ItemType.INTEGER: "1",
        ItemType.TIME: "10:00",
        ItemType.DATE_TIME: "2026-12-01 10:00",
    }.get(item.type, "noted")


def walk(services, view: CallView, steps: int = 200) -> CallView:
    """Answer items to the end of the script, or for some steps."""
    for _ in range(steps):
        item = runner.current(view.run)
        if item is None:
            break
        view = services.calls.answer(view.call_id, item.link_id, answers_for(item))
        assert isinstance(view, CallView), view
    return view


def identify(services, view: CallView) -> CallView:
    """Answer items until two identifiers match."""
    while not runner.identified(view.run):
        view = walk(services, view, steps=1)
    return view


def test_a_welcome_call_from_start_to_enrolled(desk):
    view = desk.mine.calls.start(desk.case)
    assert isinstance(view, CallView)
    assert not runner.identified(view.run)
    view = walk(desk.mine, view)
    assert runner.done(view.run) and runner.identified(view.run)
    ended = desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
    assert ended == desk.case
    assert desk.mine.cases.view(desk.case).journey.state is not State.WELCOME_PENDING


def test_every_answer_is_stored_when_the_next_item_shows_and_the_call_resumes_there(desk):
    view = walk(desk.mine, desk.mine.calls.start(desk.case), steps=6)
    stood_at = runner.current(view.run).link_id
    assert count(desk.db, "call_answer") == 6
    again = desk.mine.calls.start(desk.case)
    assert again.call_id == view.call_id and again.resumed
    assert runner.current(again.run).link_id == stood_at
    assert again.run.answers.keys() == view.run.answers.keys()


def test_another_nurse_cannot_answer_a_running_call(desk):
    view = desk.mine.calls.start(desk.case)
    refused = desk.boss.calls.start(desk.case)
    assert isinstance(refused, Refusal) and refused.code == "anothers_call"
    refused = desk.other.calls.answer(view.call_id, "greeting", "")
    assert isinstance(refused, Refusal)
    assert count(desk.db, "call_answer") == 0


def test_a_call_left_open_goes_to_the_nurse_who_has_the_case_now(desk):
    view = desk.mine.calls.start(desk.case)
    assert desk.other.calls.resume(view.call_id).code == "anothers_call"
    moved = desk.boss.cases.reassign([desk.case], desk.other.calls.actor.user_id)
    assert not isinstance(moved, Refusal), moved
    resumed = desk.other.calls.start(desk.case)
    assert resumed.call_id == view.call_id and resumed.resumed
    assert desk.other.calls.mine() == ((view.call_id, desk.case),)
    refused = desk.mine.calls.resume(view.call_id)
    assert refused.code == "anothers_call"
    walk(desk.other, resumed)
    done = desk.other.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
    assert done == desk.case
    assert count(desk.db, "change", "command = 'call.take_over'") == 1


def test_a_running_call_is_ended_by_nobody_but_its_nurse(desk):
    view = desk.mine.calls.start(desk.case)
    refused = desk.boss.calls.finish(view.call_id, CallOutcome.NO_ANSWER, adverse_event=None)
    assert refused.code == "anothers_call"
    assert desk.boss.calls.log_unanswered(desk.case, CallOutcome.BUSY).code == "anothers_call"
    assert count(desk.db, "call", "ended_at IS NOT NULL") == 0
    # A call left open is ended by whoever has the case by now, and no longer by who left it.
    desk.boss.cases.reassign([desk.case], desk.boss.calls.actor.user_id)
    assert desk.boss.calls.log_unanswered(desk.case, CallOutcome.BUSY) == desk.case


def test_reached_needs_two_identifiers_and_an_answer_about_adverse_events(desk):
    view = desk.mine.calls.start(desk.case)
    refused = desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
    assert refused.rule == "D-32"
    view = identify(desk.mine, view)
    refused = desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=None)
    assert refused.rule == "D-37"
    assert count(desk.db, "call", "ended_at IS NOT NULL") == 0


@pytest.mark.parametrize("said", [False, None, True])
def test_a_safety_report_of_the_call_says_that_an_event_was_mentioned(desk, said):
    view = identify(desk.mine, desk.mine.calls.start(desk.case))
    desk.mine.work.report_safety(
        desk.case, SafetyKind.ADVERSE_EVENT, "rash", "patient", call_id=view.call_id
    )
    done = desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=said)
    assert done == desk.case
    assert count(desk.db, "call", "adverse_event = 1") == 1


@pytest.mark.parametrize(
    "outcome",
    [
        CallOutcome.NO_ANSWER,
        CallOutcome.BUSY,
        CallOutcome.VOICEMAIL_LEFT,
        CallOutcome.WRONG_NUMBER,
        CallOutcome.NOT_IDENTIFIED,
    ],
)
def test_who_was_identified_was_spoken_to(desk, outcome):
    view = identify(desk.mine, desk.mine.calls.start(desk.case))
    refused = desk.mine.calls.finish(view.call_id, outcome, adverse_event=None)
    assert (refused.code, refused.rule) == ("identified", "D-37")
    assert "reached" in refused.way_out and "backspace" in refused.way_out
    assert count(desk.db, "call", "ended_at IS NOT NULL") == 0
    for gate in view.run.script.gates:
        wrong = next(o.code for o in gate.options if o.code != gate.gate)
        desk.mine.calls.answer(view.call_id, gate.link_id, wrong)
    ended = CallOutcome.NOT_IDENTIFIED
    assert desk.mine.calls.finish(view.call_id, ended, adverse_event=None) == desk.case
    assert not desk.mine.cases.view(desk.case).facts.calls[0].identified


def test_unanswered_is_one_step_and_a_second_try_waits_for_tomorrow(desk):
    assert desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER) == desk.case
    refused = desk.mine.calls.start(desk.case)
    assert isinstance(refused, Refusal) and "opens" in refused.way_out
    clock.freeze(NOW + timedelta(days=1))
    assert isinstance(desk.mine.calls.start(desk.case), CallView)


def test_voicemail_needs_permission(desk):
    silent = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    from sqlalchemy import text

    from nurse_tui.store.database import immediate

    with immediate(desk.db) as session:
        session.execute(
            text("UPDATE contact_point SET voicemail_ok = 0 WHERE case_id = :c"), {"c": silent}
        )
    refused = desk.mine.calls.log_unanswered(silent, CallOutcome.VOICEMAIL_LEFT)
    assert refused.rule == "D-33"
    assert desk.mine.calls.log_unanswered(desk.case, CallOutcome.VOICEMAIL_LEFT) == desk.case


def test_opting_out_is_honoured_at_once(desk):
    view = desk.mine.calls.start(desk.case)
    clock.freeze(NOW + timedelta(minutes=1))
    view = walk(desk.mine, view)
    clock.freeze(NOW + timedelta(minutes=2))
    desk.mine.calls.finish(view.call_id, CallOutcome.OPTED_OUT, adverse_event=False)
    case = desk.mine.cases.view(desk.case)
    assert case.facts.consent(ConsentKind.SERVICES) and case.journey.state is State.OPTED_OUT
    assert case.facts.consent(ConsentKind.CALLS) is False
    assert not case.may_call.may


def test_a_callback_is_promised_and_kept(desk):
    view = walk(desk.mine, desk.mine.calls.start(desk.case))
    at = NOW + timedelta(days=1)
    refused = desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False
    )
    assert refused.code == "when"
    desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False, callback_at=at
    )
    due = desk.mine.cases.view(desk.case).facts.callbacks
    assert [c.due_at for c in due] == [at]
    clock.freeze(at + timedelta(minutes=1))
    view = walk(desk.mine, desk.mine.calls.start(desk.case))
    desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
    assert desk.mine.cases.view(desk.case).facts.callbacks[0].done_at is not None


def test_an_agreed_callback_waits_in_the_queue(desk):
    view = walk(desk.mine, desk.mine.calls.start(desk.case))
    at = NOW + timedelta(hours=3)
    desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False, callback_at=at
    )
    (row,) = desk.mine.calls.queue()
    assert row.case_id == desk.case and row.callback is not None
    assert (row.callback.due_at, row.due_at) == (at, at)


@pytest.mark.parametrize("hour_utc, allowed", [(12, False), (13, True), (1, True), (2, False)])
def test_calling_hours_are_the_patients(desk, hour_utc, allowed):
    at = NOW.replace(hour=hour_utc)
    clock.freeze(at if hour_utc > 5 else at + timedelta(days=1))
    started = desk.mine.calls.start(desk.case)
    assert isinstance(started, CallView) is allowed


def test_a_call_that_comes_in_is_taken_whatever_bars_calling(desk):
    view = identify(desk.mine, desk.mine.calls.start(desk.case))
    desk.mine.calls.finish(view.call_id, CallOutcome.OPTED_OUT, adverse_event=False)
    clock.freeze(NOW.replace(hour=3) + timedelta(days=1))
    assert desk.mine.calls.start(desk.case).code == "no_call"
    view = desk.mine.calls.start(desk.case, inbound=True)
    assert (view.kind, view.outbound) == (CallKind.INBOUND, False)
    assert not runner.identified(view.run) and runner.jump(view.run, "reason").code
    assert desk.mine.cases.view(desk.case).timeline[0].sentence == "Took a call that came in"


def test_a_call_that_comes_in_is_no_attempt_and_does_not_end_as_unanswered(desk):
    view = desk.mine.calls.start(desk.case, inbound=True)
    refused = desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER)
    assert refused.code == "came_in"
    assert desk.mine.calls.start(desk.case, inbound=True).code == "open_call"
    ended = desk.mine.calls.finish(
        view.call_id, CallOutcome.NOT_IDENTIFIED, adverse_event=None, next_action="Call the office"
    )
    assert ended == desk.case
    (row,) = desk.mine.calls.queue()
    assert row.attempts == 0 and row.may.may


def test_of_a_patient_who_died_no_call_is_taken(desk):
    version = desk.mine.cases.view(desk.case).version
    assert desk.mine.cases.record_death(desk.case, version, None, "the office") == desk.case
    refused = desk.mine.calls.start(desk.case, inbound=True)
    assert (refused.code, refused.rule) == ("no_call", "D-29") and "died" in refused.sentence
    assert "w writes down" in refused.way_out
    assert count(desk.db, "call") == 0


def test_another_nurses_patient_is_hers_also_when_he_calls(desk):
    assert desk.other.calls.start(desk.case, inbound=True).code == "other_nurse"


def test_starting_a_call_takes_an_unassigned_case(desk):
    free = add_case(desk.db, SYSTEM, form_id="SF-3")
    assert isinstance(desk.mine.calls.start(free), CallView)
    assert desk.mine.cases.view(free).nurse_id == desk.nurse.user_id


def test_the_next_call_is_the_most_urgent_that_may_be_made(desk):
    found = desk.mine.calls.next_call()
    assert found.case_id == desk.case and found.why
    assert desk.mine.calls.next_call(skip=[desk.case]).code == "nobody_to_call"
    clock.freeze(NOW.replace(hour=3))
    assert desk.mine.calls.next_call().code == "nobody_to_call"


def test_who_was_tried_at_this_time_of_day_is_proposed_last(desk):
    desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER)
    other = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    clock.freeze(NOW + timedelta(hours=3))
    desk.mine.calls.log_unanswered(other, CallOutcome.NO_ANSWER)
    clock.freeze(NOW + timedelta(days=1))
    assert desk.mine.calls.next_call().case_id == other
    found = desk.mine.calls.next_call(skip=[other])
    assert found.case_id == desk.case
    assert found.reasons[0].rule == "D-30" and "different times" in found.reasons[0].sentence
    clock.freeze(NOW + timedelta(days=1, hours=3))
    assert desk.mine.calls.next_call().case_id == desk.case


def test_whoever_was_just_welcomed_is_not_the_next_to_call(desk):
    view = walk(desk.mine, desk.mine.calls.start(desk.case))
    desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
    due = desk.mine.cases.view(desk.case).journey.next
    clock.freeze(NOW + timedelta(days=1))
    assert due.kind == "benefits_complete"
    assert desk.mine.calls.next_call().code == "nobody_to_call"


@pytest.mark.parametrize(
    ("kind", "due_on", "proposed"),
    [
        ("first_call", "2026-11-30", True),
        ("next_attempt", "2026-11-30", True),
        ("callback", "2026-11-20", True),
        ("callback", "2026-11-21", False),
        ("follow_up_call", "2026-11-20", True),
        ("follow_up_call", "2026-11-21", False),
        ("missed_lab", "2026-11-19", True),
        ("arrival_call", "2026-11-22", True),
        ("arrival_call", "2026-11-23", False),
        ("benefits_complete", "2026-11-19", False),
        ("task", "2026-11-19", False),
    ],
)
def test_only_a_call_that_counts_now_is_the_next_call(desk, kind, due_on, proposed):
    clock.freeze(NOW.replace(day=20))  # A Friday.
    day = date.fromisoformat(due_on)
    values = {"kind": kind, "due_on": day, "due_at": end_of_day(day, PROGRAMME_ZONE)}
    with immediate(desk.db) as session:
        session.execute(update(Deadline).values(**values))
    found = desk.mine.calls.next_call()
    assert (found.case_id == desk.case) if proposed else (found.code == "nobody_to_call")


@pytest.mark.parametrize("minutes, again", [(30, False), (31, True)])
def test_a_call_that_was_left_too_long_asks_again_who_answers(desk, minutes, again):
    view = walk(desk.mine, desk.mine.calls.start(desk.case), steps=12)
    assert runner.identified(view.run)
    given = len(view.run.answers)
    clock.freeze(NOW + timedelta(minutes=minutes))
    resumed = desk.mine.calls.start(desk.case)
    assert resumed.call_id == view.call_id
    assert runner.identified(resumed.run) is not again
    if again:
        item = runner.current(resumed.run)
        assert item.open and "LEMTRADA" not in runner.words(resumed.run)
        resumed = walk(desk.mine, resumed, steps=3)
        assert runner.identified(resumed.run)
        assert len(resumed.run.answers) >= given


def back(services, view: CallView) -> CallView | Refusal:
    return services.calls.back(view.call_id)


def put_off(services, view: CallView) -> CallView | Refusal:
    return services.calls.defer(view.call_id, runner.current(view.run).link_id)


def answer(services, view: CallView) -> CallView | Refusal:
    item = runner.current(view.run)
    return services.calls.answer(view.call_id, item.link_id, answers_for(item))


@pytest.mark.parametrize("inbound", [False, True])
@pytest.mark.parametrize("act", [answer, back, put_off])
@pytest.mark.parametrize("minutes, again", [(30, False), (31, True)])
def test_a_call_screen_that_stayed_open_asks_again_who_answers_d32(
    desk, minutes, again, act, inbound
):
    view = identify(desk.mine, desk.mine.calls.start(desk.case, inbound=inbound))
    given = count(desk.db, "call_answer", "deferred = 0")
    clock.freeze(NOW + timedelta(minutes=minutes))
    seen = act(desk.mine, view)
    assert isinstance(seen, CallView) and runner.identified(seen.run) is not again
    assert seen.resumed is again
    if again:
        assert count(desk.db, "call_answer", "deferred = 0") == given
        assert count(desk.db, "call", "identified_at IS NOT NULL") == 0
        assert "LEMTRADA" not in runner.words(seen.run)
        assert runner.identified(identify(desk.mine, seen).run)


def test_anothers_call_is_not_asked_again_by_who_looks_on(desk):
    view = identify(desk.mine, desk.mine.calls.start(desk.case))
    clock.freeze(NOW + timedelta(minutes=31))
    assert desk.boss.calls.back(view.call_id).code == "anothers_call"
    assert count(desk.db, "call", "identified_at IS NOT NULL") == 1


@pytest.mark.parametrize("hours, held", [(5, False), (17, True), (22, False)])
def test_a_call_that_was_left_goes_on_only_when_it_may_be_dialled_again(desk, hours, held):
    view = walk(desk.mine, desk.mine.calls.start(desk.case), steps=2)
    clock.freeze(NOW + timedelta(hours=hours))
    resumed = desk.mine.calls.start(desk.case)
    assert (resumed.held is not None) is held
    answered = desk.mine.calls.back(view.call_id)
    assert isinstance(answered, Refusal) is held
    if held:
        assert answered == resumed.held
        assert answered.rule == "D-31" and "o ends the call" in answered.way_out
        ended = desk.mine.calls.finish(view.call_id, CallOutcome.NO_ANSWER, adverse_event=None)
        assert ended == desk.case


def test_a_call_that_runs_past_the_calling_hours_goes_on(desk):
    late = NOW.replace(day=19, hour=1, minute=55)
    clock.freeze(late)
    view = desk.mine.calls.start(desk.case)
    clock.freeze(late + timedelta(minutes=20))
    assert isinstance(walk(desk.mine, view, steps=1), CallView)

"""What answers set going, and where a call goes on: on a real file, by the shipped scripts."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta, timezone

import pytest

from nurse_tui import clock, paths
from nurse_tui.rules.calendar import say
from nurse_tui.scripts import run as runner
from nurse_tui.services import call_script
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.services.call_view import CallView
from nurse_tui.types import CallKind, CallOutcome, Refusal
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count
from tests.services.test_calls import answers_for, walk


def go_to(services, view: CallView, link_id: str, **given: str) -> CallView:
    """Answer until an item is at hand; `given` holds answers by name with dots as underscores."""
    for _ in range(200):
        item = runner.current(view.run)
        assert item is not None, link_id
        if item.link_id == link_id:
            return view
        value = given.get(item.link_id.replace(".", "__"), answers_for(item))
        view = services.calls.answer(view.call_id, item.link_id, value)
        assert isinstance(view, CallView), view
    raise AssertionError(link_id)


def begin(desk, link_id: str, case: int | None = None, **given: str) -> CallView:
    view = desk.mine.calls.start(case or desk.case)
    assert isinstance(view, CallView), view
    return go_to(desk.mine, view, link_id, **given)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("America/New_York", "2026-12-01 10:00", "2026-12-01T15:00"),
        ("America/Phoenix", "2026-12-01 10:00", "2026-12-01T17:00"),
        ("America/New_York", "2027-03-13 10:00", "2027-03-13T15:00"),
        ("America/New_York", "2027-03-15 10:00", "2027-03-15T14:00"),
    ],
)
def test_a_callback_is_an_instant_on_the_patients_clock(desk, zone, local, utc):
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", zones=zone)
    view = begin(desk, "callback.at", case, intro__time="later")
    desk.mine.calls.answer(view.call_id, "callback.at", local)
    promised = desk.mine.cases.view(case).facts.callbacks
    assert [c.due_at for c in promised] == [
        datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    ]


def test_a_callback_agreed_anew_moves_and_needs_no_time_at_the_end(desk):
    view = begin(desk, "callback.at", intro__time="later")
    for day in ("2026-12-01 10:00", "2026-12-02 11:00"):
        desk.mine.calls.answer(view.call_id, "callback.at", day)
    assert count(desk.db, "callback") == 1
    ended = desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False
    )
    assert ended == desk.case
    due = desk.mine.cases.view(desk.case).facts.callbacks
    assert [c.due_at.isoformat() for c in due] == ["2026-12-02T16:00:00+00:00"]


def test_a_callback_in_the_past_is_refused_and_nothing_is_saved(desk):
    view = begin(desk, "callback.at", intro__time="later")
    before = count(desk.db, "call_answer")
    refused = desk.mine.calls.answer(view.call_id, "callback.at", "2026-11-18 10:59")
    assert isinstance(refused, Refusal) and refused.code == "script.past"
    assert str(refused) == "That time has passed. Give a time to come, with its year if needed."
    assert count(desk.db, "call_answer") == before and count(desk.db, "callback") == 0


@pytest.mark.parametrize(
    ("given", "ok"),
    [
        ("9999-12-31 23:59", False),
        ("2200-01-01 00:00", False),
        ("2199-12-31 23:59", True),
        ("1900-12-31 23:59", False),
        ("0001-01-01 00:00", False),
    ],
)
def test_a_callback_in_a_year_that_nobody_means_is_refused_in_words(desk, given, ok):
    view = begin(desk, "callback.at", intro__time="later")
    before = count(desk.db, "callback")
    kept = desk.mine.calls.answer(view.call_id, "callback.at", given)
    assert isinstance(kept, CallView) is ok
    assert count(desk.db, "callback") == before + ok
    ended = desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False, callback_local=given
    )
    assert (ended == desk.case) if ok else (ended.code == "when" and ended.way_out)


def promised_and_called(desk, at: str, outcome: CallOutcome, **end: str) -> list[bool]:
    """Promise a callback for 1 December, 10:00 Eastern, call at an instant: is it kept?"""
    view = begin(desk, "callback.at", intro__time="later")
    desk.mine.calls.answer(view.call_id, "callback.at", "2026-12-01 10:00")
    desk.mine.calls.finish(view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False)
    clock.freeze(datetime.fromisoformat(at))
    again = desk.mine.calls.start(desk.case)
    assert isinstance(again, CallView), again
    ended = desk.mine.calls.finish(again.call_id, outcome, adverse_event=False, **end)
    assert ended == desk.case, ended
    facts = desk.mine.cases.view(desk.case).facts
    return [callback.done_at is not None for callback in facts.callbacks]


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2026-11-30T20:59:00-05:00", False),
        ("2026-12-01T08:00:00-05:00", True),
        ("2026-12-01T09:55:00-05:00", True),
        ("2026-12-01T10:00:00-05:00", True),
        ("2026-12-02T09:00:00-05:00", True),
    ],
)
def test_a_callback_is_kept_by_reaching_the_patient_on_its_day_or_later(desk, at, kept):
    assert promised_and_called(desk, at, CallOutcome.DECLINED) == [kept]


def test_a_callback_is_not_kept_by_an_unanswered_call(desk):
    assert promised_and_called(desk, "2026-12-01T10:05:00-05:00", CallOutcome.NO_ANSWER) == [False]


def test_a_callback_put_off_on_its_day_is_kept_and_the_new_one_is_open(desk):
    kept = promised_and_called(
        desk, "2026-12-01T09:55:00-05:00", CallOutcome.CALLBACK_REQUESTED,
        callback_local="2026-12-01 16:00",
    )  # fmt: skip
    assert kept == [True, False]


def test_a_callback_for_later_that_day_is_not_kept_by_the_call_that_promised_it(desk):
    view = begin(desk, "callback.at", intro__time="later")
    desk.mine.calls.answer(view.call_id, "callback.at", "2026-11-18 16:00")
    desk.mine.calls.finish(view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False)
    facts = desk.mine.cases.view(desk.case).facts
    assert [callback.done_at for callback in facts.callbacks] == [None]


@pytest.mark.parametrize("given", ["", "tomorrow", "2026-13-01 10:00", "2026-12-01 25:00"])
def test_the_end_of_a_call_reads_a_local_time_or_says_how_to_write_it(desk, given):
    view = begin(desk, "intro.time")
    refused = desk.mine.calls.finish(
        view.call_id, CallOutcome.CALLBACK_REQUESTED, adverse_event=False, callback_local=given
    )
    assert isinstance(refused, Refusal) and refused.code == "when"


@pytest.mark.parametrize("outcome", [o for o in CallOutcome if o is not CallOutcome.NOT_IDENTIFIED])
def test_after_failed_identification_only_that_can_be_recorded(desk, outcome):
    view = begin(desk, "gate.name")
    view = desk.mine.calls.answer(view.call_id, "gate.name", "no_match")
    refused = desk.mine.calls.finish(
        view.call_id, outcome, adverse_event=False, callback_at=NOW + timedelta(days=1)
    )
    assert isinstance(refused, Refusal) and refused.rule == "D-32"
    kept = desk.mine.calls.finish(view.call_id, CallOutcome.NOT_IDENTIFIED, adverse_event=None)
    assert kept == desk.case and count(desk.db, "callback") == 0


def tasks(desk) -> dict[str, tuple[str, str]]:
    facts = desk.mine.cases.view(desk.case).facts
    return {t.kind: (t.title, t.due_at.isoformat()) for t in facts.tasks if t.due_at}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-11-18", "2026-11-19T04:59:59+00:00"),
        ("2026-11-30", "2026-12-01T04:59:59+00:00"),
        ("2027-03-14", "2027-03-15T03:59:59+00:00"),
    ],
)
def test_the_agreed_next_step_is_one_task_with_what_when_and_whose(desk, day, due):
    view = begin(desk, "next.date", next__step="schedule", next__owner="patient")
    desk.mine.calls.answer(view.call_id, "next.date", day)
    assert tasks(desk)["next_step"] == ("Agreed: Choose the infusion week (The patient)", due)
    said = desk.mine.cases.view(desk.case).timeline[0].sentence
    words = say(date.fromisoformat(day), NOW.date())
    assert said.endswith(f"; task: Agreed: Choose the infusion week (The patient), due {words}")


def test_what_was_agreed_is_what_the_worklist_says_when_nothing_is_due_sooner(desk):
    view = begin(desk, "next.date", next__step="copay", next__owner="nurse")
    desk.mine.calls.answer(view.call_id, "next.date", "2026-11-18")
    due = {d.title: d.kind for d in desk.mine.cases.view(desk.case).deadlines if d.done_at is None}
    assert due["Agreed: Check co-pay help (The nurse)"] == "task"


def test_a_step_agreed_anew_changes_the_task_and_makes_no_second(desk):
    view = begin(desk, "next.date", next__step="copay", next__owner="nurse")
    desk.mine.calls.answer(view.call_id, "next.date", "2026-11-30")
    desk.mine.calls.answer(view.call_id, "next.owner", "site")
    desk.mine.calls.answer(view.call_id, "next.step", "cover")
    assert tasks(desk)["next_step"] == (
        "Agreed: Check insurance (The infusion centre)",
        "2026-12-01T04:59:59+00:00",
    )
    assert count(desk.db, "task", "kind = 'next_step'") == 1


@pytest.mark.parametrize(
    ("link", "given", "wrong", "right"),
    [
        ("next.date", {}, "2026-11-17", "2026-11-18"),
        ("week.first", {}, "2026-11-17", "2026-11-18"),
        ("week.second", {}, "2026-11-17", "2026-11-23"),
        ("pre.vaccine_last", {"pre__vaccines": "done"}, "2026-11-19", "2026-11-18"),
        ("pre.vaccine_planned", {"pre__vaccines": "planned"}, "2026-11-17", "2026-11-19"),
    ],
)
def test_a_date_on_the_wrong_side_of_today_is_refused_with_the_way_out(
    desk, link, given, wrong, right
):
    view = begin(desk, link, **given)
    before = count(desk.db, "call_answer"), count(desk.db, "task")
    refused = desk.mine.calls.answer(view.call_id, link, wrong)
    assert isinstance(refused, Refusal) and refused.code in ("script.past", "script.future")
    assert refused.way_out.startswith("Give a day")
    assert (count(desk.db, "call_answer"), count(desk.db, "task")) == before
    assert isinstance(desk.mine.calls.answer(view.call_id, link, right), CallView)


def test_today_is_the_patients(desk):
    """At a quarter to 9 in the evening of the 18th in Honolulu it is the 19th in New York."""
    case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", zones="Pacific/Honolulu"
    )
    clock.freeze(datetime(2026, 11, 19, 6, 30, tzinfo=timezone.utc))
    view = begin(desk, "next.date", case)
    clock.freeze(datetime(2026, 11, 19, 6, 45, tzinfo=timezone.utc))
    assert isinstance(desk.mine.calls.answer(view.call_id, "next.date", "2026-11-17"), Refusal)
    assert isinstance(desk.mine.calls.answer(view.call_id, "next.date", "2026-11-18"), CallView)


def test_a_week_asked_for_is_in_the_title_and_due_the_next_business_day(desk):
    view = begin(desk, "week.first")
    for day in ("2027-01-04", "2027-01-11"):
        desk.mine.calls.answer(view.call_id, "week.first", day)
    title, due = tasks(desk)["schedule"]
    assert "Mon 11 Jan 2027" in title and due == "2026-11-20T04:59:59+00:00"
    assert count(desk.db, "task", "kind = 'schedule'") == 1


def test_details_are_appended_to_the_report_of_the_same_call_and_nothing_is_lost(desk):
    view = begin(desk, "safety.event_what", safety__event="true")
    for words in ("A rash since Monday.", "It began on Sunday."):
        desk.mine.calls.answer(view.call_id, "safety.event_what", words)
    from nurse_tui.models import SafetyReport
    from nurse_tui.store import finding

    with desk.db.read() as session:
        events = [r.event for r in finding.find(session, SafetyReport, case_id=desk.case)]
    assert len(events) == 1
    assert events[0].splitlines()[1:] == ["A rash since Monday.", "It began on Sunday."]


def test_a_report_is_made_once_and_stays_when_the_answer_is_taken_back(desk):
    view = begin(desk, "safety.event")
    for value in ("true", "false", "true"):
        view = desk.mine.calls.answer(view.call_id, "safety.event", value)
        assert view.adverse_event is True
    assert count(desk.db, "safety_report") == 1


def test_the_adverse_event_question_is_open_until_every_safety_item_is_answered(desk):
    no = {"safety__event": "false", "safety__pregnancy": "no", "safety__complaint": "false"}
    view = begin(desk, "safety.error", **no)
    assert view.adverse_event is None
    view = desk.mine.calls.answer(view.call_id, "safety.error", "false")
    assert view.adverse_event is False


def test_going_back_and_jumping_survive_the_end_of_the_program(desk):
    view = begin(desk, "consent.services")
    view = desk.mine.calls.back(view.call_id)
    assert runner.current(view.run).link_id == "form.signed"
    view = desk.mine.calls.jump(view.call_id, "gate.birth")
    again = Services(Desk(desk.db, desk.nurse, desk.shipped)).calls.start(desk.case)
    assert again.resumed and runner.current(again.run).link_id == "gate.birth"
    assert isinstance(desk.other.calls.back(view.call_id), Refusal)


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """Return a data folder of its own for scripts."""
    folder = tmp_path / "data"
    shutil.copytree(paths.data_folder() / "scripts", folder / "scripts")
    monkeypatch.setattr(call_script, "data_folder", lambda: folder)
    call_script.read_once.cache_clear()
    yield folder / "scripts"
    call_script.read_once.cache_clear()


def newer(folder, renamed: str = "") -> None:
    text = (folder / "welcome.en.json").read_text("utf-8")
    whole = json.loads(text.replace(renamed, f"{renamed}.new") if renamed else text)
    (folder / "welcome.en.99.0.0.json").write_text(json.dumps(whole | {"version": "99.0.0"}))
    call_script.read_once.cache_clear()


def test_a_call_goes_on_in_the_version_in_which_it_began(desk, scripts):
    view = begin(desk, "gate.name")
    began = view.run.script.version
    newer(scripts)
    again = desk.mine.calls.start(desk.case)
    assert again.run.script.version == began
    fresh = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    assert desk.mine.calls.start(fresh).run.script.version == "99.0.0"


def test_without_that_version_the_newest_is_read_and_lost_answers_are_named(desk, scripts):
    view = begin(desk, "gate.name")
    newer(scripts, renamed="opening.quiet")
    (scripts / "welcome.en.json").unlink()
    again = desk.mine.calls.start(desk.case)
    assert again.run.script.version == "99.0.0"
    assert [a.link_id for a in again.run.unread] == ["opening.quiet"]
    assert {*again.run.answers, "opening.quiet"} == set(view.run.answers)


def test_the_case_says_which_call_is_next(desk):
    view = desk.mine.calls.start(desk.case)
    assert view.kind is CallKind.WELCOME
    view = walk(desk.mine, view)
    at = NOW + timedelta(days=1)
    desk.mine.calls.finish(
        view.call_id, CallOutcome.REACHED, adverse_event=False, callback_at=at, next_action="labs"
    )
    clock.freeze(at)
    assert desk.mine.calls.start(desk.case).kind is CallKind.CALLBACK


def test_voicemail_says_the_first_name_and_the_number_in_the_patients_language(desk):
    found = desk.mine.calls.voicemail(desk.case)
    assert found.allowed and "Marisol" in found.words and "Ortiz" not in found.words
    spanish = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", language="Spanish"
    )
    assert desk.mine.calls.voicemail(spanish).words != found.words
    assert isinstance(desk.other.calls.voicemail(desk.case), Refusal)


def test_the_queue_holds_what_is_due_open_calls_first(desk):
    second = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2",
        zones="Pacific/Honolulu", last_name="Kealoha",
    )  # fmt: skip
    queue = desk.mine.calls.queue()
    assert {row.case_id for row in queue} == {desk.case, second}
    far = next(row for row in queue if row.case_id == second)
    assert not far.may.may and far.may.opens_at == datetime(2026, 11, 18, 18, tzinfo=timezone.utc)
    clock.freeze(NOW + timedelta(hours=3))
    desk.mine.calls.start(second)
    assert [row.case_id for row in desk.mine.calls.queue()] == [second, desk.case]
    assert desk.mine.calls.queue()[0].open_call is not None
    assert desk.other.calls.queue() == ()


def test_a_logged_attempt_and_a_promise_show_in_the_queue(desk):
    desk.mine.calls.log_unanswered(desk.case, CallOutcome.NO_ANSWER)
    (row,) = desk.mine.calls.queue()
    assert (row.attempts, row.allowed) == (
        1,
        desk.shipped.on(NOW.date()).attempts_before_letter.value,
    )
    assert row.last.outcome is CallOutcome.NO_ANSWER
    assert row.may.opens_at == datetime(2026, 11, 19, 13, tzinfo=timezone.utc)

"""The case by keys alone, on real services: tabs, jobs, drafts, stale forms, a view of the past."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from textual.widgets import TextArea

from nurse_tui import clock
from nurse_tui.screens.case import CaseScreen
from nurse_tui.screens.case_changes import CLOSING
from nurse_tui.screens.case_detail import DetailScreen
from nurse_tui.screens.case_timeline import CallEntry, call_words, grouped
from nurse_tui.screens.caseload import CaseloadScreen
from nurse_tui.screens.confirm import ConfirmScreen
from nurse_tui.screens.record_form import RecordForm
from nurse_tui.scripts import run as runner
from nurse_tui.types import (
    Benefit,
    CallOutcome,
    ClearanceKind,
    CoverageKind,
    Refusal,
    Role,
    SafetyKind,
    State,
)
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count
from tests.services.test_calls import walk

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)
TABS = ("overview", "timeline", "due", "coverage", "courses", "monitoring", "work")


def case_of(app) -> CaseScreen:
    assert isinstance(app.screen, CaseScreen)
    return app.screen


async def opened(pilot, tab: str = "overview") -> CaseScreen:
    """Open the nurse's case from the caseload and go to a tab."""
    await calm(pilot)
    await press(pilot, "enter", *["right_square_bracket"] * TABS.index(tab))
    return case_of(pilot.app)


@asynccontextmanager
async def on_case(desk, tab: str = "overview"):
    """The program on a tab of the case, in a terminal of 80x24, and who presses its keys."""
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, tab)
        yield app, pilot


def choose(label: str):
    """Return the keys that run a command by its name."""
    return ("colon", f"={label}", "enter")


async def test_the_overview_says_where_it_stands_and_why(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=(80, 50)) as pilot:
        await opened(pilot)
        seen = shown(app)
        for words in (
            "WELCOME PENDING  next ! 1d late  Welcome call",
            "D-23 The form is complete",
            "form complete Mon 16 Nov 2026 + 1 business day",
            "= MAY BE CALLED  11:00 there, call (617) 555-0123 until 21:00",
            "= ELIGIBLE",
            "DRUG     = ELIGIBLE",
            "born Sat 17 May 1980",
            "(617) 555-0123 mobile, a message may be left",
            "Dr. Amara Osei; relapsing-remitting MS",
            "services yes, calls yes",
        ):
            assert words in seen, words


async def test_every_missing_item_says_how_to_get_it(desk) -> None:
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-0", first_name="",
             last_name="Aaa", zip="", state="", date_of_birth=None, coverages=(),
             form={"completed_at": None, "patient_signed_on": None, "provider_signed_on": None,
                   "ms_type": None})  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=(80, 50)) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=aaa", "enter", "enter")
        seen = shown(app)
        for item in ("patient signature", "provider signature", "type of MS", "first name",
                     "date of birth", "state", "ZIP code", "coverage"):  # fmt: skip
            assert f"? {item}:" in seen, item


async def test_the_tabs_go_round_both_ways_and_keep_the_keys(desk) -> None:
    async with on_case(desk) as (app, pilot):
        screen = case_of(app)
        seen = []
        for _ in TABS:
            seen.append(screen.tab)
            assert app.focused is not None and app.focused.id == screen.tab
            await press(pilot, "right_square_bracket")
        assert tuple(seen) == TABS and screen.tab == "overview"
        await press(pilot, "left_square_bracket")
        assert screen.tab == "work"
        await press(pilot, "m")
        assert screen.tab == "monitoring"


async def test_a_note_is_written_and_stands_on_its_tab(desk) -> None:
    async with on_case(desk, "work") as (app, pilot):
        await press(pilot, "w", "=Called [b]back[/", "f2")
        assert app.last_said.startswith("The note is written.")
        assert "Called [b]back[/" in shown(app)
        assert count(desk.db, "note", "text = 'Called [b]back[/'") == 1
        assert count(desk.db, "draft") == 0


async def test_an_empty_note_is_refused_at_its_field(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "w", "f2")
        assert "x Write some words first." in shown(app)
        assert count(desk.db, "note") == 0


@pytest.mark.parametrize("letters, saved", [(4000, 1), (4001, 0)])
async def test_a_note_is_never_cut_in_silence(desk, letters: int, saved: int) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "w")
        app.screen.query_one(TextArea).text = "n" * letters
        await press(pilot, "f2")
        assert ("That is 4,001 characters, and 4,000 are kept" in shown(app)) is not bool(saved)
        assert count(desk.db, "note", f"length(text) = {letters}") == saved
        assert isinstance(app.screen, RecordForm) is not bool(saved)


async def test_what_was_typed_is_kept_and_offered_again(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "w", "=half", "escape")
        assert app.last_said == "What you typed is kept for later."
        assert count(desk.db, "draft", "screen = 'note'") == 1
        await press(pilot, "w")
        assert "half" in shown(app) and "What you typed before is here again." in shown(app)
        await press(pilot, "f2")
        assert count(desk.db, "note", "text = 'half'") == 1
        assert count(desk.db, "draft", "content <> ''") == 0


async def test_a_task_has_a_date_and_is_finished_by_e(desk) -> None:
    async with on_case(desk, "work") as (app, pilot):
        await press(pilot, "t", "=Ask for labs", "tab", "home", "=20261120", "f2")
        assert "The task is made." in app.last_said
        assert "+ 20 Nov" in shown(app) and "Ask for labs" in shown(app)
        assert count(desk.db, "task", "due_at = '2026-11-21 04:59:59.000000'") == 1
        await press(pilot, "e", "enter")
        assert app.last_said == "The task is done. u undoes it."
        assert count(desk.db, "task", "done_at IS NOT NULL") == 1
        await press(pilot, "u")
        assert count(desk.db, "task", "done_at IS NOT NULL") == 0


@pytest.mark.parametrize("typed", ["20270230", "2027"])
async def test_a_date_that_is_none_is_said_at_the_field(desk, typed) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "t", "=x", "tab", "home", f"={typed}", "f2")
        assert "is not a date." in shown(app)
        assert isinstance(app.screen, RecordForm)
        assert count(desk.db, "task") == 0


async def test_a_safety_report_is_made_shown_first_and_forwarded(desk) -> None:
    async with on_case(desk, "work") as (app, pilot):
        await press(pilot, "a", "=Rash after dose", "f2")
        assert count(desk.db, "safety_report", "event = 'Rash after dose'") == 1
        assert "! forward it" in shown(app)
        await press(pilot, *choose("safety.forward"))
        assert count(desk.db, "safety_report", "forwarded_at IS NOT NULL") == 1
        await press(pilot, "u")
        assert count(desk.db, "safety_report") == 1


async def test_an_adverse_event_is_reported_over_another_form(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "w", "=note", "f8", "=Fever", "f2")
        assert count(desk.db, "safety_report", "event = 'Fever'") == 1
        assert isinstance(app.screen, RecordForm) and "note" in shown(app)


async def test_particulars_write_only_what_changed(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "e", "enter", "end", "=-Ruiz", "tab", "f2")
        assert count(desk.db, "patient", "first_name = 'Marisol-Ruiz'") == 1
        assert count(desk.db, "change", "sentence = 'Corrected first name'") == 1
        assert "Ortiz, Marisol-Ruiz" in shown(app)


async def test_a_correction_that_ends_an_enrolment_says_so_d41(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    assert isinstance(desk.mine.copay.enrol(desk.case, Benefit.INFUSION, seen), int)
    async with on_case(desk) as (app, pilot):
        await press(pilot, "e", "enter", *["tab"] * 6, "end", "backspace", "backspace", "=MA", "f2")
        assert app.last_said == (
            "Corrected. This ends the co-pay enrolment for infusion costs (D-41). u undoes it."
        )


async def test_another_persons_change_is_said_and_nothing_typed_is_lost(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "e", "enter", "end", "=-Ruiz")
        seen = desk.boss.cases.view(desk.case).version
        assert not isinstance(
            desk.boss.cases.set_case(desk.case, seen, "On hold: labs", hold_reason="labs"), Refusal
        )
        await press(pilot, "f2")
        assert "changed this case after you opened it: On hold: labs." in app.last_said
        assert "Marisol-Ruiz" in shown(app)
        await press(pilot, "f2")
        assert count(desk.db, "patient", "first_name = 'Marisol-Ruiz'") == 1
        assert count(desk.db, "case", "hold_reason = 'labs'") == 1


async def test_missing_items_are_recorded(desk) -> None:
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-0", last_name="Aaa",
             form={"completed_at": None, "patient_signed_on": None})  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=aaa", "enter", "enter", *choose("case.form"))
        await press(pilot, "home", "=20261117", "f2")
        assert "It is recorded." in app.last_said
        assert "WELCOME PENDING" in shown(app)


@pytest.mark.parametrize(
    ("command", "keys", "table", "where"),
    [
        ("case.phone", ("=6035550199", "f2"), "contact_point",
         "value = '+16035550199'"),
        ("case.consent", ("tab", "tab", "=letter", "f2"), "consent", "source = 'letter'"),
        ("case.kit", ("home", "=20261117", "f2"), "kit_shipment", "sent_on = '2026-11-17'"),
        ("case.letter", ("home", "=20261117", "f2"), "case", "letter_sent_on = '2026-11-17'"),
        ("case.hold", ("=moving", "f2"), "case", "hold_reason = 'moving'"),
        ("lab.record", ("enter", "down", "enter", "tab", "home", "=20261117", "f2"), "lab_draw",
         "drawn_on = '2026-11-17'"),
        ("rems.record", ("tab", "enter", "down", "enter", "tab", "home", "=20261117", "tab",
                         "=office", "f2"), "rems_status", "source = 'office'"),
        ("clearance.confirm", ("enter", "down", "enter", "tab", "home", "=20261117", "tab", "tab",
                               "=Dr. Osei", "f2"), "clearance", "confirmed_by = 'Dr. Osei'"),
        ("case.contraindication", ("enter", "down", "down", "enter", "tab", "tab", "home",
                                   "=20261117", "tab", "=Dr. Osei", "f2"), "case",
         "contraindications = 'hiv'"),
        ("cover.add", ("enter", "down", "enter", "tab", "=Acme", "f2"), "coverage",
         "payer = 'Acme'"),
    ],
)  # fmt: skip
async def test_each_job_by_its_name_writes_its_fact(desk, command, keys, table, where) -> None:
    async with on_case(desk) as (app, pilot):
        screen = case_of(app)
        await press(pilot, *choose(command), *keys)
        assert app.screen is screen, app.last_said
        assert count(desk.db, table, where) == 1


async def test_a_contraindication_is_lifted_from_the_list_of_changes(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.contraindications.record(desk.case, seen, "hiv", date(2026, 11, 3), "office")
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.contraindication"))
        await press(pilot, "tab", "tab", "home", "=20261117", "tab", "=Dr. Osei", "f2")
        assert app.last_said == "The contraindication is lifted. u undoes it."
        assert count(desk.db, "case", "contraindications = ''") == 1


async def test_a_cover_is_verified_and_ended_from_its_row(desk) -> None:
    async with on_case(desk, "coverage") as (app, pilot):
        assert "? not verified" in shown(app)
        await press(pilot, "e", "enter")
        assert count(desk.db, "coverage", "verified_on = '2026-11-18'") == 1
        assert "= verified 18 Nov" in shown(app)
        await press(pilot, "e", "down", "enter", "home", "=20261231", "f2")
        assert count(desk.db, "coverage", "ends_on = '2026-12-31'") == 1


async def test_a_long_payer_and_the_member_are_read_whole_below_the_list(desk) -> None:
    payer, member = "Harborline Mutual Insurance of the Northern States", "DEMO-304985-00017"
    seen = desk.mine.cases.view(desk.case).version
    done = desk.mine.work.add_coverage(
        desk.case, seen, CoverageKind.COMMERCIAL, payer, member, None, None
    )
    assert isinstance(done, int)
    async with on_case(desk, "coverage") as (app, pilot):
        await press(pilot, "down")
        said = " ".join(shown(app).split())
        assert f"Commercial {payer} member {member}" in said


async def test_a_blocker_is_confirmed_from_its_row(desk) -> None:
    async with on_case(desk, "courses") as (app, pilot):
        screen = case_of(app)
        for _ in range(40):
            if screen.row is not None and getattr(screen.row.fact, "what", "") == "skin_exam":
                break
            await press(pilot, "down")
        await press(pilot, *choose("clearance.confirm"))
        await press(pilot, "tab", "home", "=20261117", "tab", "tab", "=Dr. Osei", "f2")
        kind = ClearanceKind.SKIN_EXAM.value
        assert count(desk.db, "clearance", f"kind = '{kind}'") == 1


async def test_an_infusion_day_is_recorded_from_its_row(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    booked = desk.mine.infusions.book(desk.case, 1, desk.site, date(2027, 1, 4), seen)
    assert not isinstance(booked, Refusal), booked
    clock.freeze(NOW + timedelta(days=47))
    async with on_case(desk, "courses") as (app, pilot):
        screen = case_of(app)
        while not hasattr(screen.row.fact, "on"):
            await press(pilot, "down")
        assert "Harbor Infusion" in shown(app)
        await press(pilot, "g", "f2")
        assert "still missing before this day" in app.last_said
        await press(pilot, "tab", "=papers are late", "f2")
        assert count(desk.db, "infusion_day", "status = 'given' AND reason <> ''") == 1


async def test_close_names_the_patient_and_reopen_brings_it_back(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.close"), "down", "enter")
        assert isinstance(app.screen, ConfirmScreen)
        assert "Ortiz, Marisol" in shown(app) and "patient withdrew" in shown(app)
        await press(pilot, "escape")
        assert count(desk.db, "case", "closed_reason <> ''") == 0
        await press(pilot, *choose("case.close"), "down", "enter", "f2")
        assert count(desk.db, "case", "closed_reason = 'patient withdrew'") == 1
        assert desk.mine.cases.view(desk.case).journey.state is State.CLOSED
        await press(pilot, *choose("case.reopen"))
        assert count(desk.db, "case", "closed_reason = ''") == 1


async def test_the_question_and_the_answer_say_what_ends_with_the_case(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.infusions.book(desk.case, 1, desk.site, date(2026, 11, 30), seen)
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.close"), "down", "enter")
        assert isinstance(app.screen, ConfirmScreen)
        assert "due in it then; 5 " in shown(app) and "booked days are cancelled." in shown(app)
        await press(pilot, "f2")
        assert app.last_said == "The case is closed; 5 booked days are cancelled. u undoes it."
        await press(pilot, "u", *choose("case.close"), *["down"] * CLOSING.index("died"), "enter")
        await press(pilot, "f2", "=the daughter", "f2")
        assert "is closed; 5 booked days are cancelled. u undoes it." in app.last_said
        assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5


async def test_closing_for_another_reason_wants_it_in_words(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.close"), "end", "enter", "f2")
        assert "A reason is needed" in app.last_said
        await press(pilot, "=moved abroad", "f2")
        assert count(desk.db, "case", "closed_reason = 'moved abroad'") == 1


async def test_closing_for_a_death_records_it_with_its_source(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.close"), *["down"] * CLOSING.index("died"), "enter", "f2")
        assert "Say who told you." in shown(app)
        await press(pilot, "=the daughter", "f2")
        assert "The death is recorded" in app.last_said
        assert count(desk.db, "patient", "deceased_on = '2026-11-18'") == 1
        await press(pilot, *choose("case.reopen"))
    view = desk.mine.cases.view(desk.case)
    assert view.facts.closed_reason == "" and not view.may_call.may
    assert view.journey.state is State.CLOSED


@pytest.mark.parametrize(
    ("stands", "turn", "said"),
    [
        ({"closed_reason": "duplicate"}, "case.close", "The case is closed already: duplicate."),
        ({"closed_reason": "duplicate"}, "case.hold", "The case is closed already: duplicate."),
        ({"hold_reason": "moving"}, "case.hold", "The case is on hold already: moving."),
        ({}, "case.reopen", "The case is open."),
        ({}, "case.release", "The case is not on hold."),
    ],
)
async def test_a_turn_that_is_refused_is_refused_before_any_form(desk, stands, turn, said) -> None:
    if stands:
        seen = desk.mine.cases.view(desk.case).version
        assert isinstance(desk.mine.cases.set_case(desk.case, seen, "So", **stands), int)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        app.open_view("case", desk.case)
        await calm(pilot)
        before = count(desk.db, "change")
        await press(pilot, *choose(turn))
        assert app.last_said.startswith(said) and isinstance(app.screen, CaseScreen)
    assert count(desk.db, "change") == before


async def test_hold_and_release(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.hold"), "=labs", "f2")
        assert "ON HOLD" in shown(app)
        await press(pilot, *choose("case.release"))
        assert count(desk.db, "case", "hold_reason = ''") == 1
        assert "WELCOME PENDING" in shown(app)


async def test_the_timeline_marks_what_was_undone_and_shows_fields(desk) -> None:
    async with on_case(desk, "timeline") as (app, pilot):
        await press(pilot, "exclamation_mark", "=insurer", "f2", "u")
        seen = shown(app)
        assert "x UNDONE Flagged: insurer" in seen and "Undid: Flagged: insurer" in seen
        await press(pilot, "home", "down", "enter")
        assert isinstance(app.screen, DetailScreen)
        assert "case: flag  nothing -> insurer" in shown(app)
        await press(pilot, "enter")
        assert case_of(app).tab == "timeline"


async def test_a_call_is_one_line_of_the_timeline_and_enter_shows_its_answers(desk) -> None:
    desk.mine.work.add_note(desk.case, "before the call")
    view = walk(desk.mine, desk.mine.calls.start(desk.case), steps=4)
    desk.mine.work.add_note(desk.case, "in the call")
    async with on_case(desk, "timeline") as (app, pilot):
        assert "Welcome call: not ended · 4 answers" in shown(app)
        desk.mine.calls.finish(view.call_id, CallOutcome.REACHED, adverse_event=False)
        await press(pilot, "f5")
        seen = shown(app)
        assert "Welcome call: reached · 4 answers" in seen
        assert "Answered a question" not in seen and "Began" not in seen
        assert seen.count("Wrote a note") >= 2, "what was written in the call keeps its line"
        await press(pilot, "home", "enter")
        assert isinstance(app.screen, DetailScreen)
        answers = " ".join(shown(app).split())
        assert "Marisol" in answers and "done" in answers
        await press(pilot, "enter", "exclamation_mark", "=insurer", "f2", "u")
        seen = shown(app)
        assert "Undid: Flagged: insurer" in seen and "Welcome call: reached" in seen


def test_calls_of_one_case_stay_apart_and_the_past_shows_them_as_they_were(desk) -> None:
    for _ in range(2):
        desk.mine.calls.log_unanswered(desk.case, CallOutcome.BUSY)
        clock.freeze(clock.now() + timedelta(days=1))
    begun = clock.now()
    walk(desk.mine, desk.mine.calls.start(desk.case), steps=1)
    case = desk.mine.cases.view(desk.case)
    calls = [entry for entry in grouped(case) if isinstance(entry, CallEntry)]
    assert [call_words(entry) for entry in calls] == [
        "Welcome call: not ended · 1 answer", "Welcome call: busy", "Welcome call: busy",
    ]  # fmt: skip
    assert sum(len(c.changes) for c in calls) == len(
        [entry for entry in case.timeline if entry.command.startswith("call.")]
    )
    past = desk.mine.cases.view(desk.case, begun - timedelta(minutes=1))
    assert sum(isinstance(entry, CallEntry) for entry in grouped(past)) == 2


async def test_every_safety_report_of_a_call_stands_on_the_timeline(desk) -> None:
    view = desk.mine.calls.start(desk.case)
    report = partial(desk.mine.work.report_safety, desk.case, SafetyKind.ADVERSE_EVENT)
    report("A rash", "patient", view.call_id)
    report("A fall", "patient", view.call_id)
    report("Before the call", "patient")
    while runner.current(view.run).link_id != "safety.event":
        view = walk(desk.mine, view, steps=1)
    told = desk.mine.calls.answer(view.call_id, "safety.event", "true")
    assert not isinstance(told, Refusal)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "timeline")
        seen = shown(app)
        assert seen.count("Safety report: adverse event") >= 3
        assert "answers · 3 safety reports" in seen
    entry = desk.mine.cases.view(desk.case).timeline[0]
    assert entry.sentence.endswith("required); safety report: adverse event")


async def test_the_past_is_marked_and_read_only(desk) -> None:
    clock.freeze(NOW + timedelta(days=1))
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.cases.set_case(desk.case, seen, "Flagged: now", flag="now")
    async with on_case(desk) as (app, pilot):
        assert "! FLAG now" in shown(app)
        await press(pilot, "v", "shift+tab", "tab", "home", "=20261118", "tab", "home", "=2359")
        await press(pilot, "f2")
        top = shown(app)
        assert "AS OF Wed 18 Nov 2026 23:59 ET, read only." in top and "FLAG now" not in top
        for key in ("w", "t", "e", "u", "exclamation_mark", "T", "c"):
            await press(pilot, key)
            assert "this is the case as it was" in app.last_said, key
        assert count(desk.db, "note") == 0
        await press(pilot, "escape")
        assert "AS OF" not in shown(app) and "! FLAG now" in shown(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, CaseloadScreen)


async def test_a_time_before_the_case_is_refused_and_now_comes_back(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "v", "home", "=20260101", "f2")
        await calm(pilot)  # what is now is read again after the refusal
        assert "did not exist yet" in app.last_said
        assert "AS OF" not in shown(app) and "Ortiz, Marisol" in shown(app)


async def test_a_day_that_has_not_come_is_said_at_its_field(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "v", "home", "=20261119", "f2")
        assert "That day has not come yet." in shown(app)


async def test_another_nurses_case_is_refused_with_the_way_out(desk) -> None:
    app = app_on(desk, services=desk.other)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        app.open_view("case", desk.case)
        await calm(pilot)
        seen = shown(app)
        assert "x REFUSED  This case belongs to another nurse." in seen
        assert "Ask a supervisor" in seen and "Ortiz" not in seen
        await press(pilot, "w", "e", "v")
        assert isinstance(app.screen, CaseScreen)


async def test_nothing_under_the_cursor_is_said_with_the_way_out(desk) -> None:
    async with on_case(desk) as (app, pilot):
        for command in ("cover.verify", "cover.end", "task.finish", "safety.forward"):
            await press(pilot, *choose(command))
            assert "under the cursor. Go to one on" in app.last_said, command
        await press(pilot, "g")
        assert "No infusion day is under the cursor." in app.last_said


async def test_what_cannot_be_undone_says_so(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, "u")
        assert "Nothing in this case can be undone." in app.last_said


FORMS = {
    "note": (),
    "case.particulars": ("first_name", "last_name", "date_of_birth", "sex", "address", "city",
                         "state", "zip", "language", "has_adult_representative"),
    "case.form": ("patient", "provider", "prescriber", "npi", "ms_type", "age"),
    "case.phone": ("number", "kind", "voicemail"),
    "case.consent": ("kind", "granted", "source"),
    "cover.add": ("kind", "payer", "member", "starts", "ends"),
    "clearance.confirm": ("kind", "done", "until", "by", "on_file"),
    "case.contraindication": ("name", "stands", "on", "source"),
    "rems.record": ("party", "status", "on", "source"),
    "lab.record": ("test", "drawn", "received"),
    "safety": ("event", "kind", "reporter"),
    "task": ("title", "due"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "order"), FORMS.items())
async def test_the_tab_order_of_forms_stays(desk, command, order) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose(command))
        visited = []
        for _ in order:
            field = app.focused.parent
            visited.append(field.field_name)
            await pilot.press("tab")
        assert tuple(visited) == order


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
@pytest.mark.parametrize("tab", TABS)
async def test_hostile_text_stays_literal_on_every_tab(desk, size, tab) -> None:
    for each in HOSTILE:
        desk.mine.work.add_note(desk.case, each)
        desk.mine.work.add_task_on(desk.case, each, None)
        seen = desk.mine.cases.view(desk.case).version
        desk.mine.work.add_coverage(desk.case, seen, CoverageKind.OTHER_GOVERNMENT, each, each)
        desk.mine.work.confirm(desk.case, ClearanceKind.LIVER, date(2026, 11, 1), confirmed_by=each)
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.cases.edit_patient(
        desk.case, seen, first_name=HOSTILE[0], last_name=HOSTILE[2], city=HOSTILE[3]
    )
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.cases.set_case(desk.case, seen, "Flagged", flag=HOSTILE[1])
    app = app_on(desk)
    async with app.run_test(size=size) as pilot:
        await opened(pilot, tab)
        for _ in range(8):
            await pilot.press("down")
        await calm(pilot)
        seen_text = shown(app)
        assert "\x1b" not in seen_text and "\u202e" not in seen_text
        assert all(len(row) <= size[0] for row in seen_text.splitlines())
        await press(pilot, "enter")
        assert app.is_running


async def test_a_supervisor_sees_the_nurse_and_works_in_any_case(desk) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "Dana" in shown(app).splitlines()[1]
        await press(pilot, "w", "=seen", "f2")
        assert count(desk.db, "note", "text = 'seen'") == 1


async def test_forty_by_twelve_shows_every_tab(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=(40, 12)) as pilot:
        screen = await opened(pilot)
        for _ in TABS:
            assert "Ortiz" in shown(app)
            await press(pilot, "right_square_bracket")
        assert screen.tab == "overview"


async def test_the_lines_below_belong_to_the_tab_that_is_shown(desk) -> None:
    async with on_case(desk, "courses") as (app, pilot):
        assert "way out" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "way out" not in shown(app)
        await press(pilot, "left_square_bracket")
        assert "way out" in shown(app)


async def test_a_supervisor_reassigns_the_case_in_hand(desk) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "R", "up", "enter")
        assert app.last_said.startswith("1 case given to Kim.")
        assert count(desk.db, "case", f"nurse_id = {desk.other.actor.user_id}") == 1


async def test_where_nothing_can_be_changed_e_says_so(desk) -> None:
    async with on_case(desk, "work") as (app, pilot):
        screen = case_of(app)
        await press(pilot, "e")
        assert app.screen is screen
        assert "Nothing of this row can be changed. w writes a note" in app.last_said


async def test_at_40x12_the_tab_that_is_shown_is_named(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=(40, 12)) as pilot:
        await opened(pilot, "work")
        assert ">Notes & tasks " in shown(app) and "7 of 7" in shown(app)
        await press(pilot, "question_mark")
        assert "enter open  esc back  ? all keys" in shown(app)


async def test_no_second_safety_report_opens_over_the_first(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "a", "=Fever", "f8")
        assert app.last_said == "This is the safety report. F2 makes it, esc leaves it."
        assert sum(type(screen).__name__ == "SafetyForm" for screen in app.screen_stack) == 1


async def test_a_view_of_the_past_shows_no_decision_of_today(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "enter", "v", "tab", "home", "=2359", "f2", "p")
        assert isinstance(app.screen, CaseScreen)
        assert "esc" in app.last_said


async def test_a_date_of_birth_in_the_future_is_pointed_at_in_its_field(desk) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose("case.particulars"), "tab", "tab", "home", "=20261224", "f2")
        assert "x The date of birth is in the future." in shown(app)
        assert app.focused.parent.field_name == "date_of_birth"


async def test_f5_reads_a_view_of_the_past_again(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "enter", "v", "tab", "home", "=2359", "f2")
        past = app.screen.case.as_of
        assert past is not None
        await press(pilot, "f5")
        assert app.last_said == "Reading again." and app.screen.case.as_of == past


async def test_readiness_asked_before_v_does_not_land_in_the_view_of_the_past(desk) -> None:
    async with on_case(desk, "courses") as (app, pilot):
        screen, asked = case_of(app), case_of(app).ready
        assert asked is not None
        screen._look_at(NOW)
        screen._gate(asked)
        await calm(pilot)
        assert screen.ready is None
        await press(pilot, "escape")
        assert screen.ready is not None


@pytest.mark.parametrize(
    ("command", "keys", "said"),
    [
        ("lab.record", ("tab", "home", "=20261117", "tab", "home", "=20261116"),
         "The result was received before the day of the draw."),
        ("clearance.confirm", ("tab", "home", "=20261117", "tab", "home", "=20261116"),
         "The date is before the day on which it was done."),
    ],
)  # fmt: skip
async def test_days_in_the_wrong_order_are_told_in_the_words_of_the_rule(
    desk, command, keys, said
) -> None:
    async with on_case(desk) as (app, pilot):
        await press(pilot, *choose(command), *keys, "f2")
        assert said in " ".join(shown(app).split())

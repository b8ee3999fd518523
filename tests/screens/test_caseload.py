"""The caseload by keys alone, on real services: screen, message and database row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from nurse_tui import clock
from nurse_tui.screens.case import CaseScreen
from nurse_tui.screens.caseload import CaseloadScreen
from nurse_tui.screens.caseload_glance import of_row
from nurse_tui.screens.choose import ChooseScreen
from nurse_tui.screens.confirm import ConfirmScreen
from nurse_tui.store.paging import KeysetList
from nurse_tui.types import ClosedError, CoverageKind, Role, State
from nurse_tui.widgets.lines import Lines
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)


@pytest.fixture
def three(desk):
    """Three cases: two of the nurse's, one of nobody's that lacks a signature."""
    desk.bhatt = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", first_name="Sunil",
        last_name="Bhatt", state="MA", zip="02108",
        coverages=(CoverageKind.COMMERCIAL, CoverageKind.MEDICARE),
    )  # fmt: skip
    desk.per = add_case(
        desk.db, SYSTEM, form_id="SF-3", first_name="Per", last_name="Lindqvist",
        form={"completed_at": None, "patient_signed_on": None},
    )  # fmt: skip
    return desk


def caseload(app) -> CaseloadScreen:
    assert isinstance(app.screen, CaseloadScreen)
    return app.screen


async def test_it_opens_on_the_nurses_own_cases_most_urgent_first(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        seen = shown(app)
        assert "2 open" in seen and "! 2 overdue" in seen and "filter: mine" in seen
        assert "! 1d late" in seen and "Welcome call" in seen
        assert "Lindqvist" not in seen
        assert (
            "Ortiz, Marisol  46 F" in seen
            and "11:00 there, call (617) 555-0123 until 21:00" in seen
        )
        assert "no call yet · form 16 Nov · REMS not known · no kit sent" in seen


async def test_a_supervisor_sees_everybodys_and_the_nurse(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        seen = shown(app)
        assert "3 open" in seen and "filter: everybody's" in seen
        assert "NURSE" in seen and "nobody" in seen and "MISSING" not in seen
        await press(pilot, "end")
        assert "? patient signature" in shown(app)


async def test_search_narrows_as_it_is_typed_and_esc_shows_all_again(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "b", "h", "a")
        assert "Bhatt, Sunil" in shown(app) and "Ortiz, M" not in shown(app)
        await press(pilot, "enter")
        assert "1 found" in shown(app) and "search: bha" in shown(app)
        assert caseload(app).case_here() == three.bhatt
        await press(pilot, "escape")
        assert "Ortiz, Marisol" in shown(app)
        assert caseload(app).case_here() == three.bhatt


async def test_a_search_begins_at_the_best_match_and_keeps_the_marks(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "end", "space")
        last = caseload(app).case_here()
        await press(pilot, "slash", *"1980")
        first = caseload(app).rows.focused_row
        assert caseload(app).rows.place == 0
        assert first is not None and first.case_id != last
        assert caseload(app).rows.marked_ids == {last}


async def test_a_search_that_finds_nobody_says_what_to_do(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=zzz[/red]")
        assert "Nobody is found by “zzz[/red]”" in shown(app)
        await press(pilot, "escape")
        assert "Ortiz, Marisol" in shown(app)


async def test_letters_in_the_search_run_no_command(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "n", "w", "1")
        assert caseload(app).shown.search == "nw1"


async def test_the_filter_menu_shows_those_without_a_nurse_and_t_takes_one(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "f")
        assert isinstance(app.screen, ChooseScreen)
        await press(pilot, "down", "enter")
        assert "filter: without a nurse" in shown(app) and "Lindqvist, Per" in shown(app)
        await press(pilot, "T")
        assert app.last_said == "The case is yours. u undoes it."
        assert count(three.db, "case", f"nurse_id = {three.nurse.user_id}") == 3
        assert "No case is like this. f chooses others." in shown(app)


async def test_sorting_by_name(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "S", "down", "enter")
        seen = shown(app)
        assert "by name" in seen
        assert seen.index("Bhatt, Sunil") < seen.index("Ortiz, Marisol")


async def test_a_filter_by_state_and_closed_and_overdue(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "f", "end", "enter")
        assert "closed" in shown(app) and "No case is like this" in shown(app)
        await press(pilot, "f", "end", "up", "enter", "down", "down", "enter")
        assert "missing info" in shown(app) and "Lindqvist, Per" in shown(app)
        await press(pilot, "f", "home", "down", "down", "down", "down", "enter")
        assert "filter: everybody's, overdue" in shown(app) and "Lindqvist, Per" in shown(app)
        clock.freeze(NOW - timedelta(days=2))
        await press(pilot, "f", "home", "down", "down", "down", "down", "enter")
        assert "Nothing is overdue. f shows the other cases." in shown(app)


async def test_a_supervisor_looks_at_one_nurses_cases(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "f", "down", "down", "down", "enter")
        assert "Whose cases" in shown(app) and "2 open" in shown(app)
        await press(pilot, "end", "enter")
        assert "filter: Dana" in shown(app) and "Lindqvist" not in shown(app)


async def test_opening_and_coming_back_keeps_row_and_filter(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "o", "r", "t", "enter", "enter")
        assert isinstance(app.screen, CaseScreen)
        await press(pilot, "escape")
        assert caseload(app).case_here() == three.case
        assert "search: ort" in shown(app)


async def test_marks_stay_in_another_order_and_never_reach_another_list(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        await press(pilot, "space", "down", "space")
        marked = set(caseload(app).rows.marked_ids)
        assert len(marked) == 2
        await press(pilot, "S", "down", "enter")
        assert caseload(app).rows.marked_ids == marked
        await press(pilot, "f", "end", "enter")
        assert caseload(app).shown.closed and caseload(app).rows.marked_ids == set()
        await press(pilot, "f", "home", "enter")
        assert not caseload(app).shown.closed and caseload(app).rows.marked_ids == set()


async def test_marked_cases_go_to_another_nurse_with_a_preview(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "space", "down", "space")
        assert "# 2 marked" in shown(app)
        await press(pilot, "R")
        seen = shown(app)
        assert "Give 2 cases to another nurse. Now with Dana." in seen
        assert "0 open now, 2 then" in seen and "> Dana" in seen and "2 open now, 2 then" in seen
        kim = three.other.actor.user_id
        await press(pilot, "up", "enter")
        assert isinstance(app.screen, ConfirmScreen)
        assert "Give 2 cases to Kim? Now with Dana." in shown(app)
        await press(pilot, "enter")
        assert count(three.db, "case", f"nurse_id = {kim}") == 0
        await press(pilot, "f2")
        assert count(three.db, "case", f"nurse_id = {kim}") == 2
        assert app.last_said.startswith("2 cases given to Kim.")
        assert "marked" not in shown(app).splitlines()[1]


async def test_cases_that_stay_where_they_are_are_not_given(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        before = count(three.db, "change")
        await press(pilot, "R", "enter")
        assert app.last_said.startswith("Nothing to do: 1 case with Dana already.")
        assert count(three.db, "change") == before


async def test_a_case_of_nobody_begins_on_nobody_and_undo_takes_it_back(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=Lindqvist", "enter", "R")
        assert "Give 1 case to another nurse. Now with nobody." in shown(app)
        assert "> Nobody" in shown(app)
        await press(pilot, "up", "enter")
        assert count(three.db, "case", f"id = {three.per} and nurse_id is not null") == 1
        await press(pilot, "u")
        assert count(three.db, "case", f"id = {three.per} and nurse_id is null") == 1


async def test_cases_of_several_hands_are_named_with_their_numbers(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "space", "down", "space", "down", "space", "R")
        seen = " ".join(shown(app).split())
        assert "Give 3 cases to another nurse. Now 2 with Dana, 1 with nobody." in seen
        assert "2 open now, 3 then" in seen and "> Dana" in shown(app)


async def test_the_reason_is_read_below_the_list_where_its_column_is_cut(three) -> None:
    why = "Ask the prescriber's office: patient signature and the day of it, on the Services Form"
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=Lindqvist", "enter")
        screen = caseload(app)
        row = screen.rows.focused_row
        assert row is not None
        below = screen.query_one("#glance", Lines)
        assert row.why in str(below.content)
        assert why not in str(below.content)
        told, _ = of_row(replace(row, why=why))
        below.show(told)
        await calm(pilot)
        assert why in " ".join(shown(app).split())


async def test_a_nurse_may_not_reassign(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "R")
        assert "for the role supervisor" in app.last_said


async def test_next_opens_the_most_urgent_and_says_why(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "n")
        assert isinstance(app.screen, CaseScreen)
        assert "Next call: Welcome call, due Tue 17 Nov." in app.last_said.replace("\n", " ")
        assert "Next call: Welcome call" in shown(app)


async def test_next_says_when_nobody_may_be_called(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        clock.freeze(NOW + timedelta(hours=14))
        await calm(pilot)
        await press(pilot, "n")
        assert "may be called now" in app.last_said
        assert isinstance(app.screen, CaseloadScreen)


async def test_a_flag_shows_in_the_row_and_u_takes_it_back(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "exclamation_mark", "=insurer", "f2")
        assert "flagged" in shown(app) and "! FLAG insurer" in shown(app)
        assert count(three.db, "case", "flag = 'insurer'") == 1
        await press(pilot, "u")
        assert app.last_said == "Undone: Flagged: insurer. U does it again."
        assert count(three.db, "case", "flag = 'insurer'") == 0
        await press(pilot, "U")
        assert count(three.db, "case", "flag = 'insurer'") == 1


async def test_a_case_is_seen_as_it_was(three) -> None:
    app = app_on(three)
    clock.freeze(NOW + timedelta(days=2))
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "v", "tab", "home", "=2300", "f2")
        assert isinstance(app.screen, CaseScreen)
        assert "AS OF Fri 20 Nov 2026 23:00 ET" in shown(app)


async def test_no_case_under_the_cursor_is_said(desk) -> None:
    app = app_on(desk, services=desk.other)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        assert "No open case is yours. f shows those without a nurse" in shown(app)
        for key in ("w", "t", "a", "u", "c", "exclamation_mark", "v"):
            await press(pilot, key)
            assert app.last_said == "There is no case under the cursor. Choose a row first.", key


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
async def test_hostile_names_stay_literal_and_in_their_lines(desk, size) -> None:
    for number, name in enumerate(HOSTILE):
        add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id=f"H-{number}",
                 last_name=name, first_name=name, city=name, language=name)  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=size) as pilot:
        await calm(pilot)
        for _ in HOSTILE:
            await press(pilot, "down")
        seen = shown(app)
        assert "\x1b" not in seen and "\u202e" not in seen and "\x07" not in seen
        assert "[/red]" in seen
        assert "? all keys" in seen
        assert app.is_running


async def test_it_works_at_forty_by_twelve(three) -> None:
    app = app_on(three)
    async with app.run_test(size=(40, 12)) as pilot:
        await calm(pilot)
        assert "Ortiz" in shown(app) and "2 open" in shown(app)
        await press(pilot, "down", "enter")
        assert isinstance(app.screen, CaseScreen)
        assert "Bhatt" in shown(app)


async def test_the_list_is_read_anew_after_the_lock(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "down", "L")
        assert "Ortiz" not in shown(app)
        await press(pilot, "enter")
        assert "Ortiz, Marisol" in shown(app)
        assert caseload(app).case_here() == three.bhatt


async def test_brackets_change_whose_cases_are_shown(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "right_square_bracket")
        assert "filter: without a nurse" in shown(app)
        await press(pilot, "left_square_bracket")
        assert "filter: mine" in shown(app)


@pytest.mark.parametrize("what", ["rows", "known"])
async def test_a_fault_of_the_list_is_shown_with_its_number_and_f5_reads_again(
    three, monkeypatch, what
) -> None:
    def gone(*_: object) -> None:
        raise OSError("the disk of Marisol Ortiz is gone")

    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        with monkeypatch.context() as broken:
            broken.setattr(KeysetList, what, gone)
            await calm(pilot)
            seen = " ".join(shown(app).split())
            assert "x FAULT" in seen and "Everything that was saved is still there" in seen
            assert "Incident " in seen and "F5 reads it again" in seen
            assert "Marisol" not in seen
        await press(pilot, "f5")
        assert "x FAULT" not in shown(app) and "Ortiz, Marisol" in shown(app)
        await press(pilot, "down")
        assert caseload(app).case_here() is not None


@pytest.mark.parametrize("what", ["rows", "known"])
async def test_a_list_that_the_lock_closed_shows_no_fault_and_is_read_again(
    three, monkeypatch, what
) -> None:
    def closed(*_: object) -> None:
        raise ClosedError("the case database was closed")

    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        rows = caseload(app).rows
        with monkeypatch.context() as broken:
            broken.setattr(KeysetList, what, closed)
            await press(pilot, "L")
            rows.set_source(rows.source)
            await rows.settled()
            await pilot.pause()
        assert not (app.gateway.log_folder / "faults.log").exists()
        await press(pilot, "enter")
        assert "x FAULT" not in shown(app) and "Ortiz, Marisol" in shown(app)
        await press(pilot, "down")
        assert caseload(app).case_here() is not None


async def test_one_list_holds_the_nurses_own_cases_and_those_without_a_nurse(three) -> None:
    app = app_on(three)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "left_square_bracket")
        seen = shown(app)
        assert "filter: mine and without a nurse" in seen and "3 open" in seen
        assert "Ortiz, Marisol" in seen and "Lindqvist, Per" in seen
        assert seen.count("no nurse · ") == 1
        await press(pilot, "left_square_bracket")
        assert "no nurse · " not in shown(app)


async def test_the_counts_are_those_of_the_list_that_is_shown(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        screen = caseload(app)
        screen._show(replace(screen.shown, state=State.MISSING_INFO), keep=False)
        await calm(pilot)
        assert "1 open" in shown(app) and "3 open" not in shown(app)
        screen._show(replace(screen.shown, state=None, closed=True), keep=False)
        await calm(pilot)
        assert "0 closed" in shown(app) and "due today" not in shown(app)
        clock.freeze(NOW - timedelta(days=2))
        screen._show(replace(screen.shown, closed=False, overdue=True), keep=False)
        await calm(pilot)
        assert "0 open" in shown(app) and "Nothing is overdue." in shown(app)

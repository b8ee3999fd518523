"""The reports by keys alone, on real services: numbers, their cases, the file."""

from __future__ import annotations

import stat

import pytest

from nurse_tui.screens import reports_words as words
from nurse_tui.screens.caseload import CaseloadScreen
from nurse_tui.screens.choose import ChooseScreen
from nurse_tui.screens.reports import ReportsScreen
from nurse_tui.screens.reports_forms import FileForm, SpanForm
from nurse_tui.types import Role
from nurse_tui.widgets.field import Field
from tests.cases import add_case
from tests.databases import SYSTEM, add_user, count

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)


async def opened(app, pilot) -> ReportsScreen:
    await calm(pilot)
    app.open_view("reports")
    await calm(pilot)
    assert isinstance(app.screen, ReportsScreen)
    return app.screen


@pytest.fixture
def three(desk):
    """Two cases of the nurse's, one of nobody's."""
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", last_name="Bhatt")
    add_case(desk.db, SYSTEM, form_id="SF-3", last_name="Lindqvist")
    return desk


async def test_the_first_report_counts_the_open_cases_with_bars(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        seen = shown(app)
        assert "[>Caseload  Overdue " in seen and "Open cases by nurse and state" in seen
        bars = {row.count("#") for row in seen.splitlines() if "#" in row}
        assert bars == {12, 6}
        titles = next(row for row in seen.splitlines() if "NURSE" in row)
        assert titles.split() == ["NURSE", "STATE", "OPEN", "0", "to", "2", "OLDEST"]
        assert titles.index("0 to 2") == next(r.index("#") for r in seen.splitlines() if "#" in r)
        assert "3 open · 1 unassigned" in seen
        assert "As of Wed 18 Nov 2026 11:00, America/New_York." in seen and "Settings" in seen


async def test_enter_shows_exactly_the_cases_behind_a_number(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "slash", *"dana", "enter")
        row = screen.rows.focused_row
        assert row is not None
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseloadScreen)
        assert f"{row.values[2]} open" in shown(app) and "filter: Dana, welcome pending" in shown(
            app
        )
        assert "Bhatt" in shown(app) and "Ortiz" in shown(app) and "Lindqvist" not in shown(app)
        await press(pilot, "escape")
        assert app.screen is screen


async def test_the_overdue_report_opens_what_is_overdue(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "right_square_bracket")
        assert ">Overdue " in shown(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseloadScreen) and "overdue" in shown(app)
        assert app.screen.shown.overdue
        assert app.screen.shown.kind == "first_call" and "welcome call" in shown(app)


async def test_every_report_is_shown_and_the_numbers_say_their_way_out(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(app, pilot)
        for report in screen.reports:
            title = words.TAB_WORDS.get(report.name, report.title)
            assert f">{title} " in shown(app) and "As of" in shown(app)
            await press(pilot, "right_square_bracket")
        assert "[>Caseload " in shown(app)
        await press(pilot, "right_square_bracket", "right_square_bracket", "enter")
        assert app.last_said.startswith("These numbers are not of open cases alone.")


async def test_enter_is_offered_only_where_a_row_has_cases_behind_it(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        offered = {}
        for report in screen.reports:
            footer = "\n".join(shown(app).split("\n")[-3:])
            offered[report.name] = "enter open" in footer
            assert "f filter" in footer
            await press(pilot, "right_square_bracket")
        assert offered.pop("caseload") and offered.pop("overdue")
        assert not any(offered.values())


async def test_other_days_and_one_nurse_are_counted_on_request(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket", "f", "enter")
        assert isinstance(app.screen, SpanForm)
        await press(pilot, "=20261117", "tab", "=20261116", "f2")
        assert "This is before the first day." in shown(app)
        await press(pilot, "ctrl+u", "=20261118", "f2")
        assert screen.result is not None
        assert screen.result.parameters["since"] == "2026-11-17"
        assert "Tue 17 Nov to Wed 18 Nov" in shown(app)
        await press(pilot, "left_square_bracket", "left_square_bracket", "f")
        assert isinstance(app.screen, ChooseScreen)
        await press(pilot, "down", "enter")
        assert "1 open" in shown(app) and "Dana" not in shown(app)


async def test_rows_are_ordered_by_a_column(three) -> None:
    add_case(three.db, SYSTEM, form_id="SF-4")
    add_case(three.db, SYSTEM, form_id="SF-5")
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "S", "end", "up", "enter", "home")
        assert screen.rows.focused_row is not None
        assert screen.rows.focused_row.values[2] == 3


async def test_an_export_is_private_logged_and_writes_over_nothing(three, tmp_path) -> None:
    target = tmp_path / "caseload.csv"
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "x")
        assert isinstance(app.screen, FileForm)
        await press(pilot, "ctrl+u", f"={target}", "f2")
        assert app.last_said.startswith("Wrote 2 rows to ")
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        text = target.read_text()
        assert text.splitlines()[0] == "nurse,state,cases,oldest" and "Dana" in text
        assert count(three.db, "change", "command = 'export.report'") == 1
        await press(pilot, "x", "ctrl+u", f"={target}", "f2")
        assert "is there already" in app.last_said and target.read_text() == text


async def test_an_empty_report_says_what_to_do(bare) -> None:
    app = app_on(bare, services=bare.boss)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "left_square_bracket")
        assert "There is nothing to count here." in shown(app)


async def test_a_nurse_is_told_whose_the_reports_are(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "5")
        assert not isinstance(app.screen, ReportsScreen)
        app.open_view("reports")
        await calm(pilot)
        assert "x REFUSED  Only a supervisor may open the reports." in shown(app)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_names_are_shown_literally(desk, text) -> None:
    nurse = add_user(desk.db, f"eve{len(text)}")
    with desk.db.engine.begin() as connection:
        connection.exec_driver_sql(
            'UPDATE "user" SET full_name = ? WHERE id = ?', (text, nurse.user_id)
        )
    add_case(desk.db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "down", "f", "escape", "x", "escape", "enter")
        assert isinstance(app.screen, CaseloadScreen) and app.is_running
        assert "\x1b" not in shown(app) and "\u202e" not in shown(app)


async def test_it_works_in_a_small_terminal(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=(40, 12)) as pilot:
        await opened(app, pilot)
        assert "1 of 8, ] next" in shown(app) and "Dana" in shown(app)


async def test_tab_goes_through_the_days_from_top_to_bottom(three) -> None:
    app = app_on(three, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket", "f", "enter")
        assert isinstance(app.screen, SpanForm)
        names = []
        for _ in app.screen.query(Field):
            inside = app.screen.focused
            assert inside is not None
            above = [node for node in inside.ancestors_with_self if isinstance(node, Field)]
            names.append(above[0].field_name)
            await press(pilot, "tab")
        assert names == ["since", "until"]
        assert app.screen.query_one("#box").size.height <= 7

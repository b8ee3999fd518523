"""The weeks of a site and the courses by keys alone, on real services."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.rules.calendar import WEEKDAYS
from nurse_tui.screens.case import CaseScreen
from nurse_tui.screens.infusions import InfusionsScreen
from nurse_tui.screens.schedule import ScheduleScreen
from nurse_tui.screens.schedule_forms import DayForm
from nurse_tui.screens.schedule_gate import GateScreen
from nurse_tui.types import Refusal, Role
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)
MONDAY = date(2026, 11, 30)


def book(desk, case: int, start: date = MONDAY, site: int | None = None) -> None:
    seen = desk.boss.cases.view(case).version
    answer = desk.boss.infusions.book(case, 1, site or desk.site, start, seen)
    assert not isinstance(answer, Refusal), answer


@pytest.fixture
def two(desk):
    """The nurse's case on chair 1 and another nurse's on chair 2, in the week of 30 Nov."""
    desk.theirs = add_case(
        desk.db, SYSTEM, nurse_id=desk.other.actor.user_id, form_id="SF-2",
        first_name="Sunil", last_name="Bhatt",
    )  # fmt: skip
    book(desk, desk.case)
    book(desk, desk.theirs)
    return desk


async def opened(app, pilot) -> InfusionsScreen:
    await calm(pilot)
    app.open_view("infusions")
    await calm(pilot)
    assert isinstance(app.screen, InfusionsScreen)
    return app.screen


async def test_it_shows_this_weeks_chairs_and_turns_week_by_week(two) -> None:
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        seen = shown(app)
        assert "Harbor Infusion  Nashua NH · 2 chairs" in seen and "Nov 2026 · this week" in seen
        assert "0 of 2" in seen and "free  s on a case books it" in seen
        await press(pilot, "greater_than_sign")
        assert "Thu 26 Nov federal holiday" in shown(app)
        await press(pilot, "greater_than_sign")
        seen = shown(app)
        assert seen.count("2 of 2") == 5 and seen.count("+Ortiz") == 5
        assert seen.count("/////") >= 4 and seen.count("closed") == 2
        await press(pilot, "less_than_sign", "less_than_sign")
        assert "this week" in shown(app)


async def test_arrows_move_the_cell_and_the_cursor_of_the_terminal(two) -> None:
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "greater_than_sign", "greater_than_sign")
        first = app.cursor_position
        await press(pilot, "right", "j")
        assert screen.grid.day == MONDAY + timedelta(days=1) and screen.grid.chair == 2
        moved = app.cursor_position
        assert moved.y == first.y + 1 and moved.x > first.x
        await press(pilot, "end", "home", "left", "left")
        assert screen.grid.day == MONDAY and screen.grid.chair == 1
        for _ in range(9):
            await pilot.press("right")
        await calm(pilot)
        assert screen.grid.day == MONDAY + timedelta(days=6)
        assert "Sun 6 Dec, chair 1  closed: not open" in shown(app)


async def test_a_nurse_opens_her_own_patient_and_sees_no_other_name(two) -> None:
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "greater_than_sign", "greater_than_sign", "down")
        assert "Bhatt" not in shown(app) and "+taken" in shown(app)
        assert "taken by a patient of another nurse" in shown(app)
        await press(pilot, "enter")
        assert app.last_said.startswith("No patient's booking is under the cursor.")
        await press(pilot, "up", "enter")
        assert isinstance(app.screen, CaseScreen) and app.screen.case_id == two.case


async def test_a_supervisor_sees_every_name_and_every_course(two) -> None:
    app = app_on(two, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await press(pilot, "greater_than_sign", "greater_than_sign")
        assert shown(app).count("+Bhatt") == 5
        await press(pilot, "right_square_bracket")
        seen = shown(app)
        assert "2 courses · 0 under way · everybody's" in seen and "NURSE" in seen
        assert "Bhatt, Sunil" in seen and "Ortiz, Marisol" in seen
        await press(pilot, "f", "down", "enter")
        assert "0 courses" in shown(app) and "mine" in shown(app)


async def test_courses_say_when_the_gate_is_looked_at_and_what_is_not_recorded(two) -> None:
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "left_square_bracket")
        seen = shown(app)
        assert "1 course · 0 under way · mine" in seen
        assert "+ COMING" in seen and "-7 Mon 23 Nov" in seen
        assert "looked at on day -7, Mon 23 Nov: r shows it." in seen
        clock.freeze(NOW + timedelta(days=13))
        screen.changed()
        await calm(pilot)
        assert "! RECORD DAY" in shown(app)
        assert "! Mon 30 Nov has passed: g records what became of it." in shown(app)
        await press(pilot, "g")
        assert isinstance(app.screen, DayForm)
        await press(pilot, "tab", "tab", "=papers are late", "f2")
        assert count(two.db, "infusion_day", "status = 'given'") == 1
        assert "1 of 5 days given" in shown(app)
        await press(pilot, "u")
        assert count(two.db, "infusion_day", "status = 'given'") == 0


async def test_search_order_gate_and_the_way_to_the_weeks(two) -> None:
    app = app_on(two, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "slash", "b", "h", "a", "enter")
        assert "Bhatt, Sunil" in shown(app) and "Ortiz" not in shown(app)
        await press(pilot, "r")
        assert isinstance(app.screen, GateScreen)
        await press(pilot, "escape", "escape", "S", "down", "enter")
        assert shown(app).index("Bhatt") < shown(app).index("Ortiz")
        await press(pilot, "M")
        assert isinstance(app.screen, ScheduleScreen)
        assert app.last_said == "M moves the booked days to the week under the cursor."


async def test_another_site_and_a_site_without_chairs(two) -> None:
    add_site(two.db, SYSTEM, code="S2", name="Lakeside", chairs=0)
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "i", "down", "enter")
        assert "Lakeside" in shown(app) and "This site has no chairs" in shown(app)


async def test_many_chairs_scroll_under_the_cursor(desk) -> None:
    big = add_site(desk.db, SYSTEM, code="S0", name="A Hall", chairs=60)
    book(desk, desk.case, site=big)
    app = app_on(desk)
    async with app.run_test(size=(40, 12)) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "end")
        assert screen.grid.chair == 60 and " 60" in shown(app)
        await press(pilot, "pageup", "home")
        assert screen.grid.chair == 1


async def test_without_sites_it_says_how_to_import_them(bare) -> None:
    app = app_on(bare)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert "There is no infusion site yet." in shown(app)
        assert "nurse-tui import sites FILE" in shown(app)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_names_are_shown_literally(desk, text) -> None:
    site = add_site(desk.db, SYSTEM, code="S0", name=text, city=text)
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", last_name=text)
    book(desk, case, site=site)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "greater_than_sign", "greater_than_sign", "right_square_bracket")
        seen = shown(app)
        assert "+ COMING" in seen and "\x1b" not in seen and "\u202e" not in seen
        assert "? all keys" in seen


async def test_a_narrow_terminal_shows_first_days_whole(two) -> None:
    app = app_on(two)
    async with app.run_test(size=(40, 12)) as pilot:
        await opened(app, pilot)
        await press(pilot, "right_square_bracket")
        row = next(row for row in shown(app).splitlines() if row.startswith(" > "))
        assert row.split()[-3] in WEEKDAYS and "..." not in row[-14:]


async def test_a_course_whose_days_are_gone_meanwhile_is_told(two, monkeypatch) -> None:
    app = app_on(two)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await press(pilot, "left_square_bracket")
        monkeypatch.setattr("nurse_tui.screens.infusions.course_days", lambda facts, number: [])
        await press(pilot, "g")
        assert app.last_said.startswith("This course has no booked days left.")

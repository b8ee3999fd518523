"""What a list shows and does while its rows are still being read or counted."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from nurse_tui.screens.admin import READING, AdminScreen
from nurse_tui.screens.admin_tabs import BY_ID
from nurse_tui.screens.reports import COUNTING, ReportsScreen
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.types import Refusal, Role
from tests.databases import add_user

from .conftest import shown
from .real import app_on, calm, press

SIZE = (100, 30)


@pytest.fixture
def rooted(desk):
    desk.root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    return desk


async def test_a_tab_that_is_being_read_has_nothing_of_the_one_before(rooted) -> None:
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        screen = app.screen
        assert isinstance(screen, AdminScreen) and screen.listed
        for tab in BY_ID.values():
            screen.show_tab(tab)
            screen.draw_found()
            assert screen.do_sort() is READING and screen.do_filter() is READING
            assert screen.listed == []
            await calm(pilot)
            assert app.screen is screen


async def test_a_report_that_is_being_counted_has_nothing_of_the_one_before(desk) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        app.open_view("reports")
        await calm(pilot)
        screen = app.screen
        assert isinstance(screen, ReportsScreen) and screen.rows.focused_row is not None
        for _ in screen.reports:
            screen.do_tab_next()
            screen.draw_found()
            assert screen.do_sort() is COUNTING and screen.do_report_export() is COUNTING
            assert screen.do_open() is COUNTING
            await calm(pilot)
            assert screen.result.report == screen.report.name


@pytest.mark.parametrize("view", ["reports", "admin"])
async def test_the_line_of_the_search_is_empty_on_the_next_tab(rooted, view) -> None:
    app = app_on(rooted, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        app.open_view(view)
        await calm(pilot)
        await press(pilot, "slash", "=an", "enter")
        assert app.screen.query_one("#find", Input).value == "an"
        await press(pilot, "right_square_bracket", "slash")
        assert app.screen.query_one("#find", Input).value == ""
        assert "search:" not in shown(app)


async def test_a_count_of_other_cases_is_not_shown_beside_a_new_filter(desk, monkeypatch) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        assert "1 open" in shown(app)
        worklist = app.gateway.services.worklist
        slow = Refusal("slow", "Not counted yet.")
        monkeypatch.setattr(worklist, "counts", lambda *_, **__: slow)
        await press(pilot, "right_square_bracket")
        assert "1 open" not in shown(app) and "Counting. · filter: " in shown(app)

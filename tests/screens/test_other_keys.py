"""Keys that the configuration gives to other commands also hold in the lists and the week."""

from __future__ import annotations

import pytest

from nurse_tui import keys
from nurse_tui.app import NurseApp
from nurse_tui.screens.choose import ChooseScreen
from nurse_tui.types import Role
from nurse_tui.widgets.week_grid import WeekGrid
from nurse_tui.widgets.worklist import Worklist
from tests.cases import add_case
from tests.databases import SYSTEM

from .real import WHO, DeskGateway, app_on, calm, press


def app_with(desk, role: Role = Role.NURSE, **asked) -> NurseApp:
    registry = keys.configured(asked)
    assert isinstance(registry, keys.Registry), registry
    services = getattr(desk, WHO[role])
    return NurseApp(DeskGateway(services, desk.db.path.parent / "log"), registry)


async def test_a_list_marks_and_orders_by_the_keys_it_was_given(desk) -> None:
    app = app_with(desk, Role.SUPERVISOR, mark="ctrl+t", sort="space")
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        rows = app.screen.query_one(Worklist)
        await press(pilot, "space")
        assert isinstance(app.screen, ChooseScreen) and not rows.marked_ids
        await press(pilot, "escape", "ctrl+t")
        assert rows.marked_ids == {desk.case}


@pytest.mark.parametrize(("single", "moved"), [(True, 1), (False, 0)])
async def test_letters_do_not_move_where_they_are_switched_off(desk, single, moved) -> None:
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2")
    app = app_with(desk, single_letters=single)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        rows = app.screen.query_one(Worklist)
        await press(pilot, "j")
        assert rows.place == moved
        await press(pilot, "k", "down")
        assert rows.place == 1


@pytest.mark.parametrize(("asked", "chair"), [({}, 2), ({"move_down": "ctrl+n"}, 1)])
async def test_the_week_moves_by_the_keys_it_was_given(desk, asked, chair) -> None:
    app = app_with(desk, **asked)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "4", "down")
        grid = app.screen.query_one(WeekGrid)
        assert grid.chair == chair
        await press(pilot, "home", "ctrl+n" if asked else "j")
        assert grid.chair == 2


@pytest.mark.parametrize("view", ["calls", "copay", "reports"])
async def test_nothing_is_marked_where_no_mark_is_read(desk, view) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        app.open_view(view)
        await calm(pilot)
        await press(pilot, "space")
        assert "does nothing on this screen" in app.last_said
        assert not app.screen.query_one(Worklist).marked_ids

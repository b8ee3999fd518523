"""What is said of the case under the cursor is never of another one, read or not yet read."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from textual.content import Content

from nurse_tui.screens import caseload_glance
from nurse_tui.types import Role
from nurse_tui.widgets.lines import Lines
from tests.cases import add_case
from tests.databases import SYSTEM

from .real import app_on, calm, press

NAMES = ("Adams", "Baker", "Clark", "Davis", "Evans")
MANY = 40


def below(app: Any) -> str:
    return str(app.screen.query_one("#glance", Lines).content)


def here(app: Any) -> str:
    return str(app.screen.rows.focused_row.patient)


def people(desk: SimpleNamespace, names: Iterable[str] = NAMES) -> None:
    for number, name in enumerate(names):
        add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id=f"SF-1{number}",
                 first_name="Pat", last_name=name)  # fmt: skip


async def test_the_words_are_of_the_focused_row_at_once_and_of_the_case_later(
    desk: SimpleNamespace,
) -> None:
    people(desk)
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        for key in ("down", "down", "end", "home", "pagedown", "up"):
            await pilot.press(key)
            assert here(app) in below(app)
            await calm(pilot)
            assert here(app) in below(app) and "form 16 Nov" in below(app)


async def test_until_a_case_is_read_its_row_speaks_alone(
    desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(desk)
    monkeypatch.setattr(caseload_glance, "REST", 3600)
    monkeypatch.setattr(caseload_glance, "SOON", 3600)
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        seen = set()
        for key in ("down", "down", "down"):
            await pilot.press(key)
            await calm(pilot)
            assert below(app).startswith(here(app)) and "form 16 Nov" not in below(app)
            seen.add(here(app))
        assert len(seen) == 3


async def test_under_a_held_key_cases_are_read_before_the_cursor_comes_to_them(
    desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(desk, (f"Adams{number:02d}" for number in range(MANY)))
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        monkeypatch.setattr(caseload_glance, "REST", 3600)
        seen = set()
        for _ in range(MANY):
            await pilot.press("down")
            await calm(pilot)
            assert here(app) in below(app) and "form 16 Nov" in below(app)
            seen.add(here(app))
        assert len(seen) > 2 * caseload_glance.NEAR


async def test_an_empty_list_leaves_no_words_of_the_last_case(desk: SimpleNamespace) -> None:
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        assert "Ortiz" in below(app)
        await press(pilot, "slash", "=zzz")
        assert below(app) == ""


async def test_only_lines_that_changed_are_drawn_again(desk: SimpleNamespace) -> None:
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        lines = app.screen.query_one("#glance", Lines)
        lines.show(Content("one\ntwo\nthree"))
        await pilot.pause()
        lines.show(Content("one\nTWO\nthree"))
        drawn = {region.y - lines.content_offset.y for region in lines._repaint_regions}
        assert drawn == {1}
        assert lines.render_line(1).text.startswith("TWO")

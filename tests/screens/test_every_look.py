"""Every screen refused, at fault and empty, in two sizes: each says what is wrong and the way out.

The full looks, and what is particular to a screen, stand in the other files of looks.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui import clock
from nurse_tui.app import NurseApp
from nurse_tui.keys import LISTS
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.types import Refusal, Role
from tests.cases import NOW
from tests.databases import add_user

from .real import app_on, calm, press
from .trial import FakeGateway

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
OF_A_CASE = ("case", "call", "copay_case", "schedule")
NO = Refusal("busy", "Another program is writing.", "Try again in a moment.")


class Answering:
    """Services that answer whatever is asked of them with one thing, or fail with it."""

    def __init__(self, answer: Refusal | Exception) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Answering:
        return self

    def __call__(self, *args: Any, **given: Any) -> Refusal:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture(autouse=True)
def number_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nurse_tui.ids.case_number", lambda: "7KD-M3P-2XA")


@pytest.fixture
def picture(snap_compare, monkeypatch):
    """Open a screen and compare it with its picture; what changes by chance stands still.

    With `again` the screen is full first, and the answer comes to F5.
    """
    monkeypatch.setattr("nurse_tui.asking.incidents.record", lambda *_: "20261118-0001")

    def compare(
        app: NurseApp, size: tuple[int, int], view: str, *args: object,
        answering: Any = None, again: bool = False,
    ) -> bool:  # fmt: skip
        async def go(pilot: Pilot[Any]) -> None:
            await calm(pilot)
            if again:
                await opened(pilot)
            if answering is not None:
                app.gateway.services = answering
            if again or view == app.current_mode:
                await press(pilot, "f5")
            else:
                await opened(pilot)

        async def opened(pilot: Pilot[Any]) -> None:
            if view != app.current_mode:
                app.open_view(view, *args)
            await calm(pilot)

        return bool(snap_compare(app, terminal_size=size, run_before=go))

    return compare


@pytest.fixture
def root(desk) -> Services:
    return Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))


def program(desk: Any, root: Services, view: str) -> NurseApp:
    """The program as somebody sees it who may open the screen."""
    if view == "admin":
        return app_on(desk, services=root)
    return app_on(desk, Role.SUPERVISOR if view == "reports" else Role.NURSE)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [*LISTS, *OF_A_CASE])
def test_refused(desk, root, picture, view, size) -> None:
    args = (desk.case,) if view in OF_A_CASE else ()
    assert picture(program(desk, root, view), size, view, *args, answering=Answering(NO))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [*LISTS, *OF_A_CASE])
def test_fault(desk, root, picture, view, size) -> None:
    args = (desk.case,) if view in OF_A_CASE else ()
    broken, again = Answering(RuntimeError("Ortiz, Marisol")), view != "call"
    app = program(desk, root, view)
    assert picture(app, size, view, *args, answering=broken, again=again)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["caseload", "calls", "copay", "infusions"])
def test_empty(bare, picture, view, size) -> None:
    nobody = Services(Desk(bare.db, add_user(bare.db, "new"), bare.mine.desk.settings))
    assert picture(app_on(bare, services=nobody), size, view)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [(), ("=Dana", "enter", "=wrong", "enter")], ids=str)
def test_sign_in(tmp_path, snap_compare, size, keys) -> None:
    clock.freeze(NOW)
    app = NurseApp(FakeGateway(tmp_path, role=None))

    async def go(pilot: Pilot[Any]) -> None:
        await calm(pilot)
        await press(pilot, *keys)

    assert snap_compare(app, terminal_size=size, run_before=go)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", ["L", "question_mark", "colon", "f", "S"])
def test_over_the_caseload(desk, picture, snap_compare, size, key) -> None:
    app = app_on(desk)

    async def go(pilot: Pilot[Any]) -> None:
        await calm(pilot)
        await press(pilot, key)

    assert snap_compare(app, terminal_size=size, run_before=go)

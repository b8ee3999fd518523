"""Pictures of the caseload and the case: full, empty, refused, fault, narrow and wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui.types import CoverageKind, Role
from tests.cases import add_case
from tests.databases import SYSTEM

from .real import app_on, calm, press

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def picture(desk, snap_compare, monkeypatch):
    """Compare the screen after some keys with its picture; case numbers stand still."""

    def compare(
        size: tuple[int, int], *keys: str, who: Any = None, role: Role = Role.NURSE,
        before: Callable[[Any], object] | None = None,
    ) -> bool:  # fmt: skip
        app = app_on(desk, role, who)

        async def go(pilot: Pilot[Any]) -> None:
            await calm(pilot)
            await press(pilot, *keys)
            if before is not None:
                before(app)
                await calm(pilot)

        return bool(snap_compare(app, terminal_size=size, run_before=go))

    monkeypatch.setattr("nurse_tui.services.cases.CaseView", _numbered)
    return compare


def _numbered(**fields: Any) -> Any:
    from nurse_tui.views import CaseView

    return CaseView(**fields | {"number": "7KD-M3P-2XA"})


@pytest.fixture
def filled(desk):
    add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", first_name="Sunil",
             last_name="Bhatt", state="MA", zip="02108",
             coverages=(CoverageKind.COMMERCIAL, CoverageKind.MEDICARE))  # fmt: skip
    add_case(desk.db, SYSTEM, form_id="SF-3", first_name="Per", last_name="Lindqvist",
             form={"completed_at": None, "patient_signed_on": None})  # fmt: skip
    return desk


@pytest.mark.parametrize("size", SIZES)
def test_caseload_full(filled, picture, size) -> None:
    assert picture(size)


@pytest.mark.parametrize("size", SIZES)
def test_caseload_of_a_supervisor(filled, picture, size) -> None:
    assert picture(size, "end", "space", role=Role.SUPERVISOR)


def test_caseload_empty(desk, picture) -> None:
    assert picture(SIZES[0], who=desk.other)


def test_caseload_refused(filled, picture) -> None:
    assert picture(SIZES[0], "R")


def test_caseload_fault(filled, picture, monkeypatch) -> None:
    monkeypatch.setattr("nurse_tui.asking.incidents.record", lambda *_: "20261118-0000")
    assert picture(SIZES[0], before=lambda app: app.fault(RuntimeError("no")))


@pytest.mark.parametrize("size", SIZES)
def test_case_overview(filled, picture, size) -> None:
    assert picture(size, "enter")


@pytest.mark.parametrize("size", SIZES)
def test_case_courses(filled, picture, size) -> None:
    assert picture(size, "enter", "left_square_bracket", "left_square_bracket",
                   "left_square_bracket")  # fmt: skip


def test_case_empty_tab(filled, picture) -> None:
    assert picture(SIZES[0], "enter", "m")


def test_case_refused(desk, picture) -> None:
    assert picture(SIZES[0], who=desk.other, before=lambda app: app.open_view("case", desk.case))


def test_case_form_with_a_fault(filled, picture) -> None:
    assert picture(SIZES[0], "enter", "t", "tab", "home", "=20270230", "f2")


def test_case_as_of(filled, picture) -> None:
    assert picture(SIZES[0], "enter", "v", "tab", "home", "=2359", "f2")

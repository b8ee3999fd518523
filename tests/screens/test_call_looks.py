"""Pictures of calls and co-pay: full, empty, refused, narrow and wide."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui import clock
from nurse_tui.services import call_queue, copay_views
from nurse_tui.types import Benefit, CoverageKind
from tests.cases import NOW, add_case
from tests.databases import SYSTEM

from .real import app_on, calm, press

NUMBER = "7KD-M3P-2XA"
LOW, WIDE, TINY = (80, 24), (120, 40), (40, 12)
IDENTIFIED = ("2", "enter", "enter", "1", "1", "1")


@pytest.fixture
def picture(desk, snap_compare, monkeypatch):
    """Compare the screen after some keys with its picture; case numbers stand still."""
    for module, name in ((call_queue, "QueuedCall"), (copay_views, "CopayRow")):
        kind = getattr(module, name)
        monkeypatch.setattr(module, name, partial(_numbered, kind))

    def compare(size: tuple[int, int], *keys: str, who: Any = None, view: Any = None) -> bool:
        app = app_on(desk, services=who)

        async def go(pilot: Pilot[Any]) -> None:
            await calm(pilot)
            if view is not None:
                app.open_view(*view)
                await calm(pilot)
            await press(pilot, *keys)

        return bool(snap_compare(app, terminal_size=size, run_before=go))

    return compare


def _numbered(kind: Any, *given: Any, **fields: Any) -> Any:
    made = kind(*given, **fields)
    object.__setattr__(made, "number", NUMBER)
    return made


@pytest.fixture
def filled(desk):
    add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", first_name="Keoni",
        last_name="Kealoha", zones="Pacific/Honolulu", language="Spanish",
        coverages=(CoverageKind.COMMERCIAL, CoverageKind.MEDICARE),
    )  # fmt: skip
    return desk


@pytest.mark.parametrize("size", [LOW, WIDE])
def test_calls_full(filled, picture, size) -> None:
    assert picture(size, "2")


def test_calls_empty(desk, picture) -> None:
    assert picture(LOW, "2", who=desk.other)


@pytest.mark.parametrize("size", [LOW, TINY])
def test_call_before_identification(desk, picture, size) -> None:
    assert picture(size, *IDENTIFIED[:4])


@pytest.mark.parametrize("size", [LOW, WIDE])
def test_call_after_identification(desk, picture, size) -> None:
    assert picture(size, *IDENTIFIED)


def test_call_after_failed_identification(desk, picture) -> None:
    assert picture(LOW, *IDENTIFIED[:4], "2", "2")


def test_call_refused(desk, picture) -> None:
    clock.freeze(NOW.replace(hour=3))
    assert picture(LOW, "2", "c")


def test_call_outcome(desk, picture) -> None:
    assert picture(LOW, *IDENTIFIED, "b")


@pytest.mark.parametrize("size", [LOW, WIDE])
def test_copay_of_a_case(desk, picture, size) -> None:
    version = desk.mine.cases.view(desk.case).version
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version)
    assert picture(size, view=("copay_case", desk.case))


def test_copay_refused_by_government_cover(filled, picture) -> None:
    other = next(row.case_id for row in filled.mine.calls.queue() if row.case_id != filled.case)
    assert picture(LOW, view=("copay_case", other))


@pytest.mark.parametrize("size", [LOW, WIDE])
def test_copay_list(desk, picture, size) -> None:
    version = desk.mine.cases.view(desk.case).version
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version)
    assert picture(size, "3")

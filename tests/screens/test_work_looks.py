"""Pictures of schedule, infusions, reports and administration: full, empty, refused, fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.types import Role
from tests.cases import add_case, add_site
from tests.databases import SYSTEM, add_user

from .real import app_on, calm, press

SIZES = [(80, 24), (120, 40)]
NUMBER = "7KD-M3P-2XA"
NEXT, AFTER = "right_square_bracket", "greater_than_sign"


@pytest.fixture
def picture(snap_compare, monkeypatch):
    """Open a screen, press keys, and compare with its picture; case numbers stand still."""
    from nurse_tui.services.sites import CourseRow
    from nurse_tui.views import CaseView

    monkeypatch.setattr(
        "nurse_tui.services.cases.CaseView", lambda **given: CaseView(**given | {"number": NUMBER})
    )
    monkeypatch.setattr(
        "nurse_tui.services.sites.CourseRow",
        lambda **given: replace(CourseRow(**given), number=NUMBER),
    )

    def compare(
        services: Any, size: tuple[int, int], view: str, *keys: str, args: tuple[object, ...] = (),
        before: Callable[[Any], object] | None = None,
    ) -> bool:  # fmt: skip
        app = app_on(SimpleNamespace(db=services.desk.db), services=services)

        async def go(pilot: Pilot[Any]) -> None:
            await calm(pilot)
            app.open_view(view, *args)
            await calm(pilot)
            await press(pilot, *keys)
            if before is not None:
                before(app.screen)
                await calm(pilot)

        return bool(snap_compare(app, terminal_size=size, run_before=go))

    return compare


@pytest.fixture
def filled(desk):
    """A week with both chairs taken, a case of another nurse, a second site."""
    theirs = add_case(desk.db, SYSTEM, nurse_id=desk.other.actor.user_id, form_id="SF-2",
                      first_name="Sunil", last_name="Bhatt")  # fmt: skip
    desk.mine_too = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-3",
                             first_name="Per", last_name="Lindqvist")  # fmt: skip
    add_site(desk.db, SYSTEM, code="S2", name="Lakeside Neurology", city="Manchester",
             latitude=42.99, longitude=-71.46, rems_expires_on=None)  # fmt: skip
    for case in (theirs, desk.mine_too):
        seen = desk.boss.cases.view(case).version
        done = desk.boss.infusions.book(case, 1, desk.site, date(2026, 11, 30), seen)
        assert isinstance(done, int)
    desk.root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    return desk


@pytest.mark.parametrize("size", SIZES)
def test_schedule_full(filled, picture, size) -> None:
    assert picture(filled.mine, size, "schedule", args=(filled.case,))


def test_schedule_booked(filled, picture) -> None:
    assert picture(filled.mine, SIZES[0], "schedule", args=(filled.mine_too,))


def test_schedule_gate(filled, picture) -> None:
    assert picture(filled.mine, SIZES[0], "schedule", "r", args=(filled.case,))


def test_schedule_empty(bare, picture) -> None:
    assert picture(bare.mine, SIZES[0], "schedule", args=(bare.case,))


def test_schedule_refused(filled, picture) -> None:
    assert picture(filled.other, SIZES[0], "schedule", args=(filled.case,))


def test_schedule_fault(filled, picture) -> None:
    assert picture(filled.mine, SIZES[0], "schedule", args=(filled.case,),
                   before=lambda screen: screen.show_fault("20261118-0001"))  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_infusions_week(filled, picture, size) -> None:
    assert picture(filled.mine, size, "infusions", AFTER, AFTER)


@pytest.mark.parametrize("size", SIZES)
def test_infusions_courses(filled, picture, size) -> None:
    assert picture(filled.boss, size, "infusions", NEXT)


def test_infusions_narrow(filled, picture) -> None:
    assert picture(filled.mine, (40, 12), "infusions", AFTER, AFTER)


def test_infusions_empty(bare, picture) -> None:
    assert picture(bare.mine, SIZES[0], "infusions")


@pytest.mark.parametrize("size", SIZES)
def test_reports_full(filled, picture, size) -> None:
    assert picture(filled.boss, size, "reports")


def test_reports_empty(bare, picture) -> None:
    assert picture(bare.boss, SIZES[0], "reports", "left_square_bracket")


def test_reports_refused(filled, picture) -> None:
    assert picture(filled.mine, SIZES[0], "reports")


@pytest.mark.parametrize("size", SIZES)
def test_admin_users(filled, picture, size) -> None:
    assert picture(filled.root, size, "admin")


def test_admin_sites(filled, picture) -> None:
    assert picture(filled.root, SIZES[0], "admin", NEXT)


def test_admin_empty(filled, picture) -> None:
    assert picture(filled.root, SIZES[0], "admin", "slash", "=nobody at all", "enter")


def test_admin_refused(filled, picture) -> None:
    assert picture(filled.mine, SIZES[0], "admin", NEXT, NEXT)


def test_admin_fault(filled, picture) -> None:
    assert picture(filled.root, SIZES[0], "admin",
                   before=lambda screen: screen.show_fault("20261118-0001"))  # fmt: skip

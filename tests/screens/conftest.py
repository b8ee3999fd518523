"""Fixtures for screens, and helpers that wait without sleeping."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui import clock, settings
from nurse_tui.app import NurseApp
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.types import Role
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, add_user, fresh_database
from tests.services.conftest import desk as desk

from .trial import FakeGateway, TrialApp


@pytest.fixture
def gateway(tmp_path: Path) -> FakeGateway:
    return FakeGateway(tmp_path / "log")


@pytest.fixture
def app(gateway: FakeGateway) -> TrialApp:
    return TrialApp(gateway)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A desk whose database has a case and users, and no infusion site."""
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    shipped = settings.load()
    nurse, boss = add_user(db, "dana"), add_user(db, "boss", Role.SUPERVISOR)
    yield SimpleNamespace(
        db=db,
        nurse=nurse,
        mine=Services(Desk(db, nurse, shipped)),
        boss=Services(Desk(db, boss, shipped)),
        case=add_case(db, SYSTEM, nurse_id=nurse.user_id),
    )
    db.close()


async def settle(pilot: Pilot[Any]) -> None:
    """Wait for every worker and for what they drew."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(app: NurseApp) -> str:
    """Return the text on the screen, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines[:height])[: (width + 1) * height]


@pytest.fixture(autouse=True)
def cursor_rests_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the case under the cursor without waiting for a pause between keys."""
    monkeypatch.setattr("nurse_tui.screens.caseload_glance.REST", 0)

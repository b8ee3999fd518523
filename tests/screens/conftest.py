"""Fixtures for screens, and helpers that wait without sleeping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from nurse_tui.app import NurseApp
from tests.services.conftest import desk as desk

from .trial import FakeGateway, TrialApp


@pytest.fixture
def gateway(tmp_path: Path) -> FakeGateway:
    return FakeGateway(tmp_path / "log")


@pytest.fixture
def app(gateway: FakeGateway) -> TrialApp:
    return TrialApp(gateway)


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

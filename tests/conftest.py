"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nurse_tui import clock

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """Return the folder of reference data, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the reference data folder ../shared is not here")
    return SHARED


@pytest.fixture(autouse=True)
def running_clock() -> Iterator[None]:
    """Let the clock run again after a test that froze it."""
    yield
    clock.freeze(None)

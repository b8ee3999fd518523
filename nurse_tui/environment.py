"""Switches of the environment that could leak what is typed; taken away before Textual loads."""

from __future__ import annotations

import os

KEPT = ("TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_SNAPSHOT")
"""Beginnings of names that only say how to draw, or belong to the snapshot tests."""


def strip() -> None:
    """Remove every TEXTUAL* variable that logs keys, presses keys, takes pictures or listens."""
    for name in [n for n in os.environ if _leaks(n)]:
        del os.environ[name]


def _leaks(name: str) -> bool:
    return name.startswith("TEXTUAL") and not name.startswith(KEPT)

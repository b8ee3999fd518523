"""Switches of the environment that leak what is typed or stop Textual; taken away at once."""

from __future__ import annotations

import os

KEPT = ("TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_SNAPSHOT")
"""Beginnings of names that only say how to draw, or belong to the snapshot tests."""

COLOURS = ("auto", "standard", "256", "truecolor", "windows")
"""What TEXTUAL_COLOR_SYSTEM may be; Textual does not start with anything else."""


def strip() -> None:
    """Remove every TEXTUAL* variable that logs, presses keys, takes pictures, listens or fails."""
    for name in [n for n in os.environ if _leaks(n)]:
        del os.environ[name]
    if os.environ.get("TEXTUAL_COLOR_SYSTEM", "auto") not in COLOURS:
        del os.environ["TEXTUAL_COLOR_SYSTEM"]


def _leaks(name: str) -> bool:
    return name.startswith("TEXTUAL") and not name.startswith(KEPT)

"""Switches of the environment that could leak what is typed; taken away before Textual loads."""

from __future__ import annotations

import os

_KEPT = frozenset({"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY"})


def strip() -> None:
    """Remove every TEXTUAL* variable that logs keys, presses keys, takes pictures or listens."""
    for name in [n for n in os.environ if n.startswith("TEXTUAL") and n not in _KEPT]:
        del os.environ[name]

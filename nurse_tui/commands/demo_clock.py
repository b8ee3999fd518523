"""The clock of a demo, which the environment may stand still."""

from __future__ import annotations

import os

from nurse_tui import clock
from nurse_tui.commands.common import say_error, wrong
from nurse_tui.types import Refusal

NOW = "NURSE_TUI_NOW"


def tell_clock(*, demo: bool) -> None:
    """Set a demo's clock as NURSE_TUI_NOW says; a bad value is wrong usage, on real data it is
    said that the clock is not set."""
    text = os.environ.get(NOW, "")
    if not text:
        return
    if not demo:
        say_error(f"{NOW} is ignored: it sets the clock of demo databases only.")
        return
    from nurse_tui.commands import instants

    at = instants.instant(text)
    if isinstance(at, Refusal):
        wrong(f"{NOW} is not a point in time: {text!r}. {instants.HOW}")
    clock.freeze(at)

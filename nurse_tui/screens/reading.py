"""Something to read through: its lines scroll, enter or esc closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from nurse_tui.screens.base import JobModal
from nurse_tui.widgets.hanging import Hanging, Row
from nurse_tui.widgets.text import text


class ReadingScreen(JobModal[None]):
    """Shows lines under a title; arrows scroll."""

    VIEW_NAME: ClassVar[str] = "choose"
    CSS_PATH = "short_forms.tcss"

    def __init__(self, title: str, rows: Sequence[Row]) -> None:
        super().__init__()
        self._title = title
        self._rows = rows

    def compose_job(self) -> ComposeResult:
        yield Static(text(self._title), id="title")
        with VerticalScroll(id="keys"):
            yield Hanging(self._rows)

    def on_mount(self) -> None:
        self.query_one("#keys").focus()

    def do_open(self) -> None:
        """Close it again."""
        self.dismiss(None)

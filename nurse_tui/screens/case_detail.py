"""All of one row of a case: a whole note, a deadline's arithmetic, every field of a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nurse_tui.screens.base import JobModal
from nurse_tui.screens.tab_row import TabRow
from nurse_tui.views import NoteView
from nurse_tui.widgets.text import line, stacked


class DetailScreen(JobModal[None]):
    """Shows a row; arrows scroll, enter or esc closes."""

    VIEW_NAME: ClassVar[str] = "choose"
    CSS_PATH = "record_form.tcss"

    def __init__(self, row: TabRow, more: Sequence[Content] = ()) -> None:
        super().__init__()
        self._row = row
        self._more = more

    def compose_job(self) -> ComposeResult:
        with VerticalScroll(id="keys"):
            yield Static(stacked([_whole(self._row), *self._more]))

    def on_mount(self) -> None:
        self.query_one("#keys").focus()

    def do_open(self) -> None:
        """Close it again."""
        self.dismiss(None)


def _whole(row: TabRow) -> Content:
    """Return the detail of a row, of a note without any cut."""
    note = row.fact
    return (
        line((note.author, "$text-muted"), "\n", note.text)
        if isinstance(note, NoteView)
        else (row.detail)
    )

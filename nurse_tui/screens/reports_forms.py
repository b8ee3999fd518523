"""What a report asks: the days it counts, and the file it is written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from nurse_tui.screens.base import JobModal
from nurse_tui.screens.record_form import Given
from nurse_tui.widgets.field import Field, date_field, point_out, read, text_field
from nurse_tui.widgets.text import text


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day that are counted; None for the report's own."""

    since: date | None = None
    until: date | None = None


class SpanForm(JobModal[Span]):
    """Asks for the days that a report counts; blank ones are the report's own."""

    VIEW_NAME: ClassVar[str] = "form"
    CSS_PATH = "short_forms.tcss"

    def __init__(self, span: Span) -> None:
        super().__init__()
        self._span = span

    def compose_job(self) -> ComposeResult:
        yield Static(text("Days that are counted; blank means the usual ones"), id="title")
        with VerticalScroll(id="fields", can_focus=False):
            yield date_field("since", "From", self._span.since)
            yield date_field("until", "Until", self._span.until)

    def on_mount(self) -> None:
        self.query(Field).first().focus_control()

    def do_form_submit(self) -> None:
        """Answer with the days, or point at what is wrong."""
        fields = list(self.query(Field))
        given = Given(read(fields))
        since, until = given.day("since"), given.day("until")
        if since and until and until < since:
            given.errors["until"] = "This is before the first day."
        point_out(fields, given.errors)
        if not given.errors:
            self.dismiss(Span(since, until))


class FileForm(JobModal[Path]):
    """Asks for the name of a new file."""

    VIEW_NAME: ClassVar[str] = "form"
    CSS_PATH = "short_forms.tcss"

    def __init__(self, title: str, proposed: Path) -> None:
        super().__init__()
        self._title = title
        self._proposed = proposed

    def compose_job(self) -> ComposeResult:
        yield Static(text(self._title), id="title")
        with VerticalScroll(id="fields", can_focus=False):
            yield text_field("file", "New file", str(self._proposed), limit=1000)

    def on_mount(self) -> None:
        self.query(Field).first().focus_control()

    def do_form_submit(self) -> None:
        """Answer with the file, or say that its name is missing."""
        fields = list(self.query(Field))
        given = Given(read(fields))
        words = given.words("file", "Type the name of a new file.")
        point_out(fields, given.errors)
        if not given.errors:
            self.dismiss(Path(words).expanduser().absolute())

"""The dialog before something dangerous: opens on the safe answer, wants another key to go on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from nurse_tui.keys import Command
from nurse_tui.screens.base import JobModal
from nurse_tui.types import Refusal
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.text import line, text

REASON_LENGTH = 3
"""Letters under which a reason says nothing."""


class ConfirmScreen(JobModal[str]):
    """Asks; F2 goes on with the reason (or an empty one), esc does nothing."""

    VIEW_NAME: ClassVar[str] = "form"

    def __init__(self, question: str, patient: str, reason: bool) -> None:
        super().__init__()
        self._question = question
        self._patient = patient
        self._reason = reason

    def compose_job(self) -> ComposeResult:
        if self._patient:
            yield Static(line((self._patient, "bold")), id="patient")
        yield Static(text(self._question, lines=True), id="question")
        if self._reason:
            yield Static(text("Reason"), id="reason-label")
            yield TextInput(id="reason", max_length=500)
        yield Static(line(("> esc", "reverse"), "  no, leave everything as it is"), id="no")
        yield Static(text("  f2   yes, go on"), id="yes")

    def blocked(self, command: Command) -> Refusal | None:
        if command.id == "form.submit" and self._reason and len(self._given()) < REASON_LENGTH:
            return Refusal("reason_needed", "A reason is needed.", "Type it, then press F2.")
        return None

    def do_form_submit(self) -> None:
        """Go on."""
        self.dismiss(self._given())

    def _given(self) -> str:
        return self.query_one("#reason", TextInput).value.strip() if self._reason else ""

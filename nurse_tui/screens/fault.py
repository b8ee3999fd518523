"""The screen after an unexpected error: what happened, that nothing was lost, the number."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from nurse_tui.screens.base import JobModal, fault_words


class FaultScreen(JobModal[None]):
    """Shows an incident number; esc goes back to the work."""

    VIEW_NAME: ClassVar[str] = "form"

    def __init__(self, incident: str) -> None:
        super().__init__()
        self._incident = incident

    def compose_job(self) -> ComposeResult:
        yield Static(fault_words(self._incident), id="fault")

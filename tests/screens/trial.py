"""A program on a fake gateway; `python -m tests.screens.trial FOLDER` runs it in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static

from nurse_tui.app import NurseApp, run
from nurse_tui.screens.base import JobScreen
from nurse_tui.types import Actor, Refusal, Role
from nurse_tui.widgets.text import text

PASSWORD = "correct horse battery"


class FakeGateway:
    """Signs one person in by one password; its services are a plain list of what was asked."""

    def __init__(self, folder: Path, role: Role | None = Role.NURSE, demo: bool = False) -> None:
        self.known = Actor(1, "Dana Whitfield RN", role or Role.NURSE)
        self.actor: Actor | None = self.known if role else None
        self.kept: list[object] = []
        self.services: Any = self.kept if role else None
        self.demo = demo
        self.idle_lock_minutes: int | None = 5
        self.trouble: Refusal | None = None
        self.log_folder = folder
        self.keyring = None

    def sign_in(self, name: str, password: str) -> Actor | Refusal:
        if self.demo or (name == self.known.name and password == PASSWORD):
            self.actor, self.services = self.known, self.kept
            return self.known
        return Refusal("sign_in", "Name or password is wrong.", "Try again.")

    def lock(self) -> None:
        self.services = None

    def preload(self) -> Refusal | None:
        return self.trouble

    def close(self) -> None:
        self.services = None


class Breaks(Message):
    """Makes a handler fail, with a patient's name in its message and its locals."""

    def __init__(self, patient: str) -> None:
        super().__init__()
        self.patient = patient


class ListScreen(JobScreen):
    """A list with nothing but what the frame gives it."""

    VIEW_NAME: ClassVar[str] = "caseload"
    VIEW_TITLE: ClassVar[str] = "Caseload"

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []
        self.draft = ""

    def compose_job(self) -> ComposeResult:
        yield Static(text("Ortiz, Marisol"), id="row")

    def do_note(self) -> None:
        self.noted.append("note")

    def do_task(self) -> Refusal:
        return Refusal("task", "There is no case under the cursor.", "Choose a row first.")

    def do_filter(self) -> None:
        self.nurse_app.open_view("form")

    def do_sort(self) -> None:
        patient = "Marisol Ortiz, born 1972-03-01"
        self.post_message(Breaks(patient))

    def on_breaks(self, message: Breaks) -> None:
        born = message.patient
        raise ValueError(born)

    def do_edit(self) -> None:
        raise RuntimeError("SSN 000-00-0000 of Marisol Ortiz")

    def draft_job(self) -> Callable[[Any], object] | None:
        words = self.draft
        return (lambda services: services.append(words)) if words else None


class AdminScreen(ListScreen):
    VIEW_NAME: ClassVar[str] = "admin"
    VIEW_TITLE: ClassVar[str] = "Admin"


class FormScreen(ListScreen):
    VIEW_NAME: ClassVar[str] = "form"
    VIEW_TITLE: ClassVar[str] = "Form"

    def compose_job(self) -> ComposeResult:
        yield Input(id="first")

    def draft_job(self) -> Callable[[Any], object] | None:
        words = self.query_one("#first", Input).value
        return (lambda services: services.append(words)) if words else None


class TrialApp(NurseApp):
    """The program with the screens of these tests."""

    VIEWS: ClassVar[dict[str, str]] = {
        "caseload": "tests.screens.trial:ListScreen",
        "admin": "tests.screens.trial:AdminScreen",
        "form": "tests.screens.trial:FormScreen",
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    signed_out = "sign-in" in sys.argv
    door = FakeGateway(folder, None if signed_out else Role.NURSE, demo=not signed_out)
    status = run(TrialApp(door))
    (folder / "kept").write_text("\n".join(str(words) for words in door.kept))
    sys.exit(status)

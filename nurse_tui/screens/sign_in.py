"""Signing in: name and password."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from nurse_tui.screens.base import JobScreen
from nurse_tui.types import Actor, Refusal
from nurse_tui.widgets.text import text


class SignInScreen(JobScreen):
    """Asks for name and password; the libraries of the work load meanwhile."""

    VIEW_NAME: ClassVar[str] = "sign_in"
    VIEW_TITLE: ClassVar[str] = "Sign in"
    CSS_PATH = "sign_in.tcss"

    def compose_job(self) -> ComposeResult:
        yield Static(text("Name"), classes="label")
        yield Input(id="name", max_length=100)
        yield Static(text("Password"), classes="label")
        yield Input(id="password", password=True, max_length=1000)
        yield Static(text("Enter signs in. ctrl+q leaves."), id="hint")

    @on(Input.Submitted, "#name")
    def to_password(self) -> None:
        """Go on to the password."""
        self.query_one("#password").focus()

    @on(Input.Submitted, "#password")
    def try_password(self) -> None:
        """Check the password in a thread."""
        name, password = self.query_one("#name", Input), self.query_one("#password", Input)
        given, password.value = password.value, ""
        password.disabled = True
        self.say("Checking.")
        self.run_worker(self._sign_in(name.value.strip(), given), exit_on_error=False)

    async def _sign_in(self, name: str, given: str) -> None:
        app = self.nurse_app
        try:
            answer = await app.in_writer(partial(app.gateway.sign_in, name, given))
        except Exception as error:
            app.fault(error)
            answer = Refusal("fault", "Signing in did not work.", "Try again.")
        self._answered(answer)

    def _answered(self, answer: Actor | Refusal) -> None:
        if isinstance(answer, Refusal):
            password = self.query_one("#password", Input)
            password.disabled = False
            password.focus()
            self.say(answer)
        else:
            self.nurse_app.signed_in()

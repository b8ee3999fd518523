"""The locked screen: nothing of the work is shown until the password is given again."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from nurse_tui.screens.base import JobScreen
from nurse_tui.types import Refusal
from nurse_tui.widgets.text import text


class LockScreen(JobScreen):
    """Covers everything; the signed-in person's password, or enter on demo data, opens it."""

    VIEW_NAME: ClassVar[str] = "lock"
    VIEW_TITLE: ClassVar[str] = "Locked"
    CSS_PATH = "sign_in.tcss"

    def compose_job(self) -> ComposeResult:
        gateway = self.nurse_app.gateway
        name = gateway.actor.name if gateway.actor else ""
        how = "Press enter to go on." if gateway.demo else "Password, then enter."
        yield Static(text(f"Locked for {name}. {how} ctrl+q leaves."))
        yield Input(id="password", password=True, max_length=1000)

    @on(Input.Submitted)
    def try_password(self) -> None:
        """Check the password in a thread, behind the closing of the services."""
        password = self.query_one("#password", Input)
        given, password.value = password.value, ""
        self.run_worker(self._unlock(given), group="unlock", exit_on_error=False)

    async def _unlock(self, given: str) -> None:
        app = self.nurse_app
        actor = app.gateway.actor
        if actor is None:
            return
        try:
            answer = await app.in_writer(partial(app.gateway.sign_in, actor.name, given))
        except Exception as error:
            app.fault(error)
            answer = Refusal("fault", "Signing in did not work.", "Try again.")
        if isinstance(answer, Refusal):
            self.say(answer)
        elif app.locked:
            app.unlocked()

"""The program on real services over a temporary case database, for tests by keys alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from textual.pilot import Pilot

from nurse_tui.app import NurseApp
from nurse_tui.keyring import KeyRing
from nurse_tui.types import Actor, Refusal, Role
from nurse_tui.widgets.worklist import Worklist

WHO = {Role.NURSE: "mine", Role.SUPERVISOR: "boss"}
"""Name of each role's services on the desk of tests.services.conftest."""

HOSTILE = (
    "[/red]",
    "[@click=app.quit]x[/]",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202eRTL\u202c \u05d0\u05d1\u05d2",
    "\u738b\u5c0f\u660e \U0001f9ea",
    "L" * 10_000,
)
"""Texts that must be shown literally, and change neither the layout nor the terminal."""


class DeskGateway:
    """A door that is open: one person's services of a desk; any password unlocks."""

    def __init__(self, services: Any, folder: Path) -> None:
        self._known = services
        self.services: Any = services
        self.actor: Actor | None = services.actor
        self.demo = True
        self.idle_lock_minutes: int | None = 5
        self.log_folder = folder
        self.keyring = KeyRing(services.desk.db.path)

    def sign_in(self, name: str, password: str) -> Actor | Refusal:
        self.services = self._known
        return self._known.actor

    def lock(self) -> None:
        self.services = None

    def preload(self) -> None:
        """Everything is loaded."""

    def close(self) -> None:
        self.services = None


def app_on(desk: SimpleNamespace, role: Role = Role.NURSE, services: Any = None) -> NurseApp:
    """Return the program as somebody of the desk sees it: the nurse, or the supervisor."""
    chosen = services if services is not None else getattr(desk, WHO[role])
    return NurseApp(DeskGateway(chosen, desk.db.path.parent / "log"))


async def calm(pilot: Pilot[Any]) -> None:
    """Wait until every answer came and every list that is shown is read and drawn."""
    for _ in range(2):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        for rows in pilot.app.screen.query(Worklist):
            if rows.display and rows.parent is not None and rows.parent.display:
                await rows.settled()
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after another, waiting after each until all is calm; `=words` are typed."""
    for key in keys:
        await pilot.press(*(key[1:] if key.startswith("=") else [key]))
        await calm(pilot)

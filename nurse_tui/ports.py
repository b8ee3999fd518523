"""What the screens need of the outside: signing in, the services, where faults are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from nurse_tui.keyring import KeyRing
from nurse_tui.types import Actor, Refusal


class UnopenedError(Exception):
    """The services of a demo could not be opened when they were first needed, and why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Gateway(Protocol):
    """The door between the screens and the case database."""

    services: Any
    """The service functions bound to the signed-in user; None until somebody signed in."""
    actor: Actor | None
    """Who is signed in; stays known while the screen is locked."""
    demo: bool
    """Whether the data is synthetic: shown in the header, and unlocking needs no password."""
    log_folder: Path
    """Folder of the fault log."""

    keyring: KeyRing | None
    """The key of the open file, for key slots and backups; None while the screen is locked."""

    @property
    def idle_lock_minutes(self) -> int | None:
        """Minutes without a key until the screen locks; None before the settings are loaded."""

    def sign_in(self, name: str, password: str) -> Actor | Refusal:
        """Check a password and open the services; slow, called in a thread. Also unlocks."""

    def lock(self) -> None:
        """Close the services and forget the key; called in the writer's thread."""

    def preload(self) -> Refusal | None:
        """Load settings and heavy libraries, in a thread after the first paint; what is wrong."""

    def close(self) -> None:
        """Close everything at the end of the program."""

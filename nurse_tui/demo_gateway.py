"""The door to a demo: signed in from the start, its services opened when they are first needed."""

from __future__ import annotations

from threading import Lock
from typing import Any

from nurse_tui.gateway import FileGateway, Place
from nurse_tui.ports import UnopenedError
from nurse_tui.types import Actor, Refusal


class DemoGateway(FileGateway):
    """A demo database whose user is known before the libraries of the work are loaded."""

    def __init__(self, place: Place, actor: Actor) -> None:
        super().__init__(place, demo=True, role=actor.role)
        self.actor = actor
        self.services = WaitingServices(self)


class WaitingServices:
    """Stands for the services until something is asked of them in a thread; then opens them."""

    def __init__(self, gateway: DemoGateway) -> None:
        self._gateway = gateway
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._gateway.services is self:
                answer = self._gateway.sign_in("", "")
                if isinstance(answer, Refusal):
                    raise UnopenedError(answer)
        return getattr(self._gateway.services, name)

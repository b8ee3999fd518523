"""Keys in turn: each is handled to its end before the next one is given to a widget.

Textual gives a key to whatever has the focus when it arrives. Typed fast, the letters after `:`
would reach the list beneath the line that is just opening, where they are commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

PATIENCE = 1.0
"""Seconds after which the next key is given all the same, whatever the last one waits for."""

UNHURRIED = 0.03
"""Seconds after a key until its end is looked for when no other key waits: painting is first."""


class KeyQueue:
    """Holds the keys of an app back until the one before them is done."""

    def __init__(
        self,
        app: App[Any],
        give: Callable[[events.Key], Awaitable[None]],
        holding: Callable[[], set[asyncio.Future[None]]] = set,
    ) -> None:
        self._app = app
        self._give = give
        self._holding = holding
        self._waiting: deque[events.Key] = deque()
        self._target: MessagePump | None = None
        """What got the last key, until it is known to have handled it."""
        self._later: asyncio.TimerHandle | None = None
        self._turn: asyncio.Task[None] | None = None

    async def put(self, event: events.Key) -> None:
        """Give a key now, or in its turn."""
        self._waiting.append(event)
        if self._target is not None:
            if self._later is not None:
                self._begin(self._target)
        elif self._holding():
            self._target = self._app
            self._begin(self._app)
        else:
            await self._next()

    async def _next(self) -> None:
        event = self._waiting.popleft()
        self._target = target = self._app.focused or self._app.screen
        await self._give(event)
        if self._waiting:
            self._begin(target)
        else:
            loop = asyncio.get_running_loop()
            self._later = loop.call_later(UNHURRIED, self._begin, target)

    def _begin(self, target: MessagePump) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._turn = asyncio.create_task(self._finish(target))

    async def _finish(self, target: MessagePump) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._handled(target)
        except TimeoutError:
            pass
        self._target = None
        if self._waiting and self._app.is_running:
            await self._next()

    async def _handled(self, target: MessagePump) -> None:
        at: MessagePump | None = target
        while at is not None and at.is_running:
            await _caught_up(at)
            at = at._parent
        while self._holding():
            await asyncio.wait(self._holding())
        screen = self._app.screen
        if not screen.is_mounted:
            await _mounted(screen)
            await _caught_up(screen)
            await _caught_up(self._app)


async def _mounted(screen: Widget) -> None:
    while not screen.is_mounted:
        await asyncio.sleep(0)


async def _caught_up(pump: MessagePump) -> None:
    """Wait until a widget has handled everything that was sent to it."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        await done.wait()

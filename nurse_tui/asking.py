"""The part of the program that asks the services in threads, says things, and records faults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from pathlib import PurePath
from typing import Any, TypeVar

from textual.app import App
from textual.screen import Screen

from nurse_tui import incidents, terminal
from nurse_tui.jobs import Jobs
from nurse_tui.ports import Gateway, UnopenedError
from nurse_tui.screens.base import LOCKED, JobFrame
from nurse_tui.types import ClosedError, Refusal
from nurse_tui.widgets.frame import MessageLine
from nurse_tui.widgets.text import rich_text

T = TypeVar("T")

NOT_KEPT = "What you typed stands here still: make room, or press esc twice to drop it."
TOO_LATE = Refusal("locked", "The screen locked before this was read.", "Ask for it again.")


class AskingApp(App[int], inherit_bindings=False):
    """Runs jobs against the services and brings their results, refusals and faults to a screen."""

    def __init__(self, gateway: Gateway, styles: list[str | PurePath]) -> None:
        super().__init__(driver_class=terminal.driver_class(), css_path=styles)
        self.gateway = gateway
        self.jobs = Jobs()
        self.last_said = ""
        self.locked = False
        self.holding: set[asyncio.Future[None]] = set()
        """Answers on which the next key waits, because they open what it is meant for."""
        self._held: list[Callable[[], object]] = []

    # -- saying

    def say(self, message: str | Refusal, severity: str = "information") -> None:
        """Show a sentence until the next key; a Refusal shows as a warning with its way out."""
        if isinstance(message, Refusal):
            severity = "warning"
        self.last_said = str(message)
        for line in self.screen.query(MessageLine):
            line.say(self.last_said, severity)

    # -- asking

    def ask(
        self,
        job: Callable[[Any], T],
        then: Callable[[T], object],
        *,
        write: bool = False,
        group: str = "",
        refused: Callable[[Refusal], object] | None = None,
        owner: Screen[Any] | None = None,
        hold: bool = False,
    ) -> None:
        """Run `job(services)` in a thread; see JobFrame.ask."""
        services = self.gateway.services
        bound = partial(_locked) if services is None else partial(job, services)
        key = f"{id(owner)} {group}" if group else ""
        future = self.jobs.write(bound) if write else self.jobs.read(bound, key)
        finish = partial(self._finish, then, refused or self.say, owner)
        begun = self._asked(future, finish)
        if hold:
            begun = self._holding_keys(begun)
        self.run_worker(begun, group="asked", exit_on_error=False)

    def _holding_keys(self, asked: Coroutine[Any, Any, None]) -> Coroutine[Any, Any, None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.holding.add(done)

        async def answered() -> None:
            try:
                await asked
            finally:
                self.holding.discard(done)
                done.set_result(None)

        return answered()

    async def _asked(self, future: Future[Any], finish: Callable[[Any], object]) -> None:
        try:
            result = await asyncio.wrap_future(future)
        except UnopenedError as unopened:
            result = unopened.refusal
        except ClosedError:
            result = TOO_LATE
        except Exception as error:
            self.fault(error)
            return
        self._deliver(partial(self._guarded, finish, result))

    def _guarded(self, finish: Callable[[Any], object], result: object) -> None:
        try:
            finish(result)
        except Exception as error:
            self.fault(error)

    async def in_writer(self, job: Callable[[], T]) -> T:
        """Wait for a slow job on the writer thread; it goes on when the waiting ends."""
        return await asyncio.shield(asyncio.wrap_future(self.jobs.write(job)))

    def _finish(self, then: Callable[[Any], object], refused: Callable[[Refusal], object],
                owner: Screen[Any] | None, result: object) -> None:  # fmt: skip
        if owner is not None and not owner.is_running:
            return
        if isinstance(result, Refusal):
            refused(result)
        else:
            then(result)

    def _deliver(self, thunk: Callable[[], object]) -> None:
        """Bring a result to the screen; while locked, keep it for later."""
        if self.locked:
            self._held.append(thunk)
        else:
            thunk()

    # -- faults

    def fault(self, error: BaseException) -> str:
        """Record an unexpected error, show its number, and go on; return the number."""
        incident = self.record(error)
        from nurse_tui.screens.fault import FaultScreen

        self._deliver(lambda: self.push_screen(FaultScreen(incident)))
        return incident

    def record(self, error: BaseException) -> str:
        """Put an unexpected error into the log, and return its number."""
        return incidents.record(error, self.gateway.log_folder)

    def _handle_exception(self, error: Exception) -> None:
        """End on an error inside Textual itself: no value reaches the terminal or a log."""
        self._return_code = terminal.EXIT_FAULT
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.panic(error)

    def panic(self, *renderables: Any) -> None:
        """End the program, saying only the incident number; what was typed is kept."""
        error = next((r for r in renderables if isinstance(r, BaseException)), RuntimeError())
        incident = self.record(error)
        self.save_drafts()
        self._exit_renderables.append(
            rich_text(f"nurse-tui ended on a fault. What was saved is kept. Incident {incident}")
        )
        self._close_messages_no_wait()

    # -- typing that was not finished

    def open_screens(self) -> list[Screen[Any]]:
        """Return every screen of every mode, whether it is shown or not."""
        return [screen for stack in self._screen_stacks.values() for screen in stack]

    def draft_jobs(self) -> list[Callable[[Any], object]]:
        """Return the jobs that keep what was typed and not finished on any screen."""
        frames = [screen for screen in self.open_screens() if isinstance(screen, JobFrame)]
        return [job for frame in frames if (job := frame.draft_job()) is not None]

    def save_drafts(self) -> list[Future[Any]]:
        """Queue the keeping of every draft, behind the writes that are under way."""
        services = self.gateway.services
        if services is None:
            return []
        kept = [self.jobs.write(partial(job, services)) for job in self.draft_jobs()]
        for future in kept:
            self.watched(future)
        return kept

    async def leave_program(self) -> None:
        """Keep the drafts and end; where one cannot be kept, say so and stay."""
        kept = await asyncio.gather(
            *map(asyncio.wrap_future, self.save_drafts()), return_exceptions=True
        )
        fault = next((answer for answer in kept if isinstance(answer, BaseException)), None)
        refused = next((answer for answer in kept if isinstance(answer, Refusal)), None)
        if fault is not None:
            self.fault(fault)
        elif refused is None:
            self.exit(0)
        else:
            self.say(Refusal(refused.code, refused.sentence, NOT_KEPT))

    def watched(self, future: Future[Any]) -> None:
        """Put a fault of a job that nobody waits for into the log."""
        future.add_done_callback(self._ended)

    def _ended(self, future: Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            incidents.record(error, self.gateway.log_folder)


def _locked() -> Refusal:
    return LOCKED

"""The part of the program that goes from screen to screen, and out of it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.screen import Screen

from nurse_tui.asking import AskingApp
from nurse_tui.keys import LISTS
from nurse_tui.screens.base import JobFrame
from nurse_tui.types import Refusal

TYPED = "Work is open. What you typed is kept as a draft."
WRITING = "Something is being saved; it is finished before the program ends."


class GoingApp(AskingApp, inherit_bindings=False):
    """Opens and leaves screens; what is open on them is never left without a word."""

    VIEWS: ClassVar[dict[str, str]] = {}

    def view(self, name: str, *args: object) -> JobFrame[Any]:
        """Build a screen by its name in VIEWS; the program knows how."""
        raise NotImplementedError

    def open_view(self, name: str, *args: object) -> Refusal | None:
        """Go to one of the six lists, or open a screen on top; arguments go to its class."""
        if name not in self.VIEWS:
            return Refusal(
                "no_screen",
                f"There is no {name} screen in this program.",
                "? lists the keys that work.",
            )
        if name not in LISTS or args:
            self.push_screen(self.view(name, *args))
        elif name != self.current_mode:
            self.switch_mode(name)
        else:
            return self._back_to_list()
        return None

    def _back_to_list(self) -> Refusal | None:
        """Leave every screen that is open over the list in hand."""
        over = self.screen_stack[1:]
        if not over:
            return Refusal("here", "This is that screen already.", "? lists the keys that work.")
        left = _open_work(over)
        if left:
            return Refusal("work_open", left[-1], "esc goes there, one step at a time.")
        self.save_drafts()
        for _ in over:
            self.pop_screen()
        return None

    def leave(self, screen: Screen[Any]) -> Refusal | None:
        """Close a screen; the first screen of a list stays."""
        if len(self.screen_stack) < 2:
            return Refusal("at_the_start", "This is the first screen.", "ctrl+q or :quit leaves.")
        screen.dismiss(None)
        return None

    def do_quit(self) -> None:
        """Leave the program; ask first when a call, typing or a write is not finished."""
        screen, left = self.screen, _open_work(self.open_screens())
        if self.draft_jobs():
            left.append(TYPED)
        elif self.jobs.writes_open:
            left.append(WRITING)
        if self.locked or not left:
            self.exit(0)  # the lock has kept the drafts already
        elif isinstance(screen, JobFrame):
            question = " ".join([*left, "Leave the program?"])
            screen.confirm(
                question, lambda _: self.run_worker(self.leave_program(), exit_on_error=False)
            )


def _open_work(screens: list[Screen[Any]]) -> list[str]:
    said = (screen.open_work() for screen in screens if isinstance(screen, JobFrame))
    return [words for words in said if words]

"""The pieces of a call screen: the item at hand, its answer line, and what was answered above."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from nurse_tui.screens.call_words import answered, end_lines, held_lines, item_lines, past_line
from nurse_tui.scripts import run as runner
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.text import stacked, text

if TYPE_CHECKING:
    from nurse_tui.services.call_view import CallView

LONGEST_ANSWER = 4000


class Digit(Message):
    """A digit was pressed on the item at hand."""

    def __init__(self, digit: str) -> None:
        super().__init__()
        self.digit = digit


class Emptied(Message):
    """Backspace was pressed in an empty answer."""


class ScriptPane(VerticalScroll, can_focus=True):
    """The item at hand; digits answer, arrows scroll where the terminal is low."""

    def compose(self) -> ComposeResult:
        yield Static(id="item")

    def show(self, view: CallView, marked: Collection[str]) -> None:
        """Draw the item, or what is left when no item is."""
        item = runner.current(view.run)
        words: Content = end_lines(view) if item is None else item_lines(view, item, marked)
        if view.held is not None:
            words = held_lines(view.held)
        self.query_one("#item", Static).update(words)
        self.scroll_home(animate=False)

    def on_key(self, event: Key) -> None:
        """Take a digit as an answer."""
        if event.character and event.character.isascii() and event.character.isdigit():
            event.stop()
            self.post_message(Digit(event.character))


class AnswerLine(TextInput):
    """The line for an answer that is typed; backspace in the empty line goes to the item before."""

    def __init__(self) -> None:
        super().__init__(id="typed", max_length=LONGEST_ANSWER)

    def action_delete_left(self) -> None:
        """Delete a character, or go back when there is none."""
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(Emptied())


class PastLines(Widget):
    """The answered items above, dimmed, the last ones where not all fit."""

    def __init__(self) -> None:
        super().__init__(id="past")
        self._view: CallView | None = None

    def show(self, view: CallView) -> None:
        """Draw the answers of a call."""
        self._view = view
        self.refresh()

    def render(self) -> Content:
        """Return as many lines as there is room for, above each other at the bottom."""
        width, height = self.content_size
        if self._view is None or not height:
            return text("")
        run = self._view.run
        rows = [past_line(run, item, width) for item in answered(run)[-height:]]
        return stacked([text("")] * (height - len(rows)) + rows)

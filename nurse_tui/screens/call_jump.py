"""Going to any question of the call: type a word of it, enter goes there."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from nurse_tui.screens.base import JobModal
from nurse_tui.screens.call_words import answer_words
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Item
from nurse_tui.scripts.run import Run
from nurse_tui.types import Refusal
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.text import cells, line, stacked, text

SHOWN = 10
WIDTH = 46


class JumpScreen(JobModal[str]):
    """Answers with the name of an item; before identification only open items are found."""

    VIEW_NAME: ClassVar[str] = "form"
    BINDINGS = [
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Before", show=False),
    ]

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run
        self._at = 0

    def compose_job(self) -> ComposeResult:
        yield Static(text("Go to a question: type a word of it"), id="title")
        yield TextInput(id="words", max_length=80)
        yield Static(id="matches")

    def on_mount(self) -> None:
        self.query_one("#words", Input).focus()
        self.narrow()

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the questions that hold what was typed."""
        self._at = 0
        self._draw()

    @on(Input.Submitted)
    def do_form_submit(self) -> None:
        """Go to the marked question."""
        matches = self._matches()
        if matches:
            self.dismiss(matches[self._at].link_id)
        else:
            self.say(Refusal("no_question", "No question holds these words.", "Esc goes back."))

    def action_move(self, step: int) -> None:
        """Mark another question."""
        self._at = max(0, min(self._at + step, len(self._matches()) - 1))
        self._draw()

    def _matches(self) -> tuple[Item, ...]:
        return runner.search(self._run, self.query_one("#words", Input).value)

    def _draw(self) -> None:
        shown = 4 if self.app.size.height < 20 else SHOWN
        first = max(0, self._at - shown + 1)
        rows = self._matches()[first : first + shown]
        drawn = [self._row(item, first + n == self._at) for n, item in enumerate(rows)]
        self.query_one("#matches", Static).update(stacked(drawn))

    def _row(self, item: Item, marked: bool) -> Content:
        given = answer_words(self._run, item) if item.link_id in self._run.answers else "open"
        words = cells(runner.words(self._run, item), min(WIDTH, max(self.app.size.width - 26, 12)))
        look = "bold" if marked else ""
        return line(
            ("> " if marked else "  ", "bold"),
            (words, look),
            ("  " + cells(given, 12), "$text-muted"),
        )

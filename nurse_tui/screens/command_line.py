"""The `:` line: type a command by its name, with completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from nurse_tui.keys import Command
from nurse_tui.screens.base import JobModal
from nurse_tui.types import Refusal
from nurse_tui.widgets.text import line, stacked
from nurse_tui.widgets.unknown_key import places

SHOWN = 6
"""How many completions are shown."""
NONE = Refusal("no_command", "No command has this name.", "Esc goes back.")


class CommandLineScreen(JobModal[str]):
    """Answers with a command's id, or None."""

    VIEW_NAME: ClassVar[str] = "form"
    BINDINGS = [
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Before", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._all = commands
        self._at = 0

    def compose_job(self) -> ComposeResult:
        yield Input(placeholder="Command", id="words", max_length=60)
        yield Static(self._rows(), id="matches")

    def on_mount(self) -> None:
        self.query_one("#words", Input).focus()

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the commands that match what was typed."""
        self._at = 0
        self._draw()

    @on(Input.Submitted)
    def chosen(self) -> None:
        """Run the marked command."""
        matches = self._matches()
        if matches:
            self.dismiss(matches[self._at].id)
        else:
            self.say(self._elsewhere() or NONE)

    def _elsewhere(self) -> Refusal | None:
        """Say where a command works that does nothing on the screen beneath."""
        typed = self.query_one("#words", Input).value.lstrip(":")
        actor = self.nurse_app.gateway.actor
        found = self.nurse_app.registry.find(typed)
        if found is None or actor is None or actor.role not in found.roles:
            return None
        return Refusal(
            "elsewhere", f"“{found.label}” works on {places(found)}.", "Open that first."
        )

    def action_move(self, step: int) -> None:
        """Mark another completion."""
        self._at = max(0, min(self._at + step, len(self._matches()) - 1))
        self._draw()

    def action_complete(self) -> None:
        """Put the marked command's name into the line."""
        matches = self._matches()
        if matches:
            words = self.query_one("#words", Input)
            words.value = matches[self._at].id
            words.cursor_position = len(words.value)

    def _matches(self) -> list[Command]:
        typed = self.query_one("#words", Input).value if self.is_mounted else ""
        return matching(self._all, typed)

    def _draw(self) -> None:
        self.query_one("#matches", Static).update(self._rows())

    def _rows(self) -> Content:
        first = max(0, self._at - SHOWN + 1)
        rows = self._matches()[first : first + SHOWN]
        if not rows:
            return line((f"  {NONE.sentence} {NONE.way_out}", "$text-muted"))
        return stacked([_row(command, first + n == self._at) for n, command in enumerate(rows)])


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """Return the commands whose id or label holds what was typed, beginnings first."""
    wanted = typed.strip().lstrip(":").casefold()
    hits = [c for c in commands if wanted in c.id or wanted in c.label.casefold()]
    return sorted(hits, key=lambda c: (c.id != wanted, not c.id.startswith(wanted)))


def _row(command: Command, marked: bool) -> Content:
    mark = ("> ", "bold") if marked else ("  ", "")
    return line(
        mark, (command.id, "bold"), f"  {command.label}", (f"  {command.shown}", "$text-muted")
    )

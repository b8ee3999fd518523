"""Every key that works here, from the registry, and what the tags beside values mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nurse_tui.keys import Command, display
from nurse_tui.rules.programme import TAGS
from nurse_tui.screens.base import JobModal
from nurse_tui.widgets.hanging import Hanging
from nurse_tui.widgets.text import cells, line

_KEY_WIDTH = 14


class HelpScreen(JobModal[None]):
    """The list of keys; arrows scroll, esc closes."""

    VIEW_NAME: ClassVar[str] = "choose"

    def __init__(self, title: str, commands: Sequence[Command]) -> None:
        super().__init__()
        self._title = title
        self._commands = commands

    def compose_job(self) -> ComposeResult:
        yield Static(line((f"All keys: {self._title}", "bold")), id="title")
        with VerticalScroll(id="keys"):
            yield Hanging([key_row(command) for command in self._commands] + tag_rows())

    def on_mount(self) -> None:
        self.query_one("#keys").focus()

    def do_open(self) -> None:
        """Close it again."""
        self.dismiss(None)

    def do_help(self) -> None:
        """Close the list that is open."""
        self.dismiss(None)


def tag_rows() -> list[tuple[Content, Content]]:
    """Return what the tag of a programme setting says of its value."""
    lead = "programme setting: a value that the programme sets, with a tag"
    rows = [(line(), line()), (line(), line((lead, "bold")))]
    for tag, words in TAGS.items():
        if tag != "n":
            rows.append((line((cells(f"[{tag}]", _KEY_WIDTH), "bold"), " "), line(words)))
    rows.append((line((cells("no tag", _KEY_WIDTH), "bold"), " "), line(TAGS["n"])))
    return rows


def key_row(command: Command) -> tuple[Content, Content]:
    """Return one command: its keys, and beside them what it does and its name for the `:` line."""
    keys = " ".join(display(key) for key in command.keys) or "-"
    danger = " Asks first." if command.danger else ""
    does = line(f"{command.help}.{danger}", (f"  :{command.id}", "$text-muted"))
    return line((cells(keys, _KEY_WIDTH), "bold"), " "), does

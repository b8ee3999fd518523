"""The lines around every screen: header, what was said last, and the footer of keys."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from nurse_tui.keys import Command
from nurse_tui.widgets.text import clean, line, stacked, text

_GAP = "  "
LOW_SCREEN = 16
"""Terminal lines under which the footer keeps to one line."""


class HeaderLine(Static):
    """One line: screen, person, whether this is demo data, and the time of the last key."""

    def show(self, title: str, person: str, demo: bool, date: str, time: str) -> None:
        """Draw the line, leaving out what is least needed where the terminal is narrow."""
        fitted: Content = header(title, person, demo, date, time, self.app.size.width)
        if fitted != self.content:
            self.update(fitted, layout=False)


def header(title: str, person: str, demo: bool, date: str, time: str, width: int) -> Content:
    """Return the header fitted to a width, the screen's name and DEMO DATA last to go."""
    title, person, mark = clean(title), clean(person), "DEMO DATA" if demo else ""
    lefts = [
        ["nurse-tui  " + title, person, mark],
        [title, person, mark],
        [title, mark],
    ]
    for left_parts in lefts:
        left = " " + " · ".join(part for part in left_parts if part)
        for right in (f"{date}  {time} ", f"{time} ", ""):
            room = width - cell_len(left) - cell_len(right)
            if room >= (1 if right else 0):
                return text(left + " " * room + right)
    return text(" " + title)


class MessageLine(Static):
    """The last thing said to the person; it stays until the next key."""

    def say(self, words: str, severity: str) -> None:
        """Show one message with its glyph; severities: information, warning, error."""
        glyph = {"warning": "! ", "error": "x "}.get(severity, "")
        self.set_classes(f"-{severity}")
        self.update(text(glyph + words))
        self.display = True

    def hush(self) -> None:
        """Take the message away."""
        if self.display:
            self.display = False
            self.update(text(""))


class KeyFooter(Widget):
    """The keys that work here, most needed first, wrapped and never cut.

    It keeps the lines that it once needed, so that going into a text field, where fewer keys work,
    does not lay out and draw the whole screen anew.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._commands: tuple[Command, ...] = ()
        self._fitted = Size(0, 0)
        """The width for which lines were last counted, and how many it has."""

    def show(self, commands: Sequence[Command]) -> None:
        """Show these commands."""
        if tuple(commands) != self._commands:
            self._commands = tuple(commands)
            width, height = self._fitted
            self.refresh(layout=len(self._rows(width)) > height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the keys need at this width, or needed before."""
        before = self._fitted.height if width == self._fitted.width else 1
        self._fitted = Size(width, max(before, len(self._rows(width))))
        return self._fitted.height

    def render(self) -> Content:
        """Draw the keys."""
        return stacked([_row(row) for row in self._rows(self.content_size.width)])

    def _rows(self, width: int) -> list[list[Command]]:
        return wrapped(self._commands, width, 1 if self.app.size.height < LOW_SCREEN else 2)


def wrapped(commands: Sequence[Command], width: int, lines: int) -> list[list[Command]]:
    """Lay commands out on at most `lines` lines; what does not fit stays behind `?`.

    The `?` entry is always there: it is the way to all that was left out.
    """
    shown = [c for c in commands if c.rank and c.key]
    last = [c for c in shown if c.id == "help"]
    rest = [c for c in shown if c.id != "help"]
    while True:
        rows = _fill([*rest, *last], width)
        if len(rows) <= lines or not rest:
            return rows[:lines]
        rest.pop()


def _fill(commands: Sequence[Command], width: int) -> list[list[Command]]:
    rows: list[list[Command]] = []
    used = width + 1
    for command in commands:
        need = len(_words(command))
        if used + len(_GAP) + need > width:
            rows.append([])
            used = 1 - len(_GAP)
        rows[-1].append(command)
        used += len(_GAP) + need
    return rows


def _words(command: Command) -> str:
    return f"{command.shown} {command.label.lower()}"


def _row(commands: Sequence[Command]) -> Content:
    parts: list[str | Content | tuple[str, str]] = [" "]
    for number, command in enumerate(commands):
        gap = _GAP if number else ""
        parts += [gap, (command.shown, "bold $footer-key-foreground"), f" {command.label.lower()}"]
    return line(*parts)

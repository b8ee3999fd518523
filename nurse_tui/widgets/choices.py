"""A few answers side by side, each with its letter: one key chooses, arrows move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.geometry import Offset, Size
from textual.message import Message
from textual.widget import Widget

from nurse_tui.widgets.text import cells, line, stacked

_MARK = 4
"""Cells of the marker, the letter and the blank before the words."""
_GAP = 2


@dataclass(frozen=True, slots=True)
class Letter:
    """One answer: the letter that chooses it, its words, and its value."""

    key: str
    words: str
    value: str


class Choices(Widget, can_focus=True):
    """Holds one chosen value, empty until something is chosen."""

    DEFAULT_CSS = """
    Choices { height: auto; }
    Choices:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "move(1)", show=False),
        Binding("left,up", "move(-1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    class Changed(Message):
        """Another answer is marked."""

        def __init__(self, choices: Choices) -> None:
            super().__init__()
            self.choices = choices

        @property
        def control(self) -> Choices:
            """The widget that speaks, for selectors of `on`."""
            return self.choices

    class Picked(Changed):
        """An answer was chosen by its letter, or the marked one by enter."""

    def __init__(
        self, options: Sequence[Letter], value: str = "", *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self._value = value

    @property
    def value(self) -> str:
        """The chosen value, or an empty text."""
        return self._value

    @value.setter
    def value(self, chosen: str) -> None:
        if chosen in ("", *(option.value for option in self.options)):
            self._value = chosen
            self.refresh()
            self._show_cursor()
            self.post_message(self.Changed(self))

    def on_key(self, event: Key) -> None:
        """Choose by letter."""
        for option in self.options:
            if event.character == option.key:
                event.stop()
                self.value = option.value
                self.post_message(self.Picked(self))

    def action_pick(self) -> None:
        """Take the marked answer and go on to the next field."""
        if self._value:
            self.post_message(self.Picked(self))
        self.screen.focus_next()

    def action_move(self, step: int) -> None:
        """Choose the answer after or before."""
        values = [option.value for option in self.options]
        place = values.index(self._value) + step if self._value in values else 0
        self.value = values[max(0, min(place, len(values) - 1))]

    def on_focus(self) -> None:
        """Bring the terminal's cursor to the chosen answer."""
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self.has_focus:
            values = [option.value for option in self.options]
            place = values.index(self._value) if self._value in values else 0
            down, right = divmod(place, self._columns(self.content_size.width))
            self.app.cursor_position = self.content_region.offset + Offset(
                right * self._cell_width(), down
            )

    def _cell_width(self) -> int:
        return _MARK + max(cell_len(option.words) for option in self.options) + _GAP

    def _columns(self, width: int) -> int:
        return max(1, min(len(self.options), (width + _GAP) // self._cell_width()))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the answers need at this width."""
        return -(-len(self.options) // self._columns(width))

    def render(self) -> Content:
        """Draw the answers in columns."""
        columns = self._columns(self.content_size.width)
        rows = [self.options[n : n + columns] for n in range(0, len(self.options), columns)]
        return stacked([line(*(self._cell(option) for option in row)) for row in rows])

    def _cell(self, option: Letter) -> Content:
        chosen = option.value == self._value
        look = "bold reverse" if chosen and self.has_focus else "bold" if chosen else ""
        words = cells(option.words, self._cell_width() - _MARK)
        return line(
            ("> " if chosen else "  ", look), (option.key, "bold $text-accent"), " ", (words, look)
        )

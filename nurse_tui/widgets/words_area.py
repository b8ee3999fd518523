"""A field for several lines of text, in a module of its own: its editor is slow to import."""

from __future__ import annotations

from collections.abc import Iterable

from textual.events import Paste
from textual.widgets import TextArea

from nurse_tui.widgets.field import Field
from nurse_tui.widgets.text import clean


class WordsArea(TextArea):
    """Several lines of text; tab goes on to the next field."""

    def __init__(self, value: str, limit: int) -> None:
        super().__init__(clean(value, lines=True), tab_behavior="focus", soft_wrap=True)
        self.limit = limit

    async def _on_paste(self, event: Paste) -> None:
        """Let nobody else hear of it: Textual calls the handler of its own class after this."""
        event.stop()

    @property
    def value(self) -> str:
        """What was typed, also what is more than may be kept."""
        return self.text

    @value.setter
    def value(self, words: str) -> None:
        self.text = clean(words, lines=True)
        self.move_cursor(self.document.end)


def words_field(name: str, label: str, value: str = "", *, limit: int = 4000) -> Field:
    """Return a field for several lines of text of at most `limit` characters."""
    field = Field(name, label, WordsArea(value, limit))
    field.add_class("-tall")
    return field


def too_long(fields: Iterable[Field]) -> dict[str, str]:
    """Return a sentence for each field that holds more than may be kept."""
    areas = [(each, each.control) for each in fields if isinstance(each.control, WordsArea)]
    return {
        each.field_name: f"That is {len(each.value):,} characters, and {area.limit:,} are kept:"
        " shorten it."
        for each, area in areas
        if len(each.value) > area.limit
    }

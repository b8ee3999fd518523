"""A labelled field of a form: what to type, and one clear sentence beneath when it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input, MaskedInput, Select, Static
from textual.widgets._select import NoSelection, SelectCurrent, SelectOverlay

from nurse_tui.types import Refusal
from nurse_tui.widgets.text import clean, styled, text

DATE_MASK = "9999-99-99"
TIME_MASK = "99:99"
SEPARATORS = ("-", ":")


class Field(Vertical):
    """A label, one control, and a line for what is wrong; `value` is always a str."""

    DEFAULT_CSS = """
    Field { height: auto; margin: 0 0 1 0; }
    Field .label { color: $text-muted; }
    Field .wrong { color: $text-error; display: none; }
    Field.-wrong .wrong { display: block; }
    """

    def __init__(self, name: str, label: str, control: Widget) -> None:
        super().__init__(id=f"field-{name}", classes="field")
        self.field_name = name
        self.label = label
        self.control = control

    def compose(self) -> ComposeResult:
        """Yield label, control and the line for what is wrong."""
        yield Static(text(self.label), classes="label")
        yield self.control
        yield Static(text(""), classes="wrong")

    @property
    def value(self) -> str:
        """What was typed or chosen, trimmed unless it is secret; empty when nothing was."""
        raw: Any = getattr(self.control, "value", "")
        if isinstance(self.control, MaskedInput):
            return _unmasked(str(raw))
        if isinstance(self.control, Input) and self.control.password:
            return self.control.value
        return "" if raw is Select.NULL or raw is None else str(raw).strip()

    def wrong(self, sentence: str | Refusal | None) -> None:
        """Say what is wrong beneath the control, or with None that nothing is."""
        self.set_class(sentence is not None, "-wrong")
        words: Content = styled("x " + str(sentence), "bold") if sentence is not None else text("")
        self.query_one(".wrong", Static).update(words)

    def focus_control(self) -> None:
        """Put the cursor into the control."""
        self.control.focus()


class MaskedField(MaskedInput):
    """A masked line in which a character that does not fit is left out, also over a selection."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part; what the mask does not take changes nothing."""
        with suppress(ValueError):
            super().replace(text, start, end)

    def insert_text_at_cursor(self, text: str) -> None:
        """Type at the cursor; on a separator behind it, where Textual's mask would fault."""
        while self.template[self.cursor_position : self.cursor_position + 1] in SEPARATORS:
            self.cursor_position += 1
        super().insert_text_at_cursor(text)


class Options(SelectOverlay):
    """The open list of a choice; a page further before it is laid out stays where it is."""

    def action_page_up(self) -> None:
        """Go up by a page."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Go down by a page."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]


class Choice(Select[str]):
    """A choice whose form may be taken away while it is still built."""

    def compose(self) -> ComposeResult:
        """Compose it with a list of options of its own kind."""
        yield SelectCurrent(self.prompt)
        yield Options(type_to_search=self._type_to_search).data_bind(compact=Select.compact)

    def _setup_options_renderables(self) -> None:
        with suppress(NoMatches):
            super()._setup_options_renderables()

    def _init_selected_option(self, hint: str | NoSelection = Select.NULL) -> None:
        with suppress(NoMatches):
            super()._init_selected_option(hint)


class TextInput(Input):
    """A line of text that takes as much of a paste as fits, and never drops all of it.

    A password is taken as it is, of its first line, which is what signing in takes.
    """

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        pasted = next(iter(event.text.splitlines()), "") if self.password else _one_line(event.text)
        start, end = sorted(self.selection)
        room = (self.max_length or len(pasted)) - len(self.value) + (end - start)
        self.replace(pasted[: max(room, 0)], start, end)


def text_field(
    name: str, label: str, value: str = "", *, limit: int = 200, secret: bool = False
) -> Field:
    """Return a field for a line of text of at most `limit` characters."""
    return Field(name, label, TextInput(clean(value), max_length=limit, password=secret))


def date_field(name: str, label: str, value: date | None = None) -> Field:
    """Return a field for a date, typed as year, month, day."""
    shown = value.isoformat() if value else ""
    return Field(name, f"{label} (YYYY-MM-DD)", MaskedField(DATE_MASK, shown))


def time_field(name: str, label: str, value: str = "") -> Field:
    """Return a field for a time of day, typed as 24-hour HH:MM."""
    return Field(name, f"{label} (HH:MM)", MaskedField(TIME_MASK, value))


def choice_field(
    name: str, label: str, choices: Iterable[tuple[str, str]], value: str | None = None
) -> Field:
    """Return a field to choose from (words shown, value) pairs."""
    options: list[tuple[Content, str]] = [(text(words), key) for words, key in choices]
    chosen = Choice(options) if value is None else Choice(options, value=value, allow_blank=False)
    return Field(name, label, chosen)


def read(fields: Iterable[Field]) -> dict[str, str]:
    """Return every field's value by its name."""
    return {field.field_name: field.value for field in fields}


def point_out(fields: Sequence[Field], errors: dict[str, str]) -> None:
    """Show each sentence beneath its field, clear the others, go to the first that is wrong."""
    for field in fields:
        field.wrong(errors.get(field.field_name))
    wrong = [field for field in fields if field.field_name in errors]
    if wrong:
        wrong[0].focus_control()


def day_of(given: str) -> date | Refusal | None:
    """Return the date typed as YYYY-MM-DD, None for nothing, or why it is no date."""
    if not given.strip("- "):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return Refusal(
            "date", f"{clean(given, 20)} is not a date.", "Type year, month, day: 2027-02-28."
        )


def _one_line(pasted: str) -> str:
    return clean(" ".join(pasted.split()))


def _unmasked(raw: str) -> str:
    return raw.replace(" ", "").strip("-:/")

"""A short list to choose one thing from: filters, orders, nurses, what to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from nurse_tui.screens.base import JobModal
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.messages import Opened
from nurse_tui.widgets.text import rich_text, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

MOST_ROWS = 12
TITLE = "CHOOSE"
NOTHING = object()
"""Stands for no choice made before, where None is one of the choices."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list: what is chosen, its words, and a remark beside them."""

    value: Any
    words: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    row_id: int
    choice: Choice


class ChooseScreen(JobModal[Choice]):
    """Arrows move, enter chooses, esc leaves everything as it is."""

    VIEW_NAME: ClassVar[str] = "choose"
    CSS_PATH = "choose.tcss"

    def __init__(self, title: str, choices: Sequence[Choice], chosen: object = NOTHING) -> None:
        super().__init__()
        self._title = title
        self._rows = [_Row(number, choice) for number, choice in enumerate(choices)]
        self._chosen = chosen

    def compose_job(self) -> ComposeResult:
        widest = max([len(TITLE), *(len(row.choice.words) for row in self._rows)])
        yield Static(text(self._title), id="title")
        yield Worklist[_Row](
            [
                Column[_Row](TITLE, min(widest, 40), _words, flex=1),
                Column[_Row]("", 20, _remark, flex=2, priority=1),
            ],
            empty="There is nothing to choose from.",
            id="choices",
        )

    def on_mount(self) -> None:
        rows: Worklist[_Row] = self.query_one(Worklist)
        rows.styles.height = min(max(len(self._rows), 1), MOST_ROWS) + 1
        rows.set_source(ListSource(self._rows))
        rows.focus()
        at = [row.row_id for row in self._rows if row.choice.value == self._chosen]
        if at:
            rows.go_to(at[0])

    @on(Opened)
    def chose(self, message: Opened) -> None:
        """Answer with the row under the cursor."""
        self.dismiss(message.row.choice)


def _words(row: _Row) -> Any:
    return rich_text(row.choice.words)


def _remark(row: _Row) -> Any:
    return rich_text(row.choice.remark, style="dim")

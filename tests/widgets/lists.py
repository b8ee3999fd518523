"""Sources of made-up rows, and an app that shows them, for the tests of long lists."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from nurse_tui.listing import Known
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import rich_text
from nurse_tui.widgets.worklist import Worklist


@dataclass(frozen=True, slots=True)
class Made:
    row_id: int
    name: str = ""

    @property
    def shown(self) -> str:
        return self.name or f"row {self.row_id}"


class MadeRows:
    """Rows computed from their place; `removed` ids are left out; reading waits for `gate`."""

    def __init__(self, count: int, *, counted: int | None = None) -> None:
        self.ids: Sequence[int] = range(count)
        self.counted = counted
        self.gate = threading.Event()
        self.gate.set()
        self.heard: Callable[[], None] | None = None
        self.reads: list[tuple[int, int]] = []
        self.closed = False
        self.refreshed = 0

    def rows(self, start: int, count: int) -> Sequence[Made]:
        assert self.gate.wait(30)
        self.reads.append((start, count))
        first = start if start >= 0 else len(self.ids) + start
        return [Made(i) for i in self.ids[max(0, first) : max(0, first + count)]]

    def known(self) -> Known:
        if self.counted is None:
            return Known(len(self.ids), complete=True)
        return Known(self.counted, complete=False)

    def find(self, row_id: int) -> int | None:
        assert self.gate.wait(30)
        return self.ids.index(row_id) if row_id in self.ids else None

    def refresh(self) -> None:
        self.refreshed += 1

    def listen(self, heard: Callable[[], None] | None) -> None:
        self.heard = heard

    def close(self) -> None:
        self.closed = True

    def remove(self, *ids: int) -> None:
        self.ids = [i for i in self.ids if i not in ids]


COLUMNS = [
    Column[Made]("ID", 9, lambda row: rich_text(str(row.row_id))),
    Column[Made]("NAME", 12, lambda row: rich_text(row.shown), flex=1),
    Column[Made]("EXTRA", 20, lambda row: rich_text("extra", style="late"), priority=1),
]


class Spied(Worklist[Made]):
    """A worklist that remembers which lines were drawn."""

    drawn: list[int]

    def render_line(self, y: int) -> Any:
        self.drawn.append(y)
        return super().render_line(y)


class ListApp(App[None]):
    """One worklist, and what it said."""

    def __init__(self, source: Any = None, patience: float = 30.0) -> None:
        super().__init__()
        self.source = source
        self.said: list[Any] = []
        self.worklist = Spied(COLUMNS, empty="No cases here. Press f for another filter.")
        self.worklist.drawn = []
        self.worklist.patience = patience

    BINDINGS = [("escape", "back", "Back")]

    def compose(self) -> ComposeResult:
        yield self.worklist

    def on_mount(self) -> None:
        self.worklist.focus()
        if self.source is not None:
            self.worklist.set_source(self.source)

    def action_back(self) -> None:
        self.said.append("back")

    def on_worklist_highlighted(self, message: Worklist.Highlighted) -> None:
        self.said.append(message)

    def on_worklist_opened(self, message: Worklist.Opened) -> None:
        self.said.append(message)

    def on_worklist_marked(self, message: Worklist.Marked) -> None:
        self.said.append(message)

    def heard(self, kind: type) -> list[Any]:
        return [message for message in self.said if isinstance(message, kind)]

    def lines(self) -> list[str]:
        height = self.worklist.size.height
        return [super(Spied, self.worklist).render_line(y).text for y in range(height)]

    def focused_line(self) -> str:
        (line,) = [line for line in self.lines() if line[1] == ">"]
        return line[3:].rstrip()


@asynccontextmanager
async def showing(
    source: Any, patience: float = 30.0
) -> AsyncIterator[tuple[ListApp, Pilot[None]]]:
    """A list of a source in a terminal of 80x24, and who presses its keys."""
    app = ListApp(source, patience)
    async with app.run_test(size=(80, 24)) as pilot:
        yield app, pilot

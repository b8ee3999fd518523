"""Show the worklist over made-up rows: `python bench/worklist_demo.py [ROWS] [MILLISECONDS]`.

The second number is how long each window takes to be read. Every key of the list works; q ends.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType

from nurse_tui.listing import Known
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import rich_text
from nurse_tui.widgets.worklist import Worklist

NAMES = ("Ortiz, Marisol", "Bhatt, Sunil", "Nakamura, Ellen", "O'Neil, Sean", "Lindqvist, Per")
DUE = (("! 2d late", "late"), ("* today 17h", "due"), ("+ 25 Nov", ""))
WHY = ("Welcome call: form complete", "REMS status form due", "Labs expire before day 1")


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One row, computed from its place."""

    row_id: int

    @property
    def due(self) -> tuple[str, str]:
        return DUE[self.row_id * len(DUE) // (self.row_id + 3) % len(DUE)]


class MadeUpRows:
    """A source of any length that holds nothing."""

    def __init__(self, count: int, seconds: float = 0) -> None:
        self.count, self.seconds = count, seconds
        self._never = threading.Event()

    def rows(self, start: int, count: int) -> Sequence[MadeUp]:
        self._never.wait(self.seconds)
        first = start if start >= 0 else self.count + start
        return [MadeUp(i) for i in range(max(first, 0), min(max(first + count, 0), self.count))]

    def known(self) -> Known:
        return Known(self.count, complete=True)

    def find(self, row_id: int) -> int | None:
        return row_id if 0 <= row_id < self.count else None

    def refresh(self) -> None:
        """Nothing is kept."""

    def listen(self, heard: Callable[[], None] | None) -> None:
        """The length never grows."""

    def close(self) -> None:
        """Nothing runs."""


COLUMNS = [
    Column[MadeUp]("DUE", 12, lambda row: rich_text(row.due[0], style=row.due[1])),
    Column[MadeUp](
        "PATIENT", 14, lambda row: rich_text(f"{NAMES[row.row_id % 5]} {row.row_id:,}"), flex=1
    ),
    Column[MadeUp]("STATE", 5, lambda row: rich_text(["TX", "MA", "NH"][row.row_id % 3]), 0, 2),
    Column[MadeUp]("WHY IT IS HERE", 20, lambda row: rich_text(WHY[row.row_id % 3]), 2, 1),
]


class Demo(App[None]):
    """The list, and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def __init__(self, count: int, seconds: float) -> None:
        super().__init__()
        self.source = MadeUpRows(count, seconds)

    def compose(self) -> ComposeResult:
        yield Worklist(COLUMNS, empty="No rows: give a number greater than 0.")

    def on_mount(self) -> None:
        worklist = self.query_one(Worklist)
        worklist.focus()
        worklist.set_source(self.source)


if __name__ == "__main__":
    given = sys.argv[1:3]
    numbers = [*given, *("1000000", "0")[len(given) :]]
    Demo(int(numbers[0]), float(numbers[1]) / 1000).run()

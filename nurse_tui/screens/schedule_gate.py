"""The gate before day 1: everything that still holds the course, one line each (D-61)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from nurse_tui.rules.clearance import Blocker
from nurse_tui.screens.base import JobModal
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.types import ClearanceKind, RemsParty
from nurse_tui.views import CaseView
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.text import line, rich_text, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

MOST_ROWS = 12
CLEAR = "Nothing holds the course: everything before day 1 is on file."


@dataclass(frozen=True, slots=True)
class _Row:
    row_id: int
    blocker: Blocker


class GateScreen(JobModal[Blocker]):
    """Enter answers with the line under the cursor, to record what it waits for."""

    VIEW_NAME: ClassVar[str] = "choose"
    CSS_PATH = "schedule_gate.tcss"

    def __init__(self, title: str, blockers: Sequence[Blocker]) -> None:
        super().__init__()
        self._title = title
        self._rows = [_Row(number, blocker) for number, blocker in enumerate(blockers)]

    def compose_job(self) -> ComposeResult:
        yield Static(text(self._title), id="title")
        yield Worklist[_Row](
            [
                Column("RULE", 5, lambda row: rich_text(row.blocker.rule)),
                Column("BY", 10, _by, priority=1),
                Column("STILL MISSING", 20, _what, flex=1),
            ],
            CLEAR,
            id="blockers",
        )
        yield Static(id="way-out")

    def on_mount(self) -> None:
        rows: Worklist[_Row] = self.query_one(Worklist)
        rows.styles.height = min(max(len(self._rows), 2), MOST_ROWS) + 1
        rows.set_source(ListSource(self._rows))
        rows.focus()

    @on(Highlighted)
    def follow(self, message: Highlighted) -> None:
        """Show the way out of the line under the cursor."""
        if message.row is not None:
            blocker = message.row.blocker
            self.query_one("#way-out", Static).update(
                line(blocker.sentence, "\n", ("way out  ", "bold"), blocker.way_out)
            )

    @on(Opened)
    def chose(self, message: Opened) -> None:
        """Answer with the line under the cursor."""
        self.dismiss(message.row.blocker)


def _by(row: _Row) -> Text:
    return rich_text("prescriber" if row.blocker.prescriber_only else "nurse", style="dim")


def _what(row: _Row) -> Text:
    return rich_text(row.blocker.sentence)


def record_blocker(screen: CaseWork, case: CaseView, blocker: Blocker) -> None:
    """Open the form that records what a line waits for, or say what else helps."""
    from nurse_tui.screens.case_records import ClearanceForm, RemsForm

    if blocker.what in set(ClearanceKind):
        screen.open_form(ClearanceForm(case, ClearanceKind(blocker.what)))
    elif blocker.what.startswith("rems_"):
        screen.open_form(RemsForm(case, RemsParty(blocker.what.removeprefix("rems_"))))
    else:
        screen.say(blocker.way_out)

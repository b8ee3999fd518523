"""The case under the cursor of the caseload: what is said of it, and reading it in time.

The details of a case cost more than a key may take. They are read when the cursor rests: of the
case under it, then of those that the next key may reach. Until then a case is told from its row.
While a key is held down, those ahead are read before the cursor comes to them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from textual.content import Content

from nurse_tui.listing import WorklistRow
from nurse_tui.screens.base import JobScreen
from nurse_tui.screens.case_overview import HOW
from nurse_tui.screens.case_words import DOT, OURS, glance, upcoming
from nurse_tui.types import Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.lines import Lines
from nurse_tui.widgets.text import line, stacked, text
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.services.bundle import Services
    from nurse_tui.widgets.worklist import Worklist

UPCOMING = 6
REST = 0.05
"""Seconds without a key after which the cursor rests."""
SOON = 0.008
"""Seconds in which the list is painted after a key."""
NEAR = 12
"""Rows ahead of the cursor that are read before they are needed."""
AT_ONCE = 6
"""Cases read together: few, for a key may come meanwhile."""
KEPT = 500

Told: TypeAlias = tuple[Content, Content]
"""What is said of a case: below the list, and beside it where there is room."""
NOTHING: Told = (text(""), text(""))


class Glance:
    """Follows the cursor of the list with the lines below it and the pane beside it."""

    def __init__(
        self, screen: JobScreen, rows: Worklist[WorklistRow], below: Lines, beside: Lines
    ) -> None:
        self._screen, self._rows = screen, rows
        self._below, self._beside = below, beside
        self._told: dict[int, Told | None] = {}
        self._rest: asyncio.TimerHandle | None = None
        self._shown: int | None = None
        self._reading = False

    def forget(self) -> None:
        """Read every case again: the list is another one, or a case was changed."""
        self._told, self._reading, self._fresh = {}, False, True
        self._show()
        self._wait(REST)

    def follow(self) -> None:
        """Show the case under the cursor; read what is lacking once keys pause, but at once where
        the list is another one: no key is held down then."""
        self._show()
        if self._fresh:
            self._fresh = False
            self._rested()
        else:
            self._wait(SOON if self._runs_short() else REST)

    def stop(self) -> None:
        """Read nothing more."""
        if self._rest is not None:
            self._rest.cancel()

    def _show(self) -> None:
        row = self._rows.focused_row
        found = self._told.get(row.case_id) if row else None
        if row is None:
            self._draw(None, NOTHING)
        elif found is not None:
            self._draw(row.case_id, found)
        elif row.case_id != self._shown:
            self._draw(row.case_id, of_row(row))

    def _draw(self, case_id: int | None, told: Told) -> None:
        self._shown = case_id
        self._below.show(told[0])
        self._beside.show(told[1])

    def _wait(self, seconds: float) -> None:
        self.stop()
        self._rest = asyncio.get_running_loop().call_later(seconds, self._rested)

    def _lacking(self, ahead: int) -> list[int]:
        return [key for key in self._rows.near(ahead) if key not in self._told]

    def _runs_short(self) -> bool:
        """Say whether the cursor moves among cases that were read, and will soon come to others."""
        row = self._rows.focused_row
        return row is not None and row.case_id in self._told and bool(self._lacking(NEAR // 2))

    def _rested(self) -> None:
        row = self._rows.focused_row
        if row is None or self._reading or not self._screen.is_running:
            return
        lacking = self._lacking(NEAR)
        if row.case_id in lacking:
            self._read([row.case_id])
        elif lacking:
            self._read(lacking[:AT_ONCE])

    def _read(self, case_ids: list[int]) -> None:
        self._reading = True
        known = self._told

        def read(found: dict[int, Told]) -> None:
            if known is not self._told:
                return
            self._reading = False
            for case_id in case_ids:
                known[case_id] = found.get(case_id)
            for oldest in list(known)[:-KEPT]:
                del known[oldest]
            if self._shown in case_ids:
                self._show()
            self._go_on()

        def tell(services: Services) -> Any:
            found = services.cases.previews(case_ids)
            if isinstance(found, Refusal):
                return found
            return {case_id: of_case(case) for case_id, case in found.items()}

        self._screen.ask(tell, read, refused=lambda refusal: read({}))

    def _go_on(self) -> None:
        """Read the next ones, unless a key came meanwhile and the cursor must rest again."""
        if self._rest is None or self._rest.when() <= asyncio.get_running_loop().time():
            self._rested()


def of_row(row: WorklistRow) -> Told:
    """Return what the row itself knows of its case."""
    prefers = f"{DOT}prefers {row.language}" if row.language not in ("", OURS) else ""
    who = line((row.patient or row.number, "bold"), prefers, DOT, plain(row.state.value))
    return stacked([who, text(row.why)]), _state(row.state.value)


def of_case(case: CaseView) -> Told:
    """Return the lines below the list, and the pane beside it."""
    return stacked(glance(case)), stacked(_side(case))


def _side(case: CaseView) -> list[Content]:
    rows = [_state(case.journey.state.value), text("")]
    if case.journey.missing:
        rows.append(line(("MISSING", "bold $text-muted")))
        rows += [
            line(("? ", "bold $text-warning"), item, (f"  {HOW[item][0]}", "$text-muted"))
            for item in case.journey.missing
        ]
        rows.append(text(""))
    rows.append(line(("DUE", "bold $text-muted")))
    return [*rows, *(upcoming(case, UPCOMING) or [text("nothing")])]


def _state(value: str) -> Content:
    return line((plain(value).upper(), "bold $text-accent"))

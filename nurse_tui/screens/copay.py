"""The co-pay lists: enrolled, renewals due, cover missing, ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.content import Content

from nurse_tui import clock
from nurse_tui.rules.moments import short
from nurse_tui.screens.short_list import Order, ShortList
from nurse_tui.types import Refusal
from nurse_tui.widgets.columns import Column, snug
from nurse_tui.widgets.tab_line import tab_line
from nurse_tui.widgets.text import clean, line, rich_text, stacked

if TYPE_CHECKING:
    from nurse_tui.services.copay_views import CopayRow

LONGEST_NAME = 40
TABS = {
    "enrolled": ("Enrolled", "Nobody is enrolled yet.",
                 "Open a case and press p for its verdict, then y enrols."),
    "renewals": ("Renewals due", "No renewal is due.", "Renewals come here from enrolments."),
    "missing": ("Cover missing", "The cover of every open case is known.",
                "Cases come here when a cover is missing, unknown or not decided."),
    "ended": ("Ended", "No enrolment has ended.", "Enrolments that ended are listed here."),
}  # fmt: skip
"""Title of each tab, and what is said where it is empty."""


class CopayScreen(ShortList["CopayRow"]):
    """Four lists behind tabs; enter opens the verdict on a case."""

    VIEW_NAME: ClassVar[str] = "copay"
    VIEW_TITLE: ClassVar[str] = "Co-pay"
    CSS_PATH = "calls.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._tab = "enrolled"

    def read(self, services: Any) -> Sequence[CopayRow] | Refusal:
        rows: Sequence[CopayRow] | Refusal = services.copay.listed(self._tab)
        return rows

    def columns(self) -> Sequence[Column[CopayRow]]:
        return (
            Column("DATE", 11, _on),
            Column("PATIENT", 22, _patient, flex=1),
            Column("STATE", 5, _state, priority=1),
            Column("BENEFIT", 17, _what),
            Column("WHY IT IS HERE", 16, _why, flex=2, priority=2),
        )

    def orders(self) -> Sequence[Order[CopayRow]]:
        return (
            Order("Date", lambda row: (row.on is None, row.on)),
            Order("Name", lambda row: row.patient.casefold()),
            Order("State", lambda row: (row.us_state, row.patient.casefold())),
        )

    def show_rows(self, rows: Sequence[CopayRow]) -> None:
        """Show rows, each column only as wide as they need, so that the reason has the rest."""
        self.sheet.set_columns(snug(self.columns(), rows))
        super().show_rows(rows)

    @property
    def empty_words(self) -> tuple[str, str]:
        _, title, way_out = TABS[self._tab]
        return title, f"{way_out} [ and ] show the other lists."

    def summary(self, shown: Sequence[CopayRow]) -> Content:
        from nurse_tui.services.copay_views import MOST_DOUBTS, MOST_ROWS

        most = MOST_DOUBTS if self._tab == "missing" else MOST_ROWS
        count = f"  {self.how_many(shown, most)} shown"
        titles = [title for title, *_ in TABS.values()]
        room = self.size.width - 2 - len(count)
        return line(tab_line(titles, list(TABS).index(self._tab), room), count)

    def glance(self, row: CopayRow) -> Content:
        who = line(
            (clean(row.patient, LONGEST_NAME), "bold"),
            f"  {row.number} · {row.us_state or 'state not known'}",
        )
        return stacked([who, line(f"{row.what}: {row.why}"), line("Enter shows the verdict.")])

    def do_open(self) -> Refusal | None:
        """Show the verdict on the case."""
        return self.open_on_case("copay_case")

    def do_edit(self) -> Refusal | None:
        """Open the case, where its cover is changed."""
        return self.open_on_case("case")

    def do_tab_next(self) -> Refusal | None:
        """Show the next list."""
        self._turn(1)
        return None

    def do_tab_previous(self) -> Refusal | None:
        """Show the list before."""
        self._turn(-1)
        return None

    def _turn(self, step: int) -> None:
        names = list(TABS)
        self._tab = names[(names.index(self._tab) + step) % len(names)]
        self.changed()


def _on(row: CopayRow) -> Text:
    today = clock.today(clock.PROGRAMME_ZONE)
    return rich_text(short(row.on, today) if row.on else "-", style="" if row.on else "dim")


def _patient(row: CopayRow) -> Text:
    return rich_text(row.patient or row.number, style="strong")


def _state(row: CopayRow) -> Text:
    return rich_text(row.us_state or "?")


def _what(row: CopayRow) -> Text:
    return rich_text(row.what)


def _why(row: CopayRow) -> Text:
    return rich_text(row.why)

"""The chairs of a site over one week: days across, chairs down, one cell under the cursor."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from textual.binding import Binding, BindingsMap, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from nurse_tui.keys import REGISTRY
from nurse_tui.rules.calendar import MONTHS, WEEKDAYS, say
from nurse_tui.types import DayStatus
from nurse_tui.widgets.bindings import as_configured
from nurse_tui.widgets.text import cells, clean, line, stacked, text
from nurse_tui.widgets.worklist_keys import made

if TYPE_CHECKING:
    from nurse_tui.views import Booking, SiteWeek

LABEL = 7
"""Cells of the chair's number."""
LEAST_CELL = 9
HEAD = 2
"""Lines above the chairs: the day, and how many chairs are taken."""
HATCH = "/"
FREE = "."
TAKEN = "taken"
GLYPHS = {
    DayStatus.SCHEDULED: "+",
    DayStatus.GIVEN: "=",
    DayStatus.MISSED: "x",
    DayStatus.INTERRUPTED: "!",
}
NO_CHAIRS = "This site has no chairs, so nothing can be booked. An import of sites sets them."


MOVES = {
    "move_down": ("move(0, 1)",),
    "move_up": ("move(0, -1)",),
    "page_down": ("page(1)",),
    "page_up": ("page(-1)",),
    "top": ("end(-1)",),
    "bottom": ("end(1)",),
}
SIDEWAYS: list[BindingType] = [
    Binding("right", "move(1, 0)", show=False),
    Binding("left", "move(-1, 0)", show=False),
]


class WeekGrid(Widget, can_focus=True, inherit_bindings=False):
    """Arrows move the cell; the terminal's cursor stands on it."""

    DEFAULT_CSS = "WeekGrid { height: 1fr; min-height: 4; }"
    BINDINGS: ClassVar[list[BindingType]] = [*made(REGISTRY, MOVES), *SIDEWAYS]

    class Moved(Message):
        """Another cell is under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._week: SiteWeek | None = None
        self._today: date | None = None
        self._taken: dict[tuple[int, date], Booking] = {}
        self._days: tuple[date, ...] = ()
        self._chairs = 0
        self._column = self._row = self._top = self._left = 0

    def on_mount(self) -> None:
        """Take the keys as they are configured."""
        own: list[BindingType] = [*made(as_configured(self), MOVES), *SIDEWAYS]
        self._bindings = BindingsMap(own)

    # what screens use

    def show(self, week: SiteWeek, days: tuple[date, ...], today: date) -> None:
        """Show a week; the cursor stays where it is."""
        self._week, self._days, self._today = week, days, today
        self._taken = {(booking.chair, booking.on): booking for booking in week.bookings}
        self._chairs = max([week.site.chairs, *(b.chair for b in week.bookings)])
        self._go(self._column, self._row)

    @property
    def day(self) -> date | None:
        """The day under the cursor."""
        return self._days[self._column] if self._days else None

    @property
    def chair(self) -> int:
        """The chair under the cursor, counted from 1."""
        return self._row + 1

    @property
    def booking(self) -> Booking | None:
        """The booking under the cursor."""
        return self._taken.get((self.chair, self.day)) if self.day else None

    # keys

    def action_move(self, right: int, down: int) -> None:
        """Go to a neighbouring cell."""
        self._go(self._column + right, self._row + down)

    def action_page(self, step: int) -> None:
        """Go one page of chairs down or up."""
        self._go(self._column, self._row + step * max(1, self._height - 1))

    def action_end(self, step: int) -> None:
        """Go to the first or the last chair."""
        self._go(self._column, self._chairs if step > 0 else 0)

    def _go(self, column: int, row: int) -> None:
        self._column = max(0, min(column, len(self._days) - 1))
        self._row = max(0, min(row, self._chairs - 1))
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Moved())

    # drawing

    @property
    def _height(self) -> int:
        return max(1, self.content_size.height - HEAD)

    def _shown_days(self) -> int:
        return max(1, min(len(self._days), (self.content_size.width - LABEL) // LEAST_CELL))

    def _cell_width(self) -> int:
        return max(1, (self.content_size.width - LABEL) // self._shown_days())

    def _keep_in_view(self) -> None:
        """Turn rows and columns so far that the cursor is seen, and put the terminal's there."""
        shown = self._shown_days()
        self._left = min(max(self._left, self._column - shown + 1), self._column)
        self._top = min(max(self._top, self._row - self._height + 1), self._row)
        if self.has_focus:
            across = LABEL + 1 + (self._column - self._left) * self._cell_width()
            down = HEAD + self._row - self._top
            self.app.cursor_position = self.content_region.offset + Offset(across, down)

    def on_focus(self) -> None:
        """Bring the terminal's cursor."""
        self._keep_in_view()
        self.refresh()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cell in view."""
        self._left = 0
        self._keep_in_view()

    def render(self) -> Content:
        """Draw the days, how full each is, and the chairs."""
        if self._week is None:
            return text("")
        days = self._days[self._left : self._left + self._shown_days()]
        rows = [self._titles(days), self._counts(self._week, days)]
        if not self._chairs:
            return stacked([*rows, text(NO_CHAIRS)])
        chairs = range(self._top + 1, min(self._top + self._height, self._chairs) + 1)
        return stacked([*rows, *(self._chair_line(self._week, chair, days) for chair in chairs)])

    def _titles(self, days: tuple[date, ...]) -> Content:
        width = self._cell_width()
        parts = [(cells("CHAIR", LABEL), "bold $text-muted")]
        for day in days:
            look = "bold reverse" if day == self._today else "bold underline"
            parts += [(" ", ""), (cells(self._title(day, width), width - 1), look)]
        return line(*parts)

    def _title(self, day: date, width: int) -> str:
        long = say(day, day)
        return long if len(long) < width else f"{WEEKDAYS[day.weekday()]} {day.day}"

    def _counts(self, week: SiteWeek, days: tuple[date, ...]) -> Content:
        parts = [(cells("taken", LABEL), "$text-muted")]
        for day in days:
            if day in week.closed:
                parts.append((cells(" closed", self._cell_width()), "$text-muted"))
                continue
            chairs = week.site.chairs
            taken = sum(on == day for _, on in self._taken)
            look = "bold $text-warning" if taken >= chairs else "$text-muted"
            parts.append((cells(f" {taken} of {chairs}", self._cell_width()), look))
        return line(*parts)

    def _chair_line(self, week: SiteWeek, chair: int, days: tuple[date, ...]) -> Content:
        room = self._cell_width() - 1
        parts = [(cells(f"{chair:>3}", LABEL), "$text-muted")]
        for day in days:
            words, look = self._cell(week, chair, day, room)
            here = chair == self.chair and day == self.day
            if here:
                look = "reverse bold" if self.has_focus else "bold underline"
            parts += [(">" if here else " ", ""), (set_cell_size(clean(words), room), look)]
        return line(*parts)

    def _cell(self, week: SiteWeek, chair: int, day: date, room: int) -> tuple[str, str]:
        """Return the words of a cell and their style; of a name what stands before the comma."""
        booking = self._taken.get((chair, day))
        if booking is not None:
            name = booking.patient.partition(",")[0]
            look = "" if name else "$text-muted"
            return GLYPHS.get(booking.status, "+") + (name or TAKEN), look
        if day in week.closed:
            return HATCH * room, "$text-muted"
        return FREE, "$text-muted"


def month_of(days: tuple[date, ...]) -> str:
    """Return the month and year of a week: `Nov to Dec 2026`."""
    first, last = days[0], days[-1]
    names = dict.fromkeys(MONTHS[day.month - 1] for day in (first, last))
    return f"{' to '.join(names)} {last.year}"

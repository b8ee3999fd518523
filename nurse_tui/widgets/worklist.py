"""The worklist: any number of rows drawn line by line from windows, never all of them held.

A line is drawn again only when what it shows has changed. The view turns like a page, with a few
rows of the old one kept, instead of creeping by one line: a creeping list repaints every line at
every key, which is slow to send and makes a screen reader chatter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar, Generic, TypeVar

from textual.binding import BindingsMap, BindingType
from textual.timer import Timer

from nurse_tui.listing import Known, Row, RowSource
from nurse_tui.widgets.bindings import as_configured
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.marking import Marking
from nurse_tui.widgets.messages import (
    Answered,
    Counted,
    Failed,
    Grown,
    Highlighted,
    Marked,
    Opened,
)
from nurse_tui.widgets.sheet import Line, turned
from nurse_tui.widgets.windows import SIZE, Answer, Fault, Found, Windows
from nurse_tui.widgets.worklist_keys import moves

RowT = TypeVar("RowT", bound=Row)

NEIGHBOURS = 20
"""Rows after the focused one that may take the focus when it is gone."""


class Worklist(Marking[RowT], Generic[RowT], can_focus=True, inherit_bindings=False):
    """Rows of a source in columns, moved through by keyboard."""

    BINDINGS: ClassVar[list[BindingType]] = [*moves()]
    patience = 0.03
    """Seconds before a view whose rows are not here yet is drawn as dots."""

    Highlighted, Opened, Marked, Counted = Highlighted, Opened, Marked, Counted

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        empty: str = "Nothing here.",
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Take the columns, and the words for a list without rows: what to do to fill it."""
        super().__init__(columns, id=id, classes=classes)
        self.empty = empty
        self._windows: Windows[RowT] | None = None
        self._next: Windows[RowT] | None = None
        self._asked_from: int | None = 0
        self._known = Known(0, complete=False)
        self._top = self._focus = 0
        self._step = 1
        self._highlighted: RowT | None = None
        self._late: Timer | None = None
        self._settled = asyncio.Event()
        self.follow: Callable[[], None] | None = None
        """Called at once when the focus is on another row: what it draws shares the frame."""

    def on_mount(self) -> None:
        """Take the keys as they are configured."""
        screen: str = getattr(self.screen, "VIEW_NAME", "")
        self._bindings = BindingsMap(moves(as_configured(self), screen))

    # what screens use

    @property
    def focused_row(self) -> RowT | None:
        """The row under the cursor, or None while it is read or when there is none."""
        return self._windows.row(self._focus) if self._windows else None

    @property
    def source(self) -> RowSource[RowT] | None:
        """The list that is shown."""
        return self._windows.source if self._windows else None

    @property
    def known(self) -> Known:
        """How many rows the list is known to have."""
        return self._known

    @property
    def place(self) -> int:
        """Place of the focused row; below 0 it counts from the end, until all are counted."""
        return self._focus

    def near(self, count: int) -> list[int]:
        """Return the ids of the rows that the next key may reach, as far as they are read.

        First the focused one, then what is one row or one page further, the ends, and the others.
        """
        page = max(1, self.height - 1)
        places = [self._focus + self._step * way for way in (0, 1, page, -page, -1)]
        places += [0, self._known.count - 1 if self._known.complete else -1]
        places += range(self._focus, self._focus + count * self._step, self._step)
        return self._ids(dict.fromkeys(places))

    def set_source(
        self, source: RowSource[RowT], keep: bool = True, *, at_top: bool = False
    ) -> None:
        """Show another list, which the worklist then owns and closes.

        `keep` follows the focused row and keeps the marks; else it starts at the top without.
        With `at_top` it starts at the top with them.
        """
        if not keep:
            self.clear_marks()
        current = self._current()
        again = current is not None and current.source is source
        self._seek(source, self._near() if keep and not at_top else None, refresh=again)

    def go_to(self, row_id: int) -> None:
        """Move the focus to a row, if the list holds it."""
        if current := self._current():
            self._seek(current.source, [row_id, *self._near()], refresh=False)

    async def settled(self) -> None:
        """Wait until everything asked for so far is read and drawn, or cannot be."""
        await self._settled.wait()

    # keys

    def action_move(self, step: int) -> None:
        """Move the focus by some rows."""
        self._go(self._focus + step)

    def action_turn(self, step: int) -> None:
        """Move the focus and the view by one page."""
        page = step * max(1, self.height - 1)
        self._go(self._focus + page, self._top + page)

    def action_top(self) -> None:
        """Move the focus to the first row."""
        self._go(0, tail=False)

    def action_bottom(self) -> None:
        """Move the focus to the last row, also when the rows are not all counted."""
        self._recount()
        self._go(self._known.count - 1 if self._known.complete else -1, tail=True)

    def action_open(self) -> None:
        """Tell the screen to open the focused row."""
        if (row := self.focused_row) is not None:
            self.post_message(self.Opened(self, row))

    def action_extend(self, step: int) -> None:
        """Mark the focused row and the one moved to."""
        self._marks_coming.add(self._focus)
        self._go(self._focus + step)
        self._marks_coming.add(self._focus)
        self._mark_coming()

    # moving: places below 0 count from the end, for as long as the rows are not all counted

    def _recount(self) -> None:
        if self._windows and not self._known.complete:
            self._known = self._counted(self._windows.source)
            if self._known.complete and self._focus < 0:
                self._focus += self._known.count
                self._top = max(0, self._top + self._known.count)

    def _go(self, focus: int, top: int | None = None, *, tail: bool | None = None) -> None:
        tail = self._focus < 0 if tail is None else tail
        if not self._known.count:
            self._focus = self._top = -1 if tail and self._next else 0
            return self._show()
        if tail and focus < 0 and self._known.complete:
            focus += self._known.count
        first, last = self._ends(tail)
        focus = min(max(focus, first), last)
        top = turned(focus, self._top if top is None else top, self.height)
        top = min(top, last - self.height + 1)
        top = max(top, first)
        moved = top != self._top
        self._step = 1 if focus >= self._focus else -1
        self._focus, self._top = focus, top
        return self._show(wait=moved)

    def _ends(self, tail: bool) -> tuple[int, int]:
        count = self._known.count
        return (-count, -1) if tail and not self._known.complete else (0, count - 1)

    # reading

    def _current(self) -> Windows[RowT] | None:
        return self._next or self._windows

    def _near(self) -> list[int]:
        """Return the ids that the focus follows: the focused row, then those after it."""
        return self._ids(range(self._focus, self._focus + NEIGHBOURS))

    def _ids(self, places: Iterable[int]) -> list[int]:
        rows = (self._windows.row(place) for place in places) if self._windows else ()
        return [row.row_id for row in rows if row is not None]

    def _seek(self, source: RowSource[RowT], ids: list[int] | None, *, refresh: bool) -> None:
        """Begin a new reading; the old one is shown until it answers. No ids: from the top."""
        if self._next:
            self._leave(self._next, source)
        place, line = (0, 0) if ids is None else (self._focus, self._focus - self._top)
        self._asked_from = None if ids is None else self._focus
        self._next = Windows(source, self._deliver)
        lines = range(-line, max(1, self.height) - line)
        self._next.find(ids or (), place, lines, refresh=refresh)
        self._settled.clear()

    def _leave(self, windows: Windows[RowT], for_source: RowSource[RowT] | None) -> None:
        windows.close()
        if windows.source is not for_source:
            windows.source.listen(None)
            windows.source.close()

    def _deliver(self, windows: Windows[RowT], answer: Answer[RowT]) -> None:
        self.post_message(Answered(windows, answer))

    def _heard(self, source: RowSource[RowT]) -> None:
        self.post_message(Grown(source))

    def on_worklist_answered(self, message: Answered) -> None:
        """Take what was read, unless it answers an older wish."""
        message.stop()
        if message.windows not in (self._windows, self._next) or message.windows.closed:
            return
        match message.answer:
            case Fault(error):
                message.windows.close()
                self._fail(error)
            case Found() as found:
                self._take_over(message.windows, found)
            case window:
                message.windows.take(window)
                self._mark_coming()
                self._show(wait=self._late is not None)

    def _fail(self, error: Exception) -> None:
        """Tell the screen that reading failed; what is shown stays until a list is read again."""
        self._settled.set()
        self.post_message(Failed(self, error))

    def _counted(self, source: RowSource[RowT]) -> Known:
        try:
            return source.known()
        except Exception as error:
            self._fail(error)
            return self._known

    def on_worklist_grown(self, message: Grown) -> None:
        """Learn how many rows were counted meanwhile."""
        message.stop()
        if self._windows and message.source is self._windows.source:
            self._recount()
            self.post_message(self.Counted(self, self._known))
            self._go(self._focus)

    def _take_over(self, windows: Windows[RowT], found: Found[RowT]) -> None:
        if self._windows:
            self._leave(self._windows, windows.source)
        self._windows, self._next = windows, None
        self._marks_coming.clear()
        for window in found.windows:
            windows.take(window)
        windows.source.listen(partial(self._heard, windows.source))
        self._known = self._counted(windows.source)
        focus, line = found.place, self._focus - self._top
        tail = focus < 0
        if self._asked_from is None:
            line = 0
        elif (self._asked_from < 0) == (self._focus < 0):
            focus += self._focus - self._asked_from
        else:
            focus, tail = self._focus, self._focus < 0
        self.post_message(self.Counted(self, self._known))
        self._go(focus, focus - line, tail=tail)

    # drawing

    def _show(self, wait: bool = False) -> None:
        """Read what the view lacks; draw now, or with `wait` when it came or after patience."""
        if self._windows and self._known.count:
            first, last = self._ends(self._focus < 0)
            bottom = min(self._top + max(self.height, 1) - 1, last)
            room = max(self.height, SIZE // 2)
            ahead = bottom + room if self._step > 0 else max(first, self._top - room)
            if self._known.complete or self._focus < 0:
                ahead = min(ahead, last)
            self._windows.want(self._top, bottom, ahead)
            if wait and self.patience and not self._windows.holds(self._top, bottom):
                self._settled.clear()
                self._late = self._late or self.set_timer(self.patience, self._draw)
                return
        self._draw()

    def _draw(self) -> None:
        """Draw what has changed, and say what the focus is on."""
        if self._late:
            self._late.stop()
            self._late = None
        self.draw_lines(self._view())
        self._tell()
        if self._next is None and self._windows and not self._windows.waiting:
            self._settled.set()

    def _view(self) -> list[Line]:
        if self._windows is None:
            return [Line("")] * self.height
        if not self._known.count and self._known.complete:
            return self.words(self.empty)
        last = self._ends(self._focus < 0)[1]
        places = range(self._top, self._top + self.height)
        return [self._line(place) if place <= last else Line("") for place in places]

    def _line(self, place: int) -> Line:
        row = self._windows.row(place) if self._windows else None
        look = ""
        if place == self._focus:
            look = "focused" if self.has_focus else "resting"
        return Line(row, look, row is not None and row.row_id in self._marks)

    def _tell(self) -> None:
        row = self.focused_row
        gone = not self._known.count and self._highlighted is not None
        if gone or (row is not None and row != self._highlighted):
            self._highlighted = row
            if self.follow is not None:
                self.follow()
            self.post_message(self.Highlighted(self, row))

    def _mark_coming(self) -> None:
        """Mark the rows that were passed before they were read."""
        rows = {place: self._windows.row(place) for place in self._marks_coming if self._windows}
        here = {place: row.row_id for place, row in rows.items() if row is not None}
        self._marks_coming.difference_update(here)
        if not self._marks.issuperset(here.values()):
            self._marks.update(here.values())
            self._marks_changed()

    def _marks_changed(self) -> None:
        self._draw()
        self.post_message(Marked(self, self.marked_ids))

    def on_resize(self) -> None:
        """Fit the columns, and keep the focus in view."""
        self.resized()
        self._go(self._focus)

    def on_focus(self) -> None:
        """Show the focus, and bring the terminal's cursor."""
        self._draw()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self._draw()

    def on_unmount(self) -> None:
        """Let the readers go."""
        self._settled.set()
        for windows in (self._next, self._windows):
            if windows:
                self._leave(windows, None)

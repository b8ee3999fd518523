"""Marks of a list: kept by row id, so that they outlive pages, orders and reloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from textual.actions import SkipAction

from nurse_tui.listing import Row
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.sheet import Sheet

RowT = TypeVar("RowT", bound=Row)


class Marking(Sheet[RowT], Generic[RowT], can_focus=True, inherit_bindings=False):
    """A sheet whose rows can be marked; who inherits knows the focused row, draws and says."""

    def __init__(
        self, columns: Sequence[Column[RowT]], *, id: str | None, classes: str | None
    ) -> None:
        super().__init__(columns, id=id, classes=classes)
        self._marks: set[int] = set()
        self._marks_coming: set[int] = set()
        """Places that were marked before their rows were read."""

    @property
    def focused_row(self) -> RowT | None:
        """The row under the cursor, or None."""
        raise NotImplementedError

    def _marks_changed(self) -> None:
        raise NotImplementedError

    @property
    def marked_ids(self) -> frozenset[int]:
        """The ids of all marked rows, seen or not."""
        return frozenset(self._marks)

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._marks_coming.clear()
        if self._marks:
            self._marks.clear()
            self._marks_changed()

    def action_mark(self) -> None:
        """Mark the focused row, or take its mark away."""
        if (row := self.focused_row) is not None:
            self._marks ^= {row.row_id}
            self._marks_changed()

    def action_unmark(self) -> None:
        """Take all marks away; without any, the key is the screen's."""
        if not self._marks:
            raise SkipAction
        self.clear_marks()

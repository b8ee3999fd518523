"""Lines that wrap with a hanging indent: what follows a lead stays in the lead's column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from nurse_tui.widgets.text import line, stacked

Row: TypeAlias = "Content | tuple[Content, Content]"
"""A line; or a lead and what is said after it, which wraps beside the lead."""
LEAST_BODY = 12
"""Cells beside the lead under which a line wraps from the left edge instead."""


def hung(row: Row, width: int) -> Content:
    """Return a row wrapped to a width in cells."""
    lead, body = row if isinstance(row, tuple) else (line(), row)
    indent = lead.cell_length
    room = width - indent
    if room < LEAST_BODY:
        return stacked(line(lead, body).wrap(max(width, 1)))
    first, *others = body.wrap(room) or [line()]
    return stacked([line(lead, first), *(line(" " * indent, more) for more in others)])


class Hanging(Widget):
    """Shows rows, as high as they need at its width."""

    DEFAULT_CSS = "Hanging { height: auto; }"

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = tuple(rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._rows = tuple(rows)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the rows need at this width."""
        return len(self._at(width).plain.split("\n")) if self._rows else 0

    def render(self) -> Content:
        """Draw the rows."""
        return self._at(self.content_size.width)

    def _at(self, width: int) -> Content:
        return stacked([hung(row, width) for row in self._rows])

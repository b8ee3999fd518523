"""Lines of a list on the screen: how a row looks, and which lines must be drawn again."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from rich.style import Style
from textual.geometry import Offset, Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from nurse_tui.widgets.columns import Column, Fitted, dots, fit, pieces, strip, titles
from nurse_tui.widgets.text import clean

RowT = TypeVar("RowT")

CONTEXT = 3
"""Rows of the old view that stay when the view turns."""
GUTTER = 3
TONES = ("late", "due", "ok", "refused", "dim", "strong")
LOOKS = ("header", "focused", "resting", "marked", *TONES)


class Line(NamedTuple):
    """All that decides how a line looks; its row is None while it is read, a str is words."""

    row: Any
    look: str = ""
    marked: bool = False


def turned(focus: int, top: int, height: int) -> int:
    """Return the top of the view in which the focus is seen, turned like a page where needed."""
    context = min(CONTEXT, max(0, (height - 1) // 2))
    if focus < top:
        return focus - height + 1 + context
    return focus - context if focus >= top + height else top


class Sheet(ScrollView, Generic[RowT], can_focus=True, inherit_bindings=False):
    """A header and the lines of a view; who inherits says which lines, and when."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"worklist--{look}" for look in LOOKS}

    def __init__(
        self, columns: Sequence[Column[RowT]], *, id: str | None, classes: str | None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.auto_links = False
        self._columns = tuple(columns)
        self._fitted: Fitted[RowT] = ()
        self._lines: list[Line] = []
        self._looks: dict[str, Style] = {}

    @property
    def height(self) -> int:
        """How many lines there are below the header."""
        return max(0, self.size.height - 1)

    def draw_lines(self, lines: list[Line]) -> None:
        """Draw again the lines that changed, with the terminal's cursor on the focused one."""
        old, self._lines = self._lines, lines
        for y, line in enumerate(lines):
            if y >= len(old) or old[y] != line:
                self.refresh(Region(0, y + 1, self.size.width, 1))
            if line.look == "focused":
                self.app.cursor_position = self.content_region.offset + Offset(1, y + 1)

    def words(self, said: str) -> list[Line]:
        """Return the lines of a view that holds words instead of rows."""
        wrapped = textwrap.wrap(clean(said), max(1, self.size.width - 2 * GUTTER))
        return [Line(""), *map(Line, wrapped), *[Line("")] * self.height][: self.height]

    def set_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns from the next drawing on."""
        self._columns = tuple(columns)
        self.resized()

    def resized(self) -> None:
        """Choose the columns that fit; every line must be drawn again."""
        self._fitted = fit(self._columns, self.size.width - GUTTER)
        self._lines = []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget: the titles, or a row of the view."""
        width = self.size.width
        if y == 0:
            words = " " * GUTTER + titles(self._fitted)
            return strip([(words, "")], self._look("header"), {}, width)
        line = self._lines[y - 1] if y <= len(self._lines) else Line("")
        base = self._look(line.look or ("marked" if line.marked else ""))
        gutter = ("#" if line.marked else " ") + (">" if line.look else " ") + " "
        if isinstance(line.row, str):
            return strip([(" " * GUTTER + line.row, "")], base, {}, width)
        if line.row is None:
            return strip([(gutter + dots(self._fitted), "")], base + self._look("dim"), {}, width)
        cut = pieces(self._fitted, line.row)
        if line.look == "focused":
            cut = ((words, "") for words, _ in cut)
        tones = {tone: self._look(tone) for tone in TONES}
        return strip([(gutter, ""), *cut], base, tones, width)

    def _look(self, name: str) -> Style:
        if name not in self._looks:
            self._looks[name] = (
                self.get_component_rich_style(f"worklist--{name}", partial=name in TONES)
                if name
                else self.rich_style
            )
        return self._looks[name]

    def notify_style_update(self) -> None:
        """Forget the looks of the theme before."""
        super().notify_style_update()
        self._looks.clear()

"""The lines below a list about its row; where they do not fit, it says which key shows the rest."""

from __future__ import annotations

from textual.containers import VerticalScroll

from nurse_tui.widgets.text import text

MORE = "enter shows all"


class DetailBox(VerticalScroll, can_focus=False):
    """Holds the details of a row of a list in which enter shows all of them."""

    def watch_show_vertical_scrollbar(self, cut: bool) -> None:
        """Name the key while something is out of sight."""
        self.border_title = text(MORE if cut else "")

"""The search of a list that is held whole: words typed above it keep the rows that hold them."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from nurse_tui.screens.base import JobScreen
from nurse_tui.types import Refusal


class ListSearch(JobScreen):
    """A screen with a line `#find` above its list."""

    _search = ""

    def draw_found(self) -> None:
        """Draw the rows that hold the words."""
        raise NotImplementedError

    def focus_list(self) -> None:
        """Put the cursor into the list."""
        raise NotImplementedError

    def do_search(self) -> None:
        """Show only the rows that hold some words."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    @on(Input.Changed, "#find")
    def _typed(self, message: Input.Changed) -> None:
        self._search = message.value
        self.draw_found()

    @on(Input.Submitted, "#find")
    def _searched(self) -> None:
        self.query_one("#find").display = False
        self.focus_list()

    def do_back(self) -> Refusal | None:
        """Leave the search and show all again; without a search, go back."""
        if not (self.query_one("#find").display or self._search):
            return super().do_back()
        self.show_all()
        return None

    def forget_search(self) -> None:
        """Empty the line of the search, before another list is shown."""
        find = self.query_one("#find", Input)
        with find.prevent(Input.Changed):
            find.value, find.display, self._search = "", False, ""

    def show_all(self) -> None:
        """Take the search away."""
        self.forget_search()
        self.draw_found()
        self.focus_list()

"""The floor: the smallest useful program in the same Textual, one list line that keys change."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class Hello(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit"), ("down", "count", "Count")]
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("Hello 0", markup=False)

    def action_count(self) -> None:
        self.count += 1
        self.query_one(Static).update(f"Hello {self.count}")


if __name__ == "__main__":
    Hello().run()

"""The keys by which a worklist is moved through, as the registry names them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from nurse_tui.keys import by_id


def _binding(command: str, action: str, *keys: str) -> Binding:
    return Binding(",".join(keys or by_id(command).keys), action, id=command, show=False)


MOVES: list[BindingType] = [
    _binding("move_down", "move(1)"),
    _binding("move_up", "move(-1)"),
    _binding("page_down", "turn(1)"),
    _binding("page_up", "turn(-1)"),
    _binding("top", "top"),
    _binding("bottom", "bottom"),
    _binding("open", "open"),
    _binding("mark", "mark"),
    _binding("mark_range", "extend(1)", "shift+down"),
    Binding("shift+up", "extend(-1)", show=False),
    _binding("back", "unmark"),
]

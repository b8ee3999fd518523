"""The keys by which a worklist is moved through, as the registry names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.binding import Binding

from nurse_tui.keys import REGISTRY, Registry

MOVES = {
    "move_down": ("move(1)",),
    "move_up": ("move(-1)",),
    "page_down": ("turn(1)",),
    "page_up": ("turn(-1)",),
    "top": ("top",),
    "bottom": ("bottom",),
    "open": ("open",),
    "back": ("unmark",),
}
"""The action of each command; with two, the first is the shown key's and the other the alias's."""
MARKS = {"mark": ("mark",), "mark_range": ("extend(1)", "extend(-1)")}
"""Those of the lists whose marks are read."""


def moves(registry: Registry = REGISTRY, screen: str = "") -> list[Binding]:
    """Return the bindings of a list on a screen, or of a list without a screen of the program."""
    here = {command.id for command in registry.for_screen(screen)}
    marks: Mapping[str, tuple[str, ...]] = MARKS if not screen or "mark" in here else {}
    return [*made(registry, MOVES), *made(registry, marks)]


def made(registry: Registry, actions: Mapping[str, tuple[str, ...]]) -> Iterator[Binding]:
    """Return a binding of each key of the commands, as the registry has them now."""
    for command_id, does in actions.items():
        for place, key in enumerate(registry.by_id(command_id).keys):
            yield Binding(key, does[min(place, len(does) - 1)], id=command_id, show=False)

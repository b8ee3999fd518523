"""Textual bindings made from the key registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingsMap

from nurse_tui.keys import REGISTRY, Command, Registry

if TYPE_CHECKING:
    from textual.dom import DOMNode


def bindings(screen: str, registry: Registry = REGISTRY) -> list[Binding]:
    """Return the bindings of a screen; each runs `action_command` with the command's id."""
    here = [command for command in registry.for_screen(screen) if not command.native]
    return [_binding(command, key) for command in here for key in command.keys]


def _binding(command: Command, key: str) -> Binding:
    return Binding(
        key,
        f"command('{command.id}')",
        command.label,
        id=command.id,
        priority=key.startswith("ctrl+"),
        show=False,
    )


def as_configured(node: DOMNode) -> Registry:
    """Return the registry of the program around a widget; of any other program the shipped one."""
    found: Registry = getattr(node.app, "registry", REGISTRY)
    return found


def install(node: DOMNode, screen: str, registry: Registry) -> None:
    """Give a node the bindings of a screen, beside those it has of its class."""
    own: Iterable[BindingsMap] = [BindingsMap(bindings(screen, registry)), node._bindings]
    node._bindings = BindingsMap.merge(own)
